"""The sections of a briefing, whatever form they are printed in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.reports.briefing_facts import Briefing
from cluster_engine.reports.explanation_sections import Section, list_rows, write_value
from cluster_engine.reports.write import MISSING

NOT_HERE = "not in this pack"
MONEY = (("employees", "{:,.0f} employees"), ("sales", "sales of €{:,.0f}m"),
         ("rd", "R&D of €{:,.0f}m"), ("patents", "{:,.0f} patent applications"))  # fmt: skip

INDUSTRY_ROWS = 5
"""Regions named in the table of the firm's industry, beside the own one."""


def write_title(found: Briefing) -> str:
    """Heading of the briefing."""
    ranking = found.explanation.ranking
    return f"{ranking.rows['firm_name'].iloc[0]}: briefing for {ranking.region.name}"


def list_sections(found: Briefing) -> tuple[Section, ...]:
    """Write all sections, in the order of the page."""
    return (
        Section("Who they are", lines=tuple(_describe_firm(found))),
        Section("Why here", lines=tuple(_say_why(found))),
        Section("Whom they would deal with", lines=tuple(_name_partners(found))),
        _compare_offer(found),
        _match_skills(found),
        _compare_industry(found),
        Section("What a first project would bring", lines=write_value(found.explanation)),
        _list_sites(found),
        Section("Before the call", lines=tuple(_list_checks(found))),
        Section("Sources", lines=tuple(_list_sources(found))),
    )


def _describe_firm(found: Briefing) -> list[str]:
    row, firm = found.explanation.ranking.rows.iloc[0], found.firm
    place = ", ".join(part for part in (row["city"], found.country) if part)
    codes = [
        f"{code['industry']} {code['name']} ({_tell_basis(code)})"
        for code in list_rows(found.explanation.codes)
    ]
    figures = [form.format(firm[name]) for name, form in MONEY if _known(firm.get(name))]
    year = f" (figures of {int(firm['year'])})" if figures and _known(firm.get("year")) else ""
    if _known(growth := firm.get("sales_growth")):
        figures.append(f"sales {growth:+.0%} a year")
    return [
        f"{row['firm_name']}, {place}.",
        f"Makes: {'; '.join(codes)}.",
        f"{', '.join(figures)}{year}." if figures else f"Size, sales and R&D: {NOT_HERE}.",
        *([f"Web: {firm['website']}"] if _known(firm.get("website")) else []),
    ]


def _tell_basis(code: Mapping[str, Any]) -> str:
    sure = "" if code["confidence"] is None else f", {code['confidence']:.0%} sure"
    return f"{code['basis']}{sure}"


def _say_why(found: Briefing) -> list[str]:
    why = found.explanation
    row, ranking = why.ranking.rows.iloc[0], why.ranking
    interval = ""
    if pd.notna(row["rank_low"]):
        interval = f" (90 %: {row['rank_low']:,} to {row['rank_high']:,})"
    reasons = [str(row[name]) for name in ("reason_1", "reason_2", "reason_3") if row[name]]
    niche = str(row["niche_cluster"])
    return [
        why.proposition,
        f"Rank {row['rank']:,} of {ranking.n_ranked:,} firms of {ranking.market.name}{interval}.",
        *reasons,
        *([f"Niche cluster: {niche}."] if niche else []),
        f"Strategic driver (Data Hub): {why.driver}.",
    ]


def _name_partners(found: Briefing) -> list[str]:
    sector, region = found.sector, found.explanation.ranking.region.name
    lines = [
        _name(sector.get("buyers"), f"Would sell to, largest buyers of {sector.get('io_name')} "
              f"in {region}: "),
        _name(sector.get("sellers"), "Would buy from, industries here that make its inputs: "),
    ]  # fmt: skip
    if _known(leaked := sector.get("gap_leaked")):
        lines.append(
            f"{region} buys £{leaked:,.0f}m of {sector['io_name']} a year from elsewhere "
            "(modelled)."
        )
    told = [line for line in lines if line]
    return [*told, f"Names of companies to meet: {NOT_HERE}; ask the cluster's own network."] if (
        told
    ) else [f"Buyers and suppliers: {NOT_HERE}."]  # fmt: skip


def _name(partners: object, lead: str) -> str:
    return f"{lead}{partners}." if isinstance(partners, str) and partners else ""


