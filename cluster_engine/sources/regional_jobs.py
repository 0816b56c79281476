"""Eurostat regional structural business statistics: persons employed by NACE and NUTS area."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells

COLUMNS = ("nace_r2", "geo", "n2015")
YEAR = 2015
AREA_LENGTH = 4
"""Signs of a NUTS 2 code."""

REST = "-rest"
"""Ending of the area that holds what a country publishes but its NUTS 2 areas do not."""

SPOILED = "12:00 AM"
"""What a spreadsheet made of some cells of Iceland: nobody can tell of what, so not known."""

OUTSIDE = "ZZ"
"""Ending of the areas for what belongs to no region."""


@dataclass(frozen=True, slots=True)
class RegionalJobs:
    """Employment of areas by industry.

    Attributes
    ----------
    employment : DataFrame
        year, area, industry, jobs; empty jobs = confidential.
    remarks : tuple of str
        What was counted.
    """

    employment: pd.DataFrame
    remarks: tuple[str, ...]


def read_regional_jobs(path: Path) -> RegionalJobs:
    """Read the finest industries of NUTS 2 areas, with a rest where areas are confidential.

    Divisions that the file splits into groups are replaced by the groups; what the groups of an
    area do not publish stays under the division. What a country publishes beyond the sum of its
    areas stands under the area '<country>-rest'. So nothing counts twice and no total is lost.

    Parameters
    ----------
    path : Path
        ';' between the columns nace_r2, geo, n2015; a blank cell is confidential.

    Returns
    -------
    RegionalJobs

    Raises
    ------
    DataError
        A column is missing, a code is odd or a pair stands twice, a cell is neither blank nor a
        whole number.
    """
    rows = strip_cells(read_delimited(path, COLUMNS, delimiter=";"))
    flagged = rows["n2015"].str.fullmatch(r"(\d+ )?d")
    spoiled = rows["n2015"] == SPOILED
    figures = rows["n2015"].mask(spoiled, "").str.removesuffix("d").str.strip()
    rows = rows.assign(n2015=figures)
    _check(rows, path.name)
    jobs = rows.assign(
        industry=rows["nace_r2"].str[1:],
        jobs=pd.to_numeric(rows["n2015"].where(rows["n2015"] != "")),
    )
    jobs = jobs[jobs["industry"] != ""]
    wide = jobs.pivot(index="industry", columns="geo", values="jobs")
    areas = [
        code for code in wide.columns if len(code) == AREA_LENGTH and not code.endswith(OUTSIDE)
    ]
    table = pd.concat([wide[areas], _find_rests(wide, areas)], axis=1)
    listed = _split_groups(table).rename_axis(index="industry", columns="area")
    long = listed.T.stack(future_stack=True).reset_index()
    long = long.set_axis(["area", "industry", "jobs"], axis=1)
    kept = _drop_absent(long)
    blank = kept["jobs"].isna()
    own = blank & ~kept["area"].str.endswith(REST)
    return RegionalJobs(
        kept.assign(year=YEAR)[["year", "area", "industry", "jobs"]],
        (
            f"{len(areas)} NUTS 2 areas of {len({code[:2] for code in areas})} countries.",
            f"{int(own.sum()):,} of {int((~kept['area'].str.endswith(REST)).sum()):,} figures of "
            "areas are confidential: empty, never 0.",
            f"{int(flagged.sum())} cells are flagged as of another definition (figures kept); "
            f"{int(spoiled.sum())} were spoiled by a spreadsheet and count as not known.",
            f"{kept.loc[kept['area'].str.endswith(REST), 'area'].nunique()} countries have a rest "
            "of what their areas do not publish.",
        ),
    )


def _check(rows: pd.DataFrame, file: str) -> None:
    odd = ~rows["nace_r2"].str.fullmatch(r"[A-S]\d{0,4}")
    problems = list_faults(rows.loc[odd, "nace_r2"], file, "Expected a NACE code such as C29.")
    strange = ~rows["geo"].str.fullmatch(r"[A-Z]{2}[A-Z0-9]{0,2}")
    problems += list_faults(rows.loc[strange, "geo"], file, "Expected a NUTS 0, 1 or 2 code.")
    bad = ~rows["n2015"].str.fullmatch(r"\d*")
    rule = "Expected a whole number of persons, or a blank where confidential."
    problems += list_faults(rows.loc[bad, "n2015"], file, rule)
    again = rows.duplicated(["nace_r2", "geo"])
    rule = "A pair of industry and area must not repeat."
    problems += list_faults(rows.loc[again, "geo"], file, rule, note=" again")
    if problems:
        raise DataError(problems, hint="Download sbs_r_nuts06_r2 again, persons employed.")


def _find_rests(wide: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    """National figure less the areas that publish, where some area does not."""
    rests = {}
    for country in sorted({area[:2] for area in areas}):
        if country not in wide:
            continue
        own = wide[[area for area in areas if area[:2] == country]]
        rest = (wide[country] - own.sum(axis=1)).where(own.isna().any(axis=1))
        # The sum of areas may pass the national figure by rounding.
        if (rest > 0).any():
            rests[country + REST] = rest.clip(lower=0.0)
    return pd.DataFrame(rests, index=wide.index)


def _split_groups(table: pd.DataFrame) -> pd.DataFrame:
    """Replace a division by its groups; what they do not publish stays under the division."""
    table = table.copy()
    for division in [code for code in table.index if len(code) == 2]:
        groups = table[table.index.str.startswith(division) & (table.index.str.len() > 2)]
        if len(groups):
            left = (table.loc[division] - groups.sum(axis=0)).clip(lower=0.0)
            table.loc[division] = left.where(groups.isna().any(axis=0), 0.0)
    return table


def _drop_absent(long: pd.DataFrame) -> pd.DataFrame:
    """Leave out rests and divisions that hold nothing in any or in this area."""
    rest = long["area"].str.endswith(REST)
    total = long.groupby("industry")["jobs"].transform("sum")
    empty = (rest & ~(long["jobs"] > 0)) | (total == 0)
    return long[~empty].sort_values(["area", "industry"], ignore_index=True)
