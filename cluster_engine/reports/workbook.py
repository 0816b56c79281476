"""Sheets as an XLSX workbook: every cell is written as what it is, text as text, number as number.

Nothing is guessed from a cell's looks: '0111' stays a code, '=1+1' a name, '1-Jan' a text.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import pandas as pd

from cluster_engine.errors import LimitError
from cluster_engine.reports.sheet import Kind, Sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NUMBER_FORMATS: Mapping[Kind, str] = {
    "whole": "0", "count": "#,##0", "ratio": "0.00", "fine": "0.000", "share": "0.0%",
    "signed_share": "+0.0%;-0.0%;0.0%", "plain": "General",
}  # fmt: skip

MAX_CELL_CHARS = 32_767
MAX_ROWS = 1_048_576
MAX_LINKS = 65_530
"""Limits of the format, per cell and per sheet."""

STREAMED_ROWS = 20_000
"""Rows of the longest sheet from which on rows are written through to disk, not held."""

CREATED = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
"""Same inputs, same bytes: the hour of writing says nothing that the run file does not."""

A4 = 9
LINE_POINTS = 15.0
MOST_LINES = 27
"""A row can be 409 points high."""

HEADER_COLOUR, LINK_COLOUR = "#1F3864", "#0563C1"
BAR_COLOUR, LESS_COLOUR = "#9DC3E6", "#F4B183"
"""Blue and orange are told apart by the colour-blind as well."""
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs that XML has no place for, or programs differ about."""
_SAFE_URL = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}(?:/[A-Za-z0-9._~/#?=&%:+-]*)?"
)
_INTERNAL = re.compile(r"internal:'[A-Za-z ]+'!A\d+")


@dataclass(slots=True)
class Written:
    """A workbook, and what could not be written as it was.

    Attributes
    ----------
    raw : bytes
    infinite : int
        Numbers that are not finite: such cells are left blank.
    cut : int
        Texts longer than a cell may be.
    mended : int
        Texts with signs that no file can hold.
    """

    raw: bytes = b""
    infinite: int = 0
    cut: int = 0
    mended: int = 0


@dataclass(slots=True)
class _Page:
    """A worksheet being written."""

    sheet: Worksheet
    formats: Mapping[str, Format]
    written: Written
    links: int = field(default=0)


def write_workbook(sheets: Sequence[Sheet], *, footer: str = "", title: str = "") -> Written:
    """Write sheets; the same sheets give the same bytes.

    Parameters
    ----------
    sheets : sequence of Sheet
    footer : str
        Printed at the foot of every page, e.g. which run it is from.
    title : str
        Of the document.

    Raises
    ------
    LimitError
        A sheet has more rows than the format can hold.
    """
    from xlsxwriter import Workbook

    longest = max(len(sheet.frame) for sheet in sheets)
    if longest >= MAX_ROWS:
        raise LimitError(
            f"A sheet can hold {MAX_ROWS - 1:,} rows. There are {longest:,}.",
            hint="List fewer with --top N, or write --format csv.",
        )
    stream, written = io.BytesIO(), Written()
    streamed = longest >= STREAMED_ROWS
    options = {
        "in_memory": not streamed, "constant_memory": streamed, "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False, "max_url_length": 2079,
    }  # fmt: skip
    book = Workbook(stream, options)
    book.set_properties({"created": CREATED, "title": title[:255]})
    formats = _make_formats(book)
    for sheet in sheets:
        page = _Page(book.add_worksheet(sheet.name), formats, written)
        _set_up(page, sheet, footer)
        _write_rows(page, sheet)
    book.close()
    written.raw = stream.getvalue()
    return written


def is_safe_link(address: str) -> bool:
    """Tell whether a click may open an address: a plain web page, or a cell of this workbook.

    Examples
    --------
    >>> is_safe_link("https://search.gleif.org/#/record/X"), is_safe_link("javascript:alert(1)")
    (True, False)
    """
    return bool(_SAFE_URL.fullmatch(address) or _INTERNAL.fullmatch(address))


def _make_formats(book: Workbook) -> dict[str, Format]:
    top = {"valign": "top"}
    # Without an indent a text would touch the number to its left.
    text = {**top, "num_format": "@", "align": "left", "indent": 1}
    link = {**text, "font_color": LINK_COLOUR, "underline": 1}
    formats: dict[str, Format] = {
        kind: book.add_format({**top, "num_format": look}) for kind, look in NUMBER_FORMATS.items()
    }
    return {
        **formats,
        # '@': a text that is edited in the spreadsheet stays a text.
        "text": book.add_format(text),
        "lines": book.add_format({**text, "text_wrap": True}),
        "link": book.add_format(link),
        "link lines": book.add_format({**link, "text_wrap": True}),
        "header": book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "font_color": "#FFFFFF",
             "bg_color": HEADER_COLOUR, "num_format": "@", "align": "left", "indent": 1}
        ),
    }  # fmt: skip


