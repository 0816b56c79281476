from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.targeting.evaluation.intervals import (
    Interval,
    beats,
    bootstrap,
    calc_exact_interval,
)

PUBLISHED = 5e-5
"""The figures below are given to four digits."""


def test_exact_interval_of_two_in_a_hundred() -> None:
    assert calc_exact_interval(2, 100, level=0.95) == pytest.approx((0.0024, 0.0704), abs=PUBLISHED)


@pytest.mark.parametrize(("hits", "low", "high"), [(0, 0.0, 0.2589), (10, 0.7411, 1.0)])
def test_exact_interval_at_the_ends_is_one_sided(hits: int, low: float, high: float) -> None:
    assert calc_exact_interval(hits, 10) == pytest.approx((low, high), abs=PUBLISHED)


@pytest.mark.parametrize(("hits", "tries"), [(-1, 10), (11, 10), (0, 0)])
def test_impossible_hits_are_refused(hits: int, tries: int) -> None:
    with pytest.raises(ValueError, match="must be from 0"):
        calc_exact_interval(hits, tries)


def test_clusters_that_share_their_luck_widen_the_interval() -> None:
    generator = np.random.default_rng(0)
    cluster = np.repeat(np.arange(30), 20)
    value = np.repeat(generator.normal(size=30), 20)

    def measure(weight: np.ndarray) -> dict[str, float]:
        return {"mean": float((value * weight).sum() / weight.sum())}

    single = bootstrap(measure, {"cell": np.arange(600)}, n_draws=300)["mean"]
    shared = bootstrap(measure, {"cluster": cluster}, n_draws=300)["mean"]
    both = bootstrap(measure, {"cell": np.arange(600), "cluster": cluster}, n_draws=300)["mean"]
    assert shared.high - shared.low > 3 * (single.high - single.low)
    assert (both.low, both.high) == (shared.low, shared.high)


def test_the_same_seed_draws_the_same_interval() -> None:
    def measure(weight: np.ndarray) -> dict[str, float]:
        return {"sum": float((weight * np.arange(20)).sum())}

    clusters = {"cell": np.arange(20)}
    first, again, other = (
        bootstrap(measure, clusters, n_draws=50, random_state=seed)["sum"] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_bootstrap_needs_a_way_of_clustering() -> None:
    with pytest.raises(ValueError, match="at least one way"):
        bootstrap(lambda weight: {}, {})


def test_only_a_gain_beyond_its_interval_beats() -> None:
    assert beats(Interval(0.02, 0.001, 0.04, {}))
    assert not beats(Interval(0.02, -0.001, 0.04, {}))
