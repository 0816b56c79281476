from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.errors import DataError
from cluster_engine.targeting.evaluation.guards import (
    check_features_blind,
    check_folds,
    check_order,
    check_outcome,
    check_too_good,
)

YEARS = (2015, 2016, 2017, 2018)


def _panel() -> np.ndarray:
    return np.random.default_rng(0).uniform(10, 500, (4, 8, 6))


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (np.zeros(50), "0 that happened, 50 that did not"),
        (np.ones(50), "50 that happened, 0 that did not"),
        (np.r_[np.ones(3), np.zeros(500)], "3 that happened, 500 that did not"),
        (np.r_[np.ones(30), np.full(30, 0.5)], "neither 0 nor 1"),
    ],
)
def test_degenerate_labels_are_refused(labels: np.ndarray, found: str) -> None:
    with pytest.raises(DataError, match=found):
        check_outcome(labels, where="entries")


def test_ordinary_labels_pass() -> None:
    check_outcome(np.r_[np.ones(10), np.zeros(10)], where="entries")


def test_features_of_the_future_are_refused() -> None:
    with pytest.raises(DataError, match="must know nothing after 2018"):
        check_order(features=2019, outcome_from=2018, outcome_to=2021, where="entries")


def test_an_outcome_inside_the_feature_window_is_refused() -> None:
    with pytest.raises(DataError, match="must end after 2018"):
        check_order(features=2018, outcome_from=2018, outcome_to=2018, where="entries")


def test_learning_from_the_judging_period_is_refused() -> None:
    with pytest.raises(DataError, match="must have ended by 2018"):
        check_order(
            features=2016, outcome_from=2016, outcome_to=2019, where="entries", judged_from=2018
        )


def test_an_id_in_two_folds_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="firm-b"):
        check_folds(["firm-a", "firm-b", "firm-b"], [0, 0, 1], where="events")
    check_folds(["firm-a", "firm-b", "firm-b"], [0, 1, 1], where="events")


def test_a_planted_leak_of_a_later_year_is_caught_by_name() -> None:
    def calculate(panel: np.ndarray) -> dict[str, np.ndarray]:
        return {"honest": panel[:3].mean(axis=0), "planted": panel[2] + 0.001 * panel[3]}

    with pytest.raises(DataError, match="planted") as caught:
        check_features_blind(calculate, _panel(), YEARS, year=2017)
    assert "honest" not in str(caught.value)


def test_features_that_see_the_past_only_pass() -> None:
    check_features_blind(lambda panel: {"mean": panel[:3].mean(axis=0)}, _panel(), YEARS, year=2017)


def test_a_feature_that_holds_the_outcome_is_caught() -> None:
    generator = np.random.default_rng(0)
    outcome = (generator.random(400) < 0.1).astype(float)
    features = {
        "honest": outcome + generator.normal(size=400),
        "unknown": np.full(400, np.nan),
        "planted": outcome + 0.1 * generator.normal(size=400),
    }
    with pytest.raises(DataError, match="planted") as caught:
        check_too_good(outcome, features, where="entries")
    assert "honest" not in str(caught.value)
