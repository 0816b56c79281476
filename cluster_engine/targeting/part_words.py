"""How the parts of criteria read: label, unit, and the raw figure in its own unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartWords:
    """How one part reads.

    Attributes
    ----------
    label : str
        As shown to people.
    unit : str
    nature : {"official", "derived", "modelled", "published", "prior"}
        What kind of figure it is.
    show : callable
        Takes the value as scored, returns it in words.
    """

    label: str
    unit: str
    nature: str
    show: Callable[[float], str]


def _count(value: float) -> str:
    return f"{max(value, 0.0):,.0f}"


PART_WORDS: Mapping[str, PartWords] = {
    "specialisation": PartWords(
        "location quotient, shrunk", "ratio", "modelled", lambda v: f"{2**v:.2f}"
    ),
    "affinity": PartWords(
        "closeness to a niche x its strength", "0 to 1", "modelled", lambda v: f"{v:.2f}"
    ),
    "pull": PartWords(
        "new jobs of its sector here, average place = 1", "ratio", "modelled",
        lambda v: f"{math.exp(v):.2f}",
    ),
    "supplier": PartWords(
        "niches' purchases of its product, as expected = 1", "ratio", "derived",
        lambda v: f"{2**v - 1:.2f}",
    ),
    "customer": PartWords(
        "inputs of its industry made here, as expected = 1", "ratio", "derived",
        lambda v: f"{2**v - 1:.2f}",
    ),
    "home_lq": PartWords(
        "location quotient of the home region", "ratio", "derived", lambda v: f"{2**v:.2f}"
    ),
    "employees": PartWords("employees", "persons", "published", lambda v: _count(10**v)),
    "rd": PartWords("R&D a year", "€m", "published", lambda v: f"{max(10**v - 0.1, 0):,.1f}"),
    "growth": PartWords(
        "growth of sales", "share a year", "published", lambda v: f"{v:+.1%}"
    ),
    "profitability": PartWords(
        "operating profit / sales", "share", "published", lambda v: f"{v:+.1%}"
    ),
    "patents_abroad": PartWords(
        "patent applications abroad", "count", "published", lambda v: _count(10**v - 1)
    ),
    "trademarks_abroad": PartWords(
        "trade marks abroad", "count", "published", lambda v: _count(10**v - 1)
    ),
    "host_presence": PartWords(
        "site in the host country", "probability", "published", lambda v: f"{v:.0%}"
    ),
    "rival_presence": PartWords(
        "sites in rival regions", "count", "published", lambda v: f"{10**v - 1:.1f}"
    ),
    "recent_projects": PartWords(
        "recent projects abroad", "count", "published", lambda v: f"{10**v - 1:.1f}"
    ),
    "class_level": PartWords(
        "knowledge class of the industry", "0 to 1", "prior", lambda v: f"{v:.2f}"
    ),
    "rd_intensity": PartWords("R&D / sales", "share", "published", lambda v: f"{v**2:.1%}"),
    "added_value": PartWords(
        "value added per job, nation", "£k", "official", lambda v: f"{2**v:,.0f}"
    ),
    "gap": PartWords(
        "bought elsewhere x relatedness", "£m a year", "modelled", lambda v: f"{10**v - 1:,.0f}"
    ),
}  # fmt: skip
