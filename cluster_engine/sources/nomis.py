"""Employment from Nomis: the Business Register and Employment Survey (BRES) by area and industry.

Two forms are read: a tidy file with one figure per year, area and industry (column COUNT), and the
answer of the Nomis API (column OBS_VALUE), which mixes levels of the classification, employment
statuses and measures. What is not chosen is counted, and an open choice is an error.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.code_mapping import carry_figures
from cluster_engine.sources.code_maps import CodeMap
from cluster_engine.sources.faults import list_faults
from cluster_engine.sources.nomis_choice import NomisChoice, choose_rows

KEYS = ("DATE", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "INDUSTRY_NAME", "INDUSTRY_CODE")
TIDY_VALUE, API_VALUE = "COUNT", "OBS_VALUE"
KEY = ["DATE", "GEOGRAPHY_CODE", "INDUSTRY_CODE"]

NOT_PUBLISHED = ("", "NA")
"""What stands in a Nomis file where a figure is not published: not known, never 0."""

WITHHELD_STATUSES = ("M", "Q")
"""OBS_STATUS of the API: missing, suppressed."""

JOBS_PATTERN = r"\d+(\.\d+)?"
YEAR_PATTERN = r"(19|20)\d\d"


@dataclass(frozen=True, slots=True)
class Carry:
    """How the codes of a newer file go into those of a pack; None: they are the same."""

    areas: CodeMap | None = None
    industries: CodeMap | None = None


@dataclass(frozen=True, slots=True)
class NomisEmployment:
    """What was read.

    Attributes
    ----------
    employment : DataFrame
        year, area, industry, jobs (null: not published), sorted by the first three.
    areas : DataFrame
        area, area_name.
    remarks : tuple of str
        Counts of rows and what was left out.
    """

    employment: pd.DataFrame
    areas: pd.DataFrame
    remarks: tuple[str, ...]


def read_employment(
    path: Path,
    *,
    choice: NomisChoice | None = None,
    industries: Collection[str] = (),
    areas: Collection[str] = (),
    carry: Carry | None = None,
) -> NomisEmployment:
    """Read a tidy BRES file or an answer of the Nomis API.

    Parameters
    ----------
    path : Path
        CSV, plain or gzipped.
    choice : NomisChoice, optional
        Level, status and measure to take from a mixed file.
    industries, areas : collection of str, optional
        Known codes; empty: any code is taken. With `carry`, they are those carried to.
    carry : Carry, optional
        From a newer geography or classification to that of the pack.

    Returns
    -------
    NomisEmployment
        Jobs; a figure that is not published is null, never 0.

    Raises
    ------
    DataError
        A missing column, an open or impossible choice, an unknown code, a year or figure that is
        no number, a negative figure, a key that stands twice: all at once, with their rows.
    """
    frame = read_delimited(path, ())
    value = API_VALUE if API_VALUE in frame.columns else TIDY_VALUE
    _require_columns(frame, (*KEYS, value), path)
    rows, notes = choose_rows(frame, choice or NomisChoice(), path.name)
    rows = rows.assign(**{name: rows[name].str.strip() for name in (*KEYS, value)})
    if carry is not None:
        industries = () if carry.industries else industries
        areas = () if carry.areas else areas
    _require_sound_rows(rows, value, path.name, industries=industries, areas=areas)
    jobs = rows[value].mask(_not_published(rows, value)).astype("float64")
    employment = pd.DataFrame(
        {
            "year": rows["DATE"].astype("int64"),
            "area": rows["GEOGRAPHY_CODE"],
            "industry": rows["INDUSTRY_CODE"],
            "jobs": jobs,
        }
    ).sort_values(["year", "area", "industry"], ignore_index=True)
    listed = _list_areas(rows)
    if carry is not None:
        employment, listed, carried = _carry(employment, listed, carry)
        notes = (*notes, *carried)
    return NomisEmployment(employment, listed, (*notes, *_count(employment)))


def _carry(
    employment: pd.DataFrame, areas: pd.DataFrame, carry: Carry
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    remarks: tuple[str, ...] = ()
    for column, code_map in (("area", carry.areas), ("industry", carry.industries)):
        if code_map is not None:
            carried = carry_figures(employment, column, "jobs", code_map)
            employment, remarks = carried.table, (*remarks, *carried.remarks)
    if carry.areas is not None:
        told = dict(zip(areas["area"], areas["area_name"], strict=True)) | carry.areas.names
        codes = pd.Series(sorted(set(employment["area"])), dtype="str")
        areas = pd.DataFrame({"area": codes, "area_name": [told.get(c, c) for c in codes]})
    return employment, areas, remarks


def _require_sound_rows(
    rows: pd.DataFrame,
    value: str,
    file: str,
    *,
    industries: Collection[str],
    areas: Collection[str],
) -> None:
    problems = [
        *_check_years(rows, file),
        *_check_codes(rows, "INDUSTRY_CODE", industries, file),
        *_check_codes(rows, "GEOGRAPHY_CODE", areas, file),
        *_check_figures(rows, value, file),
        *_check_keys(rows, file),
    ]
    if problems:
        problems.sort(key=lambda problem: problem.row or 0)
        raise DataError(problems, hint="Mend these cells, or download the file again.")


def _require_columns(frame: pd.DataFrame, wanted: tuple[str, ...], path: Path) -> None:
    problems = [
        Problem(path.name, 1, name, "columns " + ", ".join(frame.columns), "The column is needed.")
        for name in wanted
        if name not in frame.columns
    ]
    if problems:
        raise DataError(problems, hint="Download the file with these columns, or rename them.")


def _not_published(rows: pd.DataFrame, value: str) -> pd.Series[bool]:
    unknown = rows[value].isin(NOT_PUBLISHED)
    if "OBS_STATUS" in rows.columns:
        unknown |= rows["OBS_STATUS"].isin(WITHHELD_STATUSES)
    return unknown


def _check_years(rows: pd.DataFrame, file: str) -> list[Problem]:
    bad = ~rows["DATE"].str.fullmatch(YEAR_PATTERN)
    return list_faults(rows.loc[bad, "DATE"], file, "The date must be a year, such as 2021.")


def _check_codes(
    rows: pd.DataFrame, column: str, known: Collection[str], file: str
) -> list[Problem]:
    if not known:
        return []
    rule = "The code must be one of the pack."
    return list_faults(rows.loc[~rows[column].isin(known), column], file, rule)


def _check_figures(rows: pd.DataFrame, value: str, file: str) -> list[Problem]:
    bad = ~(rows[value].str.fullmatch(JOBS_PATTERN) | _not_published(rows, value))
    negative = rows[value].str.fullmatch("-" + JOBS_PATTERN)
    return [
        *list_faults(rows.loc[bad & negative, value], file, "Jobs must not be negative."),
        *list_faults(rows.loc[bad & ~negative, value], file, "Jobs must be a plain number."),
    ]


def _check_keys(rows: pd.DataFrame, file: str) -> list[Problem]:
    repeated = rows[rows.duplicated(KEY)]
    if repeated.empty:
        return []
    numbered = rows.assign(row=rows.index)
    first = numbered.groupby(KEY, sort=False)["row"].transform("min")
    return [
        Problem(
            file,
            int(row),
            "INDUSTRY_CODE",
            f"{date}, {area}, {industry} again, first in row {first[row]}",
            "Year, area and industry must stand once.",
        )
        for row, date, area, industry in repeated[KEY].itertuples()
    ]


def _list_areas(rows: pd.DataFrame) -> pd.DataFrame:
    areas = rows[["GEOGRAPHY_CODE", "GEOGRAPHY_NAME"]].drop_duplicates("GEOGRAPHY_CODE")
    return areas.set_axis(["area", "area_name"], axis=1).sort_values("area", ignore_index=True)


def _count(employment: pd.DataFrame) -> tuple[str, ...]:
    unknown = employment[employment["jobs"].isna()]
    text = (
        f"{len(employment):,} figures: {employment['year'].nunique()} years x "
        f"{employment['area'].nunique()} areas x {employment['industry'].nunique()} industries."
    )
    if unknown.empty:
        return (text, "Every figure is published.")
    codes = ", ".join(sorted(set(unknown["industry"])))
    years = f"{unknown['year'].min()}-{unknown['year'].max()}"
    areas = ", ".join(sorted(set(unknown["area"])))
    return (
        text,
        f"{len(unknown):,} figures are not published and stay empty, never 0: "
        f"industries {codes}, years {years}, areas {areas}.",
    )
