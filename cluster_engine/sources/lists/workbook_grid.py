"""Read one sheet of a workbook as text cells, knowing which cells were numbers or dates."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.lists.damage import refuse_damaged_workbook
from cluster_engine.sources.lists.grid import Grid, clean_header, find_header_row
from cluster_engine.sources.lists.limits import LIMITS, refuse, require_modest_archive
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.texts import clean_text, make_key
from cluster_engine.sources.workbook import column_letter

MAX_SHEET_ROWS = 1_048_576
HEAD_ROWS = 60
Row = tuple[Any, ...]


def read_workbook_grid(
    path: Path,
    *,
    sheet: str | None,
    known: frozenset[str],
    preferred: Collection[str],
    log: ReadLog,
) -> Grid:
    """Read a sheet.

    Parameters
    ----------
    path : Path
        An .xlsx file.
    sheet : str or None
        Its name; None: the one that a known format uses, or the only one with cells.
    known : frozenset of str
        Keys of headers that some format or language uses.
    preferred : collection of str
        Sheets that known formats use.
    log : ReadLog
        Notes what was mended and what is wrong.

    Raises
    ------
    DataError
        No workbook that can be read, several sheets, formulas without values, or no rows.
    LimitError
        Beyond the limits.
    """
    if path.stat().st_size > LIMITS.workbook_bytes:
        rule = f"A workbook may have {LIMITS.workbook_bytes:,} bytes at most."
        raise refuse(path.name, f"{path.stat().st_size:,} bytes", rule)
    with zipfile.ZipFile(path) as archive:
        require_modest_archive(archive, path.name)
    with _opened(path, values=True) as book:
        log.sheet = _choose_sheet(book, sheet, preferred, log)
        rows = list(_iter_rows(book[log.sheet], path.name))
    if _has_formulas(path):
        _require_values(path, log, rows)
    return _build_grid(rows, known, log)


@contextmanager
def _opened(path: Path, *, values: bool) -> Iterator[Any]:
    """Open a workbook as a stream: by its name, openpyxl would go by the extension."""
    from openpyxl import load_workbook

    with path.open("rb") as stream, warnings.catch_warnings():
        # What openpyxl leaves out (bars, slicers, rules of entry) is no cell.
        warnings.filterwarnings("ignore", ".* extension is not supported", UserWarning)
        with refuse_damaged_workbook(path.name):
            book = load_workbook(stream, read_only=True, data_only=values)
        try:
            yield book
        finally:
            book.close()


def _choose_sheet(book: Any, sheet: str | None, preferred: Collection[str], log: ReadLog) -> str:
    names = [str(name) for name in book.sheetnames]
    if sheet is not None:
        if sheet not in names:
            found = "sheets " + ", ".join(names)
            raise DataError(
                [Problem(log.file, None, None, found, f"There must be a sheet '{sheet}'.")],
                hint="Name one of them with --sheet.",
            )
        return sheet
    hidden = [name for name in names if book[name].sheet_state != "visible"]
    shown = [name for name in names if name not in hidden]
    wanted = {make_key(name) for name in preferred}
    known = [name for name in shown if make_key(name) in wanted]
    filled = known[:1] or [name for name in shown if _has_cells(book[name])]
    if len(filled) != 1:
        found = f"{len(filled)} visible sheets with cells: {', '.join(filled) or 'none'}"
        found += f"; hidden: {', '.join(hidden)}" if hidden else ""
        rule = "It must be clear which sheet holds the list."
        raise DataError(
            [Problem(log.file, None, None, found, rule)], hint="Name the sheet with --sheet."
        )
    if hidden:
        log.add_guess(f"Hidden sheets are not read: {', '.join(hidden)}.")
    return filled[0]


def _has_cells(sheet: Any) -> bool:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=HEAD_ROWS, values_only=True)
    with refuse_damaged_workbook(sheet.title):
        return any(value is not None for row in islice(rows, HEAD_ROWS) for value in row)


def _iter_rows(sheet: Any, file: str) -> Iterator[tuple[int, Row]]:
    """Yield the rows that are not blank, whatever size the sheet claims to have."""
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(max_row=MAX_SHEET_ROWS, values_only=True), start=1)
    while True:
        with refuse_damaged_workbook(file):
            number, row = next(rows, (0, ()))
        if not number:
            return
        if not any(value is not None for value in row):
            continue
        if len(row) > LIMITS.columns and any(v is not None for v in row[LIMITS.columns :]):
            rule = f"A list may have {LIMITS.columns} columns at most."
            raise refuse(file, f"row {number} has {len(row):,} columns", rule)
        if any(isinstance(v, str) and len(v) > LIMITS.cell_chars for v in row):
            rule = f"A cell may have {LIMITS.cell_chars:,} characters at most."
            raise refuse(file, f"a longer one in row {number}", rule)
        yield number, row[: LIMITS.columns]


def _has_formulas(path: Path) -> bool:
    with refuse_damaged_workbook(path.name), zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as stream:
                    tail = b""
                    while block := stream.read(1 << 20):
                        if b"<f>" in tail + block or b"<f " in tail + block:
                            return True
                        tail = block[-3:]
    return False


def _require_values(path: Path, log: ReadLog, rows: list[tuple[int, Row]]) -> None:
    """Note formulas that were saved without a value: they would be read as empty."""
    values = dict(rows)
    with _opened(path, values=False) as book:
        for number, row in _iter_rows(book[log.sheet], path.name):
            stored = values.get(number, ())
            for n, formula in enumerate(row):
                if not (isinstance(formula, str) and formula.startswith("=")):
                    continue
                if n >= len(stored) or stored[n] is None:
                    rule = "A formula must be saved with its value."
                    hint = "Open the workbook in a spreadsheet, calculate, and save it."
                    found = f"'{formula[:60]}' without a value"
                    log.add_problem(number, column_letter(n + 1), found, rule, hint=hint)


def _build_grid(rows: list[tuple[int, Row]], known: frozenset[str], log: ReadLog) -> Grid:
    head = [[clean_text(_show(value)) for value in row] for _, row in rows[:HEAD_ROWS]]
    place = find_header_row(head, known) if head else 0
    if not rows:
        log.add_problem(None, None, "no cells", "The sheet must hold a table.")
        log.raise_problems("Name another sheet with --sheet.")
    log.add_fix("rows above the header left out", place)
    top, first = rows[place]
    body = rows[place + 1 :]
    width = max((len(row) for _, row in rows[place:]), default=0)
    raw = [_show(value) for value in first] + [""] * (width - len(first))
    header = clean_header(raw, log, top)
    log.rows_read += len(body)
    columns: dict[str, list[str]] = {}
    typed: dict[str, list[bool]] = {}
    for n, name in enumerate(header):
        values = [row[n] if n < len(row) else None for _, row in body]
        if name:
            columns[name] = [_show(value) for value in values]
            typed[name] = [value is not None and not isinstance(value, str) for value in values]
        elif any(value is not None for value in values):
            filled = next(k for k, value in enumerate(values) if value is not None)
            rule = "Each column must have a header in one row; take merged cells apart."
            found = f"'{_show(values[filled])[:60]}' below an empty header"
            log.add_problem(body[filled][0], column_letter(n + 1), found, rule)
    index = pd.Index([number for number, _ in body], name="row", dtype="int64")
    return Grid(
        pd.DataFrame(columns, index=index, dtype="str"),
        pd.DataFrame(typed, index=index, dtype="bool"),
    )


def _show(value: object) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value)
