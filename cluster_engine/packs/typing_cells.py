"""Turn the text cells of a table into the types of its contract."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cluster_engine.contracts import Column, Table
from cluster_engine.errors import DataError, Problem

BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
LARGEST_WHOLE = 2.0**53
"""Above it a number read as a float may be another whole number."""

UNKNOWN_CELL = "the cell is empty"


def type_cells(frame: pd.DataFrame, contract: Table, *, file: str) -> pd.DataFrame:
    """Type every column of a text table, collecting all faults.

    Parameters
    ----------
    frame : DataFrame
        Text cells; the index holds row numbers as a spreadsheet counts.
    contract : Table
        The columns to type.
    file : str
        Name of the file, for messages.

    Returns
    -------
    DataFrame
        Columns of the contract, in order; empty cells are null.

    Raises
    ------
    DataError
        Cells that are no number, no whole number, or neither true nor false.
    """
    problems: list[Problem] = []
    typed = {
        column.name: _type_column(frame[column.name].str.strip(), column, file, problems)
        for column in contract.columns
    }
    if problems:
        raise DataError(problems, hint="Write plain digits with a point: 1234.5, no unit or space.")
    return pd.DataFrame(typed, index=frame.index)


def _type_column(
    cells: pd.Series[str], column: Column, file: str, problems: list[Problem]
) -> pd.Series:
    empty = cells == ""
    if column.kind == "text":
        return cells.mask(empty)
    if column.kind == "boolean":
        truth = cells.str.lower().map(BOOLEANS)
        bad = truth.isna() & ~empty
        rule = "The cell must be true or false."
        typed: pd.Series = truth
    else:
        typed = pd.to_numeric(cells.mask(empty), errors="coerce")
        infinite = ~np.isfinite(typed.fillna(0.0))
        bad = (typed.isna() & ~empty) | infinite
        rule = f"The cell must be a number{f' of {column.unit}' if column.unit else ''}."
        if column.kind == "integer":
            bad |= ((typed % 1 != 0) | (typed.abs() > LARGEST_WHOLE)) & typed.notna() & ~infinite
            rule = "The cell must be a whole number."
    problems.extend(
        Problem(file, int(row), column.name, f"'{cells[row]}'", rule) for row in cells.index[bad]
    )
    if bad.any() or column.kind == "number":
        return typed.astype("float64") if column.kind != "boolean" else typed
    return typed.astype("Int64") if column.kind == "integer" else typed.astype("boolean")
