"""Read any table that a list of firms may come in, CSV or XLSX, packed or not, as text cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.sources.lists.delimited import find_layout, iter_chunks
from cluster_engine.sources.lists.delimited_rows import Layout
from cluster_engine.sources.lists.grid import Grid, is_footer
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.real_type import Kind, find_kind
from cluster_engine.sources.lists.text_source import find_encoding
from cluster_engine.sources.lists.texts import clean_text
from cluster_engine.sources.lists.workbook_grid import read_workbook_grid

Progress = Callable[[int], None]
FOOTER_ROWS = 10
"""Notes and totals stand in the last rows only: a firm may be called 'Total'."""

_DATA = re.compile(
    r"[-+]?\d[\d.,' ]*%?|https?://\S+|www\.\S+|[A-Z0-9]{18}\d{2}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class OpenedList:
    """A file whose type and header are known, before its rows are read.

    Attributes
    ----------
    path : Path
        The file.
    kind : str
        What its first bytes say it is.
    header : tuple of str
        Cleaned header.
    layout : Layout or None
        How a text file is laid out.
    grid : Grid or None
        The cells of a workbook, which is read as a whole.
    """

    path: Path
    kind: Kind
    header: tuple[str, ...]
    layout: Layout | None = None
    grid: Grid | None = None


def open_list(
    path: Path,
    log: ReadLog,
    *,
    sheet: str | None = None,
    known: frozenset[str] = frozenset(),
    sheets: Collection[str] = (),
) -> OpenedList:
    """Find out what a file is and read its header; of a workbook, all cells.

    Parameters
    ----------
    path : Path
        CSV, TSV or other delimited text, plain, gzipped or alone in a zip; or XLSX.
    log : ReadLog
        Notes what was mended.
    sheet : str, optional
        Sheet of a workbook.
    known : frozenset of str
        Keys of headers by which a header row is found.
    sheets : collection of str
        Sheets that known formats use.

    Raises
    ------
    DataError
        The file is no table, is damaged, or has no header.
    LimitError
        The file is beyond the limits.
    """
    kind = find_kind(path)
    if kind == "workbook":
        if path.suffix.lower() not in {".xlsx", ".xlsm"}:
            log.add_guess(f"The file is an Excel workbook, although it is called '{path.suffix}'.")
        grid = read_workbook_grid(path, sheet=sheet, known=known, preferred=sheets, log=log)
        header = tuple(str(name) for name in grid.cells.columns)
        log.raise_problems()
        _require_header(header, log)
        return OpenedList(path, kind, header, grid=grid)
    encoding = find_encoding(path, kind)
    log.encoding = encoding.name.removesuffix("-sig")
    if encoding.guessed:
        log.add_guess(f"The text is not UTF-8; it is read as {encoding.name} (Western European).")
    layout = find_layout(path, kind, encoding, known, log)
    log.raise_problems()
    _require_header(layout.header, log, known)
    return OpenedList(path, kind, tuple(name for name in layout.header if name), layout=layout)


def _require_header(
    header: tuple[str, ...], log: ReadLog, known: frozenset[str] = frozenset()
) -> None:
    """Refuse a first row that holds data."""
    data = [cell for cell in header if cell and _DATA.fullmatch(cell) and not _YEAR.fullmatch(cell)]
    if data and not known & {clean_text(cell).casefold() for cell in header}:
        found = "'" + "', '".join(data[:3]) + "' in the first row"
        rule = "The first row of the table must name the columns."
        hint = "Put a row with names such as 'name', 'country', 'website' above the data."
        log.add_problem(1, None, found, rule, hint=hint)
        log.raise_problems()


def iter_grids(
    opened: OpenedList,
    log: ReadLog,
    *,
    columns: Collection[str] | None = None,
    on_progress: Progress | None = None,
) -> Iterator[Grid]:
    """Read the rows: a text file some ten thousand at a time, a workbook at once.

    Parameters
    ----------
    opened : OpenedList
        As `open_list` returns.
    log : ReadLog
        Notes faulty rows.
    columns : collection of str, optional
        Columns to keep; None: all.
    on_progress : callable, optional
        Told the number of rows read so far.

    Raises
    ------
    DataError
        No row below the header, or faulty rows (raised after the last of them).
    """
    if opened.grid is not None:
        cut = _drop_footer(opened.grid, log)
        if on_progress:
            on_progress(len(cut.cells))
        yield cut
    elif opened.layout is not None:
        wanted = None if columns is None else [n for n in opened.header if n in columns]
        previous: pd.DataFrame | None = None
        for chunk in iter_chunks(opened.layout, log, columns=wanted, on_progress=on_progress):
            if previous is not None:
                yield Grid(previous)
            previous = chunk
        if previous is not None:
            yield _drop_footer(Grid(previous), log)
    log.raise_problems()
    if not log.rows_read:
        log.add_problem(None, None, "a header and no rows", "The table must have rows.")
        log.raise_problems("Export the list again, with rows.")


def read_grid(opened: OpenedList, log: ReadLog, *, on_progress: Progress | None = None) -> Grid:
    """Read all rows as one grid.

    Raises
    ------
    DataError
        No row below the header, or faulty rows.
    """
    grids = list(iter_grids(opened, log, on_progress=on_progress))
    if len(grids) == 1:
        return grids[0]
    return Grid(pd.concat([grid.cells for grid in grids]))


def _drop_footer(grid: Grid, log: ReadLog) -> Grid:
    """Leave out totals and notes in the last rows: a word for them and nothing but figures."""
    cells = grid.cells
    cut = len(cells)
    for place in range(len(cells) - 1, max(len(cells) - FOOTER_ROWS, 0) - 1, -1):
        filled = [text for text in (clean_text(cell) for cell in cells.iloc[place]) if text]
        if filled and is_footer(filled[0]) and all(_DATA.fullmatch(text) for text in filled[1:]):
            cut = place
        elif len(filled) > 1:
            break
    if cut == len(cells):
        return grid
    log.add_drop("note or total below the table", cells.index[cut:].tolist())
    typed = None if grid.typed is None else grid.typed.iloc[:cut]
    return Grid(cells.iloc[:cut], typed)
