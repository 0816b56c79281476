"""The graph of related sectors: strongest links, centralities, communities, a layout, exports."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.communities import find_communities, link_neighbours
from cluster_engine.clustering.methods import order_labels

Floats = NDArray[np.float64]
GraphFormat = Literal["graphml", "json"]

DIGITS = 6
"""Digits of coordinates and centralities: enough to draw and to rank."""


def build_graph(
    similarity: Floats, codes: Sequence[str], attributes: pd.DataFrame, neighbours: int
) -> nx.Graph:
    """Build the sector graph: every sector with its strongest links.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric.
    codes : sequence of str, length n_sectors
        Names of the nodes, ascending: the order decides nothing that is shown.
    attributes : DataFrame, n_sectors rows
        Plain columns that become node attributes.
    neighbours : int
        Links kept per sector; a link stays if either end keeps it. Similarity 0 is no link.

    Returns
    -------
    Graph
        Edge attribute 'weight', the similarity.
    """
    linked = link_neighbours(similarity, neighbours)
    first, second = np.nonzero(np.triu(linked, 1))
    graph = nx.Graph()
    for code, row in zip(codes, attributes.to_dict("records"), strict=True):
        graph.add_node(code, **{str(name): _plain(value) for name, value in row.items()})
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        graph.add_edge(codes[one], codes[other], weight=round(float(linked[one, other]), DIGITS))
    return graph


def describe_nodes(graph: nx.Graph, *, random_state: int) -> pd.DataFrame:
    """Centralities, community and place of every node.

    Parameters
    ----------
    graph : Graph
        Of :func:`build_graph`.
    random_state : int
        Seed of the communities and of the layout.

    Returns
    -------
    DataFrame
        Index: codes. degree (links), strength (sum of weights), betweenness (share of shortest
        paths, a link being as long as the sectors are unlike), closeness, eigenvector (largest 1,
        within the piece of the graph that is largest), community (Louvain, most nodes first), x, y.

    Notes
    -----
    Source: Freeman (1978) for betweenness and closeness; Bonacich (1972) for the eigenvector;
    layout by Fruchterman & Reingold (1991).
    """
    nodes = list(graph)
    weights = nx.to_numpy_array(graph, nodelist=nodes, weight="weight")
    distances = nx.Graph()
    distances.add_nodes_from(nodes)
    distances.add_weighted_edges_from(
        (
            (one, other, 1.0 - weight + 10.0**-DIGITS)
            for one, other, weight in graph.edges.data("weight")
        ),
        weight="distance",
    )
    place = nx.spring_layout(graph, seed=random_state, weight="weight")
    betweenness = nx.betweenness_centrality(distances, weight="distance")
    closeness = nx.closeness_centrality(distances, distance="distance")
    communities = order_labels(find_communities(weights, "louvain", 1.0, random_state=random_state))
    table = pd.DataFrame(
        {
            "degree": [graph.degree(node) for node in nodes],
            "strength": weights.sum(axis=1),
            "betweenness": [betweenness[node] for node in nodes],
            "closeness": [closeness[node] for node in nodes],
            "eigenvector": _calc_eigenvector(graph, nodes, weights),
            "community": communities,
            "x": [place[node][0] for node in nodes],
            "y": [place[node][1] for node in nodes],
        },
        index=nodes,
    )
    numbers = table.select_dtypes("float").columns
    return table.assign(**{name: table[name].round(DIGITS) for name in numbers})


def render_graph(graph: nx.Graph, format_: GraphFormat) -> bytes:
    """Write a graph as GraphML, or as JSON with nodes and links; the same graph, the same bytes."""
    if format_ == "json":
        body = nx.node_link_data(graph, edges="links")
        return (json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
    stream = io.BytesIO()
    nx.write_graphml_xml(graph, stream)
    return stream.getvalue()


def add_attributes(graph: nx.Graph, table: pd.DataFrame) -> nx.Graph:
    """Return a copy of the graph whose nodes carry the columns of a table indexed by node."""
    rows: Mapping[Any, dict[Any, Any]] = table.to_dict("index")
    richer = graph.copy()
    for node, row in rows.items():
        richer.nodes[node].update({str(name): _plain(value) for name, value in row.items()})
    return richer


def _calc_eigenvector(graph: nx.Graph, nodes: Sequence[str], weights: Floats) -> Floats:
    """Leading eigenvector of the largest piece, its largest entry 1; 0 elsewhere."""
    central = np.zeros(len(nodes))
    if not graph.number_of_edges():
        return central
    # Of pieces of one size the one with the first node, so that the choice does not wander.
    largest = max(
        nx.connected_components(graph),
        key=lambda piece: (len(piece), [-ord(c) for c in min(piece)]),
    )
    inside = np.array([node in largest for node in nodes])
    vector = np.abs(np.linalg.eigh(weights[np.ix_(inside, inside)])[1][:, -1])
    central[inside] = vector / vector.max()
    return central


def _plain(value: object) -> Any:
    """Value as GraphML and JSON can hold it; what is not known is left empty."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return ""
    return round(value, DIGITS) if isinstance(value, float) else value
