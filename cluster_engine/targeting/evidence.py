"""The evidence behind each criterion, in sentences with figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.measures.shrinkage import calc_shrunk_limits

Row = Mapping[str, Any]

Z_90 = 1.6448536269514722
"""Normal quantile of a two-sided 90 % interval."""

PULL_WORDS: Mapping[str, str] = {
    "own": "its own presence", "related": "related sectors", "cluster": "its cluster",
    "trade": "suppliers and customers", "skills": "skills",
}  # fmt: skip
"""Groups of learned terms, as in the columns pull_<group> of the sector table."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What evidence is written from.

    Attributes
    ----------
    firm, sector : mapping
        The firm's row, and that of its main industry in the model's sector table.
    region : str
        Name of the region.
    delta : float
        Exponent of the regional coefficients.
    prior_strength : float
        Of the shrunk location quotient, plants.
    """

    firm: Row
    sector: Row
    region: str
    delta: float
    prior_strength: float


def write_evidence(exhibit: Exhibit) -> dict[str, tuple[str, ...]]:
    """Write the evidence of every criterion; empty where there is none."""
    return {name: tuple(text for text in write(exhibit) if text) for name, write in WRITERS.items()}


def _fit(exhibit: Exhibit) -> list[str]:
    sector = exhibit.sector
    words = [_describe_quotient(exhibit)]
    if sector["niche"] >= 0:
        words.append(f"in the niche cluster {sector['niche_name']}")
    elif sector["nearest_niche_name"]:
        words.append(
            f"nearest niche cluster {sector['nearest_niche_name']}: closeness "
            f"{sector['niche_affinity']:.2f} of 1"
        )
    if pd.notna(sector["membership"]):
        words.append(
            f"in the cluster of the nation {sector['cluster_name']}, membership "
            f"{sector['membership']:.2f} of 1"
        )
    return words


def _describe_quotient(exhibit: Exhibit) -> str:
    sector = exhibit.sector
    jobs = f"{sector['jobs']:,.0f} of the nation's {sector['national_jobs']:,.0f} jobs"
    if pd.isna(sector["lq_shape"]):
        return f"{sector['name']}: {jobs}; no location quotient ({sector['lq_reason']})"
    a = exhibit.prior_strength
    low, high = calc_shrunk_limits(sector["lq_shape"] - a, sector["lq_rate"] - a, prior_strength=a)
    return (
        f"{sector['name']}: {jobs}, LQ {sector['lq']:.2f}; shrunk {sector['shrunk_lq']:.2f} "
        f"(90 %: {float(low):.2f} to {float(high):.2f})"
    )


def _pull(exhibit: Exhibit) -> list[str]:
    sector = exhibit.sector
    if pd.isna(sector["pull"]):
        return ["not learned: the pack has too few years or areas"]
    low, high = (math.exp(sector["pull"] + side * Z_90 * sector["pull_error"]) for side in (-1, 1))
    parts = ", ".join(
        f"{words} x{math.exp(sector[f'pull_{group}']):.2f}" for group, words in PULL_WORDS.items()
    )
    return [
        f"new jobs of {sector['name']} come here {math.exp(sector['pull']):.2f} times as often as "
        f"to an average place of this size (90 %: {low:.2f} to {high:.2f})",
        f"learned factors: {parts}",
    ]


def _customers(exhibit: Exhibit) -> list[str]:
    sector = exhibit.sector
    if not sector["io_name"]:
        return []
    return [
        f"the region's niche clusters buy {money(sector['supplier_demand'])} of "
        f"{sector['io_name']} a year, an estimated {money(sector['supplier_leakage'])} from "
        "outside the region",
        f"largest buyers here: {sector['buyers']}" if sector["buyers"] else "",
    ]


def _suppliers(exhibit: Exhibit) -> list[str]:
    sector = exhibit.sector
    main = ""
    if sector["input_name"]:
        main = (
            f"{sector['input_name']} is {sector['input_share']:.0%} of its industry's purchases; "
            f"{exhibit.region} LQ {sector['input_lq']:.1f}"
        )
    sold = f"found here, by input: {sector['sellers']}" if sector["sellers"] else ""
    return [main, sold]


def _home(exhibit: Exhibit) -> list[str]:
    firm = exhibit.firm
    if pd.isna(firm["home_lq"]):
        return []
    return [f"home region {firm['home_region']}: LQ {firm['home_lq']:.2f} in its industry"]


def _capacity(exhibit: Exhibit) -> list[str]:
    firm = exhibit.firm
    words: list[str] = [] if pd.isna(firm["year"]) else [f"figures of {int(firm['year'])}"]
    if isinstance(firm["size_class"], str):
        words.append(f"listed, {firm['size_class']}-cap")
    return words


def _knowledge(exhibit: Exhibit) -> list[str]:
    return [str(exhibit.sector["knowledge_class"])] if exhibit.sector["knowledge_class"] else []


def _productivity(exhibit: Exhibit) -> list[str]:
    sector = exhibit.sector
    if np.isnan(sector["value_per_job_national"]):
        return ["not known for its industry"]
    here = ""
    if sector["value_basis"] == "region":
        here = f", £{sector['value_per_job']:,.0f}k in {exhibit.region}"
    return [
        f"{sector['value_group']}: £{sector['value_per_job_national']:,.0f}k a job in the "
        f"nation{here}"
    ]


def _gap(exhibit: Exhibit) -> list[str]:
    sector = exhibit.sector
    if pd.isna(sector["gap_value"]):
        return [f"not known: {sector['gap_reason']}"]
    return [
        f"the region buys £{sector['gap_leaked']:,.0f}m of {sector['io_name']} a year elsewhere; "
        f"x relatedness {sector['gap_relatedness']:.2f} = £{sector['gap_value']:,.0f}m at "
        f"δ = {exhibit.delta:g} (£{sector['gap_low']:,.0f}m at 0.1, £{sector['gap_high']:,.0f}m "
        "at 0.4)",
    ]


WRITERS: Mapping[str, Callable[[Exhibit], list[str]]] = {
    "cluster_fit": _fit,
    "sector_pull": _pull,
    "supplier_link": _customers,
    "customer_link": _suppliers,
    "home_match": _home,
    "capacity": _capacity,
    "knowledge": _knowledge,
    "productivity": _productivity,
    "gap": _gap,
}


def money(millions: float) -> str:
    """Millions of pounds in the unit a reader expects: '£412m', '£3.4bn'."""
    return f"£{millions / 1000:.1f}bn" if millions >= 1000 else f"£{millions:.0f}m"
