"""Sectors that move to the cluster they are most related to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cluster_engine.clustering.outliers import Move, reassign_outliers

FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""
BLOCKS = np.repeat([0, 1, 2], [5, 4, 4])
WRONG = BLOCKS.copy()
WRONG[0] = 1


def _reassign(
    similarity: np.ndarray, labels: np.ndarray, **limits: float
) -> tuple[np.ndarray, tuple[Move, ...]]:
    given: dict[str, float] = {"margin": 0.05, "smallest": 2, "largest": 99, **limits}
    return reassign_outliers(similarity, labels, **given)  # type: ignore[arg-type]


def test_a_sector_in_the_wrong_cluster_moves_and_is_logged(
    plant: Callable[..., np.ndarray],
) -> None:
    similarity, before = plant(BLOCKS), WRONG.copy()
    labels, moves = _reassign(similarity, WRONG)
    assert labels.tolist() == BLOCKS.tolist()
    assert [(move.sector, move.origin, move.target) for move in moves] == [(0, 1, 0)]
    assert moves[0].within == pytest.approx(similarity[0, 5:9].mean(), abs=FLOAT)
    assert moves[0].nearest == pytest.approx(similarity[0, 1:5].mean(), abs=FLOAT)
    np.testing.assert_array_equal(WRONG, before)


def test_sectors_in_the_right_cluster_stay(plant: Callable[..., np.ndarray]) -> None:
    labels, moves = _reassign(plant(BLOCKS), BLOCKS)
    assert moves == ()
    assert labels.tolist() == BLOCKS.tolist()


@pytest.mark.parametrize(("margin", "n_moves"), [(0.19, 1), (0.21, 0)])
def test_a_sector_moves_from_the_margin_on(margin: float, n_moves: int) -> None:
    # Sector 0 is 0.2 more like the others of cluster 1 than like those of its own.
    similarity = np.where(BLOCKS[:, None] == BLOCKS, 0.9, 0.1)
    similarity[0, 1:5] = similarity[1:5, 0] = 0.4
    similarity[0, 5:9] = similarity[5:9, 0] = 0.6
    assert len(_reassign(similarity, BLOCKS, margin=margin)[1]) == n_moves


def test_no_cluster_falls_below_the_smallest_size(plant: Callable[..., np.ndarray]) -> None:
    assert _reassign(plant(BLOCKS), WRONG, smallest=5)[1] == ()
    assert len(_reassign(plant(BLOCKS), WRONG, smallest=4)[1]) == 1


def test_no_cluster_grows_above_the_largest_size(plant: Callable[..., np.ndarray]) -> None:
    assert _reassign(plant(BLOCKS), WRONG, largest=4)[1] == ()
    assert len(_reassign(plant(BLOCKS), WRONG, largest=5)[1]) == 1


def test_the_clearest_case_moves_first_and_none_moves_twice(
    plant: Callable[..., np.ndarray],
) -> None:
    blocks = np.repeat([0, 1], 8)
    labels = blocks.copy()
    labels[[2, 3]] = 1
    similarity = plant(blocks, noise=0.0)
    similarity[3, :2] = similarity[:2, 3] = 0.9
    moved, moves = _reassign(similarity, labels)
    assert moved.tolist() == blocks.tolist()
    assert [move.sector for move in moves] == [3, 2]
    # What the second gains counts the first where it is now.
    assert moves[1].nearest == pytest.approx(similarity[2, [0, 1, 3, 4, 5, 6, 7]].mean())


def test_similarities_that_all_tie_move_nothing() -> None:
    labels = np.repeat([0, 1], 4)
    assert _reassign(np.full((8, 8), 0.5), labels, margin=0.001)[1] == ()


def test_a_single_cluster_has_nowhere_to_move_to() -> None:
    assert _reassign(np.eye(3), np.zeros(3, dtype=np.int64))[1] == ()
