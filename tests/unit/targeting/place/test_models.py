from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.errors import DataError
from cluster_engine.targeting.place.additive import fit_additive
from cluster_engine.targeting.place.curves import lay_ramps, penalise, place_curves
from cluster_engine.targeting.place.features import PlaceFeatures
from cluster_engine.targeting.place.learning import match_rate
from cluster_engine.targeting.place.likelihoods import Response
from cluster_engine.targeting.place.model import calc_place_terms, make_place_model
from cluster_engine.targeting.place.samples import Window, make_sample
from cluster_engine.targeting.place.terms import TERMS

N = 1200
BY_NAME = {term.name: term for term in TERMS}
CHOSEN = [BY_NAME["lq"], BY_NAME["density"], BY_NAME["area_size"]]


def _fit(seed: int = 0, n_ramps: int = 5):
    generator = np.random.default_rng(seed)
    values = {term.name: generator.normal(size=N) for term in CHOSEN}
    values["density"][:200] = np.nan
    evidence = np.sin(2 * values["lq"]) + values["area_size"] ** 2 - 1
    happened = (generator.random(N) < 1 / (1 + np.exp(-evidence))).astype(float)
    sectors = np.arange(N) % 60
    response = Response("whether", happened, np.zeros(N, dtype=np.int64), np.ones(N), sectors)
    curves = place_curves(CHOSEN, [1, 1, 0], values, n_ramps=n_ramps)
    fit = fit_additive(curves, lay_ramps(curves, values), response, ridge=0.1, smooth=0.1)
    return fit, values


def _features(values: dict[str, np.ndarray]) -> PlaceFeatures:
    return PlaceFeatures(2018, {name: array.reshape(20, 60) for name, array in values.items()})


def test_a_curve_held_rising_never_falls_even_where_the_data_do() -> None:
    fit, values = _fit()
    model = make_place_model("entry", fit, _features(values), {})
    rising = model.curves[model.curves["term"] == "lq"]
    assert rising["effect"].is_monotonic_increasing
    assert np.ptp(rising["effect"]) > 0.5
    free = model.curves.loc[model.curves["term"] == "area_size", "effect"]
    assert not free.is_monotonic_increasing


def test_curves_are_centred_over_all_areas_and_sectors() -> None:
    fit, values = _fit()
    features = _features(values)
    model = make_place_model("entry", fit, features, {})
    codes = [f"{code:04d}" for code in range(60)]
    rows = [calc_place_terms(model, features, codes, row=row) for row in range(20)]
    total = sum(table.sum() for table in rows) / (20 * 60)
    assert total.abs().max() < 1e-8  # curves are kept with nine digits


def test_terms_add_up_to_the_evidence_of_the_fit() -> None:
    fit, values = _fit()
    values["density"] = np.nan_to_num(values["density"])
    features = _features(values)
    model = make_place_model("entry", fit, features, {})
    told = np.concatenate(
        [calc_place_terms(model, features, range(60), row=row).sum(axis=1) for row in range(20)]
    )
    own = fit.weigh(values)
    # They differ by one constant: the model is centred on all cells, the fit on those learned from.
    assert np.ptp(told - own) < 1e-7


def test_an_unknown_feature_adds_nothing() -> None:
    fit, values = _fit()
    model = make_place_model("entry", fit, _features(values), {})
    unknown = {name: np.full((1, 60), np.nan) for name in values}
    terms = calc_place_terms(model, PlaceFeatures(2018, unknown), range(60))
    assert not terms.to_numpy().any()


def test_a_feature_that_never_varies_is_no_term() -> None:
    values = {"lq": np.ones(50), "density": np.linspace(0, 1, 50), "area_size": np.full(50, np.nan)}
    curves = place_curves(CHOSEN, [1, 1, 0], values)
    assert [term.name for term in curves.terms] == ["density"]


@pytest.mark.parametrize("n_ramps", [1, 3, 6])
def test_a_straight_line_costs_the_same_with_any_number_of_ramps(n_ramps: int) -> None:
    values = {"lq": np.linspace(0.0, 1.0, 1001)}
    curves = place_curves([BY_NAME["lq"]], [1], values, n_ramps=n_ramps)
    heights = np.full(curves.lengths[0], 1.0 / curves.lengths[0])
    assert heights @ penalise(curves, 2.0, 5.0) @ heights == pytest.approx(2.0)


def test_probabilities_meet_the_rate_asked_for() -> None:
    found = match_rate(np.linspace(-4.0, 6.0, 300), 0.03)
    assert found.mean() == pytest.approx(0.03)
    assert (np.diff(found) > 0).all()


def test_a_fit_that_does_not_settle_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster_engine.targeting.place.additive.MOST_STEPS", 1)
    with pytest.raises(DataError, match="must settle"):
        _fit()


@pytest.mark.parametrize(
    ("year", "window", "rule"),
    [
        (2019, Window(2018, 2021), "must know nothing after 2018"),
        (2018, Window(2018, 2018), "must end after 2018"),
    ],
)
def test_samples_refuse_features_and_outcomes_out_of_order(
    year: int, window: Window, rule: str
) -> None:
    jobs = np.full((2, 3), 100.0)
    features = PlaceFeatures(year, {"lq": np.zeros((2, 3))})
    with pytest.raises(DataError, match=rule):
        make_sample("entry", features, window, start=jobs, end=jobs, plant_size=np.ones(3))
