"""A ranking under the column names of a CRM, and what that system will miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.reports.crm_profiles import PROFILES, Field, Profile, Record
from cluster_engine.reports.handover import Handover
from cluster_engine.reports.report import Report, Shown


@dataclass(frozen=True, slots=True)
class CrmList:
    """A list for a CRM.

    Attributes
    ----------
    report : Report
        Columns as the system names them.
    notes : tuple of str
        What to know before it is imported.
    cut, blanked : int
        Texts shortened to a limit of the system, and left out because of one.
    """

    report: Report
    notes: tuple[str, ...]
    cut: int
    blanked: int


def find_profile(name: str, host_country: str) -> Profile:
    """Find a profile by its name.

    Raises
    ------
    SettingsError
        There is none of that name, or it is for another host country.
    """
    if name not in PROFILES:
        raise SettingsError(
            f"There is no profile '{name}'.", hint=f"Known: {', '.join(sorted(PROFILES))}."
        )
    profile = PROFILES[name]
    if profile.host_country not in ("", host_country):
        raise SettingsError(
            f"The profile '{name}' is for {profile.host_country}, the pack is for {host_country}.",
            hint=f"Choose another: {', '.join(sorted(set(PROFILES) - {name}))}.",
        )
    return profile


def make_crm_list(handover: Handover, name: str, *, run_id: str = "") -> CrmList:
    """Rename and fill the columns of a list for a CRM.

    Parameters
    ----------
    handover : Handover
    name : str
        Entry of `PROFILES`.
    run_id : str
        Written into descriptions, so that a record can be traced.

    Raises
    ------
    SettingsError
        As :func:`find_profile`.
    """
    profile = find_profile(name, str(handover.facts["host_country"]))
    records = list_records(handover, run_id)
    columns: dict[str, pd.Series] = {}
    cut = blanked = 0
    for column in profile.fields:
        cells, beyond = _fill(column, records)
        cut += beyond if column.beyond == "cut" else 0
        blanked += beyond if column.beyond == "blank" else 0
        columns[column.header] = cells
    frame = pd.DataFrame(columns)
    ranking = handover.ranking
    title = f"{len(frame)} firms of {ranking.market.name} as {profile.record} of {profile.system}"
    shown = tuple(Shown(column.header, column.header) for column in profile.fields)
    report = Report(title, frame, shown, None, {"profile": name, "system": profile.system})
    return CrmList(report, (*_note_gaps(profile, frame), *_note_limits(cut, blanked)), cut, blanked)


def list_records(handover: Handover, run_id: str) -> list[Record]:
    """Put together what is known of every firm of the list."""
    ranking = handover.ranking
    firms = handover.firms.drop(columns="firm_id").to_dict("records")
    rows = ranking.rows.to_dict("records")
    return [
        {
            **{str(k): v for k, v in row.items()},
            **{str(k): v for k, v in firm.items()},
            "region": ranking.region.name,
            "country_name": ranking.market.countries.get(str(row["country"]), row["country"]),
            "about": _describe({str(k): v for k, v in row.items()}, handover, run_id),
        }
        for row, firm in zip(rows, firms, strict=True)
    ]


def _describe(row: Mapping[str, Any], handover: Handover, run_id: str) -> str:
    """Write what an officer who opens the record in the CRM needs: rank, reasons, doubts."""
    ranking = handover.ranking
    sure = "" if pd.isna(row["rank_low"]) else f" (90 %: {row['rank_low']} to {row['rank_high']})"
    parts = [
        f"Rank {row['rank']:,}{sure} of {ranking.n_ranked:,} firms of {ranking.market.name} for "
        f"{ranking.region.name}",
        f"industry {row['industry_code']} {row['industry']}",
        f"niche cluster {row['niche_cluster']}" if row["niche_cluster"] else "",
        *(str(row[f"reason_{n}"]) for n in (1, 2, 3) if row[f"reason_{n}"]),
        str(row["data_notes"] or ""),
        f"firm {row['firm_id']}, model {ranking.version}" + (f", run {run_id}" if run_id else ""),
    ]
    return ". ".join(part[:1].upper() + part[1:] for part in parts if part) + "."


def _fill(column: Field, records: Sequence[Record]) -> tuple[pd.Series, int]:
    """Cells of a column, and how many were beyond its limit."""
    made = [None if column.make is None else column.make(record) for record in records]
    known = [None if cell is None or (not isinstance(cell, str) and pd.isna(cell)) else cell
             for cell in made]  # fmt: skip
    if any(not isinstance(cell, str) for cell in known if cell is not None):
        return pd.Series(known, dtype="Float64").round().astype("Int64"), 0
    texts = ["" if cell is None else str(cell) for cell in known]
    limit = column.limit
    if limit is None:
        return pd.Series(texts, dtype="str"), 0
    longer = sum(len(text) > limit for text in texts)
    fits = [text if len(text) <= limit else _shorten(text, column, limit) for text in texts]
    return pd.Series(fits, dtype="str"), longer


def _shorten(text: str, column: Field, limit: int) -> str:
    return "" if column.beyond == "blank" else text[: limit - 1] + "…"


def _note_gaps(profile: Profile, frame: pd.DataFrame) -> list[str]:
    notes = []
    empty = {
        name: int((frame[name].isna() | (frame[name] == "").fillna(False)).sum()) for name in frame
    }
    unknown = [c.header for c in profile.fields if c.required and c.make is None]
    if unknown and len(frame):
        notes.append(
            f"{profile.system} requires what is not known here; these columns are empty, fill them "
            f"before the import: {', '.join(unknown)}."
        )
    partly = [f"{c.header} ({empty[c.header]})" for c in profile.fields
              if c.make is not None and empty[c.header]]  # fmt: skip
    if partly:
        notes.append(f"Empty cells of {len(frame)} where a firm's own is not known: "
                     f"{', '.join(partly)}.")  # fmt: skip
    for column in profile.fields:
        cells = frame[column.header]
        shared = int((cells.duplicated(keep=False) & (cells != "")).sum()) if column.is_key else 0
        if shared:
            notes.append(
                f"{shared} firms share a {column.header} with another: {profile.system} takes them "
                "for one."
            )
    return notes


def _note_limits(cut: int, blanked: int) -> list[str]:
    if not cut and not blanked:
        return []
    return [f"Longer than the system allows: {cut} texts shortened, {blanked} addresses left out."]
