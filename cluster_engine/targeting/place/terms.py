"""The terms a place model may have: what each says, and where theory lets it only rise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OutcomeName = Literal["entry", "growth", "gain"]
OUTCOMES: tuple[OutcomeName, ...] = ("entry", "growth", "gain")

EVERY = frozenset(OUTCOMES)
NEW: frozenset[OutcomeName] = frozenset(("entry", "gain"))


@dataclass(frozen=True, slots=True)
class Term:
    """One additive part.

    Attributes
    ----------
    name : str
        Feature it is a curve of.
    group : str
        Group that is left out together in ablations.
    words : str
        As shown to people.
    unit : str
    used : frozenset of str
        Outcomes that it is a term of. A feature that is the same in all regions cannot tell which
        of them a sector chooses.
    direction : int
        1: never falls, -1: never rises, 0: free.
    """

    name: str
    group: str
    words: str
    unit: str
    used: frozenset[OutcomeName]
    direction: int = 0

    def get_direction(self, outcome: OutcomeName) -> int:
        """Direction for an outcome: large sectors grow less (convergence), so that is left free.

        Source: Delgado, Porter & Stern (2014), who find convergence in a sector's own
        specialisation and agglomeration in that of its cluster.
        """
        return 0 if outcome == "growth" and self.group in ("own", "room") else self.direction


STATE: frozenset[OutcomeName] = frozenset(("entry", "growth"))
ENTRY: frozenset[OutcomeName] = frozenset(("entry",))

TERMS: tuple[Term, ...] = (
    Term("lq", "own", "location quotient", "log LQ", EVERY, 1),
    Term("shrunk_lq", "own", "location quotient without noise", "log LQ", EVERY, 1),
    Term("past_lq", "own", "location quotient of the two years before", "log LQ", EVERY, 1),
    Term("lq_growth", "own", "recent growth of the location quotient", "log ratio", EVERY),
    Term("shortfall", "room", "jobs that LQ 1 takes over jobs there", "log ratio", STATE, -1),
    Term("shortfall_plants", "room", "jobs short of LQ 1, in mean enterprises", "log", STATE, -1),
    Term("enterprise_size", "sector", "mean enterprise of the sector", "log jobs", STATE),
    Term("concentration", "sector", "how unevenly the sector is spread", "share of jobs", STATE),
    Term("ubiquity", "sector", "areas that hold the sector", "share of areas", STATE),
    Term("sector_size", "sector", "size of the sector in the nation", "log jobs", STATE),
    Term("sector_growth", "sector", "last growth of the sector in the nation", "log ratio", STATE),
    Term("volatility", "restlessness", "how much jobs there moved", "log root jobs", STATE),
    Term("sector_volatility", "restlessness", "how much the sector moves", "log root jobs", STATE),
    Term("density", "related", "density of related sectors", "share", EVERY, 1),
    Term("density_nearest", "related", "nearest related sectors present", "share", EVERY, 1),
    Term("colocated_strength", "related", "strength in co-located sectors", "log LQ", EVERY, 1),
    Term("group_strength", "related", "strength in its three-digit group", "log LQ", EVERY, 1),
    Term("division_strength", "related", "strength in its division", "log LQ", EVERY, 1),
    Term("cluster_strength", "cluster", "strength of its cluster", "log LQ", EVERY, 1),
    Term("supplier_access", "trade", "access to suppliers", "log LQ", EVERY, 1),
    Term("customer_access", "trade", "access to customers", "log LQ", EVERY, 1),
    Term("traded_strength", "trade", "strength in sectors it trades with", "log LQ", EVERY, 1),
    Term("industry_lq", "trade", "location quotient of its industry", "log LQ", EVERY, 1),
    Term("knowledge_strength", "skills", "strength in its knowledge class", "log LQ", EVERY, 1),
    Term("knowledge_share", "skills", "knowledge-intensive jobs of the area", "share", EVERY),
    Term("area_diversity", "area", "sectors the area is specialised in", "share", EVERY),
    Term("area_size", "area", "size of the area", "log jobs", STATE),
)

EARLIER_ELEVEN = (
    "lq", "shrunk_lq", "density", "supplier_access", "customer_access", "group_strength",
    "division_strength", "area_size", "sector_size", "ubiquity", "area_diversity",
)  # fmt: skip
"""Features of one year, without its past: what a quick model would take. A baseline."""


def list_terms(outcome: OutcomeName) -> tuple[Term, ...]:
    """Terms of the models of an outcome, in order."""
    return tuple(term for term in TERMS if outcome in term.used)
