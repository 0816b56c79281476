"""What a region offers a firm, beside the regions it competes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cluster_engine.packs.pack import Pack
from cluster_engine.reports.briefing_facts import Offer
from cluster_engine.results import Region
from cluster_engine.workflows.economy import Economy

NATION = "nation"

LABELS: Mapping[str, str] = {
    "qualified": "People qualified to level 3 or above",
    "pay": "Gross median weekly pay",
    "value_per_hour": "Value added per hour worked",
    "business_rd": "Business R&D",
    "public_rd": "Publicly funded R&D",
    "exports": "Exports",
    "inward_fdi": "Overseas investors: stock of inward FDI",
    "high_growth": "High-growth businesses",
    "survival": "Businesses that live five years",
}
"""Indicators in the order of the page, in words."""

PER_JOB = ("business_rd", "public_rd", "exports", "inward_fdi")
"""Totals in £m, which regions of different sizes are compared by per job."""

N_OCCUPATIONS = 5


@dataclass(frozen=True, slots=True)
class _Places:
    """Regions that compete: slug to name and base areas, and which of them is the own one."""

    names: Mapping[str, str]
    areas: Mapping[str, frozenset[str]]
    own: str


def build_offer(pack: Pack, economy: Economy, region: Region, industry: str) -> Offer:
    """Gather what the pack tells of a region's offer to a firm of one industry.

    Parameters
    ----------
    pack : Pack
    economy : Economy
        Of the same pack.
    region : Region
    industry : str
        Four-digit sector of the firm.

    Returns
    -------
    Offer
        Tables the pack does not have give empty frames.
    """
    places = _find_places(pack, region)
    rows, rivals = _compare(pack, economy, places)
    occupations, group, period = _match_occupations(pack, places, industry)
    return Offer(
        place=places.names.get(places.own, ""),
        rows=rows,
        rivals=rivals,
        occupations=occupations,
        occupations_group=group,
        occupations_period=period,
        industry=_compare_industry(economy, places, industry),
        jobs_year=economy.years[-1],
    )


def _find_places(pack: Pack, region: Region) -> _Places:
    """Regions with figures; where the own one has none, the smallest that holds it."""
    table = pack.read("regions")
    areas = {str(slug): frozenset(rows["area"]) for slug, rows in table.groupby("region")}
    names = {str(slug): str(name) for slug, name in zip(table["region"], table["region_name"],
                                                        strict=True)}  # fmt: skip
    if pack.has("region_offer"):
        told = set(pack.read("region_offer", columns=("region",))["region"]) & set(areas)
    else:
        kinds = table.set_index("region")["kind"].to_dict()
        told = {slug for slug in areas if kinds[slug] == region.kind}
    holding = [slug for slug in sorted(told) if areas[slug] >= set(region.areas)]
    own = min(holding, key=lambda slug: len(areas[slug]), default="")
    return _Places({slug: names[slug] for slug in told}, {s: areas[s] for s in told}, own)


def _compare(pack: Pack, economy: Economy, places: _Places) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every indicator beside the rivals, and the rivals in full."""
    if not pack.has("region_offer"):
        return pd.DataFrame(columns=["indicator"]), pd.DataFrame(columns=["region_name"])
    table = pack.read("region_offer")
    jobs = {slug: _sum_jobs(economy, areas) for slug, areas in places.areas.items()}
    columns: dict[str, pd.Series] = {}
    rows = []
    for indicator, label in LABELS.items():
        told = table[table["indicator"] == indicator].set_index("region")
        if told.empty:
            continue
        values = told["value"]
        nation = float(values.get(NATION, float("nan")))
        values = values.drop(NATION, errors="ignore")
        unit = str(told["unit"].iloc[0])
        if indicator in PER_JOB:
            held = pd.Series(jobs).reindex(values.index)
            # Of the regions told together: the source's nation may hold more than the pack's.
            nation = float(values.sum() / held.sum() * 1e6)
            values, unit = values / held * 1e6, "£ a job"
        columns[indicator] = values
        rows.append(
            {
                "indicator": indicator, "label": label, "unit": unit,
                "period": str(told["period"].iloc[0]), "nation": nation,
                **_place(values, places),
            }
        )  # fmt: skip
    order = [places.own, *sorted(set(places.names) - {places.own})] if places.own else []
    rivals = pd.DataFrame(columns).reindex(order)
    rivals.insert(0, "region_name", [places.names[slug] for slug in order])
    return pd.DataFrame(rows), rivals.reset_index(drop=True)


