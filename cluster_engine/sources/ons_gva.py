"""Regional gross value added of the ONS (balanced, current prices) by area and industry.

The table is wide: a row per area and group of industries, a column per year, totals and their
parts under one another. Only the finest groups are taken, after a check that they add up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells
from cluster_engine.sources.sic_groups import GroupChoice, choose_finest, write_divisions
from cluster_engine.sources.workbook import read_sheet

AREA, NAME, CODE = "ITL code", "Region name", "SIC07 code"
ALIASES = {"ITL region code": AREA, "ITL region name": NAME}
YEAR = re.compile(r"(?:19|20)\d\d")
FIGURE = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"

NOT_PUBLISHED = ("", "[c]", "[x]", "..")
"""What stands in this source where a figure is not published: not known, never 0."""

ROUNDING = 0.5
"""£m by which a figure in whole £m may miss the true one; a sum of n may miss by n times that."""

N_YEARS = 10
HEADER_ROWS = 10
"""A workbook carries titles above the header; it stands within these rows."""


@dataclass(frozen=True, slots=True)
class RegionalValueAdded:
    """The pack table `value_added`, and what should be known about it."""

    table: pd.DataFrame
    remarks: tuple[str, ...]


def read_regional_value_added(
    path: Path, *, areas: pd.DataFrame, sheet: str = "", n_years: int = N_YEARS
) -> RegionalValueAdded:
    """Read value added of the latest years by area and finest published group of divisions.

    Parameters
    ----------
    path : Path
        CSV, plain or gzipped, or workbook.
    areas : DataFrame
        area and other_code of the pack; the file may use either.
    sheet : str, optional
        Sheet of a workbook; empty: the file is a CSV.
    n_years : int
        Years taken, counted from the latest.

    Returns
    -------
    RegionalValueAdded
        year, area, industries ('11; 12'), value_added (£m, current prices; null: not published),
        sorted by the first three. Owner-occupiers' imputed rent is left out.

    Raises
    ------
    DataError
        A missing column, no year, a figure that is no number, a row that stands twice or not at
        all, groups that do not fit together or do not add up to the totals beside them.
    """
    rows = _read_rows(path, sheet)
    years = sorted(name for name in rows.columns if YEAR.fullmatch(name))[-n_years:]
    codes = {**dict(zip(areas["other_code"], areas["area"], strict=True)),
             **dict(zip(areas["area"], areas["area"], strict=True))}  # fmt: skip
    kept = rows.assign(**{AREA: rows[AREA].map(codes)}).dropna(subset=AREA)
    _require_sound_rows(rows, kept, years, path.name)
    choice = choose_finest(kept.drop_duplicates(CODE)[CODE], path.name)
    figures = _read_figures(kept, years)
    largest = _require_sums(figures, kept, choice, path.name)
    table = _lay_out(figures, choice)
    left_out = rows.loc[~rows[AREA].isin(codes), [AREA, NAME]].drop_duplicates()
    without = sorted(set(areas["area"]) - set(table["area"]))
    remarks = (
        _count(table, choice),
        *_describe_codes(figures, choice),
        f"The groups add up to every total beside them within rounding (£{ROUNDING}m a figure); "
        f"the largest gap is £{largest:,.1f}m.",
        "Areas of the source that are not in the pack: "
        + (", ".join(f"{code} {name}" for code, name in left_out.to_numpy()) or "none")
        + f". Areas of the pack without figures: {', '.join(without) or 'none'}.",
    )
    return RegionalValueAdded(table, remarks)


def _read_rows(path: Path, sheet: str) -> pd.DataFrame:
    rows = _read_workbook(path, sheet) if sheet else strip_cells(read_delimited(path, ()))
    rows = rows.rename(columns=ALIASES)
    problems = [
        Problem(path.name, None, name, "columns " + ", ".join(rows.columns), "It must be there.")
        for name in (AREA, NAME, CODE)
        if name not in rows.columns
    ]
    if not any(YEAR.fullmatch(name) for name in rows.columns):
        found = "columns " + ", ".join(rows.columns)
        problems.append(Problem(path.name, None, None, found, "There must be a column per year."))
    if problems:
        raise DataError(problems, hint="Download 'GVA (balanced) by industry', current prices.")
    return rows


def _read_workbook(path: Path, sheet: str) -> pd.DataFrame:
    grid = read_sheet(path, sheet)
    text = [["" if value is None else str(value) for value in row] for row in grid]
    for number, header in enumerate(text[:HEADER_ROWS]):
        if CODE in header:
            body = text[number + 1 :]
            index = range(number + 2, number + 2 + len(body))
            width = len(header)
            cells = [(row + [""] * width)[:width] for row in body]
            rows = pd.DataFrame(cells, index=index, columns=header)
            # Notes below the table have no code.
            return rows[rows[CODE] != ""]
    rule = f"One of the first {HEADER_ROWS} rows must be the header with '{CODE}'."
    raise DataError([Problem(path.name, None, None, f"sheet '{sheet}'", rule)])


def _require_sound_rows(
    rows: pd.DataFrame, kept: pd.DataFrame, years: list[str], file: str
) -> None:
    if kept.empty:
        found = "codes " + ", ".join(rows[AREA].unique()[:5]) + ", …"
        rule = "The areas must be those of the pack, by area or other_code."
        raise DataError([Problem(file, None, AREA, found, rule)])
    rule = "Value added must be a number in £m."
    problems = [
        problem
        for year in years
        for problem in list_faults(
            kept.loc[~(kept[year].str.fullmatch(FIGURE) | kept[year].isin(NOT_PUBLISHED)), year],
            file,
            rule,
        )
    ]
    again = kept.loc[kept.duplicated([AREA, CODE]), CODE]
    problems += list_faults(again, file, "An area must have each code once.", note=" again")
    every = set(kept[CODE])
    for area, present in kept.groupby(AREA)[CODE]:
        missing = sorted(every - set(present))
        if missing:
            found = f"{area} without {', '.join(missing)}"
            problems.append(Problem(file, None, CODE, found, "Every area must have every code."))
    if problems:
        raise DataError(problems, hint="Mend these cells, or download the file again.")


def _read_figures(kept: pd.DataFrame, years: list[str]) -> pd.DataFrame:
    """Figures in £m: rows (area, code), columns years; NaN where not published."""
    keyed = kept.set_index([AREA, CODE])[years]
    columns = {
        year: keyed[year].str.replace(",", "").mask(keyed[year].isin(NOT_PUBLISHED))
        for year in years
    }
    return pd.DataFrame(columns).astype("float64")


def _require_sums(
    figures: pd.DataFrame, kept: pd.DataFrame, choice: GroupChoice, file: str
) -> float:
    """Compare every total with its parts; return the largest gap, £m."""
    problems: list[Problem] = []
    largest = 0.0
    code = figures.index.get_level_values(CODE)
    for total, parts in choice.totals.items():
        stated = figures.xs(total, level=CODE).sort_index()
        # Where a part is not published, there is no sum to compare.
        summed = figures[code.isin(parts)].groupby(level=AREA).sum(min_count=len(parts))
        here, there = stated.to_numpy(), summed.to_numpy()
        gaps = np.nan_to_num(np.abs(here - there))
        largest = max(largest, float(gaps.max()))
        rule = f"'{total}' must be the sum of its {len(parts)} parts, within rounding."
        for row, column in np.argwhere(gaps > ROUNDING * (len(parts) + 1)).tolist():
            area, year = str(stated.index[row]), str(stated.columns[column])
            place = kept.index[(kept[AREA] == area) & (kept[CODE] == total)][0]
            found = f"{here[row, column]:,}, its parts add up to {there[row, column]:,}"
            problems.append(Problem(file, int(place), year, found, rule))
    if problems:
        raise DataError(problems, hint="Look for a row that is missing or stands twice.")
    return largest


def _lay_out(figures: pd.DataFrame, choice: GroupChoice) -> pd.DataFrame:
    leaves = figures[figures.index.get_level_values(CODE).isin(choice.leaves)]
    long = (
        leaves.rename_axis(columns="year")
        .reset_index()
        .melt([AREA, CODE], value_name="value_added")
    )
    names = {code: write_divisions(divisions) for code, divisions in choice.leaves.items()}
    return pd.DataFrame(
        {
            "year": long["year"].astype("int64"),
            "area": long[AREA],
            "industries": long[CODE].map(names),
            "value_added": long["value_added"],
        }
    ).sort_values(["year", "area", "industries"], ignore_index=True)


def _count(table: pd.DataFrame, choice: GroupChoice) -> str:
    unknown = int(table["value_added"].isna().sum())
    return (
        f"{len(table):,} figures: {table['year'].min()}-{table['year'].max()} x "
        f"{table['area'].nunique()} areas x {len(choice.leaves)} groups, the finest published; "
        f"{unknown or 'none'} not published."
    )


def _describe_codes(figures: pd.DataFrame, choice: GroupChoice) -> list[str]:
    remarks = []
    year = figures.columns[-1]
    for code in choice.imputed:
        amount = figures.xs(code, level=CODE)[year].sum()
        remarks.append(
            f"Left out: {code}, owner-occupiers' imputed rent, £{amount:,.0f}m in {year}: "
            "nobody works for it."
        )
    if choice.restored:
        pairs = ", ".join(f"'{old}' as {new}" for old, new in choice.restored.items())
        remarks.append(f"Codes that a spreadsheet had turned into dates, read back: {pairs}.")
    return remarks
