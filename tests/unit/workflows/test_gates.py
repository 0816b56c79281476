"""Gates between a challenger and the champion, each on figures that can be checked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from cluster_engine.settings import read_settings
from cluster_engine.workflows.gates import NATION_GATES, PLACE_GATES, REGION_GATES, Case, judge
from cluster_engine.workflows.rank_agreement import RankAgreement

LIMITS = read_settings().gates
GOOD: dict[str, Any] = {
    "jobs": 1000.0,
    "n_firms": 100,
    "stability": 0.8,
    "mover": "learned",
    "validation_scores": {"places": 0.9, "trade": 0.7},
    "studies": {"hits": {"gate": {"value": 0.5, "low": 0.4, "high": 0.6}}},
}
ALIKE = RankAgreement(0.9, 0.95, "germany", 3)


def _failed(new: dict[str, Any], agreement: RankAgreement = ALIKE) -> list[str]:
    verdicts = judge(Case(GOOD | new, GOOD, agreement, LIMITS), REGION_GATES)
    return [verdict.gate for verdict in verdicts if not verdict.is_passed]


def test_an_equal_challenger_passes() -> None:
    assert _failed({}) == []


@pytest.mark.parametrize(
    ("new", "gate"),
    [
        ({"jobs": 1201.0}, "figures"),
        ({"jobs": 799.0}, "figures"),
        ({"n_firms": 79}, "figures"),
        ({"stability": 0.74}, "stability"),
        # (0.9 + 0.59) / 2 = 0.745, more than 0.05 below 0.8
        ({"validation_scores": {"places": 0.9, "trade": 0.59, "new": 0.0}}, "validation scores"),
        ({"studies": {"hits": {"gate": {"value": 0.39}}}}, "evaluation"),
        ({"mover": "prior"}, "mover weights"),
    ],
)
def test_one_figure_that_is_worse_closes_one_gate(new: dict[str, Any], gate: str) -> None:
    assert _failed(new) == [gate]


@pytest.mark.parametrize(
    "new",
    [
        {"jobs": 1199.0},
        {"n_firms": 81},
        {"n_firms": 500},
        {"stability": 0.76},
        {"validation_scores": {"places": 0.9, "trade": 0.61}},
        {"studies": {"hits": {"gate": {"value": 0.41}}}},
        {"studies": {}},
        {"validation_scores": {"other": 0.0}},
    ],
)
def test_a_figure_within_its_limit_passes(new: dict[str, Any]) -> None:
    assert _failed(new) == []


@pytest.mark.parametrize(
    "agreement", [RankAgreement(0.49, 0.9, "japan", 3), RankAgreement(0.9, 0.79, "japan", 3)]
)
def test_lists_that_differ_too_much_close_the_gate(agreement: RankAgreement) -> None:
    assert _failed({}, agreement) == ["rank stability"]


def test_too_few_firms_are_not_compared() -> None:
    assert _failed({}, RankAgreement(None, None, "", 0)) == []


def test_a_study_of_errors_must_not_rise() -> None:
    gate = {"value": 0.5, "low": 0.4, "high": 0.6, "higher_is_better": False}
    old = GOOD | {"studies": {"loss": {"gate": gate}}}
    for value, is_passed in ((0.61, False), (0.59, True), (0.1, True)):
        new = GOOD | {"studies": {"loss": {"gate": {"value": value}}}}
        (verdict,) = judge(Case(new, old, ALIKE, LIMITS), PLACE_GATES)
        assert verdict.is_passed == is_passed


def test_the_nation_is_judged_by_its_clusters_alone() -> None:
    assert [gate.name for gate in NATION_GATES] == ["stability", "validation scores"]


HITS = {"studies": {"hits": {"gate": {"value": 0.5, "low": 0.4, "high": 0.6}}}}


@pytest.mark.parametrize(
    ("new", "old", "told"),
    [
        (HITS, {}, "no hit-rate card of the champion"),
        ({}, HITS, "no hit-rate card of this version"),
        ({}, {"studies": {}}, "no hit-rate card of either"),
        (HITS, {"studies": {"more": HITS["studies"]["hits"]}}, "not the champion's"),
        # Not computable is no figure.
        ({"studies": {"hits": {"gate": {"value": None}}}}, HITS, "no hit-rate card of this"),
    ],
)
def test_what_cannot_be_compared_passes_and_says_why(
    new: dict[str, Any], old: dict[str, Any], told: str
) -> None:
    (verdict,) = judge(Case(new, old, None, LIMITS), PLACE_GATES)
    assert verdict.is_passed
    assert told in verdict.text


def test_the_measure_is_named_with_both_figures() -> None:
    gate = {"measure": "nats gained", "value": 0.1, "low": 0.05, "high": 0.2}
    new, old = ({"studies": {"gain": {"gate": gate | {"value": value}}}} for value in (0.04, 0.1))
    (verdict,) = judge(Case(new, old, None, LIMITS), PLACE_GATES)
    assert not verdict.is_passed
    assert verdict.text == (
        "worse beyond the interval: gain, nats gained, 0.040 (champion 0.100, 0.050 to 0.200)"
    )
