"""The layout ONS gives every sheet of its input-output tables.

One row holds 'SIC' in column B and the codes of the industries from column C; below it, column A
holds a code and column B a label; '_T' closes the matrix both ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.workbook import Grid, cell, column_letter, read_sheet

FIRST_COLUMN = 3
TOTAL = "_T"
HEADER_MARK = "SIC"
ROWS_SEARCHED = 20
MAX_ROWS = 250
MAX_COLUMNS = 250


@dataclass(frozen=True, slots=True)
class IoSheet:
    """One matrix of an input-output workbook, with the rows and columns around it.

    Attributes
    ----------
    file : str
    codes, labels : tuple of str
        Industries in columns, shape (n,).
    row_codes : tuple of str
        Industries or products in rows, shape (m,).
    values : ndarray
        Cells of the matrix, £m or a ratio, shape (m, n).
    header_row, first_row, first_column : int
        Where the codes stand and the matrix begins, counted from 1.
    grid : list of list
        All cells of the sheet.
    """

    file: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    row_codes: tuple[str, ...]
    values: npt.NDArray[np.float64]
    header_row: int
    first_row: int
    first_column: int
    grid: Grid

    def row(self, key: str) -> npt.NDArray[np.float64]:
        """Return the row under the matrix with this code or label, shape (n,)."""
        for number in range(self.first_row + len(self.row_codes), len(self.grid) + 1):
            if key in (cell(self.grid, number, 1), cell(self.grid, number, 2)):
                span = range(self.first_column, self.first_column + len(self.codes))
                return self._numbers([(number, column) for column in span])
        raise self._missing(f"The sheet must have a row '{key}' under the industries.")

    def column(self, key: str) -> npt.NDArray[np.float64]:
        """Return the column right of the matrix with this code, shape (m,)."""
        for number in range(self.first_column + len(self.codes), MAX_COLUMNS + 1):
            if cell(self.grid, self.header_row, number) == key:
                span = range(self.first_row, self.first_row + len(self.row_codes))
                return self._numbers([(row, number) for row in span])
        raise self._missing(f"The sheet must have a column '{key}' after the industries.")

    def _numbers(self, places: list[tuple[int, int]]) -> npt.NDArray[np.float64]:
        return read_numbers(self.grid, places, self.file)

    def _missing(self, rule: str) -> DataError:
        problem = Problem(self.file, None, None, "no such code", rule)
        return DataError([problem], hint="Give the workbook as ONS publishes it.")


def read_io_sheet(path: Path, sheet: str, *, square: bool) -> IoSheet:
    """Read the matrix of one sheet.

    Parameters
    ----------
    path : Path
        An ONS input-output workbook.
    sheet : str
        Name of the sheet.
    square : bool
        Whether rows must hold the same codes as columns, in the same order.

    Returns
    -------
    IoSheet

    Raises
    ------
    DataError
        No header row, repeated codes, cells that are no numbers, or a matrix that is not square.
    """
    grid = read_sheet(path, sheet, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)
    header_row = _find_header(grid, path.name, sheet)
    codes = _run_of_codes(
        [cell(grid, header_row, column) for column in range(FIRST_COLUMN, MAX_COLUMNS + 1)]
    )
    first_row = next(
        (row for row in range(header_row + 2, len(grid) + 1) if _is_number_row(grid, row)), 0
    )
    row_codes = _run_of_codes([cell(grid, row, 1) for row in range(first_row, len(grid) + 1)])
    problems = _check_codes(path.name, codes, row_codes, header_row, square)
    if problems or not first_row:
        problems = problems or [Problem(path.name, None, None, "no figures", "Expected a matrix.")]
        raise DataError(problems, hint=f"Give the sheet '{sheet}' as ONS publishes it.")
    places = [
        (first_row + i, FIRST_COLUMN + j) for i in range(len(row_codes)) for j in range(len(codes))
    ]
    values = read_numbers(grid, places, path.name).reshape(len(row_codes), len(codes))
    labels = tuple(
        str(cell(grid, header_row + 1, FIRST_COLUMN + j) or code) for j, code in enumerate(codes)
    )
    return IoSheet(
        path.name, codes, labels, row_codes, values, header_row, first_row, FIRST_COLUMN, grid
    )


def read_numbers(grid: Grid, places: list[tuple[int, int]], file: str) -> npt.NDArray[np.float64]:
    """Return the numbers at these (row, column) places; every other cell is a fault."""
    problems, numbers = [], []
    for row, column in places:
        value = cell(grid, row, column)
        if isinstance(value, bool) or not isinstance(value, int | float):
            found = "an empty cell" if value is None else f"'{value}'"
            rule = "The cell must be a number."
            problems.append(Problem(file, row, column_letter(column), found, rule))
        else:
            numbers.append(float(value))
    if problems:
        raise DataError(problems, hint="Give the workbook as ONS publishes it.")
    return np.asarray(numbers)


def _find_header(grid: Grid, file: str, sheet: str) -> int:
    for row in range(1, min(ROWS_SEARCHED, len(grid)) + 1):
        if cell(grid, row, 2) == HEADER_MARK and isinstance(cell(grid, row, FIRST_COLUMN), str):
            return row
    rule = f"Sheet '{sheet}' must have a row with '{HEADER_MARK}' in column B and codes from C."
    raise DataError([Problem(file, None, None, f"none in {ROWS_SEARCHED} rows", rule)])


def _is_number_row(grid: Grid, row: int) -> bool:
    return isinstance(cell(grid, row, FIRST_COLUMN), int | float)


def _run_of_codes(cells: list[str | int | float | bool | None]) -> tuple[str, ...]:
    codes = []
    for value in cells:
        if value is None or value == TOTAL:
            break
        codes.append(str(value))
    return tuple(codes)


def _check_codes(
    file: str, codes: tuple[str, ...], row_codes: tuple[str, ...], header_row: int, square: bool
) -> list[Problem]:
    problems = [
        Problem(file, header_row, None, f"'{code}' twice", "Codes must differ.")
        for code in sorted({code for code in codes if codes.count(code) > 1})
    ]
    problems += [
        Problem(file, None, "A", f"'{code}' twice", "Codes must differ.")
        for code in sorted({code for code in row_codes if row_codes.count(code) > 1})
    ]
    if square and codes != row_codes and not problems:
        odd = sorted(set(codes) ^ set(row_codes))
        rule = "Rows and columns must hold the same industries, in the same order."
        problems.append(Problem(file, header_row, None, ", ".join(odd) or "another order", rule))
    return problems
