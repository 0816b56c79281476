"""SDMX-CSV, the form in which Eurostat's server answers: one observation per row.

Versions 1 (DATAFLOW, LAST UPDATE, …) and 2 (STRUCTURE, STRUCTURE_ID, …) differ in the columns in
front; the dimensions, TIME_PERIOD, OBS_VALUE and the flags behind have the same names.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells

DIMENSIONS = ("nace_r2", "geo")
TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"
INDICATORS = ("indic_sbs", "indic_sb", "unit")
"""Dimensions that must hold one value: another indicator would be read as the same thing."""

NOT_PUBLISHED = ("", ":")
"""What stands in this source where a figure is confidential or was not delivered: never 0."""

FIGURE = r"\d+(\.\d+)?"


def read_persons_employed(path: Path, *, year: int) -> pd.DataFrame:
    """Read persons employed by region and industry from an answer of Eurostat.

    Parameters
    ----------
    path : Path
        SDMX-CSV, plain or gzipped, of one indicator of the structural business statistics.
    year : int
        Year wanted.

    Returns
    -------
    DataFrame
        Persons, shape (n_regions, n_sectors): index geo (countries and NUTS regions), columns NACE
        codes as the source writes them, both sorted; NaN where not published.

    Raises
    ------
    DataError
        A missing column, the year is not there, several indicators, a figure that is no number or
        negative, a region that stands twice in an industry.
    """
    rows = strip_cells(read_delimited(path, ()))
    _require_columns(rows, path.name)
    chosen = rows[rows[TIME] == str(year)]
    problems = []
    if chosen.empty:
        found = "years " + ", ".join(sorted(set(rows[TIME])))
        rule = f"The file must hold the year {year}."
        problems.append(Problem(path.name, None, TIME, found, rule))
    for name in INDICATORS:
        if name in rows.columns and rows[name].nunique() > 1:
            found = ", ".join(sorted(set(rows[name])))
            rule = "The column must hold one value."
            problems.append(Problem(path.name, None, name, found, rule))
    unknown = chosen[VALUE].isin(NOT_PUBLISHED)
    bad = ~(unknown | chosen[VALUE].str.fullmatch(FIGURE))
    rule = "Persons must be a number from 0, or blank."
    problems += list_faults(chosen.loc[bad, VALUE], path.name, rule)
    twice = chosen.duplicated(list(DIMENSIONS))
    rule = "A region must stand once per industry."
    problems += list_faults(chosen.loc[twice, "geo"], path.name, rule, note=" again")
    if problems:
        raise DataError(problems, hint="Fetch one indicator and year, as the catalogue does.")
    persons = chosen[VALUE].mask(unknown).astype("float64")
    wide = chosen.assign(persons=persons).pivot(index="geo", columns="nace_r2", values="persons")
    return wide.sort_index().sort_index(axis=1)


def _require_columns(rows: pd.DataFrame, file: str) -> None:
    problems = [
        Problem(file, 1, name, "columns " + ", ".join(rows.columns), "The column is needed.")
        for name in (*DIMENSIONS, TIME, VALUE)
        if name not in rows.columns
    ]
    if problems:
        raise DataError(problems, hint="Ask Eurostat for SDMX-CSV.")
