"""The European Central Bank's reference rates: one row per day, one column per currency.

The download `eurofxref-hist.zip` holds one CSV; 'N/A' stands where a currency was not quoted, and
every line ends in a comma.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.faults import list_faults

NOT_QUOTED = "N/A"
FULL_YEAR = 240
"""Quotes from which a year is whole: banks of the euro area work 255 days or so."""

DIGITS = 6
"""Significant digits kept: the bank quotes five or six."""


def read_yearly_rates(path: Path, currencies: Collection[str], *, since: int) -> pd.DataFrame:
    """Mean rate of each currency over the working days of each whole year.

    Parameters
    ----------
    path : Path
        `eurofxref-hist.zip` as the bank gives it.
    currencies : collection of str
        ISO 4217 codes wanted.
    since : int
        First year wanted.

    Returns
    -------
    DataFrame
        currency, year, per_eur (units for one euro), sorted; a year with fewer than `FULL_YEAR`
        quotes is left out.

    Raises
    ------
    DataError
        The file is no such archive, lacks a currency, or holds a rate that is none.
    """
    quotes = _read_quotes(path)
    lacking = sorted(set(currencies) - set(quotes.columns))
    if lacking:
        rule = "The column must be there."
        raise DataError([Problem(path.name, 1, name, "nothing", rule) for name in lacking])
    long = quotes.melt("Date", sorted(currencies), var_name="currency", value_name="cell")
    told = long[~long["cell"].isin([NOT_QUOTED, ""])]
    rates = pd.to_numeric(told["cell"], errors="coerce")
    bad = told.loc[~(rates > 0), "cell"]
    if len(bad):
        raise DataError(list_faults(bad, path.name, "A rate must be a number above 0."))
    table = told.assign(year=told["Date"].str.slice(0, 4).astype("int64"), per_eur=rates)
    grouped = table[table["year"] >= since].groupby(["currency", "year"])["per_eur"]
    means = grouped.mean()[grouped.size() >= FULL_YEAR]
    rounded = means.map(lambda rate: float(f"{rate:.{DIGITS}g}"))
    return rounded.rename("per_eur").reset_index()


def _read_quotes(path: Path) -> pd.DataFrame:
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0]).decode("utf-8")
        quotes: pd.DataFrame = pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False)
    except (OSError, zipfile.BadZipFile, IndexError, ValueError) as fault:
        rule = "It must be the bank's archive eurofxref-hist.zip."
        raise DataError([Problem(path.name, None, None, str(fault), rule)]) from fault
    if "Date" not in quotes.columns:
        rule = "The column must be there."
        raise DataError([Problem(path.name, 1, "Date", "nothing", rule)])
    return quotes
