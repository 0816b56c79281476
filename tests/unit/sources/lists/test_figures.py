"""Figures as offices write them: read one way only, or refused with the cell."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.lists.currencies import Unit, convert_to_eur_m, find_unit, load_rates
from cluster_engine.sources.lists.figures import Decimal, FigureRule, parse_figures
from cluster_engine.sources.lists.profiles import make_header_key
from cluster_engine.sources.lists.read_report import ReadLog

RATE_TOLERANCE = 1e-4
"""The published rates beside it have five figures."""


def _parse(
    *cells: str, decimal: Decimal | None = None, missing: str = "", lowest: float = -math.inf
) -> list[float]:
    log = ReadLog("list.csv")
    values = pd.Series(cells, index=range(2, len(cells) + 2), name="Sales", dtype="str")
    rule = FigureRule(decimal, frozenset(missing.split()), lowest)
    parsed = parse_figures(values, None, rule, log)
    log.raise_problems()
    return [None if math.isnan(x) else x for x in parsed]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1", "", "2.5"), [1, None, 2.5]),
        (("1,234.5", "1,234"), [1234.5, 1234]),
        (("1.234,5", "1.234"), [1234.5, 1234]),
        (("1,234,567", "1,234"), [1234567, 1234]),
        (("1.234.567", "1.234"), [1234567, 1234]),
        (("1 234", "1\u00a0234", "1\u202f234,5"), [1234, 1234, 1234.5]),
        (("1'234", "1’234.5"), [1234, 1234.5]),
        (("−12", "\uff11\uff12", "١٢", "+3"), [-12, 12, 12, 3]),
        (("0.123", "1.5"), [0.123, 1.5]),
        (("1e3", "12345.678"), [1000, 12345.678]),
    ],
)
def test_clear_figures_are_read(cells: tuple[str, ...], expected: list[float]) -> None:
    assert _parse(*cells) == expected


@pytest.mark.parametrize("cell", ["1.234", "1,234", "-1.234"])
def test_lone_group_of_three_is_refused_until_the_mark_is_named(cell: str) -> None:
    with pytest.raises(DataError) as caught:
        _parse("5000", cell)
    assert caught.value.problems[0].row == 3
    assert "--decimal" in caught.value.hint
    point, comma = _parse(cell, decimal="."), _parse(cell, decimal=",")
    assert {abs(point[0]), abs(comma[0])} == {1.234, 1234}


def test_many_groups_beside_small_figures_prove_thousands() -> None:
    assert _parse("1.234", "5.678", "12.345", "999") == [1234, 5678, 12345, 999]


def test_two_decimal_marks_in_a_column_are_refused() -> None:
    with pytest.raises(DataError, match="one decimal mark"):
        _parse("1,5", "2.5")


@pytest.mark.parametrize(
    "cell", ["*", "c", ":", "..", "x", "[c]", ": c", "12 b", "(12)", "12%", "€12m", "12k", "NaN",
             "inf", "1e400", "12O", "1,23,4", "--1", "#N/A"]
)  # fmt: skip
def test_what_is_no_number_is_refused_and_listed_once(cell: str) -> None:
    with pytest.raises(DataError) as caught:
        _parse("1", cell, cell)
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == (3, "Sales")
    assert problem.found.startswith(f"'{cell}'")
    assert "(2 times)" in problem.found


def test_symbols_for_no_number_belong_to_the_source() -> None:
    assert _parse("n.a.", "1", missing="n.a. n.s.") == [None, 1]
    with pytest.raises(DataError, match=r"n\.a\."):
        _parse("n.a.", "1", missing="-")


def test_negative_figures_are_refused_where_they_cannot_be() -> None:
    with pytest.raises(DataError, match="0 or more"):
        _parse("-5", lowest=0)


@pytest.mark.parametrize(
    ("header", "unit", "key"),
    [
        ("Operating revenue (Turnover) th EUR", "th EUR", "operating revenue turnover"),
        ("Umsatz 2022 (Mio. €)", "m EUR", "umsatz"),
        ("Revenue US$ bn", "bn USD", "revenue"),
        ("CA (k€)", "th EUR", "ca"),
        ("Turnover £000", "th GBP", "turnover"),
        ("Capital investment (USD m)", "m USD", "capital investment"),
        ("Sales in EUR", "EUR", "sales"),
    ],
)
def test_units_are_found_in_headers(header: str, unit: str, key: str) -> None:
    assert str(find_unit(header)) == unit
    assert make_header_key(header).removesuffix(" in") == key


def test_headers_without_a_currency_have_no_unit() -> None:
    assert find_unit("Turnover") is None
    assert find_unit("Europe sales") is None


def test_money_is_converted_at_the_rate_of_its_year_and_marked() -> None:
    values = pd.Series([1_000.0, 1_000.0, math.nan, 1_000.0])
    years = pd.Series([2015.0, 2022.0, 2022.0, math.nan])
    done = convert_to_eur_m(values, Unit("USD", 1e6), years, None)
    assert done.values.iloc[0] == pytest.approx(1_000 / 1.1095, rel=RATE_TOLERANCE)
    assert done.values.iloc[1] == pytest.approx(1_000 / 1.0530, rel=RATE_TOLERANCE)
    assert done.estimated.tolist() == [True, True, False, True]
    assert done.nearest_year == 1
    euro = convert_to_eur_m(values, Unit("EUR", 1e3), years, None)
    assert euro.values.iloc[0] == 1.0
    assert not euro.estimated.any()


def test_rows_may_name_their_own_currency() -> None:
    currencies = pd.Series(["EUR", "GBP", "£"])
    years = pd.Series([2020.0] * 3)
    done = convert_to_eur_m(pd.Series([2.0, 2.0, 2.0]), Unit("", 1e6), years, currencies)
    assert done.values.iloc[1] == done.values.iloc[2] == 2.0 / load_rates()["GBP"][2020]
    rouble = convert_to_eur_m(pd.Series([1.0]), Unit("RUB", 1.0), pd.Series([2020.0]), None)
    assert rouble.values.isna().all()


def test_rates_agree_with_the_changes_eurostat_publishes() -> None:
    """Change of the euro against five currencies, 2013 to 2023, per cent (Eurostat)."""
    published = {"SEK": 32.7, "HUF": 28.6, "PLN": 8.2, "CZK": -7.6, "GBP": 2.4}
    rates = load_rates()
    for currency, change in published.items():
        found = 100 * (rates[currency][2023] / rates[currency][2013] - 1)
        assert found == pytest.approx(change, abs=1.0)
