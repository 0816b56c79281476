"""Facts about single firms written by hand: names, codes and places that no list tells."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults


def read_countries(path: Path) -> dict[str, str]:
    """Read the names by which countries and their states are known.

    Parameters
    ----------
    path : Path
        CSV with columns name, iso2.

    Returns
    -------
    dict of str to str
        ISO 3166-1 alpha-2 code by name.
    """
    table = read_delimited(path, ("name", "iso2"))
    return dict(zip(table["name"], table["iso2"], strict=True))


def read_renamed_firms(path: Path) -> pd.DataFrame:
    """Read the renames that descriptions do not tell: CSV with country, former_name, name."""
    return read_delimited(path, ("country", "former_name", "name"))


def read_excluded_firms(path: Path) -> pd.DataFrame:
    """Read who is no operating company though no rule finds it: CSV with country, name, reason."""
    return read_delimited(path, ("country", "name", "reason"))


def read_coded_firms(path: Path, industries: Collection[str]) -> pd.Series[str]:
    """Read the codes given by hand: after reading a description, or where a firm is widely known.

    Parameters
    ----------
    path : Path
        CSV with firm_id and industry (four digits).
    industries : collection of str
        Classes that exist.

    Returns
    -------
    Series
        Industry by firm_id.

    Raises
    ------
    DataError
        An unknown class, or a firm twice.
    """
    table = read_delimited(path, ("firm_id", "industry"))
    unknown, twice = ~table["industry"].isin(set(industries)), table["firm_id"].duplicated()
    problems = [
        *list_faults(table.loc[unknown, "industry"], path.name, "The class must exist."),
        *list_faults(table.loc[twice, "firm_id"], path.name, "A firm must stand once."),
    ]
    if problems:
        raise DataError(problems)
    return table.set_index("firm_id")["industry"]


def read_known_firms(path: Path, industries: Collection[str]) -> pd.DataFrame:
    """Read widely known firms that stand in no source: text columns country, name, city, industry.

    Raises
    ------
    DataError
        An unknown class, or a firm twice.
    """
    table = read_delimited(path, ("country", "name", "city", "industry"))
    unknown = ~table["industry"].isin(set(industries))
    twice = table.duplicated(["country", "name"])
    problems = [
        *list_faults(table.loc[unknown, "industry"], path.name, "The class must exist."),
        *list_faults(table.loc[twice, "name"], path.name, "A firm must stand once."),
    ]
    if problems:
        raise DataError(problems)
    return table


def read_firm_seats(path: Path) -> pd.Series[str]:
    """Read the cities of widely known firms whose sources tell none: city by firm_id.

    Raises
    ------
    DataError
        A firm twice.
    """
    table = read_delimited(path, ("firm_id", "city"))
    twice = table.loc[table["firm_id"].duplicated(), "firm_id"]
    if len(twice):
        raise DataError(list_faults(twice, path.name, "A firm must stand once."))
    return table.set_index("firm_id")["city"]