def _set_up(page: _Page, sheet: Sheet, footer: str) -> None:
    """Header row, widths, filter, bars, and how it prints: landscape, as wide as a page."""
    last, rows = len(sheet.columns) - 1, len(sheet.frame)
    view = page.sheet
    heads = [(column.header, column.width) for column in sheet.columns]
    view.set_row(0, LINE_POINTS * _count_lines(heads))
    for place, column in enumerate(sheet.columns):
        view.set_column(place, place, column.width, page.formats[column.kind])
        view.write_string(0, place, column.header, page.formats["header"])
        if column.bar is not None and rows:
            low, high = column.bar
            bar = {"type": "data_bar", "bar_color": BAR_COLOUR, "bar_solid": True,
                   "bar_negative_color": LESS_COLOUR, "min_type": "num", "min_value": low,
                   "max_type": "num", "max_value": high}  # fmt: skip
            view.conditional_format(1, place, rows, place, bar)
    view.freeze_panes(1, sheet.frozen)
    view.autofilter(0, 0, max(rows, 1), last)
    view.set_landscape()
    view.set_paper(A4)
    view.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
    view.fit_to_pages(1, 0)
    view.repeat_rows(0)
    if sheet.printed is not None:
        view.print_area(0, 0, rows, sheet.printed - 1)
    # '&' begins a code in headers and footers.
    view.set_footer(f"&L{footer.replace('&', '&&')[:180]}&R&A, page &P of &N")


def _write_rows(page: _Page, sheet: Sheet) -> None:
    wrapped = [(c.name, c.width) for c in sheet.columns if c.kind == "lines"]
    for number, row in enumerate(sheet.frame.to_dict("records"), start=1):
        lines = _count_lines([(str(row[name] or ""), width) for name, width in wrapped])
        page.sheet.set_row(number, LINE_POINTS * min(lines, MOST_LINES))
        for place, column in enumerate(sheet.columns):
            link = row.get(column.link) if column.link else None
            _write_cell(page, (number, place), row[column.name], column.kind, link)


def _write_cell(
    page: _Page, place: tuple[int, int], cell: Any, kind: Kind, link: Any = None
) -> None:
    view, look = page.sheet, page.formats[kind]
    if isinstance(cell, list | tuple):
        cell = "; ".join(str(part) for part in cell)
    if cell is None or cell == "" or (not isinstance(cell, str) and pd.isna(cell)):
        view.write_blank(*place, None, look)
    elif isinstance(cell, bool) or type(cell).__name__ == "bool":
        view.write_boolean(*place, bool(cell), look)
    elif isinstance(cell, str):
        text = _fit(cell, page.written)
        if isinstance(link, str) and is_safe_link(link) and text and page.links < MAX_LINKS:
            page.links += 1
            look = page.formats["link lines" if kind == "lines" else "link"]
            view.write_url(*place, link, look, text)
        else:
            view.write_string(*place, text, look)
    elif math.isfinite(cell):
        view.write_number(*place, cell.item() if hasattr(cell, "item") else cell, look)
    else:
        page.written.infinite += 1
        view.write_blank(*place, None, look)


def _count_lines(cells: Sequence[tuple[str, float]]) -> int:
    """Lines of the tallest cell: programs that only convert do not work heights out."""
    return max((sum(len(wrap(part, max(int(width) - 1, 1))) or 1 for part in text.split("\n"))
                for text, width in cells), default=1)  # fmt: skip


def _fit(text: str, written: Written) -> str:
    if _IMPOSSIBLE.search(text):
        written.mended += 1
        text = _IMPOSSIBLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > MAX_CELL_CHARS:
        written.cut += 1
        return text[: MAX_CELL_CHARS - 1] + "…"
    return text
