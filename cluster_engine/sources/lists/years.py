"""Bring wide years together: 'Turnover 2022', 'Turnover 2021' become one column with its year."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.texts import clean_text, make_key

_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_LAST = re.compile(r"(?i)\blast\s+(?:avail(?:able)?\.?|known)\s+(?:yr|year)\b\.?")
_NOT_WIDE = re.compile(r"(?i)\b(?:nace|sic|naics|isic|gics|wz|cnae|naf|iso|rev)\b")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")


@dataclass(frozen=True, slots=True)
class YearGrid:
    """A grid whose wide years have been brought together.

    Attributes
    ----------
    grid : Grid
        One column for each stem, its latest figure, in place of the wide ones.
    source : Grid
        The grid as it was.
    years : dict of str to Series of float
        Year of the figure in each row, by stem.
    wide : dict of str to dict of int to str
        Column of each year, by stem.
    """

    grid: Grid
    source: Grid
    years: dict[str, pd.Series[float]]
    wide: dict[str, dict[int, str]]


def collapse_years(grid: Grid, missing: frozenset[str]) -> YearGrid:
    """Take the latest figure of each stem.

    Parameters
    ----------
    grid : Grid
        Columns such as '<stem> <YYYY>' or '<stem> Last avail. yr'.
    missing : frozenset of str
        What stands for 'no value', in lower case.

    Returns
    -------
    YearGrid
        With the wide columns replaced by one for each stem; the figure of the last available year
        serves where no year has one.
    """
    wide: dict[str, dict[int, str]] = {}
    last: dict[str, str] = {}
    for name in map(str, grid.cells.columns):
        if _LAST.search(name) and make_key(name) not in {"last avail year", "last available year"}:
            last[_make_stem(_LAST.sub("", name))] = name
        elif (
            (found := _YEAR.search(name))
            and not _NOT_WIDE.search(name)
            and _make_stem(_YEAR.sub("", name))
        ):
            wide.setdefault(_make_stem(_YEAR.sub("", name)), {})[int(found[1])] = name
    if not wide and not last:
        return YearGrid(grid, grid, {}, {})
    for stem in wide.keys() & set(map(str, grid.cells.columns)):
        last.setdefault(stem, stem)
    cells, years = {}, {}
    typed: dict[str, pd.Series[bool]] = {}
    for stem in dict.fromkeys([*wide, *last]):
        columns = sorted(wide.get(stem, {}).items(), reverse=True)
        ordered = [*columns, *([(0, last[stem])] if stem in last else [])]
        cells[stem], typed[stem], years[stem] = _take_first(grid, ordered, missing)
    gone = {name for named in wide.values() for name in named.values()} | set(last.values())
    kept = [name for name in map(str, grid.cells.columns) if name not in gone]
    frame = pd.concat([grid.cells[kept], pd.DataFrame(cells)], axis=1)
    flags = None
    if grid.typed is not None:
        flags = pd.concat([grid.typed[kept], pd.DataFrame(typed)], axis=1)
    return YearGrid(Grid(frame, flags), grid, years, wide)


def _make_stem(text: str) -> str:
    return clean_text(_EMPTY_BRACKETS.sub(" ", text)).strip(" -_,;:")


def _take_first(
    grid: Grid, ordered: list[tuple[int, str]], missing: frozenset[str]
) -> tuple[pd.Series[str], pd.Series[bool], pd.Series[float]]:
    """Return the first cell of each row that has a value, and the year of its column."""
    index = grid.cells.index
    text = pd.Series("", index=index, dtype="str")
    typed = pd.Series(False, index=index)
    year = pd.Series(np.nan, index=index)
    for number, name in ordered:
        column = grid.cells[name]
        filled = column.str.strip().ne("") & ~column.str.strip().str.lower().isin(missing)
        take = filled & text.eq("")
        text = text.mask(take, column)
        year = year.mask(take, number or np.nan)
        if grid.typed is not None:
            typed = typed.mask(take, grid.typed[name])
    return text, typed, year
