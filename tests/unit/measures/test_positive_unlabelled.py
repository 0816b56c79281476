"""Positive-unlabelled logistic regression finds what is true behind what is labelled."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.positive_unlabelled import (
    calc_label_rate,
    estimate_label_rate,
    fit_labelled,
)

TRUE = np.array([-2.0, 1.0, -0.6, 0.0])
"""Intercept and weights that the figures are drawn with."""

FOUR_ERRORS = 4.0
"""Four parameters in a handful of draws: a miss by more has a chance of 1 in 1,000."""


def draw(label_rate: float, sampling_rate: float, n_rows: int = 40_000, seed: int = 1):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n_rows, 3))
    y = generator.random(n_rows) < 1.0 / (1.0 + np.exp(-(TRUE[0] + x @ TRUE[1:])))
    s = y & (generator.random(n_rows) < label_rate)
    kept = s | (generator.random(n_rows) < sampling_rate)
    return x[kept], s[kept], y[kept], float(y.mean())


@pytest.mark.parametrize(("label_rate", "sampling_rate"), [(1.0, 1.0), (0.5, 1.0), (0.3, 0.25)])
def test_true_weights_lie_within_the_stated_intervals(label_rate, sampling_rate) -> None:
    x, s, _, _ = draw(label_rate, sampling_rate)
    fit = fit_labelled(x, s, label_rate=label_rate, sampling_rate=sampling_rate)
    missed = np.abs(np.array([fit.intercept, *fit.weights]) - TRUE) / fit.errors
    assert (missed < FOUR_ERRORS).all()
    assert (fit.errors < 0.15).all()


def test_intervals_of_90_percent_hold_the_truth_as_often_as_they_say() -> None:
    hits = []
    for seed in range(40):
        x, s, _, _ = draw(0.5, 0.5, n_rows=4_000, seed=seed)
        fit = fit_labelled(x, s, label_rate=0.5, sampling_rate=0.5)
        found = np.array([fit.intercept, *fit.weights])
        hits.append(np.abs(found - TRUE) < 1.645 * fit.errors)
    # 160 intervals at 90 %: fewer than 80 % or more than 98 % has a chance of 1 in 1,000.
    assert 0.80 < np.mean(hits) < 0.98


def test_taking_the_unlabelled_for_negatives_puts_the_intercept_too_low() -> None:
    x, s, _, _ = draw(0.3, 1.0)
    naive = fit_labelled(x, s, label_rate=1.0)
    assert naive.intercept < TRUE[0] - 10 * naive.errors[0]


def test_with_all_positives_labelled_the_intercept_is_that_of_king_and_zeng() -> None:
    x, s, _, _ = draw(1.0, 0.2)
    fit = fit_labelled(x, s, label_rate=1.0, sampling_rate=0.2)
    plain = fit_labelled(x, s, label_rate=1.0)
    assert fit.intercept == pytest.approx(plain.intercept + np.log(0.2), abs=1e-6)
    assert fit.weights == pytest.approx(plain.weights, abs=1e-6)


def test_label_rate_follows_from_how_common_positives_are() -> None:
    _, s, _, common = draw(0.3, 0.25)
    assert calc_label_rate(s, common, sampling_rate=0.25) == pytest.approx(0.3, abs=0.02)
    with pytest.raises(ValueError, match="class_prior"):
        calc_label_rate(np.array([True, True, False]), 0.5)


def test_label_rate_of_elkan_and_noto_is_right_where_classes_are_apart() -> None:
    generator = np.random.default_rng(0)
    y = generator.random(20_000) < 0.3
    x = np.where(y, 4.0, -4.0)[:, None] + generator.normal(size=(20_000, 1))
    s = y & (generator.random(20_000) < 0.4)
    fit = fit_labelled(x / 4.0, s, label_rate=0.4, ridge=1.0)
    assert estimate_label_rate(0.4 * fit.predict(x / 4.0), s) == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize("rates", [{"label_rate": 0.0}, {"label_rate": 0.5, "sampling_rate": 2.0}])
def test_rates_out_of_bounds_are_refused(rates) -> None:
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        fit_labelled(np.ones((4, 1)), np.array([True, False, True, False]), **rates)
