"""Say what is not known about a firm, and what stands in for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNKNOWN_NOTES: Mapping[str, str] = {
    "employees": "employees unknown: typical for its size class used",
    "rd": "R&D unknown: typical for its size used",
    "growth": "growth unknown: average used",
    "patents_abroad": "patents abroad unknown: typical for its size used",
    "trademarks_abroad": "trade marks abroad unknown: typical for its size used",
}


def write_notes(table: pd.DataFrame, unknown: Mapping[str, NDArray[np.bool_]]) -> list[str]:
    """Write the data notes of every firm.

    Parameters
    ----------
    table : DataFrame
        Firms with basis, confidence and year.
    unknown : mapping of str to ndarray of bool, each of shape (n_firms,)
        Parts that were not known.

    Returns
    -------
    list of str, length n_firms
        Notes joined with '; '.
    """
    notes = [[note for write in ROW_NOTES if (note := write(row))] for row in _records(table)]
    for part, note in UNKNOWN_NOTES.items():
        for place in np.flatnonzero(unknown[part]):
            notes[place].append(note)
    return ["; ".join(found) for found in notes]


def _note_industry(row: Mapping[str, object]) -> str:
    if row["basis"] == "coded by hand":
        return "industry coded by hand"
    if row["basis"] != "activity text":
        return ""
    confidence = float(row["confidence"])  # type: ignore[arg-type]
    sure = "" if np.isnan(confidence) else f" ({confidence:.0%} sure)"
    return f"industry coded from its activity{sure}"


def _note_year(row: Mapping[str, object]) -> str:
    return "" if pd.isna(row["year"]) else f"figures of {int(row['year'])}"  # type: ignore[call-overload]


ROW_NOTES: tuple[Callable[[Mapping[str, object]], str], ...] = (_note_industry, _note_year)


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return table[["basis", "confidence", "year"]].to_dict("records")  # type: ignore[return-value]
