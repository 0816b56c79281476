"""Files a user may hand to training: an own similarity matrix, and names of clusters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.clustering.naming import NameRule
from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.pack import Pack
from cluster_engine.packs.tables import read_delimited
from cluster_engine.workflows.economy import SECTOR_DIGITS

SCOPES = ("cluster", "niche")
LONGEST_NAME = 60
SYMMETRY = 1e-9
"""How far the two halves may differ, relative to the largest value."""


def read_similarity(path: Path, pack: Pack) -> pd.DataFrame:
    """Read a square matrix of similarity between four-digit sectors.

    Parameters
    ----------
    path : Path
        CSV: codes in the first column and as the names of all others, in any order; empty: the
        pair is unknown. Higher is more similar; the unit does not matter, ranks are used.
    pack : Pack
        Whose classification the codes are of.

    Returns
    -------
    DataFrame
        Codes as index and columns, in one order.

    Raises
    ------
    DataError
        A code is unknown or repeated, rows and columns differ, a cell is no number, or the matrix
        is not symmetric.
    """
    cells = read_delimited(path, ())
    codes = cells.iloc[:, 0].str.strip()
    columns = [str(name).strip() for name in cells.columns[1:]]
    known = _list_codes(pack)
    problems = [
        Problem(
            path.name,
            int(str(row)),
            str(cells.columns[0]),
            code,
            "The code must be a four-digit one.",
        )
        for row, code in codes.items()
        if code not in known
    ]
    repeated = codes[codes.duplicated()]
    problems += [
        Problem(
            path.name, int(str(row)), str(cells.columns[0]), code, "The code must be there once."
        )
        for row, code in repeated.items()
    ]
    if sorted(columns) != sorted(codes):
        odd = sorted(set(columns) ^ set(codes))
        problems.append(
            Problem(
                path.name, 1, None, ", ".join(odd[:5]), "Rows and columns must have the same codes."
            )
        )
    if problems:
        raise DataError(problems, hint="The first column and the header must hold the same codes.")
    return _check_values(path, cells.iloc[:, 1:].set_axis(columns, axis=1), codes)


def read_names(path: Path, pack: Pack) -> tuple[NameRule, ...]:
    """Read names of clusters and niches: CSV with scope, industry and name.

    Parameters
    ----------
    path : Path
        scope is 'cluster' or 'niche'; industry a four-digit sector that belongs to it, whose name
        it shall be.
    pack : Pack
        Whose classification the codes are of.

    Raises
    ------
    DataError
        An unknown scope or code, an empty or over-long name, one name or sector twice.
    """
    rows = read_delimited(path, ("scope", "industry", "name"))
    known = _list_codes(pack)
    problems, rules = [], []
    seen: set[tuple[str, str]] = set()
    for number, row in rows.iterrows():
        scope, industry, name = (str(row[part]).strip() for part in ("scope", "industry", "name"))
        faults = {
            "scope": (scope not in SCOPES, "It must be 'cluster' or 'niche'."),
            "industry": (industry not in known, "The code must be a four-digit one."),
            "name": (
                not 0 < len(name) <= LONGEST_NAME or (scope, name) in seen,
                f"The name must be new, and 1 to {LONGEST_NAME} characters long.",
            ),
        }
        problems += [
            Problem(path.name, int(str(number)), column, str(row[column]), rule)
            for column, (is_wrong, rule) in faults.items()
            if is_wrong
        ]
        seen.add((scope, name))
        rules.append(NameRule(scope, industry, name))
    if problems:
        raise DataError(problems, hint="`cluster-engine sectors --level 4` lists the codes.")
    return tuple(rules)


def _list_codes(pack: Pack) -> set[str]:
    codes = pack.read("industries", columns=("industry", "level"))
    return set(codes.loc[codes["level"] == SECTOR_DIGITS, "industry"])


def _check_values(path: Path, cells: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    numbers = cells.apply(lambda column: pd.to_numeric(column.str.strip(), errors="coerce"))
    wrong = (numbers.isna() & (cells.apply(lambda column: column.str.strip()) != "")) | np.isinf(
        numbers
    )
    if wrong.to_numpy().any():
        problems = [
            Problem(path.name, int(cells.index[row]), str(cells.columns[column]),
                    str(cells.iat[row, column]), "The cell must be a number, or empty.")
            for row, column in np.argwhere(wrong.to_numpy())[:20]
        ]  # fmt: skip
        raise DataError(problems)
    square: pd.DataFrame = numbers.set_axis(list(codes), axis=0)[list(codes)].astype(np.float64)
    values = square.to_numpy()
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    unequal = ~np.isclose(values, values.T, rtol=0.0, atol=SYMMETRY * largest, equal_nan=True)
    if unequal.any():
        row, column = np.argwhere(unequal)[0]
        found = f"{values[row, column]:g}, but {values[column, row]:g} the other way round"
        problem = Problem(
            path.name, int(cells.index[row]), str(codes.iloc[column]), found,
            "The matrix must be symmetric.",
        )  # fmt: skip
        raise DataError([problem], hint="Take the mean of both directions, for example.")
    return square
