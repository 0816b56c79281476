"""Check a programme against every rule, without the solver's equations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cluster_engine.programme.equations import name_budget, name_pool
from cluster_engine.programme.problem import Plan, Problem, calc_cost
from cluster_engine.programme.reduction import suits

SLACK = 1e-5
"""£ thousand, or days: what solvers and sums of binary fractions leave."""


def list_breaches(problem: Problem, plan: Plan) -> list[str]:
    """Rules that a programme breaks, in words; empty if it keeps them all."""
    return [
        *_check_meetings(problem, plan),
        *_check_resources(problem, plan),
        *_check_markets(problem, plan),
        *_check_clusters(problem, plan),
    ]


def _check_meetings(problem: Problem, plan: Plan) -> Iterator[str]:
    firms = problem.candidates
    parents = firms.parent[plan.firms].tolist()
    if len(set(parents)) < len(parents):
        yield "one firm of each ultimate parent"
    for firm, place in zip(plan.firms.tolist(), plan.missions.tolist(), strict=True):
        mission = problem.missions[place]
        if not suits(mission, int(firms.market[firm]), int(firms.cluster[firm])):
            yield f"{mission.name} does not suit {firms.firm_id[firm]}"
    for place, mission in enumerate(problem.missions):
        met = int((plan.missions == place).sum())
        if met > mission.meetings:
            yield f"at most {mission.meetings} meetings on {mission.name}"
        if met and place not in plan.held:
            yield f"{mission.name} is not held"


def _check_resources(problem: Problem, plan: Plan) -> Iterator[str]:
    cost = calc_cost(problem, plan.missions, plan.held, plan.days)
    if cost > problem.budget + SLACK:
        yield name_budget(problem)
    for place, pool in enumerate(problem.pools):
        if plan.days[:, place].sum() > pool.days + SLACK:
            yield name_pool(problem, place)
    needed = np.zeros(len(problem.markets))
    for place in plan.held:
        needed[problem.missions[place].market] += problem.missions[place].days
    for place in plan.missions.tolist():
        needed[problem.missions[place].market] += problem.missions[place].days_per_firm
    if np.abs(plan.days.sum(axis=1) - needed).max(initial=0.0) > SLACK:
        yield "officer days are those of the missions held and firms met"


def _check_markets(problem: Problem, plan: Plan) -> Iterator[str]:
    market = problem.candidates.market[plan.firms]
    visited = {problem.missions[place].market for place in plan.held}
    for place, limits in enumerate(problem.markets):
        met = int((market == place).sum())
        if place in visited and met < limits.minimum:
            yield f"at least {limits.minimum} firms in {limits.name} if it is visited"
        if limits.maximum is not None and met > limits.maximum:
            yield f"at most {limits.maximum} firms in {limits.name}"
        if limits.must and place not in visited:
            yield f"{limits.name} must be visited"
    if len(visited) < problem.minimum_markets:
        yield f"at least {problem.minimum_markets} markets"
    if problem.maximum_markets is not None and len(visited) > problem.maximum_markets:
        yield f"at most {problem.maximum_markets} markets"


def _check_clusters(problem: Problem, plan: Plan) -> Iterator[str]:
    cluster = problem.candidates.cluster[plan.firms]
    total = len(plan.firms)
    for place, limits in enumerate(problem.clusters):
        met = int((cluster == place).sum())
        if met < limits.minimum:
            yield f"at least {limits.minimum} firms of {limits.name}"
        if limits.maximum is not None and met > limits.maximum:
            yield f"at most {limits.maximum} firms of {limits.name}"
        if met < limits.minimum_share * total - SLACK:
            yield f"at least {limits.minimum_share:.0%} of the firms from {limits.name}"
        if met > limits.maximum_share * total + SLACK:
            yield f"at most {limits.maximum_share:.0%} of the firms from {limits.name}"
    if len(set(cluster.tolist())) < problem.minimum_clusters:
        yield f"firms of at least {problem.minimum_clusters} clusters"
