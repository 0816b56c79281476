"""Read dates of foundation: ISO where the cell is clear, the year where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_engine.sources.lists.texts import map_texts

if TYPE_CHECKING:
    import pandas as pd

    from cluster_engine.sources.lists.read_report import ReadLog

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_PARTS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})(?: .*)?")
_YEAR = re.compile(r"\D*\b(1[5-9]\d\d|20\d\d)\b\D*")


def parse_date(text: str, *, day_first: bool = False) -> str:
    """Return an ISO date, or the year where day and month cannot be told apart, or ''.

    Examples
    --------
    >>> [parse_date(t) for t in ("31/12/1998", "04/05/1998", "4.5.1998", "1998-05-04T00:00")]
    ['1998-12-31', '1998', '1998-05-04', '1998-05-04']
    """
    if match := _ISO.fullmatch(text):
        return _join(*(int(part) for part in match.groups()))
    if match := _PARTS.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if day_first or match[2] == "." or first > 12 or first == second:
            return _join(year, second, first)
        return _join(year, first, second) if second > 12 else str(year)
    return match[1] if (match := _YEAR.fullmatch(text)) else ""


def _join(year: int, month: int, day: int) -> str:
    possible = 1 <= month <= 12 and 1 <= day <= 31
    return f"{year:04d}-{month:02d}-{day:02d}" if possible else f"{year:04d}"


def parse_founded(
    values: pd.Series[str], log: ReadLog, *, day_first: bool = False
) -> pd.Series[str]:
    """Read a column of dates of foundation; what is no date is left out and listed.

    Parameters
    ----------
    values : Series of str
        Cleaned cells.
    log : ReadLog
        Notes what was left out or shortened to the year.
    day_first : bool
        Whether dates such as 04/05/1998 are known to begin with the day.
    """
    table = {text: parse_date(text, day_first=day_first) for text in values.unique()}
    result = map_texts(values, table)
    unread = values[result.eq("") & values.ne("")]
    listed = [f"row {row}: {text[:40]}" for row, text in unread.head(50).items()]
    log.add_doubt("date of foundation that is no date, left out", listed, count=len(unread))
    short = values.str.contains(r"\d\D+\d", regex=True) & result.str.len().eq(4)
    log.add_fix("date of foundation kept as a year: day and month unclear", int(short.sum()))
    return result
