"""Read delimited text row by row: every row is checked, and nothing is shifted or lost."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.formula_guard import GUARD, is_guarded, unguard
from cluster_engine.sources.lists.delimited_rows import (
    CANDIDATES,
    DELIMITER_NAMES,
    Layout,
    RowReader,
)
from cluster_engine.sources.lists.grid import clean_header, find_header_row
from cluster_engine.sources.lists.limits import LIMITS, refuse
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.real_type import Kind
from cluster_engine.sources.lists.text_source import Encoding, open_text
from cluster_engine.sources.lists.texts import clean_text

HEAD_LINES = 400
HEAD_ROWS = 200
NAMELESS = "column without a header"

_SEP = re.compile(r"^\ufeff?sep=(.)\s*$", re.IGNORECASE)


def find_layout(
    path: Path, kind: Kind, encoding: Encoding, known: frozenset[str], log: ReadLog
) -> Layout:
    """Find delimiter and header from the first rows.

    Parameters
    ----------
    path, kind, encoding
        The file and how to open it.
    known : frozenset of str
        Keys of headers that some format or language uses.
    log : ReadLog
        Notes what was mended.

    Raises
    ------
    DataError
        No row at all.
    """
    with open_text(path, kind, encoding) as stream:
        lines = list(islice(stream, HEAD_LINES))
    match = _SEP.match(lines[0]) if lines else None
    skip = 1 if match else 0
    log.add_fix("line 'sep=' read as the name of the delimiter", skip)
    lines = lines[skip:]
    delimiter = match[1] if match else _find_delimiter(lines)
    rows = [[clean_text(cell) for cell in row] for row in _parse_head(lines, delimiter)]
    if not any(any(row) for row in rows):
        raise DataError(
            [Problem(path.name, None, None, "no row", "The file must hold a table.")],
            hint="Export it again.",
        )
    place = find_header_row(rows, known)
    raw = _parse_head(lines, delimiter)[place]
    log.add_fix("rows above the header left out", sum(any(row) for row in rows[:place]))
    header = clean_header(raw, log, place + 1)
    if len(header) > LIMITS.columns:
        rule = f"A list may have {LIMITS.columns} columns at most."
        raise refuse(path.name, f"{len(header):,} columns", rule)
    log.delimiter = DELIMITER_NAMES.get(delimiter, delimiter)
    return Layout(path, kind, encoding, delimiter, skip, place + 1, tuple(header))


def _parse_head(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(islice(csv.reader(lines, delimiter=delimiter), HEAD_ROWS))
    except csv.Error:
        return rows  # the rows up to the fault; reading all rows will name it
    return rows


def _find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter under which most of the first rows have the same number of cells."""
    best, best_score = ",", (0, 0)
    for candidate in CANDIDATES:
        widths = Counter(len(row) for row in _parse_head(lines, candidate) if len(row) > 1)
        if widths:
            width, agreeing = widths.most_common(1)[0]
            if (agreeing, width) > best_score:
                best, best_score = candidate, (agreeing, width)
    return best


def iter_chunks(
    layout: Layout,
    log: ReadLog,
    *,
    columns: Sequence[str] | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Iterator[pd.DataFrame]:
    """Read the rows below the header, some ten thousand at a time.

    Parameters
    ----------
    layout : Layout
        As `find_layout` returns.
    log : ReadLog
        Notes faulty rows; the caller raises.
    columns : sequence of str, optional
        Columns to keep; None: all.
    on_progress : callable, optional
        Told the number of rows read so far.

    Yields
    ------
    DataFrame
        Text cells; the index holds the rows.

    Raises
    ------
    LimitError
        Too many rows or characters.
    DataError
        A quote that is not closed.
    """
    names = [name or f"{NAMELESS} {n + 1}" for n, name in enumerate(layout.header)]
    wanted = [n for n, name in enumerate(names) if columns is None or name in columns]
    nameless = [n for n, name in enumerate(layout.header) if not name]
    picked = sorted({*wanted, *nameless})
    rows = RowReader(layout, log, picked)
    limit = csv.field_size_limit(LIMITS.cell_chars)
    try:
        with open_text(layout.path, layout.kind, layout.encoding) as stream:
            for numbers, cells in rows.iter_blocks(stream):
                log.rows_read += len(cells)
                by_column = dict(zip(picked, zip(*cells, strict=True), strict=True))
                _check_nameless(by_column, nameless, numbers, log)
                kept = {
                    names[n]: _take_guards_off(by_column[n], log)
                    for n in wanted
                    if n not in nameless
                }
                yield pd.DataFrame(kept, index=pd.Index(numbers, name="row"), dtype="str")
                if on_progress:
                    on_progress(log.rows_read)
    finally:
        csv.field_size_limit(limit)


def _take_guards_off(cells: tuple[str, ...], log: ReadLog) -> tuple[str, ...]:
    """Take off apostrophes that keep a spreadsheet from running a text; ours, or others'."""
    guarded = sum(is_guarded(cell) for cell in cells if cell.startswith(GUARD))
    if not guarded:
        return cells
    log.add_fix("apostrophe before the sign of a formula taken off", guarded)
    return tuple(unguard(cell) for cell in cells)


def _check_nameless(
    by_column: dict[int, tuple[str, ...]], nameless: list[int], rows: list[int], log: ReadLog
) -> None:
    for n in nameless:
        filled = [(row, cell) for row, cell in zip(rows, by_column[n], strict=True) if cell.strip()]
        if filled:
            rule = f"Column {n + 1} must have a header; a header over two rows must become one."
            log.add_problem(filled[0][0], None, f"'{filled[0][1][:60]}'", rule)
