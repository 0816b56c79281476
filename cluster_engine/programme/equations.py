"""The programme as a mixed-integer programme.

maximise  Σ_fg v_f x_fg - Σ_m c_m y_m - Σ_fg c_g x_fg - Σ_kl s_kl d_kl

x_fg = 1: firm f is met on a mission of group g; y_m = 1: mission m is held; z_k = 1: market k is
visited; w_c = 1: a firm of cluster c is approached; d_kl: officer days spent in market k by those
who speak language l. Firms met are counted by group, market and cluster, and rules speak of the
counts: so the matrix stays sparse. Every row belongs to a rule, and rules have names in words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from cluster_engine.programme.matrix import STRUCTURE, Columns, Rows
from cluster_engine.programme.problem import Candidates, Floats, Integers, Problem
from cluster_engine.programme.reduction import Group, group_missions


@dataclass(frozen=True, slots=True)
class Equations:
    """Matrix, limits and meaning of the columns.

    Attributes
    ----------
    matrix : csr_array, shape (n_rows, n_columns)
    low, high : ndarray of float, shape (n_rows,)
    rules : tuple of str, length n_rows
        Name of each row's rule; '' for structure.
    objective : ndarray of float, shape (n_columns,)
        £ thousand, to be made as large as possible.
    upper : ndarray of float, shape (n_columns,)
        Highest value of each column; the lowest is 0.
    integral : ndarray of int, shape (n_columns,)
        1: a yes or no.
    groups : tuple of Group
    pairs : ndarray of int, shape (n_pairs, 2)
        Firm (of those left) and group of every x.
    columns : Columns
    """

    matrix: sparse.csr_array
    low: Floats
    high: Floats
    rules: tuple[str, ...]
    objective: Floats
    upper: Floats
    integral: Integers
    groups: tuple[Group, ...]
    pairs: Integers
    columns: Columns

    def split(self, solution: Floats) -> tuple[Floats, Floats, Floats]:
        """Missions held, days by market and pool, and pairs met, of a solution."""
        days = solution[self.columns.days]
        return solution[self.columns.missions], days, solution[self.columns.pairs]


def write_equations(problem: Problem, firms: Candidates) -> Equations:
    """Write a problem down for a solver.

    Parameters
    ----------
    problem : Problem
        Its missions, limits and pools.
    firms : Candidates
        Those of its candidates that are left after the reduction.
    """
    groups = group_missions(problem.missions)
    pairs = _pair(problem, firms, groups)
    at = _place(problem, len(groups), pairs)
    rows = Rows()
    _write_missions(rows, problem, firms, groups, at)
    _write_counts(rows, firms, at)
    _write_resources(rows, problem, groups, at)
    _write_markets(rows, problem, at)
    _write_clusters(rows, problem, at)
    # Markets visited and clusters met follow from these: they come out whole by themselves.
    integral = np.zeros(at.size, np.intp)
    for columns in (at.missions, at.pairs):
        integral[columns] = 1
    return Equations(
        rows.build(at.size), np.array(rows.low), np.array(rows.high), tuple(rows.rules),
        _write_objective(problem, firms, groups, at), _limit_columns(at), integral, groups,
        pairs, at,
    )  # fmt: skip


def _pair(problem: Problem, firms: Candidates, groups: tuple[Group, ...]) -> Integers:
    found = []
    for number, group in enumerate(groups):
        mission = problem.missions[group.missions[0]]
        fits = np.isin(firms.market, mission.guests)
        if mission.clusters:
            fits &= np.isin(firms.cluster, mission.clusters)
        chosen = np.flatnonzero(fits)
        found.append(np.column_stack([chosen, np.full(len(chosen), number)]))
    pairs = np.concatenate(found) if found else np.zeros((0, 2), np.intp)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return np.asarray(pairs[order], dtype=np.intp)


def _place(problem: Problem, n_groups: int, pairs: Integers) -> Columns:
    n_markets, n_clusters = len(problem.markets), len(problem.clusters)
    sizes = [
        len(problem.missions), n_markets, n_clusters, n_markets * len(problem.pools),
        n_groups, n_markets, n_clusters, len(pairs),
    ]  # fmt: skip
    parts = np.split(np.arange(sum(sizes), dtype=np.intp), np.cumsum(sizes)[:-1])
    parts[3] = parts[3].reshape(n_markets, len(problem.pools))
    return Columns(*parts, firm=pairs[:, 0], group=pairs[:, 1])  # type: ignore[misc]


def _write_missions(rows: Rows, problem: Problem, firms: Candidates, groups: tuple[Group, ...],
                    at: Columns) -> None:  # fmt: skip
    where = np.array([mission.market for mission in problem.missions], np.intp)
    for market in range(len(at.markets)):
        here, visited = at.missions[where == market], at.markets[market : market + 1]
        rows.add(STRUCTURE, [(visited, 1.0), (here, -1.0)], high=0)
        for place in range(len(here)):
            rows.add(STRUCTURE, [(here[place : place + 1], 1.0), (visited, -1.0)], high=0)
    for number, group in enumerate(groups):
        meetings = np.array([problem.missions[place].meetings for place in group.missions])
        held = at.missions[list(group.missions)]
        rows.add(STRUCTURE, [(at.in_group[number : number + 1], 1.0), (held, -1.0 * meetings)],
                 high=0)  # fmt: skip
        if group.is_alike:
            for place in range(len(held) - 1):
                rows.add(STRUCTURE, [(held[place + 1 : place + 2], 1.0),
                                     (held[place : place + 1], -1.0)], high=0)  # fmt: skip
        # Not needed for what it says, but it brings the relaxation close to whole numbers; the
        # relaxation is tempted to pick only the best firms of a market, so theirs are enough.
        met = at.pairs[at.group == number]
        best = np.argsort(-firms.value[at.firm[at.group == number]], kind="stable")
        opened = held[:1] if group.is_alike else held
        for place in np.sort(best[: int(meetings.sum())]):
            rows.add(STRUCTURE, [(met[place : place + 1], 1.0), (opened, -1.0)], high=0)


def _write_counts(rows: Rows, firms: Candidates, at: Columns) -> None:
    """Firms met by group, market and cluster; and one firm of every parent."""
    for counts, kind in (
        (at.in_group, at.group),
        (at.in_market, firms.market[at.firm]),
        (at.in_cluster, firms.cluster[at.firm]),
    ):
        for place in range(len(counts)):
            met = at.pairs[kind == place]
            rows.add(STRUCTURE, [(counts[place : place + 1], 1.0), (met, -1.0)], low=0, high=0)
    _, parent = np.unique(firms.parent.astype(str), return_inverse=True)
    owner = parent[at.firm]
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    for met in np.split(order, starts[1:]):
        if len(met) > 1:
            rows.add(STRUCTURE, [(at.pairs[met], 1.0)], high=1)


def _write_resources(rows: Rows, problem: Problem, groups: tuple[Group, ...],
                     at: Columns) -> None:  # fmt: skip
    first = [problem.missions[group.missions[0]] for group in groups]
    rows.add(
        name_budget(problem),
        [(at.missions, np.array([mission.cost for mission in problem.missions])),
         (at.in_group, np.array([mission.cost_per_firm for mission in first])),
         (at.days.ravel(), _list_surcharges(problem).ravel())],
        high=problem.budget,
    )  # fmt: skip
    for place in range(len(problem.pools)):
        rows.add(name_pool(problem, place), [(at.days[:, place], 1.0)],
                 high=problem.pools[place].days)  # fmt: skip
    where = np.array([mission.market for mission in problem.missions], np.intp)
    spent = np.array([mission.days for mission in problem.missions])
    group_market = np.array([mission.market for mission in first], np.intp)
    each = np.array([mission.days_per_firm for mission in first])
    for market in range(len(problem.markets)):
        here, met = where == market, group_market == market
        rows.add(
            STRUCTURE,
            [(at.days[market], 1.0), (at.missions[here], -spent[here]),
             (at.in_group[met], -each[met])],
            low=0, high=0,
        )  # fmt: skip


def _list_surcharges(problem: Problem) -> Floats:
    """£ thousand per day, shape (n_markets, n_pools)."""
    rows = [pool.surcharge for pool in problem.pools]
    return np.array(rows, np.float64).reshape(len(rows), len(problem.markets)).T


def _write_markets(rows: Rows, problem: Problem, at: Columns) -> None:
    for place, limits in enumerate(problem.markets):
        met, visited = at.in_market[place : place + 1], at.markets[place : place + 1]
        if limits.minimum:
            rows.add(f"at least {limits.minimum} firms in {limits.name} if it is visited",
                     [(met, 1.0), (visited, -float(limits.minimum))], low=0)  # fmt: skip
        if limits.maximum is not None:
            rows.add(f"at most {limits.maximum} firms in {limits.name}", [(met, 1.0)],
                     high=limits.maximum)  # fmt: skip
        if limits.must:
            rows.add(f"{limits.name} must be visited", [(visited, 1.0)], low=1)
    if problem.minimum_markets:
        rows.add(f"at least {problem.minimum_markets} markets", [(at.markets, 1.0)],
                 low=problem.minimum_markets)  # fmt: skip
    if problem.maximum_markets is not None:
        rows.add(f"at most {problem.maximum_markets} markets", [(at.markets, 1.0)],
                 high=problem.maximum_markets)  # fmt: skip


def _write_clusters(rows: Rows, problem: Problem, at: Columns) -> None:
    for place, limits in enumerate(problem.clusters):
        met, name = at.in_cluster[place : place + 1], limits.name
        has_any = at.clusters[place : place + 1]
        rows.add(STRUCTURE, [(has_any, 1.0), (met, -1.0)], high=0)
        if limits.minimum:
            rows.add(f"at least {limits.minimum} firms of {name}", [(met, 1.0)], low=limits.minimum)
        if limits.maximum is not None:
            rows.add(f"at most {limits.maximum} firms of {name}", [(met, 1.0)], high=limits.maximum)
        others = np.delete(at.in_cluster, place)
        low, high = limits.minimum_share, limits.maximum_share
        if low > 0:
            rows.add(f"at least {low:.0%} of the firms from {name}",
                     [(met, 1.0 - low), (others, -low)], low=0)  # fmt: skip
        if high < 1:
            rows.add(f"at most {high:.0%} of the firms from {name}",
                     [(met, 1.0 - high), (others, -high)], high=0)  # fmt: skip
    if problem.minimum_clusters:
        rows.add(f"firms of at least {problem.minimum_clusters} clusters", [(at.clusters, 1.0)],
                 low=problem.minimum_clusters)  # fmt: skip


def _write_objective(
    problem: Problem, firms: Candidates, groups: tuple[Group, ...], at: Columns
) -> Floats:
    objective = np.zeros(at.size)
    objective[at.missions] = [-mission.cost for mission in problem.missions]
    objective[at.days] = -_list_surcharges(problem)
    objective[at.in_group] = [
        -problem.missions[group.missions[0]].cost_per_firm for group in groups
    ]
    objective[at.pairs] = firms.value[at.firm]
    return objective


def _limit_columns(at: Columns) -> Floats:
    upper = np.full(at.size, np.inf)
    for columns in (at.missions, at.markets, at.clusters, at.pairs):
        upper[columns] = 1.0
    return upper


def name_budget(problem: Problem) -> str:
    """The budget as a rule in words."""
    return f"a budget of £{problem.budget * 1000:,.0f}"


def name_pool(problem: Problem, place: int) -> str:
    """The days of a pool as a rule in words."""
    pool = problem.pools[place]
    return f"{pool.days:g} officer days of those who speak {pool.language}"
