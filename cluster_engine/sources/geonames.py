"""GeoNames' table of populated places: who lies in which administrative division, and is how large.

The download `cities500` (or 1000, 5000, 15000) has 19 columns between tabs and no header. Names are
as people write them, with the spellings of other languages beside them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.errors import DataError, Problem

COLUMNS = {
    1: "name", 2: "ascii_name", 3: "other_names", 8: "country", 10: "admin1", 11: "admin2",
    12: "admin3", 14: "people",
}  # fmt: skip
N_COLUMNS = 19
LEVELS = (1, 2, 3)
SEPARATOR = "."
_KIND = re.compile(r"\s+(?:kommune|kommun)$", re.IGNORECASE)
ANY = "*"
"""Prefix of a rule for all that no other rule of the country names."""


def read_places(path: Path, countries: frozenset[str]) -> pd.DataFrame:
    """Read the places of some countries.

    Parameters
    ----------
    path : Path
        `cities500.txt`, tab-separated, UTF-8.
    countries : frozenset of str
        ISO 3166-1 alpha-2 codes wanted.

    Returns
    -------
    DataFrame
        Columns of `COLUMNS`, in the order of the file; people as integers, 0 where not told.

    Raises
    ------
    DataError
        No such file, or rows without 19 cells.
    """
    if not path.is_file():
        problem = Problem(path.name, None, None, "no such file", "The file must exist.")
        raise DataError([problem], hint="See data/SOURCES.md, 'Home regions', for where it is.")
    rows, problems = [], []
    with path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, start=1):
            cells = line.rstrip("\r\n").split("\t")
            if len(cells) != N_COLUMNS:
                rule = f"The row must have {N_COLUMNS} cells."
                problems.append(Problem(path.name, number, None, f"{len(cells)} cells", rule))
            elif cells[8] in countries:
                rows.append([cells[place] for place in COLUMNS])
    if problems:
        raise DataError(problems, hint="The file must be GeoNames' cities500.txt as it is.")
    table = pd.DataFrame(rows, columns=list(COLUMNS.values()), dtype="str")
    people = pd.to_numeric(table["people"], errors="coerce").fillna(0).astype("int64")
    return table.assign(people=people)


def read_divisions(path: Path, countries: frozenset[str]) -> pd.DataFrame:
    """Read the names of divisions of the second level, as places without people.

    Where municipalities are such divisions, firms write them as their city.

    Parameters
    ----------
    path : Path
        JSON of objects with code ('DK.17.157') and name ('Gentofte Kommune').
    countries : frozenset of str
        Countries wanted.

    Returns
    -------
    DataFrame
        As :func:`read_places`; a genitive ('Stockholms Kommun') stands with and without its s.

    Raises
    ------
    DataError
        No such file, or none of that kind.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        pairs = [(entry["code"].split(SEPARATOR), entry["name"]) for entry in told]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        rule = "It must be JSON of objects with code and name."
        raise DataError([Problem(path.name, None, None, str(fault), rule)]) from fault
    rows = []
    for code, name in pairs:
        if code[0] in countries and len(code) == len(LEVELS):
            plain = _KIND.sub("", name)
            names = {plain, plain.removesuffix("s")} if plain != name else {plain}
            rows += [(one, one, "", *code, "", 0) for one in sorted(names)]
    return pd.DataFrame(rows, columns=list(COLUMNS.values()))


def find_regions(places: pd.DataFrame, rules: pd.DataFrame) -> pd.Series[str]:
    """Find the region of each place by its administrative divisions.

    Parameters
    ----------
    places : DataFrame
        From :func:`read_places`.
    rules : DataFrame
        country, level (1, 2 or 3: which division), prefix (beginning of its code; '*' any),
        region. The finest level decides, and the longest prefix of it.

    Returns
    -------
    Series
        Region, '' where no rule holds; index of the places.
    """
    found = pd.Series("", index=places.index, dtype="str")
    ordered = rules.assign(
        level=rules["level"].astype("int64"),
        length=np.where(rules["prefix"] == ANY, 0, rules["prefix"].str.len()),
    ).sort_values(["level", "length", "prefix"])
    for rule in ordered.itertuples():
        inside = places["country"] == rule.country
        if rule.prefix != ANY:
            inside &= places[f"admin{rule.level}"].str.startswith(str(rule.prefix))
        found = found.mask(inside, str(rule.region))
    return found
