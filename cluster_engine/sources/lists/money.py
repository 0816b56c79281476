"""Read the figures of firm records: employees, money in EUR m, years, growth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.sources.lists.currencies import (
    Unit,
    convert_to_eur_m,
    find_row_unit,
    find_unit,
    load_rates,
)
from cluster_engine.sources.lists.figures import FigureRule, parse_figures
from cluster_engine.sources.lists.mapping import MONEY, ListMapping, get_decimal
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.symbols import load_symbols
from cluster_engine.sources.lists.texts import clean_texts
from cluster_engine.sources.lists.years import YearGrid

FIRST_YEAR, LAST_YEAR = 1900, 2100
LARGEST_EXACT = 2.0**53
SMALLEST = 1e-300
"""Beyond these, a double does not tell a figure from its neighbours."""

MAX_EMPLOYEES = 3_000_000
"""More than any company has: the unit must be another."""

GROWTH_YEARS = 3
"""Growth is told over at most so many years back from the latest figure."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of records.

    Attributes
    ----------
    values : dict of str to Series of float
        By field, in the units of the firm records.
    estimated, notes : Series of str
        As in the firm records.
    """

    values: dict[str, pd.Series[float]]
    estimated: pd.Series[str]
    notes: pd.Series[str]


def read_figures(
    yearly: YearGrid, mapping: ListMapping, missing: frozenset[str], log: ReadLog
) -> Figures:
    """Read all mapped figures and bring money to EUR m.

    Parameters
    ----------
    yearly : YearGrid
        Cells with the wide years brought together.
    mapping : ListMapping
        Which column holds what.
    missing : frozenset of str
        What stands for 'no number', in lower case.
    log : ReadLog
        Notes faults, mended cells and doubts.
    """
    index = yearly.grid.cells.index
    values: dict[str, pd.Series[float]] = {}
    year = _read_year(yearly, mapping, missing, log)
    symbols = load_symbols(mapping.symbols_of) if mapping.symbols_of else None
    estimated = pd.Series("", index=index, dtype="str")
    notes = pd.Series("", index=index, dtype="str")
    for target in ("employees", *MONEY, "sales_growth"):
        if target not in mapping.columns:
            continue
        column = mapping.columns[target].column
        lowest = 0.0 if target in {"employees", "rd"} else -math.inf
        rule = FigureRule(get_decimal(mapping.decimal), missing, lowest, symbols)
        figures = parse_figures(yearly.grid.cells[column], yearly.grid.is_typed(column), rule, log)
        if target in MONEY:
            own_year = yearly.years.get(column, year).fillna(year)
            converted = _convert(target, figures, own_year, yearly, mapping, log)
            if converted is None:
                continue
            figures, used_rate = converted
            estimated = _append(estimated, used_rate, target)
            notes = _append(notes, used_rate, f"{target} converted at the mean rate of its year")
        values[target] = figures
    values["year"] = _choose_year(year, yearly, mapping, values)
    if "sales" in values and "sales_growth" not in values:
        growth = _calc_growth(yearly, mapping, missing)
        if growth is not None:
            values["sales_growth"] = growth
    _doubt_figures(values, log)
    return Figures(values, estimated, notes)


def _append(texts: pd.Series[str], where: pd.Series[bool], word: str) -> pd.Series[str]:
    if not where.any():
        return texts
    joined = texts.mask(where & texts.ne(""), texts + "; " + word)
    return joined.mask(where & texts.eq(""), word)


def _read_year(
    yearly: YearGrid, mapping: ListMapping, missing: frozenset[str], log: ReadLog
) -> pd.Series[float]:
    index = yearly.grid.cells.index
    if "year" not in mapping.columns:
        return pd.Series(float(mapping.year) if mapping.year else np.nan, index=index)
    column = mapping.columns["year"].column
    text = clean_texts(yearly.grid.cells[column])
    # A closing date such as 31/12/2022 is told in full by some exports.
    found = text.str.extract(r"\b((?:19|20)\d\d)\b", expand=False)
    bad = text[found.isna() & text.ne("") & ~text.str.lower().isin(missing)]
    for row, cell in bad.head(100).items():
        rule = "The cell must hold a year."
        log.add_problem(int(str(row)), column, f"'{cell[:40]}'", rule)
    return pd.to_numeric(found, errors="coerce").astype("float64")


def _convert(
    target: str, figures: pd.Series[float], years: pd.Series[float],
    yearly: YearGrid, mapping: ListMapping, log: ReadLog,
) -> tuple[pd.Series[float], pd.Series[bool]] | None:  # fmt: skip
    choice = mapping.columns[target]
    unit = find_unit(choice.unit)
    currencies = None
    if unit is None:
        if "currency" not in mapping.columns:
            rule = "The unit must name a currency."
            hint = f"Name it in the mapping: [columns.{target}] unit = 'm EUR', 'th USD', …"
            log.add_problem(None, choice.column, f"'{choice.unit}'", rule, hint=hint)
            return None
        unit = Unit("", find_row_unit(choice.unit).scale)
        currencies = clean_texts(yearly.grid.cells[mapping.columns["currency"].column])
    done = convert_to_eur_m(figures, unit, years, currencies)
    without = figures.notna() & done.values.isna()
    for row in figures.index[without][:100]:
        told = unit.currency if currencies is None else currencies[row]
        rule = f"Money must be in one of {', '.join(['EUR', *sorted(load_rates())])}."
        found = f"{figures[row]:g} in '{told}'"
        log.add_problem(int(row), choice.column, found, rule)
    if done.nearest_year:
        log.add_guess(
            f"Column '{choice.column}': {done.nearest_year:,} figures converted at the rate of the "
            "nearest year there is, or the latest where no year is told."
        )
    log.add_fix("money converted to euro at mean yearly rates", int(done.estimated.sum()))
    return done.values, done.estimated


def _choose_year(
    year: pd.Series[float], yearly: YearGrid, mapping: ListMapping,
    values: dict[str, pd.Series[float]],
) -> pd.Series[float]:  # fmt: skip
    """Return the year of the sales, else of the employees, else the one the list tells."""
    chosen = pd.Series(np.nan, index=year.index)
    for target in ("sales", "employees"):
        if target in mapping.columns and target in values:
            told = yearly.years.get(mapping.columns[target].column)
            if told is not None:
                chosen = chosen.fillna(told.where(values[target].notna()))
    return chosen.fillna(year)


def _calc_growth(
    yearly: YearGrid, mapping: ListMapping, missing: frozenset[str]
) -> pd.Series[float] | None:
    """Return the mean yearly growth of sales between the first and last year with a figure.

    Both figures are in the currency of the column, so that no exchange rate enters.
    """
    stem = mapping.columns["sales"].column
    columns = yearly.wide.get(stem, {})
    if len(columns) < 2:
        return None
    symbols = load_symbols(mapping.symbols_of) if mapping.symbols_of else None
    rule = FigureRule(get_decimal(mapping.decimal), missing, symbols=symbols)
    quiet = ReadLog("")  # faults of these cells that matter are noted where the figures are read
    years = sorted(columns)[-(GROWTH_YEARS + 1) :]
    names = [columns[year] for year in years]
    cells = [(yearly.source.cells[name], yearly.source.is_typed(name)) for name in names]
    table = np.column_stack([parse_figures(text, typed, rule, quiet) for text, typed in cells])
    table[~(table > 0)] = np.nan
    told = ~np.isnan(table)
    first = np.argmax(told, axis=1)
    last = table.shape[1] - 1 - np.argmax(told[:, ::-1], axis=1)
    rows = np.arange(len(table))
    span = np.array(years, dtype=float)[last] - np.array(years, dtype=float)[first]
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = (table[rows, last] / table[rows, first]) ** (1 / span) - 1
    growth[(told.sum(axis=1) < 2) | (span <= 0)] = np.nan
    return pd.Series(growth, index=yearly.grid.cells.index)


def _doubt_figures(values: dict[str, pd.Series[float]], log: ReadLog) -> None:
    for target, figures in values.items():
        size = figures.abs()
        vast = figures[(size > LARGEST_EXACT) | ((size > 0) & (size < SMALLEST))]
        log.add_doubt(f"{target} beyond what is told exactly", _list(vast), count=len(vast))
        if target == "employees":
            odd = figures[figures > MAX_EMPLOYEES]
            log.add_doubt("more employees than any company has", _list(odd), count=len(odd))
            part = figures[figures.notna() & (figures % 1 != 0)]
            log.add_doubt(
                "employees not whole (full-time equivalents?)", _list(part), count=len(part)
            )
        elif target in {"sales", "capex"}:
            odd = figures[figures < 0]
            log.add_doubt(f"negative {target}", _list(odd), count=len(odd))
        elif target == "year":
            odd = figures[(figures < FIRST_YEAR) | (figures > LAST_YEAR)]
            log.add_doubt("year that cannot be", _list(odd), count=len(odd))


def _list(figures: pd.Series[float]) -> list[str]:
    return [f"row {row}: {figure:g}" for row, figure in figures.head(50).items()]
