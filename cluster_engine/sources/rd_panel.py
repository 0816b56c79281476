"""The JRC-OECD COR&DIP panel: the 2,000 companies that spend most on research, year by year.

Its quirks: codes have lost their leading zeros, some are holding codes or no class at all, names
are in capitals, patents and trade marks are told for some years only. Money is in millions of euro.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults

FIGURES = {"rd": "rd", "ns": "sales", "capex": "capex", "op": "operating_profit",
           "emp": "employees"}  # fmt: skip
OFFICES = {"patCN": "CN", "patEP": "EP", "patJP": "JP", "patKR": "KR", "patUS": "US"}
TRADEMARKS = {"TMnEU": "EU", "TMnUS": "US"}
TEXTS = ("company_id", "company_name", "ctry_code", "nace2", "year")
HOLDING_CODES = frozenset({"6420", "7010"})
FINANCE_DIVISIONS = frozenset({"64", "65", "66", "68"})
"""Banks, insurers, funds and property: outside a programme for operating companies."""

MIN_YEARS = 3
"""Years of sales from which a mean growth is told."""

EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK GB".split()
)
"""Member states in the years of the panel (2015-2018)."""

EPC = EU | frozenset("AL CH IS LI MC MK NO RS SM TR".split())
"""Contracting states of the European Patent Convention, for which the EPO is the home office."""


@dataclass(frozen=True, slots=True)
class RdPanel:
    """The panel, one row per company.

    Attributes
    ----------
    firms : DataFrame
        company_id, name (in capitals), country, year, employees, sales, rd, capex,
        operating_profit, sales_growth, patents, patents_abroad, trademarks_abroad, industry (four
        digits; '' if it is a holding code or no class), finance (bank, insurer, fund, property).
    """

    firms: pd.DataFrame


def read_rd_panel(path: Path, *, industries: Collection[str]) -> RdPanel:
    """Read the panel.

    Parameters
    ----------
    path : Path
        CSV, may be gzipped: one row per company and year.
    industries : collection of str
        Four-digit classes that exist.

    Raises
    ------
    DataError
        A column is missing, a figure is no number, or a company has two rows for one year.
    """
    numbers = [*FIGURES, *OFFICES, *TRADEMARKS]
    text = read_delimited(path, (*TEXTS, *numbers))
    panel = _type_numbers(text, ["year", *numbers], path.name)
    _require_one_row_a_year(panel, path.name)
    panel = panel.sort_values(["company_id", "year"], ignore_index=True)
    counted = _calc_latest(panel, [*OFFICES, *TRADEMARKS])
    firms = _calc_latest(panel, list(FIGURES)).rename(columns=FIGURES)
    last = panel.groupby("company_id", sort=True)[["company_name", "ctry_code", "nace2"]].last()
    told = last["nace2"].str.strip().str.zfill(4)
    finance = told.str.slice(0, 2).isin(FINANCE_DIVISIONS) & ~told.isin(HOLDING_CODES)
    code = told.where(told.isin(set(industries)) & ~told.isin(HOLDING_CODES), "")
    firms = firms.assign(
        name=last["company_name"].str.strip(),
        country=last["ctry_code"].str.strip(),
        sales_growth=_calc_sales_growth(panel),
        industry=code,
        finance=finance,
    )
    return RdPanel(firms.join(_calc_abroad(counted, firms["country"])).reset_index())


def _type_numbers(text: pd.DataFrame, columns: list[str], file: str) -> pd.DataFrame:
    typed: dict[str, pd.Series[float]] = {}
    problems: list[Problem] = []
    for column in columns:
        cells = text[column].str.strip()
        values = pd.to_numeric(cells.mask(cells == ""), errors="coerce").astype("float64")
        bad = (values.isna() & (cells != "")) | np.isinf(values)
        bad |= (cells == "") if column == "year" else False
        problems += list_faults(cells[bad], file, "The cell must be a number.")
        typed[column] = values
    if problems:
        hint = "Write plain digits with a point; leave what is not known empty."
        raise DataError(problems, hint=hint)
    return text.assign(**typed)


def _require_one_row_a_year(panel: pd.DataFrame, file: str) -> None:
    twice = panel[panel.duplicated(["company_id", "year"])]
    if len(twice):
        rule = "A company must have one row a year."
        raise DataError(list_faults(twice["company_id"], file, rule, note=" again"))


def _calc_latest(panel: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the row of each company's latest year that has any of the columns."""
    told = panel[panel[columns].notna().any(axis=1)]
    latest = told.groupby("company_id", sort=True)[["year", *columns]].nth(-1)
    latest = latest.set_index(told.loc[latest.index, "company_id"])
    everyone = pd.Index(sorted(panel["company_id"].unique()), name="company_id")
    return latest.reindex(everyone)


def _calc_sales_growth(panel: pd.DataFrame) -> pd.Series[float]:
    """Return the mean yearly log growth of sales over the years known; null under three years."""
    told = panel[panel["ns"] > 0]
    years = told.groupby("company_id", sort=True)
    span = years["year"].last() - years["year"].first()
    ratio = (years["ns"].last() / years["ns"].first()).where(years.size() >= MIN_YEARS)
    growth: pd.Series[float] = ratio.map(math.log, na_action="ignore") / span
    return growth


def _calc_abroad(counted: pd.DataFrame, country: pd.Series[str]) -> pd.DataFrame:
    """Add up patents and trade marks; those at the office of the home country are not abroad."""
    home = country.where(country.isin(set(OFFICES.values())), "").mask(country.isin(EPC), "EP")
    patents = counted[list(OFFICES)]
    away = pd.DataFrame(
        {column: counted[column].where(home != office, 0.0) for column, office in OFFICES.items()}
    )
    marks = pd.DataFrame(
        {
            "TMnEU": counted["TMnEU"].mask(country.isin(EU), 0.0),
            "TMnUS": counted["TMnUS"].mask(country == "US", 0.0),
        }
    )
    known = patents.notna().any(axis=1)
    marked = counted[list(TRADEMARKS)].notna().any(axis=1)
    return pd.DataFrame(
        {
            "patents": patents.sum(axis=1).where(known),
            "patents_abroad": away.sum(axis=1).where(known),
            "trademarks_abroad": marks.sum(axis=1).where(marked),
        }
    )
