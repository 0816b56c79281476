"""What agencies do without an optimiser: best mission first, or the same quota everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from cluster_engine.programme.check import list_breaches
from cluster_engine.programme.problem import Floats, Integers, Plan, Problem, calc_cost
from cluster_engine.programme.reduction import suits

Seats = list[tuple[int, int]]
"""Firm and mission."""


def plan_greedily(problem: Problem) -> Plan:
    """Add the mission that brings most per officer day, with its best firms, until none fits."""
    order = _order(problem)
    seats: Seats = []
    held: list[int] = []
    while True:
        best: tuple[float, int, Seats] | None = None
        for place in _list_open(problem, held):
            mission = problem.missions[place]
            more = _fill(problem, order, place, mission.meetings, seats)
            least = problem.markets[mission.market].minimum if _is_new(problem, held, place) else 1
            if len(more) < max(least, 1) or not _fits(problem, [*seats, *more], [*held, place]):
                continue
            gain = _gain(problem, more, place)
            days = mission.days + len(more) * mission.days_per_firm
            if gain > 0 and (best is None or gain / max(days, 1e-9) > best[0]):
                best = gain / max(days, 1e-9), place, more
        if best is None:
            return _make_plan(problem, seats, held)
        held.append(best[1])
        seats += best[2]


def plan_by_quotas(problem: Problem) -> Plan:
    """Meet the same number of firms in every market, in as many as the rules allow.

    Every quota is tried, and the best is taken: markets in order of what their firms bring.
    """
    order = _order(problem)
    most = max((mission.meetings for mission in problem.missions), default=0)
    plans = [_try_quota(problem, order, quota) for quota in range(1, most + 1)]
    nothing = _make_plan(problem, [], [])
    return max([nothing, *plans], key=lambda plan: (-len(list_breaches(problem, plan)), plan.net))


def _try_quota(problem: Problem, order: Integers, quota: int) -> Plan:
    options = []
    for market in range(len(problem.markets)):
        if quota < problem.markets[market].minimum:
            continue
        places = [at for at, mission in enumerate(problem.missions) if mission.market == market]
        for place in [at for at in places if problem.missions[at].meetings >= quota][:1]:
            alone = _fill(problem, order, place, quota, [])
            options.append((-_gain(problem, alone, place), place))
    seats: Seats = []
    held: list[int] = []
    for _, place in sorted(options):
        more = _fill(problem, order, place, quota, seats)
        if len(more) == quota and _fits(problem, [*seats, *more], [*held, place]):
            seats += more
            held.append(place)
    return _make_plan(problem, seats, held)


def _order(problem: Problem) -> Integers:
    return np.argsort(-problem.candidates.value, kind="stable")


def _list_open(problem: Problem, held: list[int]) -> Iterable[int]:
    return (place for place in range(len(problem.missions)) if place not in held)


def _is_new(problem: Problem, held: list[int], place: int) -> bool:
    market = problem.missions[place].market
    return all(problem.missions[other].market != market for other in held)


def _gain(problem: Problem, seats: Seats, place: int) -> float:
    mission = problem.missions[place]
    value = sum(float(problem.candidates.value[firm]) for firm, _ in seats)
    days = mission.days + len(seats) * mission.days_per_firm
    surcharge = min((pool.surcharge[mission.market] for pool in problem.pools), default=0.0)
    return value - mission.cost - len(seats) * mission.cost_per_firm - days * surcharge


def _fill(problem: Problem, order: Integers, place: int, wanted: int, seats: Seats) -> Seats:
    """Best firms for a mission that the caps leave; shares hold at the number reached."""
    firms, mission = problem.candidates, problem.missions[place]
    while wanted > 0:
        parents = {firms.parent[firm] for firm, _ in seats}
        clusters = Counter(int(firms.cluster[firm]) for firm, _ in seats)
        markets = Counter(int(firms.market[firm]) for firm, _ in seats)
        total = len(seats) + wanted
        more: Seats = []
        for firm in order.tolist():
            cluster, market = int(firms.cluster[firm]), int(firms.market[firm])
            if len(more) == wanted:
                return more
            if not suits(mission, market, cluster) or firms.parent[firm] in parents:
                continue
            limits, cap = problem.clusters[cluster], problem.markets[market].maximum
            share = int(np.floor(limits.maximum_share * total + 1e-9))
            most = share if limits.maximum is None else min(share, limits.maximum)
            if clusters[cluster] < most and (cap is None or markets[market] < cap):
                more.append((firm, place))
                parents.add(firms.parent[firm])
                clusters[cluster] += 1
                markets[market] += 1
        if len(more) == wanted:
            return more
        wanted = min(wanted - 1, len(more))
    return []


def _fits(problem: Problem, seats: Seats, held: list[int]) -> bool:
    """Whether days and budget are enough."""
    days = _share_days(problem, seats, held)
    if days is None:
        return False
    placed = np.array([place for _, place in seats], np.intp)
    return calc_cost(problem, placed, tuple(held), days) <= problem.budget + 1e-9


def _share_days(problem: Problem, seats: Seats, held: list[int]) -> Floats | None:
    """Give every market its days, of those first who cost least there; None if too few."""
    needed = np.zeros(len(problem.markets))
    for place in held:
        needed[problem.missions[place].market] += problem.missions[place].days
    for _, place in seats:
        needed[problem.missions[place].market] += problem.missions[place].days_per_firm
    left = np.array([pool.days for pool in problem.pools])
    days = np.zeros((len(problem.markets), len(problem.pools)))
    costs = [(pool.surcharge[market], at, market) for at, pool in enumerate(problem.pools)
             for market in range(len(problem.markets))]  # fmt: skip
    for _, at, market in sorted(costs):
        taken = min(left[at], needed[market])
        days[market, at] += taken
        left[at] -= taken
        needed[market] -= taken
    return None if needed.max(initial=0.0) > 1e-9 else days


def _make_plan(problem: Problem, seats: Seats, held: list[int]) -> Plan:
    ordered = sorted(seats)
    taken = np.array([firm for firm, _ in ordered], np.intp)
    placed = np.array([place for _, place in ordered], np.intp)
    days = _share_days(problem, seats, held)
    if days is None:
        days = np.zeros((len(problem.markets), len(problem.pools)))
    value = float(problem.candidates.value[taken].sum())
    cost = calc_cost(problem, placed, tuple(sorted(held)), days)
    return Plan(taken, placed, tuple(sorted(held)), days, value, cost)
