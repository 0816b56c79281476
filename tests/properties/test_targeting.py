"""Laws that the score keeps for any firms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_engine.parameters import Scoring
from cluster_engine.settings import read_settings
from cluster_engine.targeting.criteria import CRITERIA, PARTS
from cluster_engine.targeting.features import FirmFeatures
from cluster_engine.targeting.rank import POINT_COLUMNS
from cluster_engine.targeting.reference import fit_reference, standardise
from cluster_engine.targeting.score import score_firms
from cluster_engine.targeting.unknown import fill_unknown

SUM = 1e-9
"""Points have two decimals; only floating-point noise of the sum remains."""
NOISE = 1e-9
"""Yardsticks keep ten digits."""

EXAMPLES = settings(max_examples=25)
"""Every example fits a yardstick, which takes some milliseconds."""

CLASSES = ["high", "low"]
SIZES = ["mega", "mid", "nano", None]


def _scoring(weights: list[float], base: float) -> Scoring:
    return replace(
        read_settings().scoring,
        base=base,
        limit=2.5,
        criterion_limit=3.0,
        weights=dict(zip((criterion.name for criterion in CRITERIA), weights, strict=True)),
        typical_employees={"mega": 1e5, "mid": 6000, "nano": 80, "unknown": 300},
    )


scorings = st.builds(
    _scoring,
    st.lists(st.floats(0.0, 20.0), min_size=len(CRITERIA), max_size=len(CRITERIA)),
    st.floats(0.0, 100.0).map(lambda value: round(value, 4)),
)


@st.composite
def firm_sets(draw: st.DrawFn) -> FirmFeatures:
    n_firms = draw(st.integers(1, 30))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    unknown = generator.random((len(PARTS), n_firms)) < draw(st.sampled_from([0.0, 0.3, 1.0]))
    figures = np.where(unknown, np.nan, generator.normal(2.0, 2.0, unknown.shape).round(3))
    picks = generator.integers(0, 4, (2, n_firms))
    firms = pd.DataFrame(
        {
            "firm_id": [f"f{place:02d}" for place in range(n_firms)],
            "size_class": pd.array([SIZES[pick] for pick in picks[0]], dtype="str"),
            "knowledge_class": [CLASSES[pick % 2] for pick in picks[1]],
            "confidence": np.where(picks[1] > 1, generator.random(n_firms), np.nan),
        }
    )
    return FirmFeatures(firms, dict(zip(PARTS, figures, strict=True)))


def _score(features: FirmFeatures, reference: dict[str, Any], scoring: Scoring) -> pd.DataFrame:
    return score_firms(features, reference, scoring).points


@EXAMPLES
@given(firm_sets(), scorings)
def test_score_is_base_plus_points(features: FirmFeatures, scoring: Scoring) -> None:
    points = _score(features, fit_reference(features, scoring), scoring)
    total = scoring.base + points[list(POINT_COLUMNS)].sum(axis=1)
    np.testing.assert_allclose(points["score"], total, rtol=0, atol=SUM)
    assert np.isfinite(points.to_numpy()).all()


@EXAMPLES
@given(firm_sets(), scorings)
def test_no_criterion_gives_more_than_weight_times_limit(
    features: FirmFeatures, scoring: Scoring
) -> None:
    points = _score(features, fit_reference(features, scoring), scoring)
    for criterion in CRITERIA:
        bound = scoring.weights[criterion.name] * scoring.criterion_limit + 0.005 + SUM
        assert (points[f"points_{criterion.name}"].abs() <= bound).all()


@EXAMPLES
@given(firm_sets(), scorings, st.sampled_from(PARTS), st.floats(0.001, 10.0), st.data())
def test_raising_a_known_part_of_a_firm_never_lowers_its_score_or_rank(
    features: FirmFeatures, scoring: Scoring, part: str, rise: float, data: st.DataObject
) -> None:
    reference = fit_reference(features, scoring)
    firm = data.draw(st.integers(0, len(features.firms) - 1))
    # Larger firms are expected to spend more: a guess that follows the size may rise, never fall.
    reference["typical"]["lines"] = {
        name: {**line, "slope": max(line["slope"], 0.0)}
        for name, line in reference["typical"]["lines"].items()
    }
    raised = features.parts[part].copy()
    raised[firm] += rise
    after = replace(features, parts={**features.parts, part: raised})
    old, new = (_score(each, reference, scoring)["score"] for each in (features, after))
    assert new[firm] >= old[firm] - SUM
    others = np.arange(len(old)) != firm
    np.testing.assert_array_equal(new[others], old[others])
    assert (new > new[firm]).sum() <= (old > old[firm]).sum()


@EXAMPLES
@given(firm_sets(), scorings)
def test_an_unknown_part_scores_as_the_typical_value_and_is_marked(
    features: FirmFeatures, scoring: Scoring
) -> None:
    reference = fit_reference(features, scoring)
    filled, unknown = fill_unknown(features, reference)
    made_known = FirmFeatures(features.firms, filled)
    pd.testing.assert_frame_equal(
        _score(features, reference, scoring), _score(made_known, reference, scoring)
    )
    for part in PARTS:
        np.testing.assert_array_equal(unknown[part], np.isnan(features.parts[part]))
        known = ~unknown[part]
        np.testing.assert_array_equal(filled[part][known], features.parts[part][known])


@EXAMPLES
@given(firm_sets(), scorings)
def test_unknown_employees_are_never_few_by_default(
    features: FirmFeatures, scoring: Scoring
) -> None:
    filled, unknown = fill_unknown(features, fit_reference(features, scoring))
    smallest = np.log10(min(scoring.typical_employees.values()))
    assert (filled["employees"][unknown["employees"]] >= smallest - NOISE).all()


@EXAMPLES
@given(firm_sets(), scorings)
def test_criteria_are_centred_on_the_firms_they_were_fitted_on(
    features: FirmFeatures, scoring: Scoring
) -> None:
    scoring = replace(scoring, limit=1e6, criterion_limit=1e6)
    reference = fit_reference(features, scoring)
    filled, _ = fill_unknown(features, reference)
    parts = {criterion.name: criterion.parts for criterion in CRITERIA}
    for name, standardised in standardise(filled, features.trust, reference, scoring).items():
        # A part that is known of no firm has a prior yardstick.
        nobody = any(part in reference["absent"] for part in parts[name])
        if reference["criteria"][name]["sd"] > 1e-3 and not nobody:
            assert abs(standardised.mean()) < 1e-6
            assert abs(standardised.std() - 1.0) < 1e-6
