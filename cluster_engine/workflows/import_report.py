"""The quality report of an import: what was read, mended, joined, coded, doubted, left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from cluster_engine.firms.heads import NO_TRADE
from cluster_engine.firms.lookups import is_among
from cluster_engine.firms.record_industries import Assigned, Corrected
from cluster_engine.packs.firm_list import FirmListTables
from cluster_engine.sources.lists.read_report import ReadReport
from cluster_engine.workflows.firm_list_inputs import Lists
from cluster_engine.workflows.identify_firms import FROM_PACK_ID, Identified

COLUMNS = ("section", "item", "count", "detail")
BANDS = ((0.0, 0.4, "under 40 %"), (0.4, 0.6, "40 to 60 %"), (0.6, 0.8, "60 to 80 %"),
         (0.8, 1.01, "80 % and more"))  # fmt: skip
EXAMPLES = 5
MISSING = ("employees", "sales", "rd", "city", "website")
Row = tuple[str, str, int | None, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a report is written from.

    Attributes
    ----------
    lists : Lists
    found : Identified
    assigned : Assigned
    corrected : Corrected
    tables : FirmListTables
    areas : DataFrame
        firm_id, area, …: sensitive areas.
    host : str
        Alpha-2 code of the host country.
    """

    lists: Lists
    found: Identified
    assigned: Assigned
    corrected: Corrected
    tables: FirmListTables
    areas: pd.DataFrame
    host: str


def write_rows(parts: Parts) -> pd.DataFrame:
    """Return the report: columns section, item, count (null where there is none), detail."""
    rows: list[Row] = []
    for report in parts.lists.reports:
        rows += _report_reading(report)
    for write in (_report_joining, _report_groups, _report_coding, _report_missing, _report_homes,
                  _report_looks):  # fmt: skip
        rows += write(parts)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.assign(count=table["count"].astype("Int64"))


def _report_reading(report: ReadReport) -> Iterator[Row]:
    where = ", ".join(part for part in (report.sheet, report.encoding) if part)
    yield (
        "read",
        f"{report.file}: rows read",
        report.rows_read,
        f"{report.format} {where}".strip(),
    )
    yield ("read", f"{report.file}: records kept", report.rows_kept, "")
    for left in report.dropped:
        rows = ", ".join(str(row) for row in left.rows[:EXAMPLES])
        yield ("dropped", f"{report.file}: {left.reason}", left.count, f"rows {rows}")
    for kind, count in report.fixes.items():
        yield ("mended", f"{report.file}: {kind}", count, "")
    for guess in report.guesses:
        yield ("guessed", f"{report.file}: {guess}", None, "")
    for doubt in report.doubts:
        section = "joint ventures" if "joint-venture" in doubt.what else "suspicious"
        examples = "; ".join(doubt.examples[:EXAMPLES])
        yield (section, f"{report.file}: {doubt.what}", doubt.count, examples)


def _report_joining(parts: Parts) -> Iterator[Row]:
    found = parts.found
    members = found.merged.members
    own = members[~members["record_id"].str.startswith(FROM_PACK_ID)]
    joined = len(own) - own["firm_id"].nunique()
    yield ("merged", "records joined with another one of the same firm", joined, "")
    for why, count in found.reasons.head(10).itertuples(index=False):
        yield ("merged", f"pairs by {why}", int(count), "")
    yield ("merged", "firms that the pack knows too", len(found.twins), "gaps filled from it")
    doubtful = is_among(found.merged.records["firm_id"], found.merged.conflicts["firm_id"])
    names = found.merged.records[doubtful].set_index("firm_id")["name"]
    for column, rows in found.merged.conflicts.groupby("column", sort=True):
        first = rows.head(EXAMPLES)
        told = "; ".join(
            f"{names[firm]}: {values}"
            for firm, values in zip(first["firm_id"], first["values"], strict=True)
        )
        yield ("suspicious", f"joined records differ in {column}", len(rows), told)


