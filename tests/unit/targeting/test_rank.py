"""Scores add up, and order is by score, then by identifier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.results import Market, Model, Ranking
from cluster_engine.targeting.features import FirmTables, build_features
from cluster_engine.targeting.rank import COLUMNS, POINT_COLUMNS, RankPlan, rank_firms
from cluster_engine.targeting.reference import fit_reference
from cluster_engine.targeting.score import score_firms

SUM = 1e-9
"""Points have two decimals; only floating-point noise of the sum remains."""

Maker = Callable[..., FirmTables]
FOUR_FIRMS = {
    "d": ("2910", {"employees": 90000.0}),
    "c": ("2932", {}),
    "b": ("6419", {"employees": 10.0}),
    "a": ({"2910": 0.4, "6419": 0.6}, {"rd": 1.0}),
}


@pytest.fixture
def rank(
    make_firms: Maker,
    sectors: pd.DataFrame,
    scoring: Scoring,
    germany: Market,
    make_model: Callable[..., Model],
    uncertainty: Uncertainty,
) -> Callable[..., Ranking]:
    def run(firms: dict[str, Any], scored_by: Scoring = scoring, **cut: Any) -> Ranking:
        tables = make_firms(firms)
        fitted = make_firms(FOUR_FIRMS)
        reference = fit_reference(build_features(fitted, sectors), scored_by)
        plan = RankPlan(scored_by, uncertainty, **cut)
        return rank_firms(make_model(reference), germany, tables, plan)

    return run


def test_points_are_weight_times_standardised_value(
    make_firms: Maker,
    sectors: pd.DataFrame,
    scoring: Scoring,
    flat_reference: dict[str, Any],
) -> None:
    # By hand: mean of specialisation 1.0 and affinity 0.7, seven points each.
    features = build_features(make_firms({"c": ("2932", {})}), sectors)
    points = score_firms(features, flat_reference, scoring).points
    assert points["points_cluster_fit"].tolist() == [5.95]
    assert points["points_supplier_link"].tolist() == [4.0]


def test_score_is_base_plus_points(rank: Callable[..., Ranking]) -> None:
    ranking = rank(FOUR_FIRMS)
    total = ranking.base + ranking.rows[list(POINT_COLUMNS)].sum(axis=1)
    np.testing.assert_allclose(ranking.rows["score"], total, rtol=0, atol=SUM)


def test_score_is_base_plus_points_for_a_base_of_many_digits(
    rank: Callable[..., Ranking], scoring: Scoring
) -> None:
    ranking = rank(FOUR_FIRMS, replace(scoring, base=50.12345))
    total = 50.12345 + ranking.rows[list(POINT_COLUMNS)].sum(axis=1)
    np.testing.assert_allclose(ranking.rows["score"], total, rtol=0, atol=SUM)


def test_the_best_firm_comes_first_and_ranks_count_from_1(rank: Callable[..., Ranking]) -> None:
    rows = rank(FOUR_FIRMS).rows
    assert rows["rank"].tolist() == [1, 2, 3, 4]
    assert rows["score"].is_monotonic_decreasing
    assert rows["firm_id"].iloc[-1] == "b"


def test_firms_with_equal_scores_come_in_order_of_identifier(rank: Callable[..., Ranking]) -> None:
    rows = rank({name: ("2910", {}) for name in ("z", "m", "a", "k")}).rows
    assert rows["firm_id"].tolist() == ["a", "k", "m", "z"]
    assert rows["score"].nunique() == 1


def test_a_cut_keeps_the_same_rows_with_their_ranks_and_counts_all(
    rank: Callable[..., Ranking],
) -> None:
    whole = rank(FOUR_FIRMS)
    best = rank(FOUR_FIRMS, top=2)
    pd.testing.assert_frame_equal(best.rows, whole.rows.head(2))
    assert (best.n_ranked, best.size_correlation) == (4, whole.size_correlation)
    names = {name for name in whole.rows["niche_cluster"] if name}
    inside = whole.rows[whole.rows["niche_cluster"].isin(names)].reset_index(drop=True)
    pd.testing.assert_frame_equal(rank(FOUR_FIRMS, niches=names).rows, inside)


def test_a_shortlist_has_its_columns_in_order(rank: Callable[..., Ranking]) -> None:
    assert tuple(rank(FOUR_FIRMS).rows.columns) == COLUMNS


def test_firms_of_other_countries_are_left_out(rank: Callable[..., Ranking]) -> None:
    ranking = rank(FOUR_FIRMS | {"x": ("2910", {"country": "FR"})})
    assert "x" not in set(ranking.rows["firm_id"])
    assert (ranking.n_ranked, ranking.n_unranked) == (4, 0)


def test_firms_without_a_usable_code_are_counted(rank: Callable[..., Ranking]) -> None:
    ranking = rank(FOUR_FIRMS | {"x": ("0000", {}), "y": ("2910", {"status": "holding code"})})
    assert (ranking.n_ranked, ranking.n_unranked) == (4, 2)


def test_a_market_without_firms_gives_an_empty_list(rank: Callable[..., Ranking]) -> None:
    ranking = rank({"x": ("2910", {"country": "FR"})})
    assert len(ranking.rows) == ranking.n_ranked == 0
    assert tuple(ranking.rows.columns) == COLUMNS
    assert np.isnan(ranking.size_correlation)


def test_a_firm_scores_the_same_whoever_else_is_ranked(rank: Callable[..., Ranking]) -> None:
    alone = rank({"c": FOUR_FIRMS["c"]}).rows.set_index("firm_id")
    among = rank(FOUR_FIRMS).rows.set_index("firm_id")
    assert alone.loc["c", "score"] == among.loc["c", "score"]


def test_the_order_of_the_input_does_not_change_the_list(rank: Callable[..., Ranking]) -> None:
    backward = dict(reversed(list(FOUR_FIRMS.items())))
    pd.testing.assert_frame_equal(rank(FOUR_FIRMS).rows, rank(backward).rows)


def test_unknown_employees_are_noted_and_score_as_the_typical_ones(
    rank: Callable[..., Ranking],
) -> None:
    firms = {
        "unknown": ("2910", {"employees": np.nan, "sales": np.nan, "size_class": "mid"}),
        "typical": ("2910", {"employees": 6000.0, "sales": np.nan, "size_class": "mid"}),
        "tiny": ("2910", {"employees": 1.0, "sales": np.nan, "size_class": "mid"}),
    }
    rows = rank(firms).rows.set_index("firm_id")
    capacity = rows["points_capacity"]
    assert capacity["unknown"] == capacity["typical"] > capacity["tiny"]
    assert "employees unknown" in rows.loc["unknown", "data_notes"]
    assert "employees unknown" not in rows.loc["typical", "data_notes"]


def test_unknown_employees_follow_the_sales_where_these_are_known(
    rank: Callable[..., Ranking],
) -> None:
    firms = {
        "small": ("2910", {"employees": np.nan, "sales": 10.0, "size_class": "mid"}),
        "large": ("2910", {"employees": np.nan, "sales": 9000.0, "size_class": "mid"}),
    }
    capacity = rank(firms).rows.set_index("firm_id")["points_capacity"]
    assert capacity["large"] > capacity["small"]


def test_employees_of_a_holding_count_as_unknown(rank: Callable[..., Ranking]) -> None:
    # 20 people do not sell for €4bn.
    firms = {"holding": ("2910", {"employees": 20.0, "sales": 4000.0})}
    row = rank(firms).rows.iloc[0]
    assert "employees unknown" in row["data_notes"]
    assert "20 employees" not in " ".join(row[f"reason_{place}"] for place in (1, 2, 3))


def test_everything_unknown_is_noted_and_still_scored(
    rank: Callable[..., Ranking], unknown_firm: dict[str, Any]
) -> None:
    rows = rank({"u": ("2910", unknown_firm)}).rows
    notes = rows.loc[0, "data_notes"]
    words = ("employees", "R&D", "growth", "profit", "patents", "trade marks")
    assert all(f"{word} " in notes or f"{word}:" in notes for word in words)
    assert notes.count("unknown") == 6
    assert np.isfinite(rows.loc[0, "score"])


def test_a_firm_in_a_niche_names_it_and_one_close_to_it_too(rank: Callable[..., Ranking]) -> None:
    rows = rank(FOUR_FIRMS).rows.set_index("firm_id")
    assert rows.loc["d", "niche_cluster"] == "Motor vehicles"
    assert rows.loc["c", "niche_cluster"] == "Motor vehicles"
    assert rows.loc["b", "niche_cluster"] == ""


def test_with_all_weights_0_every_firm_scores_the_base(
    rank: Callable[..., Ranking], scoring: Scoring
) -> None:
    nothing = replace(scoring, weights=dict.fromkeys(scoring.weights, 0.0))
    rows = rank(FOUR_FIRMS, nothing).rows
    assert (rows["score"] == 50.0).all()
    assert (rows["reason_1"] == "").all()


def test_a_list_that_is_a_sort_by_size_has_size_correlation_1(
    rank: Callable[..., Ranking], scoring: Scoring
) -> None:
    only_size = dict.fromkeys(scoring.weights, 0.0) | {"capacity": 2.0}
    firms = {
        name: ("2910", {"employees": size})
        for name, size in zip("abc", (50.0, 900.0, 7000.0), strict=True)
    }
    correlation = rank(firms, replace(scoring, weights=only_size)).size_correlation
    assert correlation == pytest.approx(1.0, abs=SUM)


def test_size_correlation_needs_three_firms_of_known_size(rank: Callable[..., Ranking]) -> None:
    firms = {"a": ("2910", {}), "b": ("6419", {}), "c": ("2910", {"employees": np.nan})}
    assert np.isnan(rank(firms).size_correlation)


def test_ranking_leaves_the_tables_alone(
    make_firms: Maker,
    scoring: Scoring,
    germany: Market,
    make_model: Callable[..., Model],
    flat_reference: dict[str, Any],
    uncertainty: Uncertainty,
) -> None:
    tables = make_firms(FOUR_FIRMS)
    firms, links = tables.firms, tables.firm_industries
    model = make_model(flat_reference)
    before = firms.copy(), links.copy(), model.sectors.copy()
    rank_firms(model, germany, tables, RankPlan(scoring, uncertainty))
    for table, copy in zip((firms, links, model.sectors), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
