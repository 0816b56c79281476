"""The one line to open a talk with, and the Data Hub's strategic driver that fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.results import ProjectValue
from cluster_engine.targeting.evidence import money

Row = Mapping[str, Any]

DRIVERS: Mapping[str, str] = {
    "supplier_link": "Access to clients",
    "customer_link": "Proximity to supplier",
    "cluster_fit": "Skills seeking",
    "sector_pull": "Skills seeking",
    "home_match": "Skills seeking",
    "knowledge": "Technology seeking",
    "gap": "Access to market",
}
"""Strategic driver of the UK Data Hub that the points of a criterion speak for."""

RESOURCE_SECTORS = ("01", "02", "03", "05", "06", "07", "08", "09")
"""Farming, forestry, fishing, mining: such firms come for the resource."""

DEFAULT_DRIVER = "Access to market"

SMALLEST_PURCHASE = 5.0
"""£m a year from which purchases are an argument."""


def choose_driver(points: Mapping[str, float], industry: str) -> tuple[str, str]:
    """Choose the strategic driver by rule: that of the criterion with the most points.

    Parameters
    ----------
    points : mapping of str to float
        Points in standard deviations, by criterion, so that no driver wins by its weight.
    industry : str
        Code of the firm's main industry.

    Returns
    -------
    driver, criterion : str
        The criterion it follows from; '' where none speaks for it.
    """
    if industry.startswith(RESOURCE_SECTORS):
        return "Access to resources", ""
    best = max(DRIVERS, key=lambda name: points.get(name, 0.0))
    return (DRIVERS[best], best) if points.get(best, 0.0) > 0 else (DEFAULT_DRIVER, "")


def write_proposition(firm: Row, sector: Row, region: str, value: ProjectValue) -> str:
    """Write one line: what the region offers, and what a first project would bring."""
    offers = []
    if pd.notna(sector["lq"]) and sector["lq"] >= 1.0:
        offers.append(f"{sector['jobs']:,.0f} jobs in {_lower(sector['name'])} "
                      f"(LQ {sector['lq']:.1f})")  # fmt: skip
    elif sector["niche_affinity"] > 0 and sector["nearest_niche_name"]:
        offers.append(f"a cluster in {_lower(sector['nearest_niche_name'])}")
    leaked = sector["gap_leaked"]
    if pd.notna(leaked) and leaked >= SMALLEST_PURCHASE:
        offers.append(f"buyers of {money(leaked)} of {_lower(sector['io_name'])} a year that come "
                      "from elsewhere today")  # fmt: skip
    offered = " and ".join(offers) or "a base in the host country"
    brings = ""
    if pd.notna(value.gva):
        brings = f"; a first project of about {value.jobs:.0f} jobs brings £{value.gva:.1f}m a year"
    return f"{region} offers {firm['firm_name']} {offered}{brings}."


def _lower(name: str) -> str:
    return name if len(name) > 1 and name[1].isupper() else name[:1].lower() + name[1:]