def _compare_offer(found: Briefing) -> Section:
    offer, region = found.offer, found.explanation.ranking.region.name
    title = "What the region offers, beside its rivals"
    if not len(offer.rows) or not offer.place:
        return Section(title, lines=(f"Pay, skills, productivity, research, exports: {NOT_HERE}.",))
    rows = tuple(
        (
            str(row["label"]) + (", £ a job" if row["unit"] == "£ a job" else ""),
            _write(row["here"], row["unit"]),
            _write(row["nation"], row["unit"]),
            MISSING if row["here"] is None else f"{row['place']} of {row['n_places']}",
            f"{row['best_name']}: {_write(row['best'], row['unit'])}",
            str(row["period"]),
        )
        for row in list_rows(offer.rows)
    )
    lines = [
        *_weigh(offer.rows),
        f"Place 1 is the highest of {offer.rows['n_places'].max()} regions; for pay that is the "
        f"dearest. '£ a job': the total over the jobs of {offer.jobs_year}; the nation's is that "
        "of all regions together.",
    ]
    if offer.place != region:
        lines.insert(0, f"No such figures for {region} itself: those of {offer.place}.")
    header = ("what", offer.place, "nation", "place", "highest rival", "year")
    return Section(title, header, rows, tuple(lines))


def _weigh(rows: pd.DataFrame) -> list[str]:
    """What to say, and what to be ready for: the first and the last third of the regions."""
    better = rows[rows["indicator"].ne("pay") & rows["here"].notna()]
    third = better["n_places"] / 3
    first = better[better["place"] <= third]
    last = better[better["place"] > 2 * third]
    # Staff that cost less are an argument to one who hires.
    cheap = rows[rows["indicator"].eq("pay") & (rows["here"] < rows["nation"])]
    strong = [*first["label"], *(["pay below the nation's"] if len(cheap) else [])]
    return [
        *([f"To say: {'; '.join(strong)}."] if strong else []),
        *([f"To be ready for: {'; '.join(last['label'])}."] if len(last) else []),
    ]


def _write(value: object, unit: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOT_HERE
    number = float(value)  # type: ignore[arg-type]
    if unit == "%":
        return f"{number:.1f} %"
    return f"£{number:,.0f}" if number >= 100 else f"£{number:,.2f}"


def _match_skills(found: Briefing) -> Section:
    offer = found.offer
    title = "Skills: what its industry employs, and what is here"
    if not len(offer.occupations):
        return Section(title, lines=(f"Occupations: {NOT_HERE}.",))
    rows = tuple(
        (
            str(row["occupation_name"]),
            f"{row['share']:.0%}",
            f"{row['persons']:,.0f}",
            f"{row['quotient']:.2f}",
            f"{row['place']} of {row['n_places']}",
        )
        for row in list_rows(offer.occupations)
    )
    lines = (
        f"{offer.occupations_group}, {offer.occupations_period}: nine groups of industries and of "
        "occupations, residents; coarse, and without cells too small to publish.",
    )
    header = ("occupation", "of its industry", "people here", "here / nation", "place")
    return Section(title, header, rows, lines)


def _compare_industry(found: Briefing) -> Section:
    table = found.offer.industry
    name = found.sector["name"]
    shown = table[(table.index < INDUSTRY_ROWS) | table["is_own"].astype(bool)]
    rows = tuple(
        (
            f"{row['region_name']}{' (here)' if row['is_own'] else ''}",
            f"{row['jobs']:,.0f}",
            MISSING if row["lq"] is None else f"{row['lq']:.2f}",
        )
        for row in list_rows(shown)
    )
    lines = [f"Jobs of {found.offer.jobs_year}."]
    value, nation = found.sector.get("value_per_job"), found.sector.get("value_per_job_national")
    if _known(value) and _known(nation):
        lines.append(
            f"Value added per job in {found.sector['value_group']}: £{value:,.0f}k here, "
            f"£{nation:,.0f}k in the nation."
        )
    header = ("region", "jobs", "location quotient")
    return Section(f"Its industry ({name}) in the regions", header, rows, tuple(lines))


def _list_sites(found: Briefing) -> Section:
    title = "Universities and sites"
    if found.sites is None:
        return Section(title, lines=(f"{NOT_HERE}; give the agency's own file with --sites FILE.",))
    rows = tuple(
        (
            str(row["kind"]),
            str(row["name"]) + (f", {row['place']}" if row["place"] else ""),
            str(row["what"]) + (f" ({row['url']})" if row["url"] else ""),
            str(row["source"]),
        )
        for row in list_rows(found.sites.astype(object).where(found.sites.notna(), None))
    )
    return Section(title, ("kind", "name", "what", "source"), rows)


def _list_checks(found: Briefing) -> list[str]:
    why = found.explanation
    row = why.ranking.rows.iloc[0]
    unknown = [str(gap["label"]) for gap in list_rows(why.unknown)]
    return [
        *(part for part in (str(row["data_notes"]), *why.notes) if part),
        *([f"Not known: {', '.join(unknown)}."] if unknown else []),
        "Overseas companies here already, by name, and contacts in the firm: " + NOT_HERE + ".",
        "A score orders firms; it is no probability of investment.",
    ]


def _list_sources(found: Briefing) -> list[str]:
    ranking = found.explanation.ranking
    return [
        *(f"{source.title}. {source.publisher}, {source.vintage}. {source.licence}."
          for source in found.sources),
        f"Jobs of {ranking.year}, model {ranking.version}.",
    ]  # fmt: skip


def _known(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))
