"""A report as CSV: safe to open in a spreadsheet, in the form its country expects."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from pandas.api.types import is_numeric_dtype

from cluster_engine.formula_guard import guard
from cluster_engine.reports.report import DEFAULT_STYLE, CsvEncoding, CsvStyle, ExcelLocale, Report

FILE_ENCODING: CsvEncoding = "utf-8-sig"
"""Excel takes a CSV file for UTF-8 only if it begins with a byte order mark."""

_SEPARATORS: Mapping[ExcelLocale, tuple[str, str]] = {"en": (",", "."), "de": (";", ",")}
"""Delimiter and decimal sign by the country settings of the spreadsheet that opens the file."""

_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*"
_FRAGILE = re.compile(
    rf"0\d+|\d{{16,}}|\d+(?:\.\d+)?e[+-]?\d+|\d+\.\d*0|\d{{1,2}}[-/. ]{_MONTH}(?:[-/. ]\d{{2,4}})?"
    rf"|{_MONTH}[-/. ]\d{{1,4}}|\d{{1,2}}[-/.]\d{{1,2}}(?:[-/.]\d{{2,4}})?"
    r"|\d{1,4}-\d{1,2}(?:-\d{1,2})?|\d+(?:[.,]\d+)? ?%|\d+,\d+|true|false",
    re.IGNORECASE,
)


def render_csv(report: Report, style: CsvStyle = DEFAULT_STYLE, *, line_end: str = "\r\n") -> str:
    """Render all columns as CSV; texts are guarded against formulas, numbers are not.

    Parameters
    ----------
    report : Report
        The table.
    style : CsvStyle
    line_end : str
        CR LF in files, as RFC 4180 has it.
    """
    separator, decimal = _SEPARATORS[style.locale]
    safe = report.frame.copy()
    for name in safe.columns[[not is_numeric_dtype(safe[name]) for name in safe]]:
        safe[name] = safe[name].map(lambda cell: _write_cell(cell, style, decimal))
    stream = io.StringIO()
    safe.to_csv(stream, index=False, lineterminator=line_end, sep=separator, decimal=decimal)
    return stream.getvalue()


def encode_csv(report: Report, style: CsvStyle = DEFAULT_STYLE) -> bytes:
    """Encode a report as a CSV file."""
    return render_csv(report, style).encode(style.encoding or FILE_ENCODING)


def find_fragile_texts(report: Report) -> tuple[int, str]:
    """Count the texts that a spreadsheet changes when it opens a CSV file without being told.

    '0111' loses its zero, '1E10' becomes a number, '1-Jan' a date: nothing in a CSV file can say
    that a cell is text.

    Returns
    -------
    count : int
    example : str
        Column and first text; '' where there is none.
    """
    count, example = 0, ""
    for name in report.frame.columns:
        column = report.frame[name]
        if is_numeric_dtype(column):
            continue
        hits = [cell for cell in column if isinstance(cell, str) and _FRAGILE.fullmatch(cell)]
        count += len(hits)
        if hits and not example:
            example = f"{name} {hits[0]}"
    return count, example


def _write_cell(cell: Any, style: CsvStyle, decimal: str) -> Any:
    if isinstance(cell, float) and decimal != "." and cell == cell:
        return repr(cell).replace(".", decimal)
    return guard(cell) if style.escape else cell
