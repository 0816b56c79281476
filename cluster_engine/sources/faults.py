"""List faulty cells of a text table as problems, with the rows they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_engine.errors import Problem

if TYPE_CHECKING:
    import pandas as pd


def list_faults(cells: pd.Series[str], file: str, rule: str, *, note: str = "") -> list[Problem]:
    """Return one problem per cell.

    Parameters
    ----------
    cells : Series of str
        The faulty cells; the index holds row numbers, the name the column.
    file : str
        Name of the file.
    rule : str
        What should stand there.
    note : str, optional
        Added to what was found, such as " again".
    """
    return [
        Problem(file, int(row), str(cells.name), f"'{found}'{note}", rule)
        for row, found in zip(cells.index.tolist(), cells.tolist(), strict=True)
    ]


def strip_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a text table with the blanks around every cell taken off."""
    return rows.assign(**{str(name): rows[name].str.strip() for name in rows.columns})
