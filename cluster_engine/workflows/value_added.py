"""Value added per job of a region and of the nation, by sector, from a pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import DataError
from cluster_engine.measures import productivity
from cluster_engine.measures.productivity import OUTSIDE, ValuePerJob
from cluster_engine.packs.groups import SEPARATOR, find_group_faults
from cluster_engine.packs.pack import Pack
from cluster_engine.workflows.economy import SECTOR_DIGITS, Economy, read_employment

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

SMALLEST_JOBS = 500.0
"""Jobs below which a group gives no figure. Measured on the 40 areas of the default pack: between
2018 and 2019 nine in ten figures stay within a factor of 2.0 for groups of 500 to 1,000 jobs, of
2.2 for 250 to 500, of 3.5 for 100 to 250 and of 6.8 below 50; for 10,000 and more, of 1.3."""


@dataclass(frozen=True, slots=True)
class ValueAdded:
    """Value added of one year by area and group, beside the jobs of that year.

    Attributes
    ----------
    year : int
        Latest year up to that of the economy that has both.
    groups : tuple of str, length n_groups
        Codes of each group, '; ' between them.
    labels : tuple of str, length n_groups
        Names of these codes, '; ' between them.
    amounts : ndarray of float, shape (n_areas, n_groups)
        £m, current prices; NaN where not published, or where jobs of the group are not.
    jobs : ndarray of float, shape (n_areas, n_sectors)
        Jobs of the year, areas and sectors in the order of the economy.
    group_of : ndarray of int, shape (n_sectors,)
        Position of each sector's group; -1: none.
    """

    year: int
    groups: tuple[str, ...]
    labels: tuple[str, ...]
    amounts: Floats
    jobs: Floats
    group_of: Integers


@dataclass(frozen=True, slots=True)
class Productivity:
    """Value added per job of a region and of the nation, by sector.

    Attributes
    ----------
    year : int
    region, nation : ValuePerJob
        £ thousand per job at current prices, shape (n_sectors,), with reasons where unknown.
    labels : tuple of str, length n_sectors
        What the figure of a sector is for: names of the group's industries; empty without one.
    """

    year: int
    region: ValuePerJob
    nation: ValuePerJob
    labels: tuple[str, ...]


def read_value_added(pack: Pack, economy: Economy) -> ValueAdded | None:
    """Read value added of the latest year for which the economy has jobs too.

    Parameters
    ----------
    pack : Pack
    economy : Economy
        Of the same pack.

    Returns
    -------
    ValueAdded or None
        None: the pack has no value added, or none for a year of the economy.

    Raises
    ------
    DataError
        An industry of a group is unknown, or stands in two groups: something would count twice.
    """
    if not pack.has("value_added"):
        return None
    names = _read_names(pack)
    table = _read_table(pack, names)
    years = sorted(set(table["year"]) & set(economy.years))
    if not years:
        return None
    year = int(years[-1])
    table = table[table["year"] == year]
    groups = tuple(sorted(table["industries"].unique()))
    owner = {code: place for place, group in enumerate(groups) for code in group.split(SEPARATOR)}
    group_of = np.array([_find_group(code, owner) for code in economy.sectors["industry"]])
    amounts = (
        table.pivot(index="area", columns="industries", values="value_added")
        .reindex(index=list(economy.areas), columns=list(groups))
        .to_numpy(dtype=np.float64, na_value=np.nan)
    )
    unknown = _find_unknown_jobs(pack, economy, year, group_of, len(groups))
    return ValueAdded(
        year=year,
        groups=groups,
        labels=tuple(_join_names(group, names) for group in groups),
        amounts=np.where(unknown, np.nan, amounts),
        jobs=economy.jobs[economy.years.index(year)],
        group_of=group_of,
    )


def calc_value_per_job(
    table: ValueAdded, own: Sequence[int] | Integers, *, smallest_jobs: float = SMALLEST_JOBS
) -> Productivity:
    """Value added per job in a region's areas, and in the nation, by sector.

    Parameters
    ----------
    table : ValueAdded
    own : sequence of int
        Positions of the region's areas in the economy.
    smallest_jobs : float
        Jobs below which a group gives no figure.

    Returns
    -------
    Productivity
        Each sector has the figure of its group: 'motor vehicles', not 'vehicle seats'.

    Raises
    ------
    ValueError
        No area, or an area twice.
    """
    areas = np.asarray(own, dtype=np.intp)
    if len(areas) == 0 or len(np.unique(areas)) != len(areas):
        raise ValueError(f"The 'own' areas must be at least one, each once. Got {areas.tolist()}.")
    region, nation = (
        productivity.calc_value_per_job(
            table.amounts[rows], table.jobs[rows], table.group_of, smallest_jobs=smallest_jobs
        )
        for rows in (areas, slice(None))
    )
    labels = tuple("" if group == OUTSIDE else table.labels[group] for group in table.group_of)
    return Productivity(table.year, region, nation, labels)


def _read_names(pack: Pack) -> dict[str, str]:
    table = pack.read("industries", columns=("industry", "name"))
    return dict(zip(table["industry"], table["name"], strict=True))


def _read_table(pack: Pack, names: dict[str, str]) -> pd.DataFrame:
    table = pack.read("value_added")
    problems = find_group_faults(table, names, file=pack.entry("value_added").file)
    if problems:
        raise DataError(problems, hint="Mend the table, then run `cluster-engine data check`.")
    return table


def _join_names(group: str, names: dict[str, str]) -> str:
    return SEPARATOR.join(names[code] for code in group.split(SEPARATOR))


def _find_group(sector: str, owner: dict[str, int]) -> int:
    """Group that holds the sector or, first met going up, the industry it is part of."""
    for length in range(len(sector), 0, -1):
        if sector[:length] in owner:
            return owner[sector[:length]]
    return OUTSIDE


def _find_unknown_jobs(
    pack: Pack, economy: Economy, year: int, group_of: Integers, n_groups: int
) -> NDArray[np.bool_]:
    """Groups of areas, (n_areas, n_groups), with jobs that are not published: counted as 0."""
    found = np.zeros((len(economy.areas), n_groups), dtype=np.bool_)
    if year == economy.years[-1] and not economy.n_missing:
        return found
    jobs = read_employment(pack, level=SECTOR_DIGITS, years=(year,))
    missing = jobs[jobs["missing"] > 0]
    rows = pd.Index(economy.areas).get_indexer(pd.Index(missing["area"]))
    sectors = pd.Index(economy.sectors["industry"]).get_indexer(pd.Index(missing["industry"]))
    columns = group_of[sectors]
    inside = columns != OUTSIDE
    found[rows[inside], columns[inside]] = True
    return found
