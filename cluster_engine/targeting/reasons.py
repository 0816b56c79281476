"""Reasons in words: the criteria that give a firm most points, with the figures behind them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cluster_engine.results import Model
from cluster_engine.targeting.criteria import CRITERIA

N_REASONS = 3

CLOSE_TO_NICHE = 0.5
"""Affinity from which a sector outside a niche is called close to it."""

SMALLEST_DEMAND = 5.0
"""£m a year below which demand is no reason."""

SMALLEST_SHARE = 0.04
"""Share of purchases below which an input is no reason."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One firm, the region's sector it is in, and the region's name."""

    firm: Row
    sector: Row
    region: str


def write_reasons(table: pd.DataFrame, sectors: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Write up to three reasons per firm, the one with most points first.

    Parameters
    ----------
    table : DataFrame
        Firms with their figures and points.
    sectors : DataFrame
        Row of the model's sector table for each firm's main industry, in the same order; the
        industries are the index.
    model : Model
        For the region's name.

    Returns
    -------
    DataFrame
        Columns reason_1 to reason_3; empty where fewer criteria give points.
    """
    different = sectors[~sectors.index.duplicated()]
    places = dict(zip(different.index, _records(different), strict=True))
    rows = []
    for firm, industry in zip(_records(table), sectors.index, strict=True):
        points = {criterion.name: firm[f"points_{criterion.name}"] for criterion in CRITERIA}
        best_first = sorted(points, key=points.__getitem__, reverse=True)
        written = (
            WRITERS[name](Case(firm, places[industry], model.region.name))
            for name in best_first
            if points[name] > 0
        )
        words = [text for text in written if text]
        rows.append((words + [""] * N_REASONS)[:N_REASONS])
    columns = [f"reason_{place + 1}" for place in range(N_REASONS)]
    return pd.DataFrame(rows, columns=columns, index=table.index)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table]
    # Column by column: half of the time that pandas takes for its own records.
    rows = zip(*(table[name].tolist() for name in table), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _write_cluster_fit(case: Case) -> str:
    sector, region = case.sector, case.region
    words = []
    if pd.notna(sector["lq"]) and sector["lq"] >= 1.0:
        words.append(f"{region} LQ {sector['lq']:.1f}, {_count(sector['jobs'])} jobs")
    if sector["niche"] < 0 and sector["niche_affinity"] >= CLOSE_TO_NICHE:
        words.append(f"close to the region's {_lower(sector['nearest_niche_name'])}")
    return f"{sector['name']}: {', '.join(words)}" if words else ""


def _write_sector_pull(case: Case) -> str:
    sector = case.sector
    if pd.isna(sector["pull"]) or sector["pull"] <= 0:
        return ""
    times = math.exp(sector["pull"])
    return (
        f"new jobs of {_lower(sector['name'])} come to {case.region} {times:.1f} times as often as "
        "to an average place of its size"
    )


def _write_supplier_link(case: Case) -> str:
    sector = case.sector
    demand, leakage = sector["supplier_demand"], sector["supplier_leakage"]
    if demand < SMALLEST_DEMAND:
        return ""
    return (
        f"sells to: the region's niche clusters buy {_money(demand)} of {_lower(sector['io_name'])}"
        f" a year, an estimated {_money(leakage)} from outside the region"
    )


def _write_customer_link(case: Case) -> str:
    sector, region = case.sector, case.region
    if sector["input_share"] < SMALLEST_SHARE:
        return ""
    return (
        f"buys from: {_lower(sector['input_name'])} is {sector['input_share']:.0%} of its "
        f"industry's purchases, {region} LQ {sector['input_lq']:.1f}"
    )


def _write_knowledge(case: Case) -> str:
    firm, sector = case.firm, case.sector
    words = [sector["knowledge_class"]] if sector["knowledge_class"] else []
    if pd.notna(firm["rd"]) and pd.notna(firm["sales"]) and firm["sales"] > 0:
        words.append(f"R&D {firm['rd'] / firm['sales']:.1%} of sales")
    return "; ".join(words)


def _write_capacity(case: Case) -> str:
    firm = case.firm
    words: list[str] = []
    if pd.notna(firm["employees"]) and firm.get("employees_used", True):
        words.append(f"{_count(firm['employees'])} employees")
    elif pd.notna(firm["size_class"]):
        words.append(f"{firm['size_class']}-cap listed company")
    if pd.notna(firm["rd"]):
        words.append(f"{_money(firm['rd'], '€')} R&D a year")
    if pd.notna(firm["sales_growth"]) and firm["sales_growth"] > 0:
        words.append(f"sales up {firm['sales_growth']:.0%} a year")
    return ", ".join(words)


def _write_footprint(case: Case) -> str:
    firm = case.firm
    words: list[str] = []
    if pd.notna(firm["patents_abroad"]) and firm["patents_abroad"] > 0:
        words.append(f"{_count(firm['patents_abroad'])} patent applications abroad")
    if pd.notna(firm["trademarks_abroad"]) and firm["trademarks_abroad"] > 0:
        words.append(f"{_count(firm['trademarks_abroad'])} trade marks abroad")
    return ", ".join(words)


def _write_home_match(case: Case) -> str:
    firm = case.firm
    lq = firm.get("home_lq")
    if lq is None or pd.isna(lq) or lq < 1.0:
        return ""
    place = firm.get("home_region")
    where = f"its home region {place}" if isinstance(place, str) and place else "its home region"
    return f"{where} is strong in its industry too (LQ {lq:.1f})"


def _write_presence(case: Case) -> str:
    firm = case.firm
    words: list[str] = []
    if (firm.get("in_host") or 0) > 0:
        words.append("has a site in the host country")
    if (firm.get("rival_sites") or 0) > 0:
        words.append(f"{_count(firm['rival_sites'])} sites in rival regions")
    if (firm.get("recent_projects") or 0) > 0:
        words.append(f"{_count(firm['recent_projects'])} projects abroad lately")
    return ", ".join(words)


def _write_productivity(case: Case) -> str:
    value = case.sector["value_per_job_national"]
    return "" if pd.isna(value) else f"£{value:,.0f}k value added per job in its industry"


def _write_gap(case: Case) -> str:
    sector = case.sector
    if pd.isna(sector["gap_value"]) or sector["gap_value"] < SMALLEST_DEMAND:
        return ""
    return (
        f"fills a gap: the region buys {_money(sector['gap_leaked'])} of "
        f"{_lower(sector['io_name'])} a year elsewhere, {_money(sector['gap_value'])} of it "
        "related to what it makes"
    )


WRITERS: Mapping[str, Callable[[Case], str]] = {
    "cluster_fit": _write_cluster_fit,
    "sector_pull": _write_sector_pull,
    "supplier_link": _write_supplier_link,
    "customer_link": _write_customer_link,
    "knowledge": _write_knowledge,
    "capacity": _write_capacity,
    "footprint": _write_footprint,
    "home_match": _write_home_match,
    "presence": _write_presence,
    "productivity": _write_productivity,
    "gap": _write_gap,
}


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _money(millions: float, sign: str = "£") -> str:
    """Millions in the unit a reader expects: '£412m', '£3.4bn'."""
    return f"{sign}{millions / 1000:.1f}bn" if millions >= 1000 else f"{sign}{millions:.0f}m"


def _lower(name: str) -> str:
    return name if len(name) > 1 and name[1].isupper() else name[:1].lower() + name[1:]
