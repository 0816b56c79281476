"""Lay out a pack's statistics as arrays with one order of areas, sectors and industries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.pack import Pack
from cluster_engine.workflows.specialisation import read_plant_sizes

Floats = NDArray[np.float64]

SECTOR_DIGITS = 4
"""Firms are coded to four digits, so sectors meet them there."""


@dataclass(frozen=True, slots=True)
class InputOutput:
    """An input-output table.

    Attributes
    ----------
    codes : tuple of str, length n_io
    names : tuple of str, length n_io
    flows : ndarray of float, shape (n_io, n_io)
        Domestic intermediate sales from row to column, £m.
    imports : ndarray of float, shape (n_io, n_io)
        Imported products (rows) used by industries (columns), £m.
    output, value_added : ndarray of float, shape (n_io,)
        £m.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    flows: Floats
    imports: Floats
    output: Floats
    value_added: Floats


@dataclass(frozen=True, slots=True)
class Economy:
    """One economy's figures.

    Attributes
    ----------
    areas : tuple of str, length n_areas
    years : tuple of int, length n_years
    sectors : DataFrame
        One row per sector, in order of code: industry, name, knowledge_class.
    jobs : ndarray of float, shape (n_years, n_areas, n_sectors)
        Jobs; a figure that was not published counts as 0 here and is counted in ``n_missing``.
    n_missing : int
        Figures not published in the latest year.
    plant_size : ndarray of float, shape (n_sectors,)
        Effective plant size, jobs; NaN where the pack does not tell.
    io : InputOutput
    io_shares : ndarray of float, shape (n_sectors, n_io)
        Which input-output industry a sector belongs to; rows add up to 1, or to 0 for a sector
        outside the table.
    """

    areas: tuple[str, ...]
    years: tuple[int, ...]
    sectors: pd.DataFrame
    jobs: Floats
    n_missing: int
    plant_size: Floats
    io: InputOutput
    io_shares: Floats


def read_employment(pack: Pack, *, level: int, years: tuple[int, ...] = ()) -> pd.DataFrame:
    """Employment at one level of the classification.

    Parameters
    ----------
    pack : Pack
        The pack.
    level : int
        Digits of the code; at most those of the finest level.
    years : tuple of int, optional
        Years wanted; empty: all.

    Returns
    -------
    DataFrame
        Columns year, area, industry, jobs (float, 0 where not published) and missing (figures
        not published), sorted by the first three.
    """
    table = pack.read("employment")
    if years:
        table = table[table["year"].isin(years)]
    jobs = table["jobs"].astype("float64")
    coarse = table.assign(
        year=table["year"].astype("int64"),
        industry=table["industry"].str[:level],
        jobs=jobs.fillna(0.0),
        missing=jobs.isna(),
    )
    keys = ["year", "area", "industry"]
    return coarse.groupby(keys, sort=True, as_index=False)[["jobs", "missing"]].sum()


def read_economy(pack: Pack, year: int) -> Economy:
    """Read all that an analysis needs, up to and including one year.

    Raises
    ------
    DataError
        The pack has no employment for the year, or a table is faulty.
    """
    employment = read_employment(pack, level=SECTOR_DIGITS)
    employment = employment[employment["year"] <= year]
    if year not in set(employment["year"]):
        problem = Problem(
            pack.entry("employment").file, None, "year", f"no {year}", "The year must be there."
        )
        raise DataError([problem], hint="`cluster-engine data list` shows the years.")
    areas = tuple(sorted(employment["area"].unique()))
    years = tuple(sorted(int(value) for value in employment["year"].unique()))
    codes = tuple(sorted(employment["industry"].unique()))
    cube = (
        employment.set_index(["year", "area", "industry"])["jobs"]
        .reindex(pd.MultiIndex.from_product([years, areas, codes]), fill_value=0.0)
        .to_numpy()
        .reshape(len(years), len(areas), len(codes))
    )
    missing = int(employment.loc[employment["year"] == year, "missing"].sum())
    io = _read_io(pack)
    return Economy(
        areas=areas,
        years=years,
        sectors=_read_sectors(pack, codes),
        jobs=cube,
        n_missing=missing,
        plant_size=read_plant_sizes(pack, codes, SECTOR_DIGITS),
        io=io,
        io_shares=_read_io_shares(pack, codes, io.codes, year),
    )


def _read_sectors(pack: Pack, codes: tuple[str, ...]) -> pd.DataFrame:
    table = pack.read("industries", columns=("industry", "name", "knowledge_class"))
    sectors = table.set_index("industry").reindex(list(codes))
    unknown = sectors.index[sectors["name"].isna()]
    if len(unknown):
        file = pack.entry("industries").file
        rule = "The code must be there at the four-digit level."
        raise DataError([Problem(file, None, "industry", f"no {code}", rule) for code in unknown])
    return sectors.fillna({"knowledge_class": ""}).reset_index()


def _read_io(pack: Pack) -> InputOutput:
    industries = pack.read("io_industries").sort_values("io_industry")
    codes = tuple(industries["io_industry"])
    return InputOutput(
        codes=codes,
        names=tuple(industries["name"]),
        flows=_spread(pack.read("io_flows"), "supplier", codes),
        imports=_spread(pack.read("io_imports"), "product", codes),
        output=industries["output"].to_numpy(dtype=np.float64),
        value_added=industries["value_added"].to_numpy(dtype=np.float64),
    )


def _spread(flows: pd.DataFrame, supplier: str, codes: tuple[str, ...]) -> Floats:
    matrix = flows.pivot(index=supplier, columns="user", values="flow")
    order = list(codes)
    spread: Floats = matrix.reindex(index=order, columns=order).fillna(0.0).to_numpy(np.float64)
    return spread


def _read_io_shares(
    pack: Pack, codes: tuple[str, ...], io_codes: tuple[str, ...], year: int
) -> Floats:
    """Share of every sector's national jobs in each input-output industry."""
    fine = pack.read("employment", columns=("year", "industry", "jobs"))
    jobs = fine[fine["year"] == year].groupby("industry")["jobs"].sum()
    table = pack.read("io_concordance")
    # A sector without jobs keeps its place in the table: every finest code counts at least a bit.
    weight = table["weight"] * (table["industry"].map(jobs).fillna(0.0) + 1e-6)
    wide = (
        table.assign(sector=table["industry"].str[:SECTOR_DIGITS], weight=weight)
        .pivot_table(index="sector", columns="io_industry", values="weight", aggfunc="sum")
        .reindex(index=list(codes), columns=list(io_codes))
        .fillna(0.0)
        .to_numpy()
    )
    total = wide.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(wide, total, out=np.zeros_like(wide), where=total > 0)
    return shares
