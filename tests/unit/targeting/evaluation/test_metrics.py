from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

from cluster_engine.targeting.evaluation.choice_metrics import (
    calc_share_in_first,
    lay_out_choices,
    weigh_choice_loss,
)
from cluster_engine.targeting.evaluation.metrics import (
    METRICS,
    calc_calibration,
    calc_log_loss,
    calc_top_scores,
    put_in_order,
)

EXACT = 1e-12
"""Sums of a few hundred numbers in another order."""

PEERS = {"ROC-AUC": roc_auc_score, "PR-AUC": average_precision_score}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(5))
def test_weighted_metrics_agree_with_scikit_learn(metric: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    outcome = (generator.random(300) < 0.2).astype(float)
    score = np.round(outcome + generator.normal(size=300), 1)  # with ties
    weight = generator.integers(0, 4, 300).astype(float)
    found = METRICS[metric](put_in_order(outcome, score), weight)
    assert found == pytest.approx(PEERS[metric](outcome, score, sample_weight=weight), abs=EXACT)


def test_the_first_k_share_the_outcomes_of_ties() -> None:
    # One certain hit first, then four that tie, two of them hits.
    table = calc_top_scores([1, 1, 0, 1, 0], [9, 1, 1, 1, 1], tops=(1, 3, 5, 50)).set_index("k")
    assert table.index.tolist() == [1, 3, 5]
    assert table.loc[3, "hits"] == 2.0
    assert table.loc[3, "precision"] == pytest.approx(2 / 3)
    assert table.loc[5, "recall"] == 1.0
    assert table.loc[1, "lift"] == pytest.approx(1 / 0.6)


def test_ndcg_agrees_with_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    outcome = (generator.random(60) < 0.3).astype(float)
    score = np.round(generator.normal(size=60), 1)
    table = calc_top_scores(outcome, score, tops=(25,))
    assert table["ndcg"][0] == pytest.approx(ndcg_score([outcome], [score], k=25), abs=EXACT)


def test_calibration_splits_into_equal_bins_in_order() -> None:
    said = np.linspace(0.05, 0.95, 40)
    table = calc_calibration((said > 0.5).astype(float), said, n_bins=4)
    assert table["n"].tolist() == [10] * 4
    assert table["happened"].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert table["said"].is_monotonic_increasing


def test_log_loss_of_a_coin_is_log_two() -> None:
    assert calc_log_loss([0, 1], [0.5, 0.5]) == pytest.approx(np.log(2))


def test_choice_loss_is_that_of_the_shares() -> None:
    # Set 0: sizes 1 and 3; chosen 1 and 1. Set 1: one alternative only, which costs nothing.
    choices = lay_out_choices([0, 0, 1], [1.0, 1.0, 2.0], [1.0, 3.0, 5.0], [0.0, 0.0, 9.0])
    expected = -(np.log(0.25) + np.log(0.75)) / 4
    assert weigh_choice_loss(choices, np.ones(3)) == pytest.approx(expected)


def test_repeating_a_set_does_not_change_its_loss() -> None:
    choices = lay_out_choices([0, 0], [1.0, 2.0], [1.0, 3.0], [0.5, 0.0])
    once = weigh_choice_loss(choices, np.ones(2))
    assert weigh_choice_loss(choices, np.full(2, 3.0)) == pytest.approx(once)


def test_an_alternative_taken_out_leaves_the_others() -> None:
    choices = lay_out_choices([0, 0, 0], [1.0, 1.0, 5.0], [1.0, 1.0, 8.0], [0.0, 0.0, 0.0])
    assert weigh_choice_loss(choices, np.array([1.0, 1.0, 0.0])) == pytest.approx(np.log(2))


def test_the_first_of_each_set_share_a_tie() -> None:
    choices = lay_out_choices([0, 0, 0, 1, 1], [4, 2, 2, 1, 1], np.ones(5), [2, 1, 1, 0, 5])
    # First 1: 4 of set 0 and 1 of set 1. First 2: half of each of the two that tie besides.
    assert calc_share_in_first(choices, 1) == pytest.approx(5 / 10)
    assert calc_share_in_first(choices, 2) == pytest.approx((4 + 1 + 1 + 2) / 10)
