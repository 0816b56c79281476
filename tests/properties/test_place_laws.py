"""Laws of the place model that hold for every panel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_engine.targeting.evaluation.metrics import METRICS, put_in_order
from cluster_engine.targeting.place.additive import fit_additive
from cluster_engine.targeting.place.curves import lay_ramps, place_curves
from cluster_engine.targeting.place.data import PlaceData
from cluster_engine.targeting.place.features import calc_place_features
from cluster_engine.targeting.place.likelihoods import Response
from cluster_engine.targeting.place.terms import TERMS

SEEDS = st.integers(0, 10_000)
ROUNDING = 1e-9


def _make_data(seed: int) -> PlaceData:
    generator = np.random.default_rng(seed)
    return PlaceData(
        years=(2016, 2017, 2018),
        jobs=5 * np.round(generator.gamma(0.6, 400, (3, 8, 6)) / 5) + 5,
        codes=("1011", "1012", "2511", "2512", "2910", "6201"),
        knowledge_class=("a", "a", "b", "b", "b", ""),
        plant_size=generator.uniform(5, 200, 6),
        enterprise_size=generator.uniform(2, 50, 6),
        flows=generator.uniform(0, 50, (3, 3)),
        io_shares=np.repeat(np.eye(3), 2, axis=0),
        clusters=np.array([0, 0, 1, 1, 1, -1]),
    )


@given(SEEDS)
@settings(max_examples=25)
def test_the_order_of_areas_changes_no_feature(seed: int) -> None:
    data = _make_data(seed)
    order = np.random.default_rng(seed).permutation(8)
    values = calc_place_features(data).values
    mixed = calc_place_features(replace(data, jobs=data.jobs[:, order])).values
    for name, array in values.items():
        assert mixed[name] == pytest.approx(array[order], abs=ROUNDING, nan_ok=True), name


@given(SEEDS)
@settings(max_examples=10)
def test_more_of_a_rising_feature_never_lowers_the_evidence(seed: int) -> None:
    generator = np.random.default_rng(seed)
    terms = [term for term in TERMS if term.direction == 1][:4]
    values = {term.name: generator.normal(size=400) for term in terms}
    response = Response(
        "whether", (generator.random(400) < 0.3).astype(float), np.zeros(400, dtype=np.int64),
        np.ones(400), np.arange(400) % 40,
    )  # fmt: skip
    curves = place_curves(terms, [1] * 4, values)
    fit = fit_additive(curves, lay_ramps(curves, values), response, ridge=0.5, smooth=0.5)
    before = fit.weigh(values)
    for term in terms:
        more = {**values, term.name: values[term.name] + generator.uniform(0, 2, 400)}
        assert (fit.weigh(more) >= before - ROUNDING).all(), term.name


@given(SEEDS)
@settings(max_examples=50)
def test_a_rising_transformation_of_scores_changes_no_metric(seed: int) -> None:
    generator = np.random.default_rng(seed)
    outcome = (generator.random(80) < 0.3).astype(float)
    outcome[:2] = (0.0, 1.0)
    score = np.round(generator.normal(size=80), 1)
    weight = np.ones(80)
    for metric in METRICS.values():
        plain = metric(put_in_order(outcome, score), weight)
        assert metric(put_in_order(outcome, np.exp(score)), weight) == pytest.approx(plain)
        # Doubling every cell is the same sample.
        assert metric(put_in_order(outcome, score), 2 * weight) == pytest.approx(plain)
