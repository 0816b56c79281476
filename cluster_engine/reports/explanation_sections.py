"""The sections of an explanation: headings, tables and lines, whatever form they are printed in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cluster_engine.reports.write import MISSING, to_plain
from cluster_engine.results import Explanation

MARKS = {"prior": "", "user": " (yours)", "learned": " (learned)"}
"""After a weight, where it is no prior."""

QUESTIONS = {"place": "place", "mover": "firm", "value": "value"}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a table (header and rows of texts), and lines below it."""

    title: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


def write_title(found: Explanation) -> str:
    """Name the firm, its city, its firm_id and the region."""
    row, ranking = found.ranking.rows.iloc[0], found.ranking
    place = f", {row['city']}" if row["city"] else ""
    return f"{row['firm_name']}{place} ({row['firm_id']}) for {ranking.region.name}"


def list_sections(found: Explanation) -> tuple[Section, ...]:
    """Write all sections, in the order of the page."""
    return (
        Section("In short", lines=_write_summary(found)),
        _list_points(found),
        _list_evidence(found),
        _list_codes(found),
        _list_unknown(found),
        _list_changes(found),
        Section("What a first project would bring", lines=write_value(found)),
        Section("Notes", lines=_write_notes(found)),
    )


def _write_summary(found: Explanation) -> tuple[str, ...]:
    row, ranking = found.ranking.rows.iloc[0], found.ranking
    rank = f"Rank {row['rank']:,} of {ranking.n_ranked:,} firms of {ranking.market.name}"
    if pd.notna(row["rank_low"]):
        rank += (
            f" (90 %: {row['rank_low']:,} to {row['rank_high']:,}; chance to be among the first "
            f"{ranking.top}: {row['p_top']:.0%})"
        )
    driver = f"Strategic driver (Data Hub): {found.driver}"
    if found.driver_from:
        labels = found.criteria.set_index("criterion")["label"]
        driver += f", as '{labels[found.driver_from]}' is what speaks most for it"
    niche = f"; niche cluster: {row['niche_cluster']}" if row["niche_cluster"] else ""
    return (
        f"{rank}, score {row['score']:.2f}.",
        f"Industry {row['industry_code']} {row['industry']}{niche}.",
        found.proposition,
        f"{driver}.",
    )


def _list_points(found: Explanation) -> Section:
    ranking = found.ranking
    rows = [("base: the average firm", "", "", "", f"{ranking.base:.2f}")]
    for row in list_rows(found.criteria):
        own = found.parts[found.parts["criterion"] == row["criterion"]]
        shown = own[own["is_known_of_any_firm"]]
        rows.append(
            (
                f"{row['label']} [{QUESTIONS[str(row['question'])]}]",
                f"{row['weight']:g}{MARKS[str(row['weight_nature'])]}",
                f"{row['standardised']:+.2f}",
                "\n".join(
                    f"{part['label']}: {part['value']}{'' if part['is_known'] else ' (typical)'}; "
                    f"average firm {part['average']} {_unit(str(part['unit']))}"
                    for part in list_rows(shown)
                )
                or "known of no firm: adds nothing",
                f"{row['points']:+.2f}",
            )
        )
    rows.append(("score", "", "", "", f"{ranking.rows['score'].iloc[0]:.2f}"))
    natures = set(found.criteria["weight_nature"])
    whose = "priors" if natures == {"prior"} else "priors where not marked"
    return Section(
        "Where the score comes from",
        ("criterion", "weight", "value", "figures", "points"),
        tuple(rows),
        (f"points = weight ({whose}) x value in standard deviations from the average firm.",),
    )


def _unit(unit: str) -> str:
    return "" if unit in ("ratio", "0 to 1", "share", "count", "share a year") else unit


def _list_evidence(found: Explanation) -> Section:
    lines = [
        f"{row['label']}: {text}" for row in list_rows(found.criteria) for text in row["evidence"]
    ]
    return Section("Evidence", lines=tuple(lines))


def _list_codes(found: Explanation) -> Section:
    rows = tuple(
        (
            f"{row['industry']} {row['name']}",
            f"{row['weight']:.0%}",
            str(row["basis"]),
            MISSING if row["confidence"] is None else f"{row['confidence']:.0%}",
        )
        for row in list_rows(found.codes)
    )
    return Section("Industries", ("industry", "share", "basis", "sure"), rows)


def _list_unknown(found: Explanation) -> Section:
    rows = tuple(
        (str(row["label"]), f"{row['stand_in']} {_unit(str(row['unit']))}".strip())
        for row in list_rows(found.unknown)
    )
    if not rows:
        return Section("What is not known", lines=("Nothing that is asked for.",))
    return Section("What is not known", ("figure", "what stands in for it"), rows)


def _list_changes(found: Explanation) -> Section:
    now = int(found.ranking.rows["rank"].iloc[0])
    rows = tuple(
        (str(row["change"]), f"{row['score']:.2f}", f"{row['rank']:,}", f"{now - row['rank']:+d}")
        for row in list_rows(found.changes)
    )
    return Section("What would change the rank", ("change", "score", "rank", "places"), rows)


def write_value(found: Explanation) -> tuple[str, ...]:
    """Write what a first project would bring, step by step."""
    value = found.value
    jobs = f"{value.jobs:,.0f} jobs ({value.jobs_nature}"
    if value.jobs_low < value.jobs_high:
        jobs += f"; 90 %: {value.jobs_low:,.0f} to {value.jobs_high:,.0f}"
    lines = [f"{jobs})."]
    if math.isnan(value.gva):
        lines.append("Value added is not known for its industry.")
    else:
        lines.append(
            f"x £{value.value_per_job:,.0f}k value added per job ({value.value_basis}, official, "
            f"{value.value_group}) = £{value.gva_direct:,.1f}m a year."
        )
        lines.append(
            f"x {value.multiplier:.2f} with suppliers in the region (type I multiplier, modelled) "
            f"= £{value.gva:,.1f}m a year (90 %: £{value.gva_low:,.1f}m to "
            f"£{value.gva_high:,.1f}m)."
        )
    if not math.isnan(value.data_hub_gva):
        lines.append(f"By the Data Hub rule on {value.data_hub_basis}: "
                     f"£{value.data_hub_gva:,.6f}m.")  # fmt: skip
    return tuple(lines)


def _write_notes(found: Explanation) -> tuple[str, ...]:
    row, ranking = found.ranking.rows.iloc[0], found.ranking
    notes = [part for part in (str(row["data_notes"]), *found.notes) if part]
    return (
        *notes,
        f"Jobs of {ranking.year}, model {ranking.version}; a score orders firms, it is no "
        "probability of investment.",
    )


def list_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a table into rows that JSON can hold."""
    return [
        {str(name): list(cell) if isinstance(cell, tuple) else to_plain(cell)
         for name, cell in row.items()}
        for row in table.to_dict("records")
    ]  # fmt: skip
