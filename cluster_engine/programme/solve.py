"""Solve a programme with HiGHS.

The search is the same on every run: it is limited by steps and not by time, and firms are in order
of firm_id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from cluster_engine.errors import LimitError
from cluster_engine.programme.equations import Equations, write_equations
from cluster_engine.programme.problem import (
    Candidates,
    Floats,
    Integers,
    Plan,
    Problem,
    calc_cost,
)
from cluster_engine.programme.reduction import reduce_problem

YES = 0.5
"""A yes-or-no variable of a solver is yes above this."""

TINY = 1e-6
"""Share of the objective that bounds of the relaxation may be wrong by."""

WORTHWHILE = 0.01
"""Part of a visit from which a market counts as visited by the relaxation."""

INFEASIBLE = 2
"""SciPy's status of a problem without a solution."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard the solver tries.

    Attributes
    ----------
    gap : float
        Share of the objective by which a better plan may be missed.
    nodes : int
        Of the search tree. A limit of time would give other results on other machines.
    """

    gap: float = 1e-4
    nodes: int = 20_000


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The programme without whole numbers: a bound, and what one more of each scarce thing brings.

    Attributes
    ----------
    bound : float
        £ thousand; no programme reaches more.
    by_rule : mapping of str to float
        £ thousand per unit of a rule's limit (£ thousand of budget, officer day), by its name.
    held : ndarray of float, shape (n_missions,)
        Part to which each mission is held.
    """

    bound: float
    by_rule: Mapping[str, float]
    held: Floats


def solve(problem: Problem, effort: Effort) -> Plan | None:
    """Find the best programme; None where the rules leave none.

    Parameters
    ----------
    problem : Problem
    effort : Effort
    """
    firms, kept = reduce_problem(problem)
    equations = write_equations(problem, firms)
    relaxed = relax_equations(equations)
    if relaxed is None:
        return None
    guess = search(_keep_worthwhile(problem, equations, relaxed), effort)
    if guess is not None:
        reached = float(equations.objective @ guess[0])
        equations = _close_markets(problem, equations, relaxed, reached)
    found = search(equations, effort)
    if found is None:
        return None
    return _read_plan(problem, firms, kept, equations, *found)


def solve_again(problem: Problem, effort: Effort) -> Plan | None:
    """Find the best programme among the markets that the relaxation visits at all.

    For questions that need many solutions. A market that is not worth a part of a visit is hardly
    ever worth a whole one: the programme found is possible, and all but always the best.
    """
    firms, kept = reduce_problem(problem)
    equations = write_equations(problem, firms)
    relaxed = relax_equations(equations)
    if relaxed is None:
        return None
    found = search(_keep_worthwhile(problem, equations, relaxed), effort)
    if found is None:
        return solve(problem, effort)
    return _read_plan(problem, firms, kept, equations, found[0], relaxed.bound)


def _visit(problem: Problem, relaxed: Relaxation) -> tuple[Integers, NDArray[np.bool_]]:
    """Market of every mission, and the markets that the relaxation visits."""
    where = np.array([mission.market for mission in problem.missions], np.intp)
    visits = np.bincount(where, weights=relaxed.held, minlength=len(problem.markets))
    return where, visits >= WORTHWHILE


def _keep_worthwhile(problem: Problem, equations: Equations, relaxed: Relaxation) -> Equations:
    where, is_visited = _visit(problem, relaxed)
    upper = equations.upper.copy()
    upper[equations.columns.missions[~is_visited[where]]] = 0.0
    return replace(equations, upper=upper)


def _close_markets(
    problem: Problem, equations: Equations, relaxed: Relaxation, reached: float
) -> Equations:
    """Close the markets whose visit would keep even the relaxation below a programme known."""
    where, is_visited = _visit(problem, relaxed)
    at, upper = equations.columns, equations.upper.copy()
    for market in np.flatnonzero(~is_visited):
        low = np.zeros(at.size)
        low[at.markets[market]] = 1.0
        forced = relax_equations(equations, low)
        if forced is None or forced.bound < reached - TINY * max(abs(reached), 1.0):
            upper[at.missions[where == market]] = 0.0
    return replace(equations, upper=upper)


def relax(problem: Problem) -> Relaxation | None:
    """Solve without whole numbers; None where even that is impossible."""
    firms, _ = reduce_problem(problem)
    return relax_equations(write_equations(problem, firms))


