"""Tables written for the pack by hand: short names, knowledge classes and regions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from cluster_engine.economy_schemas import REGIONS
from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells
from cluster_engine.sources.sic import longest_prefix
from cluster_engine.sources.workbook import clean_label

KNOWLEDGE_CLASSES = (
    "high-technology manufacturing",
    "medium-high-technology manufacturing",
    "medium-low-technology manufacturing",
    "low-technology manufacturing",
    "high-tech knowledge-intensive services",
    "knowledge-intensive market services",
    "knowledge-intensive financial services",
    "other knowledge-intensive services",
    "less knowledge-intensive services",
)
"""Eurostat, High-tech industry and knowledge-intensive services, NACE Rev. 2."""

GROUPS = ("manufacturing", "services")


def read_names(path: Path, key: str, codes: Collection[str]) -> dict[str, str]:
    """Read the short name of each code.

    Parameters
    ----------
    path : Path
        CSV with the columns `key` and 'name'.
    key : str
        Name of the column that holds the code.
    codes : collection of str
        Codes that need a name; names of other codes are an error.

    Returns
    -------
    dict
        Name by code.

    Raises
    ------
    DataError
        A code twice, unknown, without a name, or missing from the file.
    """
    rows = read_delimited(path, (key, "name")).apply(lambda column: column.map(clean_label))
    known = set(codes)
    problems = _check_once(rows[key], path.name)
    problems += list_faults(rows.loc[~rows[key].isin(known), key], path.name, "Unknown code.")
    problems += list_faults(rows.loc[rows["name"] == "", "name"], path.name, "A name is needed.")
    missing = sorted(known - set(rows[key]))
    problems += [
        Problem(path.name, None, key, f"no row for '{code}'", "Each code needs a name.")
        for code in missing
    ]
    if problems:
        raise DataError(problems, hint=f"Mend the list of names {path.name}.")
    return dict(zip(rows[key], rows["name"], strict=True))


def read_knowledge_classes(path: Path) -> dict[str, str]:
    """Read the knowledge class of each code prefix.

    Parameters
    ----------
    path : Path
        CSV with the columns prefix, class, group.

    Returns
    -------
    dict
        Class by prefix; `classify` lets the longest prefix win.

    Raises
    ------
    DataError
        A prefix twice or no number, an unknown class or group.
    """
    rows = strip_cells(read_delimited(path, ("prefix", "class", "group")))
    prefixes, kinds, groups = rows["prefix"], rows["class"], rows["group"]
    file = path.name
    problems = _check_once(prefixes, file)
    problems += list_faults(prefixes[~prefixes.str.isdigit()], file, "Expected digits.")
    rule = f"Known classes: {'; '.join(KNOWLEDGE_CLASSES)}."
    problems += list_faults(kinds[~kinds.isin(KNOWLEDGE_CLASSES)], file, rule)
    fits = [
        kind.endswith(group) for kind, group in zip(kinds.tolist(), groups.tolist(), strict=True)
    ]
    strange = ~groups.isin(GROUPS) | ~pd.Series(fits, groups.index)
    problems += list_faults(groups[strange], file, "The group must be that of the class.")
    if problems:
        raise DataError(problems, hint="Mend the list of knowledge classes.")
    return dict(zip(rows["prefix"], rows["class"], strict=True))


def classify(industries: pd.Series[str], classes: Mapping[str, str]) -> pd.Series[str]:
    """Return the knowledge class of each code; null where Eurostat defines none.

    Sections hold divisions of several classes and get none.
    """
    found = [None if len(code) == 1 else longest_prefix(code, classes) for code in industries]
    return pd.Series(found, index=industries.index, dtype="str", name="knowledge_class")


def read_regions(path: Path, areas: Collection[str]) -> pd.DataFrame:
    """Read the regions a list can be made for.

    Parameters
    ----------
    path : Path
        CSV with the columns region, region_name, kind, area.
    areas : collection of str
        Base areas of the employment figures; each must be in a region of its own.

    Returns
    -------
    DataFrame
        One row per region and base area.

    Raises
    ------
    DataError
        An unknown area, a pair twice, a region with two names or kinds, or an area that is missing.
    """
    rows = strip_cells(read_delimited(path, REGIONS.column_names))
    file = path.name
    problems = list_faults(rows.loc[~rows["area"].isin(areas), "area"], file, "Unknown area.")
    again = rows.loc[rows.duplicated(["region", "area"]), "area"]
    problems += list_faults(again, file, "List an area once per region.", note=" again")
    for column in ("region_name", "kind"):
        first = rows.groupby("region")[column].transform("first")
        rule = "All rows of a region must agree."
        problems += list_faults(rows.loc[rows[column] != first, column], file, rule)
    own = set(rows.loc[rows["kind"] == "area", "area"])
    problems += [
        Problem(file, None, "area", f"no region for '{area}'", "Each area is a region too.")
        for area in sorted(set(areas) - own)
    ]
    if problems:
        raise DataError(problems, hint="Mend the list of regions.")
    return rows.sort_values(["region", "area"], ignore_index=True)


def _check_once(codes: pd.Series[str], file: str) -> list[Problem]:
    return list_faults(codes[codes.duplicated()], file, "List each code once.", note=" again")
