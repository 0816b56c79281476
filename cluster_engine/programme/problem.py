"""What a programme may do and what it decides: frozen, plain, in £ thousand and officer days.

Money, costs and expected values are in £ thousand throughout the room: value added of a year and
the money spent count the same, pound for pound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Names = NDArray[np.object_]

MissionKind = Literal["visit", "fair"]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Firms that could be approached, in order of firm_id; arrays of shape (n_firms,).

    Attributes
    ----------
    firm_id, parent : ndarray of object
        The firm, and its ultimate parent, of which one firm may be approached.
    market, cluster : ndarray of int
        Positions among the markets and the clusters of the problem.
    value : ndarray of float
        Expected value of approaching the firm, £ thousand.
    """

    firm_id: Names
    parent: Names
    market: Integers
    cluster: Integers
    value: Floats

    def __len__(self) -> int:
        return len(self.firm_id)

    def take(self, kept: Integers) -> Candidates:
        """The candidates at some positions."""
        return Candidates(
            self.firm_id[kept], self.parent[kept], self.market[kept], self.cluster[kept],
            self.value[kept],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mission:
    """A journey or a trade fair that may be held.

    Attributes
    ----------
    name : str
    market : int
        Where it takes place.
    meetings : int
        Firms that can be met.
    days, cost : float
        Officer days and £ thousand if it is held.
    days_per_firm, cost_per_firm : float
        Officer days and £ thousand for each firm met.
    guests : tuple of int
        Markets whose firms can be met there, sorted.
    clusters : tuple of int
        Clusters it suits, sorted; empty: all.
    date, place : str
        For the reader; nothing is decided by them.
    kind : {"visit", "fair"}
    """

    name: str
    market: int
    meetings: int
    days: float
    cost: float
    days_per_firm: float
    cost_per_firm: float
    guests: tuple[int, ...]
    clusters: tuple[int, ...] = ()
    date: str = ""
    place: str = ""
    kind: MissionKind = "visit"


@dataclass(frozen=True, slots=True)
class MarketLimits:
    """How many firms of a market.

    Attributes
    ----------
    name : str
    minimum : int
        Firms, if the market is visited at all.
    maximum : int or None
    must : bool
        Whether it has to be visited.
    """

    name: str
    minimum: int = 0
    maximum: int | None = None
    must: bool = False


@dataclass(frozen=True, slots=True)
class ClusterLimits:
    """How many firms of a cluster, and which part of all firms approached."""

    name: str
    minimum: int = 0
    maximum: int | None = None
    minimum_share: float = 0.0
    maximum_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Pool:
    """Officer days of those who speak a language.

    Attributes
    ----------
    language : str
    days : float
    surcharge : tuple of float, length n_markets
        £ thousand per day in each market: an interpreter, where they do not speak its language.
    """

    language: str
    days: float
    surcharge: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What can be chosen, and the rules.

    Attributes
    ----------
    candidates : Candidates
    markets, clusters, missions, pools : tuple
    budget : float
        £ thousand.
    minimum_markets, minimum_clusters : int
        Markets to visit, and clusters of which at least one firm is approached.
    maximum_markets : int or None
    """

    candidates: Candidates
    markets: tuple[MarketLimits, ...]
    clusters: tuple[ClusterLimits, ...]
    missions: tuple[Mission, ...]
    pools: tuple[Pool, ...]
    budget: float
    minimum_markets: int = 0
    maximum_markets: int | None = None
    minimum_clusters: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A programme.

    Attributes
    ----------
    firms : ndarray of int, shape (n_chosen,)
        Positions among the candidates, rising.
    missions : ndarray of int, shape (n_chosen,)
        Mission on which each is met.
    held : tuple of int
        Missions held, rising.
    days : ndarray of float, shape (n_markets, n_pools)
        Officer days by where they are spent and who spends them.
    value, cost : float
        Expected value and costs, £ thousand; the objective is their difference.
    bound : float
        No plan has a larger objective, £ thousand; NaN where no solver gave one.
    """

    firms: Integers
    missions: Integers
    held: tuple[int, ...]
    days: Floats
    value: float
    cost: float
    bound: float = field(default=float("nan"))

    @property
    def net(self) -> float:
        """Expected value less costs, £ thousand."""
        return self.value - self.cost

    @property
    def gap(self) -> float:
        """How far a better plan could be, as a share of the objective."""
        if np.isnan(self.bound):
            return float("nan")
        return max(0.0, self.bound - self.net) / max(abs(self.net), 1e-9)


def calc_cost(problem: Problem, placed: Integers, held: tuple[int, ...], days: Floats) -> float:
    """Costs of a plan, £ thousand: missions held, firms met, interpreters."""
    missions = problem.missions
    each = sum(missions[place].cost_per_firm for place in placed.tolist())
    fixed = sum(missions[place].cost for place in held)
    surcharge = np.array([pool.surcharge for pool in problem.pools]).reshape(-1, len(days)).T
    return float(fixed + each + (surcharge * days).sum())
