"""Eurostat's structural business statistics: persons employed by industry and NUTS region.

Table `sbs_r_nuts06_r2`, one year, between semicolons: nace_r2 ('C29', 'S95', 'G461'), geo ('DE11')
and the year ('n2015'). A blank is a figure that is confidential or was not delivered; a letter
behind a figure is a flag ('219 d': the definition differs). '12:00 AM' is what a spreadsheet made
of a cell, in rows of Iceland: what stood there is not known. Codes that end in Z are 'extra-regio';
old codes of a region stand beside the new ones, blank throughout.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults

YEAR_MARK = "n"
MANGLED = "12:00 AM"
_FLAG = re.compile(r"\s*[a-z]$")
SECTIONS = ("B", "C", "D", "E", "F", "G", "H", "I", "J", "L", "M", "N", "S95")
"""What the business economy of the table adds up from (aggregate B-N_S95_X_K)."""


def read_persons(path: Path, *, year: int) -> pd.DataFrame:
    """Read persons employed.

    Parameters
    ----------
    path : Path
        CSV, may be gzipped.
    year : int
        Year wanted; the column is 'n' and the year.

    Returns
    -------
    DataFrame
        Persons, index geo (countries and NUTS 1 and 2 regions, extra-regio left out), columns
        NACE codes as the source writes them; NaN where blank. Sorted.

    Raises
    ------
    DataError
        The file cannot be read, a figure is no number or negative, or a cell is there twice.
    """
    column = f"{YEAR_MARK}{year}"
    table = read_delimited(path, ("nace_r2", "geo", column), delimiter=";")
    told = table[column].str.replace(_FLAG, "", regex=True).str.strip().replace(MANGLED, "")
    persons = pd.to_numeric(told.replace("", None), errors="coerce").astype("float64")
    twice = table.duplicated(["nace_r2", "geo"])
    bad = told[(told != "") & (persons.isna() | (persons < 0))]
    problems = [
        *list_faults(bad, path.name, "The cell must be blank or a number from 0."),
        *list_faults(table.loc[twice, "geo"], path.name, "A region must stand once per industry."),
    ]
    if problems:
        raise DataError(problems)
    wide = table.assign(persons=persons).pivot(index="geo", columns="nace_r2", values="persons")
    # Not the country CZ.
    outside = wide.index.str.endswith("Z") & (wide.index.str.len() > 2)
    return wide[~outside].sort_index().sort_index(axis=1)
