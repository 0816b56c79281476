"""Weights of the mover criteria: priors that say so, or learned from firms that events name."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.errors import DataError
from cluster_engine.parameters import Mover
from cluster_engine.settings import read_settings
from cluster_engine.targeting.mover import MOVER_CRITERIA, learn_mover
from cluster_engine.targeting.mover_weights import PRIOR, apply_mover, read_mover

TRUE = {"capacity": 0.9, "footprint": 0.0, "presence": 0.6}
INTERCEPT = -2.5
RULE = Mover(fewest_named=25, label_rate=0.4, ridge=0.0)
WEIGHTS = {"capacity": 1.0, "footprint": 4.0, "presence": 1.0}
N_FIRMS = 20_000


def draw(seed: int = 3) -> tuple[dict[str, np.ndarray], np.ndarray]:
    generator = np.random.default_rng(seed)
    values = {name: generator.normal(size=N_FIRMS) for name in MOVER_CRITERIA}
    odds = INTERCEPT + sum(TRUE[name] * values[name] for name in MOVER_CRITERIA)
    moves = generator.random(N_FIRMS) < 1.0 / (1.0 + np.exp(-odds))
    return values, moves & (generator.random(N_FIRMS) < RULE.label_rate)


def spread(weights: dict[str, float], values: dict[str, np.ndarray]) -> float:
    return float(np.std(sum(weights[name] * values[name] for name in weights)))


def test_known_weights_are_found_within_their_intervals() -> None:
    values, named = draw()
    found = learn_mover(values, named, WEIGHTS, RULE)
    scale = spread(WEIGHTS, values) / spread(
        {name: found.weights[name] for name in WEIGHTS}, values
    )
    assert found.basis == "learned"
    # Points are log odds times one factor: that of the spread of the prior weights' total.
    assert scale == pytest.approx(1.0, abs=1e-3)
    factor = spread(WEIGHTS, values) / spread(TRUE, values)
    for name in WEIGHTS:
        margin = 4 * max(found.errors[name], 0.05 * factor)
        assert abs(found.weights[name] - TRUE[name] * factor) < margin
    assert found.intercept == pytest.approx(INTERCEPT, abs=0.2)
    assert found.auc > found.prior_auc


def test_the_label_rate_moves_the_base_and_not_the_order_of_the_weights() -> None:
    values, named = draw()
    sure = learn_mover(values, named, WEIGHTS, replace(RULE, label_rate=1.0))
    half = learn_mover(values, named, WEIGHTS, RULE)
    assert half.intercept > sure.intercept + 0.5
    for name in WEIGHTS:
        assert half.weights[name] == pytest.approx(sure.weights[name], abs=0.15)


def test_a_criterion_that_speaks_against_moving_counts_nothing() -> None:
    values, named = draw()
    values["footprint"] = np.where(named, -1.0, 0.5) + np.random.default_rng(1).normal(
        0, 2, N_FIRMS
    )
    found = learn_mover(values, named, WEIGHTS | {"footprint": 0.1}, RULE)
    assert found.basis == "learned"
    assert found.weights["footprint"] == 0.0


def test_priors_stand_where_they_order_firms_as_well() -> None:
    values, named = draw()
    dealt = np.random.default_rng(0).permutation(named)
    # The very weights of the truth cannot be beaten, and outcomes that were shuffled teach nothing.
    for outcome, prior in ((named, TRUE), (dealt, WEIGHTS)):
        found = learn_mover(values, outcome, prior, RULE)
        if outcome is dealt:
            assert max(abs(found.auc - 0.5), abs(found.prior_auc - 0.5)) < 0.04
        else:
            assert found.auc - found.prior_auc < 0.005
        if found.basis == "prior":
            assert found.weights == {}
            assert "as well" in found.reason


def test_a_planted_leak_is_caught() -> None:
    values, named = draw()
    values["presence"] = named * 8.0 + np.random.default_rng(0).normal(size=N_FIRMS)
    with pytest.raises(DataError, match="presence"):
        learn_mover(values, named, WEIGHTS, RULE)


def test_few_named_firms_leave_the_priors_and_say_so() -> None:
    values, _ = draw()
    named = np.zeros(N_FIRMS, dtype=bool)
    named[:5] = True
    found = learn_mover(values, named, WEIGHTS, RULE)
    assert found.basis == "prior"
    assert "5 of 20000" in found.reason


def test_what_nobody_differs_in_keeps_its_prior() -> None:
    values, named = draw()
    values["presence"] = np.zeros(N_FIRMS)
    found = learn_mover(values, named, WEIGHTS, RULE)
    assert set(found.weights) == {"capacity", "footprint"}
    scoring = read_settings().scoring
    assert apply_mover(scoring, found).weights["presence"] == scoring.weights["presence"]


def test_facts_of_a_model_are_read_back() -> None:
    values, named = draw()
    for found in (PRIOR, learn_mover(values, named, WEIGHTS, RULE)):
        facts = json.loads(json.dumps(found.as_facts(), allow_nan=False))
        assert read_mover(facts).as_facts() == found.as_facts()
    assert read_mover(None) is PRIOR


def test_the_same_seed_gives_the_same_weights() -> None:
    values, named = draw()
    once, twice = (learn_mover(values, named, WEIGHTS, RULE, seed=7) for _ in range(2))
    assert once == twice
