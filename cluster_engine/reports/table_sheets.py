"""Any report as a workbook: the table with all its columns, and what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pandas.api.types import is_float_dtype, is_numeric_dtype

from cluster_engine.reports.report import Format, Report
from cluster_engine.reports.sheet import Kind, Sheet, SheetColumn
from cluster_engine.reports.workbook import Written, write_workbook

KINDS: Mapping[Format, Kind] = {
    "text": "text", "lines": "lines", "count": "count", "ratio": "ratio", "fine": "fine",
    "share": "share", "signed": "ratio", "signed_share": "signed_share", "score": "ratio",
}  # fmt: skip
"""How the number of a terminal column looks in a sheet."""

WIDTHS = (8, 60)
"""Fewest and most characters of a column."""

SEEN_ROWS = 200
"""Rows whose cells decide a width."""


def encode_workbook(report: Report, *, footer: str = "", only_table: bool = False) -> Written:
    """Encode a report as a workbook: the table, and a sheet about it.

    Parameters
    ----------
    report : Report
    footer : str
        Printed at the foot of every page.
    only_table : bool
        Whether the sheet about it is left out.
    """
    table = make_table_sheet("Table", report)
    foot = footer or report.title
    if only_table:
        return write_workbook((table,), footer=foot, title=report.title)
    facts = [("title", report.title), *report.facts.items()]
    about = pd.DataFrame([(str(name), write_fact(fact)) for name, fact in facts],
                         columns=["fact", "value"])  # fmt: skip
    told = (SheetColumn("fact", "Fact", width=28), SheetColumn("value", "Value", "lines", 90))
    sheets = (table, Sheet("About", about, told))
    return write_workbook(sheets, footer=foot, title=report.title)


def make_table_sheet(name: str, report: Report) -> Sheet:
    """Make the sheet of a report's frame: all columns under their own names, as in the CSV."""
    frame = report.frame
    looks = {shown.column: KINDS[shown.format] for shown in report.shown}
    return Sheet(name, frame, tuple(_make_column(str(c), frame[c], looks) for c in frame.columns))


def write_fact(fact: Any) -> str:
    """Write a fact as one text."""
    if isinstance(fact, Mapping):
        return "; ".join(f"{name}: {write_fact(part)}" for name, part in fact.items())
    if isinstance(fact, list | tuple):
        return "; ".join(write_fact(part) for part in fact)
    return "" if fact is None else str(fact)


def _make_column(name: str, values: pd.Series, looks: Mapping[str, Kind]) -> SheetColumn:
    lengths = [len(str(cell)) for cell in values.head(SEEN_ROWS) if isinstance(cell, str)]
    longest = max([len(name), *lengths])
    width = float(min(max(longest + 2, WIDTHS[0]), WIDTHS[1]))
    if not is_numeric_dtype(values):
        return SheetColumn(name, name, "lines" if longest > WIDTHS[1] else "text", width)
    kind = looks.get(name, "plain" if is_float_dtype(values) else "whole")
    return SheetColumn(name, name, "plain" if kind in ("text", "lines") else kind, width)