def _place(values: pd.Series, places: _Places) -> dict[str, object]:
    """Own figure, its place from the highest down, and the rival with the highest."""
    here = float(values.get(places.own, float("nan")))
    rivals = values.drop(places.own, errors="ignore").sort_index()
    best = str(rivals.idxmax()) if len(rivals) else ""
    return {
        "here": here,
        "place": int((values > here).sum()) + 1,
        "n_places": len(values),
        "best_name": places.names.get(best, ""),
        "best": float(rivals.max()) if len(rivals) else float("nan"),
    }


def _sum_jobs(economy: Economy, areas: frozenset[str]) -> float:
    own = [place for place, area in enumerate(economy.areas) if area in areas]
    return float(economy.jobs[-1][own].sum())


def _compare_industry(economy: Economy, places: _Places, industry: str) -> pd.DataFrame:
    """Jobs of one sector and their location quotient by region, the most special first."""
    sector = list(economy.sectors["industry"]).index(industry)
    held = economy.jobs[-1][:, sector]
    national = held.sum() / economy.jobs[-1].sum()
    rows = []
    for slug, areas in places.areas.items():
        own = [place for place, area in enumerate(economy.areas) if area in areas]
        total = float(economy.jobs[-1][own].sum())
        jobs = float(held[own].sum())
        lq = jobs / total / national if total and national else float("nan")
        rows.append(
            {
                "region_name": places.names[slug],
                "jobs": jobs,
                "lq": lq,
                "is_own": slug == places.own,
            }
        )
    table = pd.DataFrame(rows, columns=["region_name", "jobs", "lq", "is_own"])
    order = table.sort_values(["lq", "region_name"], ascending=[False, True])
    return order.reset_index(drop=True)


def _match_occupations(pack: Pack, places: _Places, industry: str) -> tuple[pd.DataFrame, str, str]:
    """Occupations the firm's group of sections needs, against the region's supply."""
    empty = pd.DataFrame(columns=["occupation_name"])
    if not pack.has("area_occupations") or not places.own:
        return empty, "", ""
    table = pack.read("area_occupations")
    section = _find_section(pack, industry)
    inside = [section in groups.split("; ") for groups in table["sections"]]
    group = table[inside]
    if group.empty:
        return empty, "", ""
    keys = ["occupation", "occupation_name"]
    need = group.groupby(keys)["persons"].sum()
    share = (need / need.sum()).sort_values(ascending=False).head(N_OCCUPATIONS)
    nation = table.groupby(keys)["persons"].sum()
    supply = {
        slug: table[table["area"].isin(areas)].groupby(keys)["persons"].sum()
        for slug, areas in places.areas.items()
    }
    quotients = pd.DataFrame(
        {slug: (held / held.sum()) / (nation / nation.sum()) for slug, held in supply.items()}
    ).reindex(share.index)
    own = quotients[places.own]
    found = pd.DataFrame(
        {
            "share": share,
            "persons": supply[places.own].reindex(share.index),
            "quotient": own,
            "place": quotients.gt(own, axis=0).sum(axis=1) + 1,
            "n_places": quotients.notna().sum(axis=1),
        }
    )
    first = pack.entry("area_occupations").sources[0]
    period = next((src.vintage for src in pack.manifest.sources if src.id == first), "")
    return found.reset_index(), str(group["sections_name"].iloc[0]), period


def _find_section(pack: Pack, industry: str) -> str:
    """Section an industry belongs to."""
    parents = pack.read("industries", columns=("industry", "parent")).set_index("industry")[
        "parent"
    ]
    code = industry
    while isinstance(parents.get(code), str):
        code = str(parents[code])
    return code