def _report_groups(parts: Parts) -> Iterator[Row]:
    found = parts.found
    kept = found.heads.members
    yield ("groups", "rolled up into their ultimate parent", len(kept) - kept["firm_id"].nunique(),
           "")  # fmt: skip
    via = found.groups.links["via"]
    for how, count in via[via != ""].value_counts().sort_index().items():
        yield ("groups", f"parent known: {how}", int(count), "")
    for cycle in found.groups.cycles:
        yield ("suspicious", "firms that own each other in a ring", len(cycle), "; ".join(cycle))
    for reason, rows in found.heads.left_out.groupby("reason", sort=True):
        yield ("dropped", str(reason), len(rows), "; ".join(rows["name"].head(EXAMPLES)))
    firms = parts.tables.firms
    yield ("kept", "firms", len(firms), f"in {firms['country'].nunique()} countries")
    for status, count in firms["status"].value_counts().sort_index().items():
        yield ("kept", f"status: {status}", int(count), "")
    host = int((firms["country"] == parts.host).sum())
    if host:
        yield ("kept", "in the host country, in no overseas market", host, "")


def _report_coding(parts: Parts) -> Iterator[Row]:
    main = parts.tables.firm_industries.drop_duplicates("firm_id")
    for basis, count in main["basis"].value_counts().sort_index().items():
        yield ("codes", f"basis: {basis}", int(count), "")
    sure = main["confidence"].fillna(1.0)
    for low, high, label in BANDS:
        yield ("codes", f"confidence {label}", int(((sure >= low) & (sure < high)).sum()), "")
    problems = parts.lists.name_files(parts.assigned.problems)
    if problems:
        told = "; ".join(str(problem) for problem in problems[:EXAMPLES])
        yield ("suspicious", "codes that no table knows", len(problems), told)
    if parts.corrected.firms:
        yield ("codes", "corrected by user", len(parts.corrected.firms), "")
    if parts.corrected.missing:
        told = "; ".join(parts.corrected.missing[:EXAMPLES])
        yield ("suspicious", "corrections that match no firm", len(parts.corrected.missing), told)


def _report_missing(parts: Parts) -> Iterator[Row]:
    firms = parts.tables.firms
    for name in MISSING:
        yield ("missing", f"firms without {name}", int(firms[name].isna().sum()), "")
    estimated = parts.lists.origins["estimated"]
    told = (
        estimated[estimated != ""]
        .astype("str")
        .str.split("; ")
        .explode()
        .value_counts()
        .sort_index()
    )
    for column, count in told.items():
        yield ("estimated", f"figures of {column}", int(count), "estimates or converted money")


def _report_homes(parts: Parts) -> Iterator[Row]:
    homes = parts.tables.firm_homes
    for basis, count in homes["basis"].value_counts().sort_index().items():
        yield ("home regions", f"known from the {basis}", int(count), "NUTS 2, 2013 edition")
    for reason, count in homes["reason"].value_counts().sort_index().items():
        yield ("home regions", f"region or its strength not known: {reason}", int(count), "")


def _report_looks(parts: Parts) -> Iterator[Row]:
    for area, count in parts.areas["area"].value_counts().sort_index().items():
        note = "a hint from codes and words, no legal advice; nothing is filtered"
        yield ("sensitive areas", str(area), int(count), note)
    notes = parts.tables.firm_notes
    ceased = notes[notes["kind"] == "status"]
    if len(ceased):
        names = parts.tables.firms.set_index("firm_id")["firm_name"]
        told = "; ".join(
            f"{names[firm]}, {note.removeprefix(NO_TRADE + ': ')}"
            for firm, note in zip(
                ceased["firm_id"].head(EXAMPLES), ceased["note"].head(EXAMPLES), strict=True
            )
        )
        yield ("suspicious", NO_TRADE, len(ceased), told)
    seats = notes[notes["kind"] == "seat"]
    moved = int(seats["note"].str.contains("rewritten").sum())
    yield ("seats", "conduit seats rewritten to the parent's country", moved, "")
    yield ("seats", "conduit seats whose parent is not known", len(seats) - moved, "")
