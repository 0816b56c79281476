"""The yardstick: typical values, means and standard deviations, worked by hand on three firms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.parameters import Scoring
from cluster_engine.targeting.criteria import CRITERIA, PARTS, Criterion
from cluster_engine.targeting.features import FirmFeatures, FirmTables, build_features
from cluster_engine.targeting.reference import fit_reference, standardise
from cluster_engine.targeting.score import score_firms
from cluster_engine.targeting.unknown import MINIMUM_FOR_LINE, fill_unknown

KEPT = 1e-9
"""The yardstick keeps ten digits."""
FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""


def _features(parts: Mapping[str, list[float]], n_firms: int, **columns: list[Any]) -> FirmFeatures:
    firms = pd.DataFrame(
        {
            "size_class": [None] * n_firms,
            "knowledge_class": ["low"] * n_firms,
            "confidence": [np.nan] * n_firms,
        }
        | columns
    ).astype({"size_class": "str"})
    full = {part: np.array(parts.get(part, [0.0] * n_firms), dtype=float) for part in PARTS}
    return FirmFeatures(firms, full)


def _standardise(
    features: FirmFeatures, reference: Mapping[str, Any], scoring: Scoring
) -> dict[str, np.ndarray]:
    filled, _ = fill_unknown(features, reference)
    return standardise(filled, features.trust, reference, scoring)


def test_three_firms_are_standardised_as_by_hand(scoring: Scoring) -> None:
    # Mean 2 and sd sqrt(2/3) in one part, the other part alike for all: the mean of the two has
    # half the spread, and is scaled back to one sd.
    features = _features({"specialisation": [1.0, 2.0, 3.0]}, 3)
    reference = fit_reference(features, scoring)
    assert reference["parts"]["specialisation"]["mean"] == 2.0
    assert reference["parts"]["specialisation"]["sd"] == pytest.approx(np.sqrt(2 / 3), abs=KEPT)
    values = _standardise(features, reference, scoring)
    expected = [-np.sqrt(1.5), 0.0, np.sqrt(1.5)]
    np.testing.assert_allclose(values["cluster_fit"], expected, rtol=0, atol=KEPT)


def test_two_parts_of_a_criterion_weigh_the_same(scoring: Scoring) -> None:
    features = _features({"specialisation": [1.0, 2.0, 3.0], "affinity": [9.0, 6.0, 3.0]}, 3)
    reference = fit_reference(features, scoring)
    values = _standardise(features, reference, scoring)["cluster_fit"]
    np.testing.assert_allclose(values, [0.0, 0.0, 0.0], rtol=0, atol=KEPT)


def test_a_part_alike_for_all_firms_moves_nothing(scoring: Scoring) -> None:
    features = _features({}, 3)
    reference = fit_reference(features, scoring)
    values = _standardise(features, reference, scoring)
    assert all((values[criterion.name] == 0.0).all() for criterion in CRITERIA)


def test_parts_and_criteria_are_cut_at_their_limits(
    scoring: Scoring, flat_reference: dict[str, Any]
) -> None:
    filled = {part: np.array([-100.0, 100.0]) for part in PARTS}
    trust = np.ones(2)
    by_part = standardise(
        filled, trust, flat_reference, replace(scoring, limit=1.5, criterion_limit=9.0)
    )
    by_criterion = standardise(
        filled, trust, flat_reference, replace(scoring, limit=9.0, criterion_limit=2.0)
    )
    for criterion in CRITERIA:
        assert by_part[criterion.name].tolist() == [-1.5, 1.5]
        assert by_criterion[criterion.name].tolist() == [-2.0, 2.0]


def test_what_follows_from_a_code_counts_as_far_as_the_code_is_trusted(
    scoring: Scoring, flat_reference: dict[str, Any]
) -> None:
    # Cluster fit follows from the code alone, footprint from the firm alone.
    ones = {part: [1.0] * 3 for part in PARTS}
    values = _standardise(
        _features(ones, 3, confidence=[np.nan, 0.5, 0.0]), flat_reference, scoring
    )
    assert values["cluster_fit"].tolist() == [1.0, 0.5, 0.0]
    assert values["footprint"].tolist() == [1.0, 1.0, 1.0]


def test_unknown_employees_are_typical_for_the_size_class(flat_reference: dict[str, Any]) -> None:
    features = _features({"employees": [np.nan] * 3}, 3, size_class=["mega", "nano", None])
    filled, unknown = fill_unknown(features, flat_reference)
    np.testing.assert_allclose(filled["employees"], np.log10([100000, 80, 250]), rtol=FLOAT)
    assert unknown["employees"].all()


def test_unknown_rd_is_typical_for_the_size_but_never_above_the_panel(
    flat_reference: dict[str, Any],
) -> None:
    known = {"rd": [np.nan] * 2, "employees": [2.0, 6.0], "rd_intensity": [0.2, 0.2]}
    filled, _ = fill_unknown(_features(known, 2), flat_reference)
    # 100 people sell for 100 x 10^-0.5; 4 % of that, and a tenth; the ceiling is 1.
    expected = [np.log10(0.04 * 10**1.5 + 0.1), 1.0]
    np.testing.assert_allclose(filled["rd"], expected, rtol=0, atol=FLOAT)


def test_unknown_rd_is_a_share_of_the_sales_where_these_are_known(
    flat_reference: dict[str, Any],
) -> None:
    known = {"rd": [np.nan], "employees": [2.0], "rd_intensity": [0.2]}
    filled, _ = fill_unknown(_features(known, 1, sales=[100.0]), flat_reference)
    assert filled["rd"][0] == pytest.approx(np.log10(4.0 + 0.1), abs=FLOAT)


def test_unknown_rd_follows_the_typical_employees_where_these_are_unknown_too(
    flat_reference: dict[str, Any],
) -> None:
    known = {"rd": [np.nan], "employees": [np.nan], "rd_intensity": [0.2]}
    filled, _ = fill_unknown(_features(known, 1), flat_reference)
    assert filled["rd"][0] == pytest.approx(np.log10(0.04 * 250 * 10**-0.5 + 0.1), abs=FLOAT)


def test_unknown_rd_intensity_is_typical_for_the_class(flat_reference: dict[str, Any]) -> None:
    features = _features({"rd_intensity": [np.nan] * 2}, 2, knowledge_class=["low", "other"])
    filled, _ = fill_unknown(features, flat_reference)
    assert filled["rd_intensity"].tolist() == [0.1, 0.05]


def test_other_unknown_parts_are_average(flat_reference: dict[str, Any]) -> None:
    features = _features({"growth": [np.nan], "supplier": [np.nan]}, 1)
    filled, _ = fill_unknown(features, flat_reference)
    assert filled["growth"][0] == filled["supplier"][0] == 0.125


def test_known_parts_are_left_alone(flat_reference: dict[str, Any]) -> None:
    features = _features({"growth": [0.2, np.nan], "rd": [5.0, np.nan]}, 2)
    filled, unknown = fill_unknown(features, flat_reference)
    assert filled["growth"][0] == 0.2
    assert filled["rd"][0] == 5.0
    assert unknown["growth"].tolist() == [False, True]
    assert np.isnan(features.parts["growth"][1])


def test_the_line_by_size_is_fitted_where_enough_firms_are_known(scoring: Scoring) -> None:
    size = np.linspace(1.0, 5.0, MINIMUM_FOR_LINE)
    patents = 0.5 * size - 1.0
    few = _features(
        {"employees": [*size[1:]], "patents_abroad": [*patents[1:]]}, MINIMUM_FOR_LINE - 1
    )
    enough = _features({"employees": [*size], "patents_abroad": [*patents]}, MINIMUM_FOR_LINE)
    line = fit_reference(enough, scoring)["typical"]["lines"]["patents_abroad"]
    assert line["slope"] == pytest.approx(0.5, abs=KEPT)
    assert line["intercept"] == pytest.approx(-1.0, abs=KEPT)
    assert fit_reference(few, scoring)["typical"]["lines"]["patents_abroad"]["slope"] == 0.0


def test_with_all_firms_of_one_size_the_line_is_flat(scoring: Scoring) -> None:
    n_firms = MINIMUM_FOR_LINE + 5
    features = _features(
        {"employees": [3.0] * n_firms, "patents_abroad": [*range(n_firms)]}, n_firms
    )
    line = fit_reference(features, scoring)["typical"]["lines"]["patents_abroad"]
    assert line == {"intercept": pytest.approx((n_firms - 1) / 2), "slope": 0.0}


def test_the_yardstick_is_the_same_whatever_the_order_of_firms(
    make_firms: Callable[..., FirmTables],
    sectors: pd.DataFrame,
    scoring: Scoring,
    unknown_firm: dict[str, Any],
) -> None:
    firms = {
        "a": ("2910", {"employees": 50.0}),
        "b": ("6419", unknown_firm),
        "c": ({"2932": 0.5, "2910": 0.5}, {"rd": np.nan}),
    }
    forward = fit_reference(build_features(make_firms(firms), sectors), scoring)
    backward = dict(reversed(list(firms.items())))
    assert fit_reference(build_features(make_firms(backward), sectors), scoring) == forward


def test_a_figure_that_no_firm_has_is_no_reason_to_fail(
    make_firms: Callable[..., FirmTables],
    sectors: pd.DataFrame,
    scoring: Scoring,
    unknown_firm: dict[str, Any],
) -> None:
    firms = make_firms({"a": ("2910", unknown_firm), "b": ("6419", unknown_firm)})
    features = build_features(firms, sectors)
    reference = fit_reference(features, scoring)
    filled, _ = fill_unknown(features, reference)
    assert all(np.isfinite(filled[part]).all() for part in PARTS)


def test_learned_terms_of_one_family_keep_their_sizes(scoring: Scoring) -> None:
    # Terms 0, 1, 2 and 0, 3, 6: their total 0, 4, 8 has sd sqrt(32 / 3), and one scale for both.
    learned = (
        Criterion("small", "Small", "place", ("supplier",), "One.", family="place"),
        Criterion("large", "Large", "place", ("customer",), "Two.", family="place"),
    )
    features = _features({"supplier": [0.0, 1.0, 2.0], "customer": [0.0, 3.0, 6.0]}, 3)
    rules = replace(scoring, weights={"place": 2.0})
    reference = fit_reference(features, rules, criteria=learned)
    points = score_firms(features, reference, rules, learned).points
    sd = np.sqrt(32.0 / 3.0)
    np.testing.assert_allclose(points["points_small"], np.array([-2, 0, 2]) / sd, atol=0.005)
    np.testing.assert_allclose(points["points_large"], np.array([-6, 0, 6]) / sd, atol=0.005)
    assert points["score"].sub(rules.base).std(ddof=0) == pytest.approx(2.0, abs=0.01)


def test_parts_that_nobody_has_get_a_prior_yardstick_and_add_nothing(scoring: Scoring) -> None:
    nobody = dict.fromkeys(
        ("home_lq", "host_presence", "rival_presence", "recent_projects"), [np.nan] * 3
    )
    features = _features(nobody, 3)
    reference = fit_reference(features, scoring)
    assert set(reference["absent"]) == set(nobody)
    assert reference["parts"]["home_lq"] == {
        "mean": scoring.prior_mean["home_lq"], "sd": scoring.prior_sd["home_lq"],
    }  # fmt: skip
    values = _standardise(features, reference, scoring)
    assert (values["home_match"] == 0.0).all()
    assert (values["presence"] == 0.0).all()


def test_a_user_s_figure_counts_though_the_pack_has_none(scoring: Scoring) -> None:
    nobody = _features({"host_presence": [np.nan] * 3}, 3)
    reference = fit_reference(nobody, scoring)
    own = _features({"host_presence": [1.0, 0.0, np.nan]}, 3)
    here, away, unknown = _standardise(own, reference, scoring)["presence"]
    assert here > unknown > away
