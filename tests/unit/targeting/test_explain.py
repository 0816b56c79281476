"""An explanation is the calculation: points, figures, what is unknown, what would change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.results import Explanation, Market, Model
from cluster_engine.settings import read_settings
from cluster_engine.targeting.criteria import CRITERIA, PARTS
from cluster_engine.targeting.explain import Asked, explain_firm
from cluster_engine.targeting.features import FirmTables, build_features
from cluster_engine.targeting.pitch import choose_driver
from cluster_engine.targeting.rank import RankPlan, rank_firms
from cluster_engine.targeting.reference import fit_reference
from cluster_engine.targeting.value import Project

SUM = 1e-9
"""Points have two decimals; only floating-point noise of the sum remains."""

FIRMS = {
    "cars": ("2910", {"employees": 90000.0}),
    "parts": ("2932", {"employees": np.nan, "sales": np.nan}),
    "bank": ("6419", {"employees": 10.0}),
    "both": ({"2910": 0.4, "6419": 0.6}, {"rd": 1.0}),
}


@pytest.fixture
def scene(
    make_firms: Callable[..., FirmTables],
    sectors: pd.DataFrame,
    scoring: Scoring,
    uncertainty: Uncertainty,
    make_model: Callable[..., Model],
) -> tuple[Model, FirmTables, RankPlan]:
    tables = make_firms(FIRMS)
    codes = tables.firm_industries
    unsure = codes["firm_id"].eq("parts")
    codes = codes.assign(
        confidence=codes["confidence"].mask(unsure, 0.6),
        basis=codes["basis"].mask(unsure, "activity text"),
    )
    tables = FirmTables(tables.firms, codes)
    reference = fit_reference(build_features(tables, sectors), scoring, uncertainty)
    return make_model(reference), tables, RankPlan(scoring, uncertainty)


@pytest.fixture
def explain(
    scene: tuple[Model, FirmTables, RankPlan], germany: Market
) -> Callable[..., Explanation]:
    def run(firm_id: str, **asked: Any) -> Explanation:
        model, tables, plan = scene
        value = read_settings().value
        return explain_firm(model, germany, tables, plan, Asked(firm_id, Project(), value, **asked))

    return run


@pytest.mark.parametrize("firm", list(FIRMS))
def test_the_explanation_is_the_row_of_the_ranking(
    firm: str,
    explain: Callable[..., Explanation],
    scene: tuple[Model, FirmTables, RankPlan],
    germany: Market,
) -> None:
    model, tables, plan = scene
    found = explain(firm)
    rows = rank_firms(model, germany, tables, plan).rows.set_index("firm_id")
    own = found.ranking.rows.set_index("firm_id").loc[firm]
    pd.testing.assert_series_equal(own.drop("band"), rows.loc[firm].drop("band"))
    total = found.ranking.base + found.criteria["points"].sum()
    assert total == pytest.approx(rows.loc[firm, "score"], abs=SUM)


def test_every_criterion_and_part_is_told_with_the_average_firm(
    explain: Callable[..., Explanation],
) -> None:
    found = explain("cars")
    assert set(found.criteria["criterion"]) == {criterion.name for criterion in CRITERIA}
    assert found.criteria["points"].is_monotonic_decreasing
    assert set(found.parts["part"]) == set(PARTS)
    assert (found.parts[["value", "average"]] != "").all().all()
    employees = found.parts.set_index("part").loc["employees"]
    assert (employees["value"], employees["unit"], employees["is_known"]) == (
        "90,000", "persons", True,
    )  # fmt: skip


def test_evidence_names_quotient_trade_and_gap(explain: Callable[..., Explanation]) -> None:
    evidence = explain("cars").criteria.set_index("criterion")["evidence"]
    assert "12,000 of the nation's 40,000 jobs, LQ 4.50" in evidence["cluster_fit"][0]
    assert "£400m" in evidence["supplier_link"][0]
    assert "Metal products (8 % of its output)" in evidence["customer_link"][1]
    # 1,000 bought elsewhere, relatedness 0.9.
    assert "£1,000m" in evidence["gap"][0]
    assert "£900m" in evidence["gap"][0]


def test_what_is_unknown_is_listed_with_its_stand_in(explain: Callable[..., Explanation]) -> None:
    unknown = explain("parts").unknown.set_index("label")["stand_in"]
    # Prior of a small-cap company in the settings of these tests.
    assert unknown["employees"] == "1,500"
    assert unknown["site in the host country"] == "nothing: known of no firm"


def test_changes_are_what_scoring_again_gives(explain: Callable[..., Explanation]) -> None:
    found = explain("parts")
    scores = found.changes.set_index("change")["score"]
    now = found.ranking.rows["score"].iloc[0]
    low, high = (
        scores[scores.index.str.contains(f"employees were known and {word}")].iloc[0]
        for word in ("low", "high")
    )
    assert low < now < high
    assert scores["if the industry code were certain"] > now
    weights = scores[scores.index.str.startswith("if the weight of ")]
    # Half as much again of the largest criterion, and half as much: the same step both ways.
    assert weights.iloc[0] - now == pytest.approx(now - weights.iloc[1], abs=0.011)
    assert not explain("cars").changes["change"].str.contains("code").any()


def test_codes_come_with_share_basis_and_confidence(explain: Callable[..., Explanation]) -> None:
    codes = explain("both").codes
    assert codes["industry"].tolist() == ["6419", "2910"]
    assert codes["weight"].tolist() == [0.6, 0.4]
    assert explain("parts").codes["confidence"].tolist() == [0.6]


def test_one_line_says_what_the_region_offers(explain: Callable[..., Explanation]) -> None:
    line = explain("cars").proposition
    for words in ("Toyshire offers Firm", "12,000 jobs in motor vehicles", "£1.0bn", "a year"):
        assert words in line


def test_a_firm_that_is_not_ranked_cannot_be_explained(
    explain: Callable[..., Explanation],
) -> None:
    with pytest.raises(KeyError):
        explain("nobody")


@pytest.mark.parametrize(
    ("points", "industry", "driver"),
    [
        ({"supplier_link": 2.0, "knowledge": 1.0}, "2932", "Access to clients"),
        ({"customer_link": 2.0, "supplier_link": 1.0}, "2932", "Proximity to supplier"),
        ({"cluster_fit": 2.0}, "2932", "Skills seeking"),
        ({"knowledge": 2.0}, "2120", "Technology seeking"),
        ({"gap": 0.5, "capacity": 3.0}, "2932", "Access to market"),
        ({"gap": -1.0, "cluster_fit": -2.0}, "2932", "Access to market"),
        ({"knowledge": 2.0}, "0710", "Access to resources"),
    ],
)
def test_the_driver_is_that_of_the_strongest_criterion(
    points: dict[str, float], industry: str, driver: str
) -> None:
    assert choose_driver(points, industry)[0] == driver
