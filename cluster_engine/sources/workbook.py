"""Read the cells of one sheet of an Excel workbook, within limits.

A workbook of a few kilobytes can claim a million columns or unpack to gigabytes; sizes are checked
before a cell is read, and rows and columns are capped.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from cluster_engine.errors import DataError, Problem

MAX_FILE_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 500_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 300

Cell = str | int | float | bool | None
Grid = list[list[Cell]]


def read_sheet(
    path: Path, sheet: str, *, max_rows: int = MAX_ROWS, max_columns: int = MAX_COLUMNS
) -> Grid:
    """Read a sheet as rows of cells; texts are cleaned, formulas give their stored values.

    Parameters
    ----------
    path : Path
        An .xlsx file.
    sheet : str
        Name of the sheet.
    max_rows, max_columns : int
        Cells beyond are not read.

    Returns
    -------
    list of list
        ``grid[row - 1][column - 1]`` in the numbering of the spreadsheet; rows may differ in
        length, and `cell` reads safely.

    Raises
    ------
    DataError
        No such file or sheet, no workbook, or a workbook beyond the limits.
    """
    from openpyxl import load_workbook

    _require_modest_workbook(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as fault:
        raise _refusal(path, str(fault), "The file must be an Excel workbook (.xlsx).") from fault
    try:
        if sheet not in book.sheetnames:
            found = "sheets " + ", ".join(book.sheetnames)
            raise _refusal(path, found, f"The workbook must have a sheet '{sheet}'.")
        rows = book[sheet].iter_rows(max_row=max_rows, max_col=max_columns, values_only=True)
        return [[_clean(value) for value in row] for row in rows]
    finally:
        book.close()


def cell(grid: Grid, row: int, column: int) -> Cell:
    """Return the cell in this row and column, both counted from 1; None beyond the grid."""
    if row > len(grid) or column > len(grid[row - 1]):
        return None
    return grid[row - 1][column - 1]


def column_letter(column: int) -> str:
    """Return the letters a spreadsheet shows for a column counted from 1: 28 is 'AB'."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def clean_label(text: str) -> str:
    """Return a text with every run of blanks, no-break ones included, as one space."""
    return " ".join(text.split())


def _clean(value: object) -> Cell:
    if isinstance(value, str):
        return clean_label(value) or None
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _require_modest_workbook(path: Path) -> None:
    if not path.is_file():
        raise _refusal(path, "no such file", f"The workbook must exist in {path.parent}.")
    if path.stat().st_size > MAX_FILE_BYTES:
        found = f"{path.stat().st_size:,} bytes"
        raise _refusal(path, found, f"The workbook may have {MAX_FILE_BYTES:,} bytes at most.")
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as fault:
        rule = "The file must be an Excel workbook (.xlsx)."
        raise _refusal(path, str(fault), rule) from fault
    if unpacked > MAX_UNPACKED_BYTES:
        found = f"{unpacked:,} bytes when unpacked"
        raise _refusal(path, found, f"{MAX_UNPACKED_BYTES:,} bytes at most are read.")


def _refusal(path: Path, found: str, rule: str) -> DataError:
    return DataError(
        [Problem(path.name, None, None, found, rule)],
        hint="Give the workbook as the publisher offers it.",
    )
