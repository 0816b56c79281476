"""Guessing, saving and reading back which column holds what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.lists.currencies import load_rates
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.guess import guess_mapping
from cluster_engine.sources.lists.mapping import (
    ColumnChoice,
    ListMapping,
    read_mapping,
    write_mapping,
)
from cluster_engine.sources.lists.reader import read_firm_list


def _grid(**columns: list[str]) -> Grid:
    return Grid(pd.DataFrame(columns, dtype="str"))


def test_guess_tells_reason_and_confidence() -> None:
    grid = _grid(**{"Firma": ["A AG"], "Umsatz 2022 (Mio. €)": ["1,5"], "WZ 2008": ["2813"]})
    mapping = guess_mapping(grid)
    assert mapping.columns["name"].reason == "header 'Firma'"
    assert mapping.columns["sales"].unit == "m EUR"
    assert mapping.columns["sales"].confidence < mapping.columns["name"].confidence < 1
    assert mapping.code_system == "nace2"


def test_columns_without_known_headers_are_guessed_by_their_cells() -> None:
    grid = _grid(a=["A GmbH", "B Ltd"], b=["DE", "NA"], c=["www.a.de", "https://b.com/x"])
    mapping = guess_mapping(grid)
    assert {t: c.column for t, c in mapping.columns.items()} == {
        "name": "a", "country": "b", "website": "c",
    }  # fmt: skip
    assert all(choice.confidence <= 0.8 for choice in mapping.columns.values())


def test_mapping_survives_a_round_trip(tmp_path: Path) -> None:
    mapping = ListMapping(
        {"name": ColumnChoice("Wer", "header", 0.5), "sales": ColumnChoice("€", unit="th EUR")},
        code_system="nace2", decimal="comma", country="DE", year=2020, missing=("k.A.",),
    )  # fmt: skip
    path = tmp_path / "mapping.toml"
    write_mapping(mapping, path)
    assert read_mapping(path) == mapping


def test_mapping_says_what_the_file_does_not(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("x;y;z;w\nA;1.234;111;k.A.\nB;2.000;2813;5\n", encoding="utf-8")
    mapping = ListMapping(
        {"name": ColumnChoice("x"), "sales": ColumnChoice("y", unit="th GBP"),
         "codes": ColumnChoice("z"), "employees": ColumnChoice("w")},
        code_system="nace2", decimal="comma", country="AT", year=2020, missing=("k.A.",),
    )  # fmt: skip
    records = read_firm_list(path, mapping=mapping).records
    assert records["country"].tolist() == ["AT", "AT"]
    assert records["sales"].iloc[1] == pytest.approx(2 / load_rates()["GBP"][2020])
    assert records["estimated"].tolist() == ["sales", "sales"]
    assert records["codes"].tolist() == ["0111", "2813"]
    assert records["year"].tolist() == [2020, 2020]
    columns = {**mapping.columns, "city": ColumnChoice("nowhere")}
    with pytest.raises(DataError, match="'y'"):
        read_firm_list(path, mapping=replace(mapping, columns=columns))


def test_money_without_currency_and_codes_without_system_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Company,Turnover,SIC\nA,12,3561\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_firm_list(path)
    assert {problem.column for problem in caught.value.problems} == {"Turnover", "SIC"}
    assert "unit =" in caught.value.hint
    assert "code_system =" in caught.value.hint


def test_decimal_mark_of_the_call_wins(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Company;Employees\nA;1.234\n", encoding="utf-8")
    with pytest.raises(DataError, match="clear"):
        read_firm_list(path)
    assert read_firm_list(path, decimal="comma").records["employees"].tolist() == [1234]


def test_currency_of_each_row_is_used(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    text = "Company,Turnover (m),Currency,Year\nA,10,EUR,2020\nB,10,GBP,2020\n"
    path.write_text(text, encoding="utf-8")
    assert read_firm_list(path).records["sales"].tolist() == [
        10,
        pytest.approx(10 / load_rates()["GBP"][2020]),
    ]
    path.write_text(text.replace("GBP", "RUB"), encoding="utf-8")
    with pytest.raises(DataError, match="RUB"):
        read_firm_list(path)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("decimals = ','\n[columns.name]\ncolumn = 'a'", "'decimal'"),
        ("[columns.nam]\ncolumn = 'a'", "'name'"),
        ("[columns.name]\ncolum = 'a'", "column = "),
        ("[columns.name]\ncolumn = 'a'\nunits = 'EUR'", "'unit'"),
        ("code_system = 'nace3'\n[columns.name]\ncolumn = 'a'", "'nace"),
        ("decimal = ';'\n[columns.name]\ncolumn = 'a'", "point"),
        ("year = 'x'\n[columns.name]\ncolumn = 'a'", "int"),
        ("country = 'DE'", "must name columns"),
        ("not toml", "TOML"),
    ],
)
def test_faulty_mappings_are_refused(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_mapping(path)
    assert word in str(caught.value)
