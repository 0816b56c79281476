"""Leave out firms that no best programme needs, and put missions together that are alike.

Call firm g *better* than f if its value is larger, or equal and its firm_id earlier; *free* if no
firm of its parent stands in another market or cluster, and it is the best of its parent. Suppose a
programme takes f, of market k and cluster B, and there is a better free g that it does not take.
Taking g in place of f, on the same mission, keeps every rule and does not lower the value

(a) if g is of the same market and cluster: no count changes;
(b) if g is of market k, is suited by the mission, its own cluster is not full, and B is not at its
    floor: only the counts of the two clusters change.

Exchanges end, because each puts a better firm in. So f is never needed if (a) can always be done,
or (b) can whenever B is not at its floor and (a) when it is. That is so, where these many better
free firms exist: in (a), as many as can be taken of the class, or as the floor of B allows; in (b),
outside the clusters that can be full at once, as many as can be taken from the market.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.programme.problem import Candidates, Integers, Mission, Problem

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Group:
    """Missions at which the same firms can be met on the same terms.

    Attributes
    ----------
    missions : tuple of int
        Positions, in the order in which they are filled.
    is_alike : bool
        Whether they cost and hold the same, so that they can be held in that order.
    """

    missions: tuple[int, ...]
    is_alike: bool


def group_missions(missions: tuple[Mission, ...]) -> tuple[Group, ...]:
    """Put missions together; groups in order of their first mission."""
    found: dict[object, list[int]] = {}
    for place, mission in enumerate(missions):
        terms = (
            mission.market, mission.guests, mission.clusters, mission.days_per_firm,
            mission.cost_per_firm,
        )  # fmt: skip
        found.setdefault(terms, []).append(place)
    groups = []
    for places in found.values():
        sizes = {(missions[at].meetings, missions[at].days, missions[at].cost) for at in places}
        groups.append(Group(tuple(places), len(sizes) == 1))
    return tuple(groups)


def suits(mission: Mission, market: int, cluster: int) -> bool:
    """Whether firms of a market and cluster can be met on a mission."""
    return market in mission.guests and (not mission.clusters or cluster in mission.clusters)


def reduce_problem(problem: Problem) -> tuple[Candidates, Integers]:
    """Candidates that a best programme may need, and their positions among all, rising.

    The proof stands at the top of the module.
    """
    firms = problem.candidates
    columns = {"market": firms.market, "cluster": firms.cluster, "parent": firms.parent,
               "value": firms.value}  # fmt: skip
    # Candidates are in order of firm_id, which a stable sort keeps among equal values.
    table = pd.DataFrame(columns).sort_values("value", ascending=False, kind="stable")
    table = table.drop_duplicates(["market", "cluster", "parent"])
    free = (table.groupby("parent")["value"].transform("size") == 1).to_numpy(dtype=np.int64)
    market, cluster = table["market"].to_numpy(), table["cluster"].to_numpy()
    ahead = pd.Series(free).groupby([market, cluster]).cumsum().to_numpy() - free
    room, floor = _list_room(problem), _list_floors(problem)
    is_needed = ahead < room[market, cluster]
    full = _count_full(problem)
    for place in range(len(problem.markets)):
        here = market == place
        enough = _has_enough(problem, place, cluster[here], free[here], full)
        is_needed[here] &= ~enough | (ahead[here] < floor[cluster[here]])
    kept: Integers = np.sort(table.index.to_numpy(dtype=np.intp)[is_needed])
    return firms.take(kept), kept


def _list_room(problem: Problem) -> NDArray[np.int64]:
    """Most firms that can be taken of each market and cluster, shape (n_markets, n_clusters)."""
    room = np.zeros((len(problem.markets), len(problem.clusters)), np.int64)
    for mission in problem.missions:
        inside = list(mission.clusters) or list(range(len(problem.clusters)))
        room[np.ix_(mission.guests, inside)] += mission.meetings
    for place, market in enumerate(problem.markets):
        room[place] = np.minimum(room[place], _cap(market.maximum))
    for place, cluster in enumerate(problem.clusters):
        room[:, place] = np.minimum(room[:, place], _cap(cluster.maximum))
    return room


def _list_floors(problem: Problem) -> NDArray[np.int64]:
    """Firms of each cluster up to which none can be given up, shape (n_clusters,)."""
    least = 1 if problem.minimum_clusters else 0
    return np.array(
        [NEVER if cluster.minimum_share > 0 else max(cluster.minimum, least)
         for cluster in problem.clusters], np.int64,
    )  # fmt: skip


def _count_full(problem: Problem) -> int:
    """How many clusters can be at their maximum at once, beside one firm of another cluster."""
    most = sum(mission.meetings for mission in problem.missions)
    full = 0
    shares = np.array([cluster.maximum_share for cluster in problem.clusters])
    caps = np.array([_cap(cluster.maximum) for cluster in problem.clusters])
    for total in range(1, most + 1):
        # A little is added so that 0.3 x 10 is 3; one too many is on the safe side.
        limits = np.minimum(np.floor(shares * total + 1e-9), caps)
        limits = np.where(shares < 1, limits, caps)
        if limits.max(initial=0) >= 1:
            full = max(full, int((np.cumsum(np.sort(limits)) <= total - 1).sum()))
    return full


def _has_enough(problem: Problem, market: int, cluster: NDArray[np.int64],
                free: NDArray[np.int64], full: int) -> NDArray[np.bool_]:  # fmt: skip
    """Whether exchange (b) can always be done for each firm of a market, best firm first."""
    guests = [mission for mission in problem.missions if market in mission.guests]
    room = min(sum(mission.meetings for mission in guests), _cap(problem.markets[market].maximum))
    enough = np.ones(len(cluster), np.bool_)
    n_clusters = len(problem.clusters)
    own = np.arange(len(cluster))
    counts = np.zeros((len(cluster), n_clusters), np.int64)
    counts[own, cluster] = free
    counts = np.cumsum(counts, axis=0) - counts
    for clusters in sorted({mission.clusters for mission in guests}):
        inside = np.isin(np.arange(n_clusters), clusters or range(n_clusters))
        better = counts * inside
        total = better.sum(axis=1)
        # Those of the own cluster are never full for this exchange: one of it leaves.
        better[own, cluster] = 0
        lost = np.sort(better, axis=1)[:, n_clusters - full :].sum(axis=1) if full else 0
        enough &= (total - lost >= room) | ~inside[cluster]
    return enough


def _cap(maximum: int | None) -> int:
    return NEVER if maximum is None else maximum
