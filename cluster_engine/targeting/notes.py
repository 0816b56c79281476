"""Say what is not known about a firm, and what stands in for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.firm_schemas import LOW_CONFIDENCE

UNKNOWN_NOTES: Mapping[str, str] = {
    "employees": "employees unknown: typical for its sales or size class used",
    "rd": "R&D unknown: typical for its size and class used",
    "growth": "growth unknown: average used",
    "profitability": "profit unknown: average used",
    "patents_abroad": "patents abroad unknown: typical for its size used",
    "trademarks_abroad": "trade marks abroad unknown: typical for its size used",
    "home_lq": "home region's strength unknown: average used",
    "host_presence": "presence in the host country unknown: average used",
    "rival_presence": "presence in rival regions unknown: average used",
    "recent_projects": "recent investment unknown: average used",
}


def write_notes(table: pd.DataFrame, unknown: Mapping[str, NDArray[np.bool_]]) -> list[str]:
    """Write the data notes of every firm.

    Parameters
    ----------
    table : DataFrame
        Firms with basis, confidence, year, employees and n_industries.
    unknown : mapping of str to ndarray of bool, each of shape (n_firms,)
        Parts that were not known; a part that is left out is not noted.

    Returns
    -------
    list of str, length n_firms
        Notes joined with '; '.
    """
    notes = [[note for write in ROW_NOTES if (note := write(row))] for row in _records(table)]
    for part, note in UNKNOWN_NOTES.items():
        for place in np.flatnonzero(unknown.get(part, False)):
            notes[place].append(note)
    return ["; ".join(found) for found in notes]


CODE_NOTES: Mapping[str, str] = {
    "coded by hand": "industry coded by hand",
    "corrected by user": "industry corrected by you",
    "activity text": "industry coded from its activity",
    "codes of subsidiaries": "industry that of its subsidiaries",
}
LARGE_GROUP = 100_000
"""Employees from which a group with a single industry gets a note: conglomerates have one code in
the sources, and the intervals take an official code for certain."""

UNMEASURED = frozenset({"coded by hand", "corrected by user"})
SPLIT_NOTE = "industry from a code that stands for several"


def _note_industry(row: Mapping[str, object]) -> str:
    basis, confidence = str(row["basis"]), float(row["confidence"])  # type: ignore[arg-type]
    told = CODE_NOTES.get(basis, SPLIT_NOTE if confidence < 1.0 else "")
    if not told or basis in UNMEASURED or np.isnan(confidence):
        return told
    warning = ", LOW: check it" if confidence < LOW_CONFIDENCE else ""
    return f"{told} ({confidence:.0%} sure{warning})"


def _note_year(row: Mapping[str, object]) -> str:
    return "" if pd.isna(row["year"]) else f"figures of {int(row['year'])}"  # type: ignore[call-overload]


def _note_group(row: Mapping[str, object]) -> str:
    employees = float(row["employees"])  # type: ignore[arg-type]
    if not (employees >= LARGE_GROUP and row["n_industries"] == 1):
        return ""
    return f"one industry stands for a group of {employees:,.0f} employees: look what else it makes"


ROW_NOTES: tuple[Callable[[Mapping[str, object]], str], ...] = (
    _note_industry,
    _note_group,
    _note_year,
)


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return table[["basis", "confidence", "year", "employees", "n_industries"]].to_dict("records")  # type: ignore[return-value]
