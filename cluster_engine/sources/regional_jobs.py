"""Persons employed of Eurostat as an employment table: nothing twice, no total lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.sources.eurostat_sbs import read_persons

YEAR = 2015
AREA_LENGTH = 4
"""Signs of a NUTS 2 code."""

WITHHELD = "0"
"""Digit behind a division for what its groups withhold; NACE has no such group."""

REST = "-rest"
"""Ending of the area that holds what a country publishes but its NUTS 2 areas do not."""


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
    area do not publish stands in a group of its own, such as '450'. What a country publishes beyond
    the sum of its areas stands under the area '<country>-rest'. So nothing counts twice and no
    total is lost.

    Parameters
    ----------
    path : Path
        As :func:`cluster_engine.sources.eurostat_sbs.read_persons` takes it.

    Returns
    -------
    RegionalJobs

    Raises
    ------
    DataError
        As :func:`cluster_engine.sources.eurostat_sbs.read_persons`.
    """
    wide = read_persons(path, year=YEAR).T
    # 'C29' to '29'; sections, which are sums, have no digits.
    wide = wide.set_axis(wide.index.str[1:], axis=0)
    wide = wide[wide.index != ""]
    # Old codes of a region stand beside the new ones, blank throughout.
    told = wide.columns[wide.notna().any(axis=0)]
    areas = [code for code in told if len(code) == AREA_LENGTH]
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
            f"{kept.loc[kept['area'].str.endswith(REST), 'area'].nunique()} countries have a rest "
            "of what their areas do not publish.",
        ),
    )


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
    """Replace a division by its groups, and one more of what they do not publish."""
    table = table.copy()
    for division in [code for code in table.index if len(code) == 2]:
        groups = table[table.index.str.startswith(division) & (table.index.str.len() > 2)]
        if len(groups):
            left = (table.loc[division] - groups.sum(axis=0)).clip(lower=0.0)
            table.loc[division] = left.where(groups.isna().any(axis=0), 0.0)
            table = table.rename(index={division: division + WITHHELD})
    return table


def _drop_absent(long: pd.DataFrame) -> pd.DataFrame:
    """Leave out rests and divisions that hold nothing in any or in this area."""
    rest = long["area"].str.endswith(REST)
    total = long.groupby("industry")["jobs"].transform("sum")
    empty = (rest & ~(long["jobs"] > 0)) | (total == 0)
    return long[~empty].sort_values(["area", "industry"], ignore_index=True)
