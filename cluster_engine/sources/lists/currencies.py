"""Units of money columns - 'th EUR', 'USD m', 'Umsatz in Mio. €' - and their way to EUR m."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.packs.locate import is_source_tree
from cluster_engine.sources.lists.texts import clean_text

RATES_FILE = "exchange_rates.csv"
SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "US$": "USD", "$": "USD", "₹": "INR", "₩": "KRW"}
WORDS = {"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "pound": "GBP",
         "pounds": "GBP", "yen": "JPY"}  # fmt: skip

_CODES = (
    "EUR|USD|GBP|JPY|CHF|SEK|NOK|DKK|PLN|CZK|HUF|CNY|INR|KRW|CAD|AUD|BRL|HKD|IDR|ILS|MXN|MYR|NZD"
    "|RON|SGD|THB|TRY|ZAR"
)
_CURRENCY = re.compile(
    rf"(?<![A-Za-z])(?:(?:th|k|t|m|mn|bn)?({_CODES})(?:k|m|mn|bn|th)?)(?![A-Za-z])|(US\$|[€£¥₹₩$])"
    rf"|(?<![A-Za-z])(euros?|dollars?|pounds?|yen)(?![A-Za-z])",
    re.IGNORECASE,
)
_MONEY = rf"(?:{_CODES}|US\$|[€£¥₹₩$])"
_WORDS = (
    (1e9, r"bn|billions?|mrd|mds|milliarden?|md", "bn", "bn"),
    (1e6, r"mill?|millions?|mio|mn|mln|millionen|millones|m", "mn?", "mn?"),
    (1e3, r"th|ths|thsd|thousands?|tsd|tausend|milliers|miles|k|'?000s?", "k", "[tk]"),
)
"""Scale, its words, and the letters that may touch a currency behind it and before it."""

_SCALES = tuple(
    (
        scale,
        re.compile(
            rf"(?i)(?<![a-z])(?:{words})\.?(?![a-z0-9])"
            rf"|{_MONEY}\s?{behind}(?![a-z])|(?<![a-z]){before}\s?{_MONEY}"
        ),
    )
    for scale, words, behind, before in _WORDS
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Unit of a money column.

    Attributes
    ----------
    currency : str
        ISO 4217; '' if each row names its own.
    scale : float
        How many of the currency one unit is: 1, 1e3, 1e6 or 1e9.
    """

    currency: str
    scale: float

    def __str__(self) -> str:
        words = {1.0: "", 1e3: "th ", 1e6: "m ", 1e9: "bn "}
        return f"{words[self.scale]}{self.currency or 'as the row says'}"


def find_unit(text: str) -> Unit | None:
    """Return the unit that a header or a mapping names; None if it names no currency.

    Examples
    --------
    >>> str(find_unit("Operating revenue th EUR 2022")), str(find_unit("Umsatz (Mio. €)"))
    ('th EUR', 'm EUR')
    """
    currency = _find_currency(text)
    return Unit(currency, _find_scale(text)) if currency else None


def find_row_unit(text: str) -> Unit:
    """Return the unit of a column whose currency stands in another column."""
    return Unit("", _find_scale(text))


def _find_currency(text: str) -> str:
    match = _CURRENCY.search(clean_text(text))
    if match is None:
        return ""
    code, sign, word = match.groups()
    if code:
        return str(code).upper()
    return SIGNS[sign.upper()] if sign else WORDS[word.casefold()]


def _find_scale(text: str) -> float:
    for scale, pattern in _SCALES:
        if pattern.search(clean_text(text)):
            return scale
    return 1.0


@cache
def load_rates() -> dict[str, dict[int, float]]:
    """Return units of each currency for one euro, by year; the euro itself is always 1."""
    package = Path(str(files("cluster_engine")))
    folder = package.parent / "data/curated" if is_source_tree() else package / "shipped/curated"
    with (folder / RATES_FILE).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rates: dict[str, dict[int, float]] = {}
    for row in rows:
        rates.setdefault(row["currency"], {})[int(row["year"])] = float(row["per_eur"])
    return rates


@dataclass(frozen=True, slots=True)
class Converted:
    """Money in EUR m.

    Attributes
    ----------
    values : Series of float
        EUR m.
    estimated : Series of bool
        Whether an exchange rate was used.
    nearest_year : int
        Figures for which the rate of another year was taken.
    """

    values: pd.Series[float]
    estimated: pd.Series[bool]
    nearest_year: int


def convert_to_eur_m(
    values: pd.Series[float], unit: Unit, years: pd.Series[float], currencies: pd.Series[str] | None
) -> Converted:
    """Bring a money column to EUR m with the mean rate of each figure's year.

    Parameters
    ----------
    values : Series of float
        In `unit`.
    unit : Unit
        Currency and scale.
    years : Series of float
        Year of each figure, NaN where unknown: the latest rate is taken.
    currencies : Series of str or None
        Currency of each row, where `unit` names none.

    Returns
    -------
    Converted
        NaN where the currency is not told or has no rate.
    """
    each = pd.Series(unit.currency, index=values.index) if currencies is None else currencies
    told = each.map({text: _find_currency(text) for text in each.unique()}).where(
        values.notna(), ""
    )
    per_eur = pd.Series(np.nan, index=values.index, dtype="float64")
    nearest = 0
    for currency in sorted(set(told) - {""}):
        rows = told == currency
        if currency == "EUR":
            per_eur = per_eur.mask(rows, 1.0)
            continue
        rates = load_rates().get(currency, {})
        if not rates:
            continue
        wanted = years.fillna(max(rates)).clip(min(rates), max(rates))
        nearest += int((rows & (wanted != years)).sum())
        per_eur = per_eur.mask(rows, wanted.astype("int64").map(rates))
    estimated = values.notna() & told.ne("EUR") & told.ne("")
    return Converted(values * unit.scale / 1e6 / per_eur, estimated, nearest)
