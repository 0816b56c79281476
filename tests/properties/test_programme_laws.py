"""Laws of the programme: the best of all, never against a rule, conflicts that are conflicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from cluster_engine.programme.baselines import plan_by_quotas, plan_greedily
from cluster_engine.programme.check import list_breaches
from cluster_engine.programme.conflicts import find_conflict
from cluster_engine.programme.equations import write_equations
from cluster_engine.programme.matrix import STRUCTURE
from cluster_engine.programme.problem import Problem
from cluster_engine.programme.reduction import reduce_problem
from cluster_engine.programme.solve import (
    Effort,
    is_feasible,
    keep_rows,
    relax,
    search,
    solve,
    solve_again,
)
from tests.unit.programme.small import list_plans, problems

EXACT = Effort(gap=1e-9)
SAME = 1e-5
"""£ thousand: what solvers leave."""


@pytest.mark.slow
@settings(max_examples=40)
@given(problems())
def test_the_programme_is_as_good_as_the_best_of_all_that_the_rules_allow(problem: Problem) -> None:
    best = max((plan.net for plan in list_plans(problem)), default=None)
    found = solve(problem, EXACT)
    assert (found is None) == (best is None)
    if found is not None:
        assert found.net == pytest.approx(best, abs=SAME)
        assert found.bound >= found.net - SAME


@settings(max_examples=25)
@given(problems(n_firms=24, n_pools=2))
def test_no_rule_is_broken_and_no_baseline_is_better(problem: Problem) -> None:
    found = solve(problem, EXACT)
    if found is None:
        assert find_conflict(problem)
        return
    assert list_breaches(problem, found) == []
    again = solve_again(problem, EXACT)
    assert again is not None
    assert list_breaches(problem, again) == []
    assert again.net <= found.net + SAME
    relaxed = relax(problem)
    assert relaxed is not None
    assert relaxed.bound >= found.net - SAME
    for plan in (plan_greedily(problem), plan_by_quotas(problem)):
        if not list_breaches(problem, plan):
            assert plan.net <= found.net + SAME


@settings(max_examples=25)
@given(problems(n_firms=30))
def test_firms_left_out_beforehand_are_not_missed(problem: Problem) -> None:
    kept, _ = reduce_problem(problem)
    whole = write_equations(problem, problem.candidates)
    part = write_equations(problem, kept)
    all_firms, some_firms = search(whole, EXACT), search(part, EXACT)
    assert (all_firms is None) == (some_firms is None)
    if all_firms is not None and some_firms is not None:
        assert float(part.objective @ some_firms[0]) == pytest.approx(
            float(whole.objective @ all_firms[0]), abs=SAME
        )


@settings(max_examples=15)
@given(problems(n_firms=8))
def test_a_conflict_cannot_be_kept_and_any_part_of_it_can(problem: Problem) -> None:
    rules = find_conflict(problem)
    if not rules:
        assert solve(problem, EXACT) is not None
        return
    firms, _ = reduce_problem(problem)
    equations = write_equations(problem, firms)
    named = np.array(equations.rules, dtype=object)
    assert not is_feasible(keep_rows(equations, np.isin(named, [STRUCTURE, *rules])))
    for rule in rules:
        rest = [STRUCTURE, *(other for other in rules if other != rule)]
        assert is_feasible(keep_rows(equations, np.isin(named, rest)))


@settings(max_examples=10)
@given(problems(n_firms=12))
def test_more_money_and_days_never_hurt(problem: Problem) -> None:
    found = solve(problem, EXACT)
    if found is None:
        return
    pools = tuple(replace(pool, days=pool.days + 2) for pool in problem.pools)
    richer = solve(replace(problem, budget=problem.budget + 2, pools=pools), EXACT)
    assert richer is not None
    assert richer.net >= found.net - SAME
