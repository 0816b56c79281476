"""Draws behind rank intervals: what widens them, what does not move them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.results import Market, Model, Ranking
from cluster_engine.targeting.draw_blocks import DrawPlan, RankDraws, draw_weights
from cluster_engine.targeting.features import FirmTables, build_features
from cluster_engine.targeting.rank import (
    RankPlan,
    choose_firms,
    draw_pool,
    list_firms,
    rank_firms,
)
from cluster_engine.targeting.reference import fit_reference
from cluster_engine.targeting.score import Scored, score_firms, score_market
from cluster_engine.targeting.standing import find_standing
from cluster_engine.targeting.uncertainty import draw_ranks

SINGLE = 1e-4
"""Sums of a few single-precision numbers of size 10."""

Maker = Callable[..., FirmTables]
SECTORS = ("2910", "2932", "6419")


def _crowd(n_firms: int = 40) -> dict[str, Any]:
    """Invent ordinary firms, of all sectors and sizes, every figure known."""
    generator = np.random.default_rng(7)
    return {
        f"f{place:02d}": (
            SECTORS[place % 3],
            {
                "employees": float(np.round(10 ** generator.uniform(1.5, 4.0))),
                "sales": float(np.round(10 ** generator.uniform(1.0, 3.5))),
                "rd": float(np.round(10 ** generator.uniform(-0.5, 2.0), 2)),
                "sales_growth": float(np.round(generator.normal(0.03, 0.05), 3)),
                "patents_abroad": float(generator.integers(0, 50)),
                "trademarks_abroad": float(generator.integers(0, 9)),
            },
        )
        for place in range(n_firms)
    }


@pytest.fixture
def reference(
    make_firms: Maker, sectors: pd.DataFrame, scoring: Scoring, uncertainty: Uncertainty
) -> dict[str, Any]:
    return fit_reference(build_features(make_firms(_crowd()), sectors), scoring, uncertainty)


@pytest.fixture
def draw(
    make_firms: Maker,
    sectors: pd.DataFrame,
    scoring: Scoring,
    uncertainty: Uncertainty,
    reference: dict[str, Any],
) -> Callable[..., tuple[Scored, RankDraws]]:
    """Draw all firms, with some inputs changed by firm_id; confidence sets that of a code."""

    def run(
        firms: dict[str, Any], confidence: dict[str, float] | None = None, **plan: Any
    ) -> tuple[Scored, RankDraws]:
        tables = make_firms(firms)
        codes = tables.firm_industries
        sure = codes["firm_id"].map(confidence or {}).astype("float64")
        tables = replace(tables, firm_industries=codes.assign(confidence=sure))
        scored = score_firms(build_features(tables, sectors), reference, scoring)
        drawn = DrawPlan(scoring, replace(uncertainty, draws=400), reference, **plan)
        everyone = np.arange(len(scored.features.firms))
        return scored, draw_ranks(scored, sectors, everyone, drawn)

    return run


@pytest.fixture
def rank(
    make_firms: Maker,
    scoring: Scoring,
    uncertainty: Uncertainty,
    germany: Market,
    make_model: Callable[..., Model],
    reference: dict[str, Any],
) -> Callable[..., Ranking]:
    def run(firms: dict[str, Any], **cut: Any) -> Ranking:
        plan = RankPlan(scoring, replace(uncertainty, draws=200), **cut)
        return rank_firms(make_model(reference), germany, make_firms(firms), plan)

    return run


def test_the_same_seed_gives_the_same_draws_and_another_gives_others(
    draw: Callable[..., tuple[Scored, RankDraws]],
) -> None:
    one, again, other = (draw(_crowd(), seed=seed)[1] for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.scores, again.scores)
    assert (one.scores != other.scores).any()


def test_the_order_of_rows_moves_no_draw(draw: Callable[..., tuple[Scored, RankDraws]]) -> None:
    forward = draw(_crowd())[1]
    backward = draw(dict(reversed(list(_crowd().items()))))[1]
    np.testing.assert_array_equal(forward.scores, backward.scores)


@pytest.mark.parametrize(
    "figure", ["employees", "rd", "sales_growth", "patents_abroad", "trademarks_abroad"]
)
def test_an_unknown_figure_widens_the_draws(
    figure: str, draw: Callable[..., tuple[Scored, RankDraws]]
) -> None:
    firms = _crowd()
    sector, figures = firms["f10"]
    known = draw(firms)[1].scores[10].std()
    unknown = draw(firms | {"f10": (sector, figures | {figure: np.nan})})[1].scores[10].std()
    assert unknown > known * 1.01


def test_a_firm_of_which_nothing_is_known_has_a_wide_interval(
    rank: Callable[..., Ranking], unknown_firm: dict[str, Any]
) -> None:
    firms = _crowd() | {"zz": ("2932", unknown_firm)}
    rows = rank(firms).rows.set_index("firm_id")
    width = rows["rank_high"] - rows["rank_low"]
    assert width["zz"] > width.drop("zz").median()


def test_a_doubtful_code_widens_the_draws(draw: Callable[..., tuple[Scored, RankDraws]]) -> None:
    spread = [draw(_crowd(), {"f00": sure})[1].scores[0].std() for sure in (1.0, 0.9, 0.6)]
    assert spread == sorted(spread)
    assert spread[0] < spread[2] * 0.9


def test_the_draws_of_a_doubtful_code_average_to_its_score(
    draw: Callable[..., tuple[Scored, RankDraws]], scoring: Scoring
) -> None:
    # Other sectors are drawn as the pack's firms are spread, so the doubt pulls to the average.
    scored, draws = draw(_crowd(), {"f00": 0.5})
    certain, sure = draw(_crowd())
    half, whole = scored.score[0] - scoring.base, certain.score[0] - scoring.base
    assert half < whole
    assert draws.scores[0].mean() < sure.scores[0].mean()


def test_ranks_of_a_draw_are_those_of_its_scores(
    draw: Callable[..., tuple[Scored, RankDraws]],
) -> None:
    draws = draw(_crowd(12))[1]
    scores = draws.scores
    best = (scores[None, :, :] > scores[:, None, :]).sum(axis=1) + 1
    worst = (scores[None, :, :] >= scores[:, None, :]).sum(axis=1)
    np.testing.assert_array_equal(draws.best, best)
    np.testing.assert_array_equal(draws.worst, worst)


def test_weights_keep_their_sum_and_those_of_the_user_stand_still(
    scoring: Scoring, uncertainty: Uncertainty, reference: dict[str, Any]
) -> None:
    plan = DrawPlan(scoring, uncertainty, reference, fixed=("gap",))
    drawn = draw_weights(scoring.weights, plan, 300, np.random.default_rng(1))
    assert set(drawn) == set(scoring.weights)
    assert (drawn["gap"] == scoring.weights["gap"]).all()
    assert drawn["cluster_fit"].std() > 0.5
    total = np.sum(list(drawn.values()), axis=0)
    np.testing.assert_allclose(total, sum(scoring.weights.values()), rtol=SINGLE)


def test_without_doubt_the_draws_are_the_score(
    make_firms: Maker,
    sectors: pd.DataFrame,
    scoring: Scoring,
    uncertainty: Uncertainty,
    reference: dict[str, Any],
) -> None:
    nothing = replace(uncertainty, draws=5, weight_sd=0.0, link_sd=0.0, productivity_sd=0.0)
    # Millions of plants, certain membership and one gap at every exponent: nothing left to draw.
    sure = sectors.assign(
        membership=1.0, pull_error=0.0, gap_low=sectors["gap_value"], gap_high=sectors["gap_value"],
        lq_shape=2.0 ** sectors["specialisation"] * 1e9, lq_rate=1e9,
    )  # fmt: skip
    scored = score_firms(build_features(make_firms(_crowd()), sure), reference, scoring)
    plan = DrawPlan(scoring, nothing, reference)
    draws = draw_ranks(scored, sure, np.arange(40), plan)
    exact = scored.points.drop(columns="score").sum(axis=1).to_numpy()
    # Points are rounded to hundredths, eleven of them; the posterior keeps a hundred-thousandth.
    np.testing.assert_allclose(draws.scores, exact[:, None] @ np.ones((1, 5)), atol=0.06)


def test_a_firm_planted_as_ideal_ranks_first(rank: Callable[..., Ranking]) -> None:
    ideal = {
        "employees": 2e5, "sales": 5e4, "rd": 6000.0, "sales_growth": 0.25,
        "patents_abroad": 3000.0, "trademarks_abroad": 400.0,
    }  # fmt: skip
    first = rank(_crowd() | {"zz": ("2910", ideal)}).rows.iloc[0]
    assert (first["firm_id"], first["rank_low"], first["band"]) == ("zz", 1, 1)
    assert first["p_top"] == 1.0


def test_intervals_hold_the_rank_and_probabilities_are_shares(
    rank: Callable[..., Ranking],
) -> None:
    rows = rank(_crowd(), top=10).rows
    assert ((rows["rank_low"] <= rows["rank"]) & (rows["rank"] <= rows["rank_high"])).all()
    assert rows["p_top"].between(0, 1).all()
    assert rows["band"].iloc[0] == 1
    assert rows["band"].is_monotonic_increasing


def test_chances_of_a_place_add_up_to_the_places(rank: Callable[..., Ranking]) -> None:
    # Over all firms, exactly ten are among the first ten in every draw.
    everyone = rank(_crowd()).rows
    assert everyone["p_top"].sum() == pytest.approx(40)
    assert everyone["p_top"].eq(1.0).all()


def test_firms_alike_share_one_band_and_one_interval(rank: Callable[..., Ranking]) -> None:
    alike = {f"t{place}": ("2910", {}) for place in range(6)}
    rows = rank(_crowd() | alike).rows.set_index("firm_id").loc[list(alike)]
    for column in ("score", "band"):
        assert rows[column].nunique() == 1
    assert (rows["rank_high"] - rows["rank_low"] >= 5).all()


@pytest.mark.parametrize("pool", [1_000, 25, 0])
@pytest.mark.parametrize("top", [None, 7])
def test_draws_of_the_whole_market_give_every_list_its_own_intervals(
    pool: int, top: int | None, make_firms: Maker, scoring: Scoring, uncertainty: Uncertainty,
    germany: Market, make_model: Callable[..., Model], reference: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("cluster_engine.targeting.rank.POOL", pool)
    plan = RankPlan(scoring, replace(uncertainty, draws=100), top=top)
    model, tables = make_model(reference), make_firms(_crowd())
    scored = score_market(model, germany, tables, scoring)
    standing = find_standing(scored, germany, tables)
    drawn = draw_pool(scored, standing.ranks, model, replace(plan, top=None))
    assert len(drawn.scores) == min(pool, 40)
    assert drawn.nbytes == drawn.scores.size * (4 + 2 + 2)
    kept = choose_firms(scored, model, tables, plan)
    shared = list_firms(scored, kept, standing, model, germany, plan, drawn=drawn)
    alone = rank_firms(model, germany, tables, plan)
    pd.testing.assert_frame_equal(shared.rows, alone.rows)
    assert shared.rows["rank_low"].notna().sum() == min(pool, top or 40)


def test_without_draws_the_columns_stay_empty(
    make_firms: Maker,
    scoring: Scoring,
    uncertainty: Uncertainty,
    germany: Market,
    make_model: Callable[..., Model],
    reference: dict[str, Any],
) -> None:
    plan = RankPlan(scoring, replace(uncertainty, draws=0))
    rows = rank_firms(make_model(reference), germany, make_firms(_crowd()), plan).rows
    assert rows[["rank_low", "rank_high", "p_top", "band"]].isna().all().all()
