"""What one asks of a programme: what more would bring, why a market is left out, how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cluster_engine.programme.equations import name_budget, name_pool
from cluster_engine.programme.problem import Floats, Plan, Problem
from cluster_engine.programme.solve import Effort, relax, solve_again

Singles = NDArray[np.float32]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ShadowValue:
    """What a little more of a scarce thing brings, £ thousand.

    Attributes
    ----------
    what : str
    solved_again : float
        Gain of the programme chosen again with that much more, among the markets the relaxation
        visits: 0 where it is too little for anything.
    relaxed : float
        Slope of the relaxation, in which missions and firms can be divided.
    """

    what: str
    solved_again: float
    relaxed: float


@dataclass(frozen=True, slots=True)
class ForcedMarket:
    """The best programme that visits a market which the best of all leaves out.

    Attributes
    ----------
    market : int
    loss : float
        £ thousand of the objective that it costs; NaN where the rules do not allow the visit.
    firms : int
        Met in this market.
    value, days, cost : float
        Of this market, £ thousand and officer days.
    """

    market: int
    loss: float
    firms: int = 0
    value: float = 0.0
    days: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Robustness:
    """What the programme would be if figures that are not sure were others.

    Attributes
    ----------
    net : ndarray of float, shape (n_draws,)
        Objective of the programme chosen, £ thousand, in every draw.
    market_share : ndarray of float, shape (n_markets,)
        Part of the draws solved again in which each market is visited.
    firm_share : ndarray of float, shape (n_firms,)
        Part of the draws solved again in which each candidate is approached.
    n_solved : int
    """

    net: Floats
    market_share: Floats
    firm_share: Floats
    n_solved: int


def value_more(problem: Problem, plan: Plan, effort: Effort) -> tuple[ShadowValue, ...]:
    """Gain of £1,000 more and of one more officer day of each language."""
    relaxed = relax(problem)
    slopes = {} if relaxed is None else relaxed.by_rule
    richer = replace(problem, budget=problem.budget + 1.0)
    found = [
        ShadowValue("£1,000 more", _gain(richer, plan, effort),
                    slopes.get(name_budget(problem), 0.0))
    ]  # fmt: skip
    for place, pool in enumerate(problem.pools):
        pools = list(problem.pools)
        pools[place] = replace(pool, days=pool.days + 1.0)
        found.append(
            ShadowValue(
                f"1 officer day more ({pool.language})",
                _gain(replace(problem, pools=tuple(pools)), plan, effort),
                slopes.get(name_pool(problem, place), 0.0),
            )
        )
    return tuple(found)


def _gain(problem: Problem, plan: Plan, effort: Effort) -> float:
    better = solve_again(problem, effort)
    # The present programme stays possible; what a search within its gap misses is no loss.
    return 0.0 if better is None else max(0.0, better.net - plan.net)


def force_market(problem: Problem, plan: Plan, market: int, effort: Effort) -> ForcedMarket:
    """Find the best programme that visits a market, and what that costs."""
    markets = list(problem.markets)
    markets[market] = replace(markets[market], must=True)
    forced = solve_again(replace(problem, markets=tuple(markets)), effort)
    if forced is None:
        return ForcedMarket(market, float("nan"))
    inside = problem.candidates.market[forced.firms] == market
    missions = [problem.missions[place] for place in forced.held]
    placed = [problem.missions[place] for place in forced.missions]
    here = [mission for mission in missions if mission.market == market]
    met = [mission for mission in placed if mission.market == market]
    surcharge = np.array([pool.surcharge[market] for pool in problem.pools])
    return ForcedMarket(
        market,
        max(0.0, plan.net - forced.net),
        int(inside.sum()),
        float(problem.candidates.value[forced.firms[inside]].sum()),
        float(forced.days[market].sum()),
        sum(mission.cost for mission in here)
        + sum(mission.cost_per_firm for mission in met)
        + float(surcharge @ forced.days[market]),
    )


def measure_robustness(
    problem: Problem, plan: Plan, draws: Singles, n_solved: int, effort: Effort,
    on_progress: Progress,
) -> Robustness:  # fmt: skip
    """Value the programme in every draw, and choose again in some.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    draws : ndarray of float32, shape (n_firms, n_draws)
        Value of every candidate, £ thousand.
    n_solved : int
        Draws, the first ones, in which the best programme is looked for again.
    effort : Effort
    on_progress : callable
        Called with (stage, done, total).
    """
    n_solved = min(n_solved, draws.shape[1])
    markets, chosen = np.zeros(len(problem.markets)), np.zeros(len(problem.candidates))
    for place in range(n_solved):
        values = draws[:, place].astype(np.float64)
        other = solve_again(
            replace(problem, candidates=replace(problem.candidates, value=values)), effort
        )
        if other is not None:
            visited = {problem.missions[held].market for held in other.held}
            markets[sorted(visited)] += 1
            chosen[other.firms] += 1
        on_progress("Choosing again", place + 1, n_solved)
    net = draws[plan.firms].astype(np.float64).sum(axis=0) - plan.cost
    count = max(n_solved, 1)
    return Robustness(net, markets / count, chosen / count, n_solved)