def search(equations: Equations, effort: Effort) -> tuple[Floats, float] | None:
    """Search over missions first, then over the firms met on them.

    With the missions given, the best firms come out whole almost by themselves: so the search over
    missions lets firms be divided, which is a bound, and firms are made whole afterwards. Only if
    that costs more than the gap allowed are both searched together.
    """
    at = equations.columns
    low, high = np.zeros(at.size), equations.upper.copy()
    divided = equations.integral.copy()
    divided[at.pairs] = 0
    first = _run(equations, effort, divided, low, high)
    if first is None:
        return None
    held = np.round(first[0][at.missions])
    low[at.missions], high[at.missions] = held, held
    second = _run(equations, effort, equations.integral, low, high)
    if second is not None:
        reached = float(equations.objective @ second[0])
        if first[1] - reached <= effort.gap * max(abs(reached), 1.0):
            return second[0], max(first[1], reached)
    both = np.zeros(at.size), equations.upper
    return _run(equations, effort, equations.integral, *both)


def _run(
    equations: Equations, effort: Effort, integral: Integers, low: Floats, high: Floats
) -> tuple[Floats, float] | None:
    result = milp(
        -equations.objective,
        integrality=integral,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(equations.matrix, equations.low, equations.high),
        options={"mip_rel_gap": effort.gap / 2.0, "node_limit": effort.nodes},
    )
    if result.x is not None:
        return result.x, -float(result.mip_dual_bound)
    if result.status == INFEASIBLE:
        return None
    raise LimitError(
        f"The solver found no programme within {effort.nodes:,} steps.",
        hint="Name fewer markets, or fewer rules, in the programme's file.",
    )


def relax_equations(equations: Equations, low_columns: Floats | None = None) -> Relaxation | None:
    """Solve without whole numbers; None where even that is impossible."""
    low = np.zeros_like(equations.upper) if low_columns is None else low_columns
    has_low, has_high = np.isfinite(equations.low), np.isfinite(equations.high)
    result = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix
        -equations.objective,
        A_ub=sparse.vstack([equations.matrix[has_high], -equations.matrix[has_low]]),
        b_ub=np.concatenate([equations.high[has_high], -equations.low[has_low]]),
        bounds=np.column_stack([low, equations.upper]),
        method="highs",
    )
    if result.x is None:
        return None
    slopes = -result.ineqlin.marginals[: int(has_high.sum())]
    named = [rule for rule, bounded in zip(equations.rules, has_high, strict=True) if bounded]
    return Relaxation(
        -float(result.fun),
        {rule: float(slope) for rule, slope in zip(named, slopes, strict=True) if rule},
        result.x[equations.columns.missions],
    )


def keep_rows(equations: Equations, kept: NDArray[np.bool_]) -> Equations:
    """Some of the rows, and nothing to gain: only whether anything is possible."""
    return replace(
        equations,
        matrix=equations.matrix[kept],
        low=equations.low[kept],
        high=equations.high[kept],
        rules=tuple(rule for rule, keep in zip(equations.rules, kept, strict=True) if keep),
        objective=np.zeros_like(equations.objective),
    )


def is_feasible(equations: Equations) -> bool:
    """Whether any programme keeps all rows; the relaxation is asked first."""
    if relax_equations(equations) is None:
        return False
    return search(equations, Effort()) is not None


def _read_plan(problem: Problem, firms: Candidates, kept: Integers, equations: Equations,
               solution: Floats, bound: float) -> Plan:  # fmt: skip
    held_part, spent, met = equations.split(solution)
    days = np.asarray(np.round(np.maximum(spent, 0.0), 6), dtype=np.float64)
    held = tuple(int(place) for place in np.flatnonzero(held_part > YES))
    chosen = equations.pairs[met > YES]
    missions = _seat(problem, firms, equations, chosen, frozenset(held))
    order = np.argsort(chosen[:, 0], kind="stable")
    positions = chosen[order, 0]
    taken, placed = kept[positions], missions[order]
    return Plan(
        taken, placed, held, days,
        float(problem.candidates.value[taken].sum()),
        calc_cost(problem, placed, held, days),
        bound,
    )  # fmt: skip


def _seat(problem: Problem, firms: Candidates, equations: Equations, chosen: Integers,
          held: frozenset[int]) -> Integers:  # fmt: skip
    """Mission of every firm met: within a group, firms of one cluster travel together."""
    seats = np.full(len(chosen), -1, np.intp)
    for number, group in enumerate(equations.groups):
        mine = np.flatnonzero(chosen[:, 1] == number)
        who = chosen[mine, 0]
        mine = mine[np.lexsort((who, -firms.value[who], firms.cluster[who]))]
        room = [
            place for place in group.missions if place in held
            for _ in range(problem.missions[place].meetings)
        ]  # fmt: skip
        seats[mine] = room[: len(mine)]
    return seats
