"""Universities, institutes and sites of a region: a file the agency keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.firm_schemas import SITES
from cluster_engine.packs.tables import read_table


def read_sites(path: Path) -> pd.DataFrame:
    """Read the agency's file of universities and sites.

    Parameters
    ----------
    path : Path
        CSV with the columns of SITES in `firm_schemas`.

    Raises
    ------
    DataError
        A missing column, an empty cell, an unknown kind, an address that is none, a name twice.
    """
    rows = read_table(path, SITES)
    problems: list[Problem] = []
    for column in SITES.columns:
        cells = rows[column.name]
        if not column.nullable:
            problems += _list(path, cells[cells.isna()], "The cell must not be empty.")
        told = cells.dropna()
        if column.values:
            rule = f"It must be one of {', '.join(column.values)}."
            problems += _list(path, told[~told.isin(column.values)], rule)
        if column.pattern:
            wrong = [re.fullmatch(column.pattern, cell) is None for cell in told]
            problems += _list(path, told[wrong], "It must be an address: https://…")
    twice = rows["name"][rows.duplicated(list(SITES.key)) & rows["name"].notna()]
    problems += _list(path, twice, "Each kind and name must stand there once.")
    if problems:
        hint = "Columns: " + ", ".join(SITES.column_names) + "; docs/report.md has an example."
        raise DataError(sorted(problems, key=lambda found: found.row or 0), hint=hint)
    return rows.reset_index(drop=True)


def _list(path: Path, cells: pd.Series, rule: str) -> list[Problem]:
    return [
        Problem(path.name, int(str(row)), str(cells.name), "" if pd.isna(cell) else str(cell), rule)
        for row, cell in cells.items()
    ]
