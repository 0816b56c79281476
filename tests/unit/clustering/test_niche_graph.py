"""The network of niches: means worked out by hand, links kept, places that fit the page."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.clustering.niche_graph import average_between, draw_niches

SIMILARITY = np.array(
    [
        [1.0, 0.9, 0.2, 0.4],
        [0.9, 1.0, 0.6, 0.8],
        [0.2, 0.6, 1.0, np.nan],
        [0.4, 0.8, np.nan, 1.0],
    ]
)


def test_relatedness_is_the_mean_over_pairs_of_members() -> None:
    found = average_between(SIMILARITY, ["a", "a", "b", ""], ["a", "b", "none"])
    assert found[0, 1] == pytest.approx((0.2 + 0.6) / 2)
    assert found[1, 0] == found[0, 1]
    assert not found[2].any()
    assert not np.diag(found).any()


def test_links_are_the_strongest_of_either_end() -> None:
    relatedness = np.array(
        [[0, 0.9, 0.5, 0.1], [0.9, 0, 0.4, 0.3], [0.5, 0.4, 0, 0.2], [0.1, 0.3, 0.2, 0]]
    )
    graph = draw_niches(relatedness, ["a", "b", "c", "d"], 1, random_state=0)
    assert graph.links.values.tolist() == [["a", "b", 0.9], ["a", "c", 0.5], ["b", "d", 0.3]]
    assert graph.nodes["degree"].tolist() == [2, 2, 1, 1]
    places = graph.nodes[["x", "y"]].to_numpy()
    assert places.min() == 0
    assert places.max() == 1


def test_same_seed_same_places() -> None:
    relatedness = np.random.default_rng(1).random((6, 6))
    relatedness = (relatedness + relatedness.T) / 2
    np.fill_diagonal(relatedness, 0)
    first, second = (
        draw_niches(relatedness, list("abcdef"), 2, random_state=0).nodes for _ in range(2)
    )
    assert first.equals(second)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_few_niches_are_no_obstacle(number: int) -> None:
    names = list("ab")[:number]
    graph = draw_niches(np.full((number, number), 0.5), names, 2, random_state=0)
    assert len(graph.nodes) == number
    assert len(graph.links) == max(0, number - 1)
    assert graph.nodes[["x", "y"]].notna().all().all()
