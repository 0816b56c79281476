"""The programme on problems small enough to be solved by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.programme.baselines import plan_by_quotas, plan_greedily
from cluster_engine.programme.check import list_breaches
from cluster_engine.programme.conflicts import find_conflict
from cluster_engine.programme.problem import ClusterLimits, MarketLimits, Pool, Problem
from cluster_engine.programme.questions import force_market, measure_robustness, value_more
from cluster_engine.programme.reduction import group_missions, reduce_problem
from cluster_engine.programme.solve import Effort, relax, solve
from tests.unit.programme.small import make_firms, visit

EXACT = Effort(gap=1e-9)


@pytest.fixture
def problem() -> Problem:
    """Two journeys of two meetings; days for one of them, 2 + 2 x 0.5, and a half.

    Market 0 has firms of £10,000 and £9,000, market 1 of £30,000 and £1,000. Going to 0 brings
    19 - 1.2 = 17.8, going to 1 brings 31 - 1.2 = 29.8.
    """
    rows = [(0, 0, 10.0, ""), (0, 0, 9.0, ""), (1, 0, 30.0, ""), (1, 1, 1.0, "")]
    return Problem(
        make_firms(rows),
        (MarketLimits("Here"), MarketLimits("There")),
        (ClusterLimits("cars"), ClusterLimits("tools")),
        (visit(0), visit(1)),
        (Pool("english", 3.5, (0.0, 0.0)),),
        5.0,
    )


def test_the_market_that_brings_more_is_visited(problem: Problem) -> None:
    plan = solve(problem, EXACT)
    assert plan is not None
    assert plan.held == (1,)
    assert plan.firms.tolist() == [2, 3]
    assert plan.value == 31.0
    assert plan.cost == pytest.approx(1.2)
    assert plan.net == pytest.approx(29.8)
    assert plan.days.sum() == pytest.approx(3.0)
    assert plan.gap == pytest.approx(0.0, abs=1e-6)


def test_a_market_left_out_is_explained_by_what_going_there_loses(problem: Problem) -> None:
    plan = solve(problem, EXACT)
    assert plan is not None
    forced = force_market(problem, plan, 0, EXACT)
    # Days are too few for both: the journey to 0 takes the place of the one to 1.
    assert forced.loss == pytest.approx(29.8 - 17.8)
    assert (forced.firms, forced.value) == (2, 19.0)
    assert forced.days == pytest.approx(3.0)
    assert forced.cost == pytest.approx(1.2)


def test_a_market_that_the_rules_exclude_has_no_loss(problem: Problem) -> None:
    markets = (MarketLimits("Here", minimum=3), problem.markets[1])
    tight = replace(problem, markets=markets)
    plan = solve(tight, EXACT)
    assert plan is not None
    assert np.isnan(force_market(tight, plan, 0, EXACT).loss)


def test_more_days_and_money_bring_what_they_allow(problem: Problem) -> None:
    # 4.5 days are too few for two journeys with more than a firm; 5.5 are 4 and three firms:
    # 30 + 10 + 9 - 2.3 = 46.7 in place of 29.8.
    days = replace(problem, pools=(Pool("english", 4.5, (0.0, 0.0)),))
    plan = solve(days, EXACT)
    assert plan is not None
    money, day = value_more(days, plan, EXACT)
    assert money.solved_again == pytest.approx(0.0, abs=1e-6)
    assert day.solved_again == pytest.approx(46.7 - 29.8)
    assert day.relaxed > 0


def test_one_firm_of_each_parent(problem: Problem) -> None:
    rows = [(0, 0, 10.0, "g"), (0, 0, 9.0, ""), (1, 0, 30.0, "g"), (1, 1, 1.0, "")]
    rich = replace(problem, candidates=make_firms(rows), pools=(Pool("english", 9, (0.0, 0.0)),))
    plan = solve(rich, EXACT)
    assert plan is not None
    assert plan.firms.tolist() == [1, 2, 3]


def test_an_interpreter_costs_and_speakers_go_where_they_are_needed(problem: Problem) -> None:
    pools = (Pool("english", 9.0, (0.0, 2.0)), Pool("german", 3.0, (0.0, 0.0)))
    plan = solve(replace(problem, pools=pools), EXACT)
    assert plan is not None
    assert plan.held == (0, 1)
    assert plan.days[1].tolist() == [0.0, 3.0]
    assert plan.cost == pytest.approx(2.4)


def test_a_cluster_keeps_its_share(problem: Problem) -> None:
    half = (ClusterLimits("cars", maximum_share=0.5), ClusterLimits("tools"))
    plan = solve(replace(problem, clusters=half, budget=2.0), EXACT)
    assert plan is not None
    assert plan.firms.tolist() == [2, 3]
    none = solve(replace(problem, clusters=half, candidates=make_firms([(0, 0, 9.0, "")])), EXACT)
    assert none is not None
    assert len(none.firms) == 0


def test_rules_that_exclude_each_other_are_named_and_no_others(problem: Problem) -> None:
    markets = (MarketLimits("Here", minimum=1, must=True), MarketLimits("There", must=True))
    impossible = replace(problem, markets=markets, maximum_markets=1, minimum_clusters=1)
    assert solve(impossible, EXACT) is None
    assert set(find_conflict(impossible)) in (
        {"Here must be visited", "There must be visited", "at most 1 markets"},
        {"Here must be visited", "There must be visited",
         "3.5 officer days of those who speak english"},
    )  # fmt: skip
    days = (Pool("english", 9.0, (0.0, 0.0)),)
    poor = replace(problem, markets=markets, budget=1.5, pools=days)
    assert set(find_conflict(poor)) == {
        "a budget of £1,500", "Here must be visited", "There must be visited",
    }  # fmt: skip
    assert find_conflict(problem) == ()


def test_greed_is_beaten_where_the_best_trip_stands_in_the_way(problem: Problem) -> None:
    # Per day the long journey looks best, but it leaves no days for the two short ones.
    rows = [(0, 0, 40.0, ""), (0, 0, 40.0, ""), (1, 0, 25.0, ""), (1, 0, 25.0, "")]
    missions = (visit(0, 2, days=3.0), visit(1, 1, days=1.5), visit(1, 1, days=1.5))
    hard = replace(problem, candidates=make_firms(rows), missions=missions,
                   pools=(Pool("english", 4.0, (0.0, 0.0)),))  # fmt: skip
    plan, greedy = solve(hard, EXACT), plan_greedily(hard)
    assert plan is not None
    assert list_breaches(hard, greedy) == []
    assert plan.net >= greedy.net
    quotas = plan_by_quotas(hard)
    assert list_breaches(hard, quotas) == []
    assert plan.net >= quotas.net


def test_a_breach_is_seen(problem: Problem) -> None:
    plan = solve(problem, EXACT)
    assert plan is not None
    assert list_breaches(replace(problem, budget=1.0), plan) == ["a budget of £1,000"]
    fewer = replace(problem, missions=(visit(0), visit(1, 1)))
    assert list_breaches(fewer, plan) == ["at most 1 meetings on journey to 1"]
    short = replace(problem, pools=(Pool("english", 2.0, (0.0, 0.0)),))
    assert list_breaches(short, plan) == ["2 officer days of those who speak english"]
    must = replace(problem, markets=(MarketLimits("Here", must=True), problem.markets[1]))
    assert list_breaches(must, plan) == ["Here must be visited"]
    assert list_breaches(replace(problem, minimum_clusters=3), plan) == [
        "firms of at least 3 clusters"
    ]


def test_only_as_many_of_a_class_are_kept_as_can_be_met() -> None:
    rows = [(0, 0, float(value), "") for value in range(50)]
    problem = Problem(
        make_firms(rows), (MarketLimits("Here"),), (ClusterLimits("cars"),), (visit(0, 3),),
        (Pool("english", 9.0, (0.0,)),), 9.0,
    )  # fmt: skip
    _, kept = reduce_problem(problem)
    assert kept.tolist() == [47, 48, 49]


def test_alike_journeys_are_one_group_and_fairs_are_not() -> None:
    groups = group_missions((visit(0), visit(0), visit(0, clusters=(1,)), visit(0, 5)))
    assert [group.missions for group in groups] == [(0, 1, 3), (2,)]
    assert [group.is_alike for group in groups] == [False, True]


def test_draws_tell_how_often_a_market_is_chosen(problem: Problem) -> None:
    plan = solve(problem, EXACT)
    assert plan is not None
    draws = np.array([[10, 50], [9, 50], [30, 1], [1, 1]], np.float32)
    robust = measure_robustness(problem, plan, draws, 2, EXACT, lambda *_: None)
    assert robust.market_share.tolist() == [0.5, 0.5]
    assert robust.firm_share.tolist() == [0.5, 0.5, 0.5, 0.5]
    assert robust.net.tolist() == pytest.approx([29.8, 0.8])


def test_the_same_problem_gives_the_same_programme(problem: Problem) -> None:
    first, second = solve(problem, EXACT), solve(problem, EXACT)
    assert first is not None
    assert second is not None
    assert first.firms.tolist() == second.firms.tolist()
    relaxed = relax(problem)
    assert relaxed is not None
    assert relaxed.bound >= first.net
