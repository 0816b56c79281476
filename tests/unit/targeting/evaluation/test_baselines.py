from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.targeting.evaluation.baselines import BASELINES, Panel

JOBS = np.array([[100.0, 0.0, 50.0], [20.0, 80.0, 10.0], [30.0, 60.0, 200.0]])
LQ = np.array([[2.0, 0.0, 1.3], [1.1, 1.3, 0.1], [0.4, 1.0, 1.6]])


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_gives_one_finite_score_per_cell(name: str) -> None:
    score = BASELINES[name](Panel(JOBS, LQ, 0))
    assert score.shape == (3, 3)
    assert np.isfinite(score).all()


def test_size_orders_areas_and_popularity_orders_sectors() -> None:
    panel = Panel(JOBS, LQ, 0)
    assert BASELINES["size of the area"](panel)[:, 0].tolist() == [150.0, 110.0, 290.0]
    assert BASELINES["popularity of the sector"](panel)[0].tolist() == [2.0, 2.0, 2.0]


def test_same_sector_is_yes_or_no() -> None:
    found = BASELINES["same sector with LQ > 1.25"](Panel(JOBS, LQ, 0))
    assert found.tolist() == [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def test_the_random_order_depends_on_the_seed_alone() -> None:
    first, again, other = (BASELINES["random order"](Panel(JOBS, LQ, s)) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
