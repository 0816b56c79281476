"""The sector graph: links, centralities, exports."""

from __future__ import annotations

import io
import json

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from cluster_engine.clustering.graph import (
    add_attributes,
    build_graph,
    describe_nodes,
    render_graph,
)

CODES = ["1010", "2550", "2910", "2932"]
SIMILARITY = np.array(
    [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.9, 0.8], [0.0, 0.9, 1.0, 0.3], [0.0, 0.8, 0.3, 1.0]]
)
ATTRIBUTES = pd.DataFrame(
    {"name": ["Food", "Metal", "Cars", "Parts"], "lq": [1.0, 2.0, np.nan, 3.0]}
)


@pytest.fixture
def graph() -> nx.Graph:
    return build_graph(SIMILARITY, CODES, ATTRIBUTES, neighbours=1)


def test_a_link_stays_if_either_end_keeps_it_and_similarity_0_is_none(graph: nx.Graph) -> None:
    assert sorted(graph.edges.data("weight")) == [("2550", "2910", 0.9), ("2550", "2932", 0.8)]
    assert list(graph) == CODES


def test_what_is_not_known_is_left_empty(graph: nx.Graph) -> None:
    assert graph.nodes["2910"]["lq"] == ""
    assert graph.nodes["2550"] == {"name": "Metal", "lq": 2.0}


def test_the_node_in_the_middle_is_the_most_central(graph: nx.Graph) -> None:
    figures = describe_nodes(graph, random_state=0)
    assert figures["betweenness"].tolist() == [0.0, pytest.approx(1 / 3, abs=1e-6), 0.0, 0.0]
    assert figures["degree"].tolist() == [0, 2, 1, 1]
    assert figures.loc["2550", "strength"] == pytest.approx(1.7)
    # Leading eigenvector of a star: leaves in proportion to their weights over the norm.
    norm = np.hypot(0.9, 0.8)
    expected = [0.0, 1.0, 0.9 / norm, 0.8 / norm]
    np.testing.assert_allclose(figures["eigenvector"], expected, atol=1e-6)
    assert figures["community"].tolist() == [1, 0, 0, 0]


def test_a_graph_without_links_has_no_central_node() -> None:
    lonely = build_graph(np.eye(3), ["a", "b", "c"], ATTRIBUTES.head(3), neighbours=2)
    figures = describe_nodes(lonely, random_state=0)
    assert not figures[["degree", "strength", "betweenness", "eigenvector"]].to_numpy().any()


def test_the_same_graph_gives_the_same_bytes_and_reads_back(graph: nx.Graph) -> None:
    full = add_attributes(graph, describe_nodes(graph, random_state=0))
    assert "x" not in graph.nodes["2550"]
    raw = render_graph(full, "graphml")
    assert raw == render_graph(full, "graphml")
    back = nx.read_graphml(io.BytesIO(raw))
    assert back.nodes["2550"]["name"] == "Metal"
    assert back.edges["2550", "2910"]["weight"] == 0.9
    body = json.loads(render_graph(full, "json"))
    assert [node["id"] for node in body["nodes"]] == CODES
    assert len(body["links"]) == 2
