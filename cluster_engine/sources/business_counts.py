"""Enterprises by industry and size band: UK Business Counts of the ONS, from Nomis.

Two forms are read: a tidy file (column COUNT) and the answer of the Nomis API (column OBS_VALUE),
which may hold coarser levels of the classification and sums of bands beside their parts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells

TIDY_VALUE, API_VALUE = "COUNT", "OBS_VALUE"
FINEST_CODE = r"\d{5}"
KEYS = ("DATE", "GEOGRAPHY_CODE", "INDUSTRY_CODE", "EMPLOYMENT_SIZEBAND_NAME")
BAND = re.compile(r"(?P<low>[\d,]+)(?: to (?P<high>[\d,]+)|(?P<open>\+))")
COUNT_PATTERN = r"\d+"
OPEN_BAND_FACTOR = 2
"""The open band is read as ending at twice its lower limit, as the bands below it do. Enterprises
of 1,000 jobs and more are larger on average, but their jobs are spread over many sites, and it is
the site that counts as one draw."""


@dataclass(frozen=True, slots=True)
class EnterpriseTable:
    """The pack table `enterprises`, and what should be known about it."""

    table: pd.DataFrame
    remarks: tuple[str, ...]


def read_enterprises(path: Path, *, year: int, industries: Collection[str]) -> EnterpriseTable:
    """Read the enterprises of one year by industry and size band.

    Parameters
    ----------
    path : Path
        CSV, plain or gzipped, of one area.
    year : int
        Year wanted.
    industries : collection of str
        Known codes of the finest level.

    Returns
    -------
    EnterpriseTable
        Counts; bands without an enterprise are left out.

    Raises
    ------
    DataError
        The year is missing, several areas, an unknown code or band, a count that is no whole
        number, a key that stands twice.
    """
    rows = _read_year(path, year)
    problems = _check_rows(rows, industries, path.name)
    if problems:
        raise DataError(problems, hint="Download the counts of the nation by industry and band.")
    sizes = {band: calc_mean_size(band) for band in rows["EMPLOYMENT_SIZEBAND_NAME"].unique()}
    table = pd.DataFrame(
        {
            "industry": rows["INDUSTRY_CODE"],
            "size_band": rows["EMPLOYMENT_SIZEBAND_NAME"],
            "mean_size": rows["EMPLOYMENT_SIZEBAND_NAME"].map(sizes).astype("float64"),
            "enterprises": rows["COUNT"].astype("float64"),
        }
    )
    table = table[table["enterprises"] > 0].sort_values(
        ["industry", "mean_size"], ignore_index=True
    )
    return EnterpriseTable(table, _describe(table, year, len(sizes)))


def _read_year(path: Path, year: int) -> pd.DataFrame:
    rows = _take_finest(path)
    chosen: pd.DataFrame = rows[rows["DATE"] == str(year)]
    if chosen.empty:
        found = "years " + ", ".join(sorted(set(rows["DATE"])))
        rule = f"The file must hold the year {year}."
        raise DataError([Problem(path.name, None, "DATE", found, rule)])
    if chosen["GEOGRAPHY_CODE"].nunique() > 1:
        found = f"{chosen['GEOGRAPHY_CODE'].nunique()} areas"
        rule = "The file must hold the nation alone."
        raise DataError([Problem(path.name, None, "GEOGRAPHY_CODE", found, rule)])
    return chosen


def _take_finest(path: Path) -> pd.DataFrame:
    """Return the rows of either form as the tidy file has them; coarser ones are left out."""
    present = read_delimited(path, ()).columns
    if API_VALUE not in present or TIDY_VALUE in present:
        return strip_cells(read_delimited(path, (*KEYS, TIDY_VALUE)))
    rows = strip_cells(read_delimited(path, (*KEYS, API_VALUE)))
    finest = rows["INDUSTRY_CODE"].str.fullmatch(FINEST_CODE)
    parts = rows["EMPLOYMENT_SIZEBAND_NAME"].str.fullmatch(BAND.pattern)
    return rows[finest & parts].rename(columns={API_VALUE: TIDY_VALUE})


def calc_mean_size(band: str) -> float:
    """Return the jobs of a typical enterprise of a band: the geometric mean of its limits.

    Sizes within a band are skewed to its lower end, which the geometric mean follows.

    Examples
    --------
    >>> calc_mean_size("10 to 19")
    13.8
    """
    match = BAND.fullmatch(band)
    if match is None:
        raise ValueError(f"The 'band' must look like '10 to 19' or '1000+'. Got {band!r}.")
    low = max(int(match["low"].replace(",", "")), 1)
    high = int(match["high"].replace(",", "")) if match["high"] else OPEN_BAND_FACTOR * low
    return round(math.sqrt(low * high), 1)


def _check_rows(rows: pd.DataFrame, industries: Collection[str], file: str) -> list[Problem]:
    band_rule = "The band must look like '10 to 19' or '1000+'."
    tests = (
        ("INDUSTRY_CODE", ~rows["INDUSTRY_CODE"].isin(industries), "Unknown industry."),
        (
            "EMPLOYMENT_SIZEBAND_NAME",
            ~rows["EMPLOYMENT_SIZEBAND_NAME"].str.fullmatch(BAND.pattern),
            band_rule,
        ),
        ("COUNT", ~rows["COUNT"].str.fullmatch(COUNT_PATTERN), "The count must be whole."),
        (
            "EMPLOYMENT_SIZEBAND_NAME",
            rows.duplicated(["INDUSTRY_CODE", "EMPLOYMENT_SIZEBAND_NAME"]),
            "An industry must have each band once.",
        ),
    )
    return [
        problem
        for column, bad, rule in tests
        for problem in list_faults(rows.loc[bad, column], file, rule)
    ]


def _describe(table: pd.DataFrame, year: int, n_bands: int) -> tuple[str, ...]:
    return (
        f"{table['enterprises'].sum():,.0f} enterprises of {year} in {n_bands} size bands and "
        f"{table['industry'].nunique()} industries; bands without one are left out.",
        "mean_size is the geometric mean of the limits of a band; the open band is taken to end "
        f"at {OPEN_BAND_FACTOR} times its lower limit.",
    )
