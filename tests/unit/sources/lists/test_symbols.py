"""A sign for no number means what the office that made the table says."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from cluster_engine.cli import import_firms
from cluster_engine.sources.lists.reader import ListOptions, read_firm_list
from cluster_engine.sources.lists.symbols import OFFICES, load_symbols

SIGNS = [
    ("eurostat", ":", "missing", ""),
    ("eurostat", ": c", "hidden", ""),
    ("eurostat", "12 b", "figure", "12"),
    ("eurostat", "1.5 ep", "figure", "1.5"),
    ("united-kingdom", "[c]", "hidden", ""),
    ("united-kingdom", "[x]", "missing", ""),
    ("united-kingdom", "-", "missing", ""),
    ("united-kingdom", "12 [r][e]", "figure", "12"),
    ("united-kingdom", "[low]", "tiny", ""),
    ("wales", "w", "missing", ""),
    ("wales", "k", "tiny", ""),
    ("wales", "12 s", "figure", "12"),
    ("germany", "-", "zero", ""),
    ("germany", "·", "hidden", ""),
    ("germany", "/", "hidden", ""),
    ("germany", "…", "missing", ""),
    ("germany", "0", "tiny", ""),
    ("hungary", "–", "zero", ""),
    ("hungary", "…", "hidden", ""),
    ("hungary", "..", "missing", ""),
    ("us-census", "D", "hidden", ""),
    ("us-census", "Z", "tiny", ""),
    ("us-census", "X", "missing", ""),
    ("canada", "x", "hidden", ""),
    ("canada", "F", "hidden", ""),
    ("canada", "..", "missing", ""),
    ("australia", "np", "hidden", ""),
    ("australia", "na", "missing", ""),
    ("japan", "χ", "hidden", ""),
    ("japan", "-", "zero", ""),
]


@pytest.mark.parametrize(("office", "cell", "meaning", "text"), SIGNS)
def test_sign_means_what_the_office_says(office: str, cell: str, meaning: str, text: str) -> None:
    reading = load_symbols(office).read(cell)
    assert (reading.meaning, reading.text) == (meaning, text)


def test_every_office_is_tried_and_offered() -> None:
    shipped = files("cluster_engine.sources.lists") / "symbols.toml"
    assert set(tomllib.loads(shipped.read_text(encoding="utf-8"))) == set(OFFICES)
    assert {office for office, *_ in SIGNS} == set(OFFICES)
    assert import_firms.OFFICES == OFFICES


def test_one_letter_is_an_estimate_here_and_significant_there() -> None:
    assert load_symbols("eurostat").read("12 s").flags == ("Eurostat estimate",)
    assert load_symbols("wales").read("12 s").flags == ("statistically significant",)
    assert load_symbols("germany").read("12 b").text == "12 b"


@pytest.mark.parametrize(("office", "employees"), [("germany", 0.0), ("united-kingdom", None)])
def test_list_is_read_with_the_signs_of_its_office(
    tmp_path: Path, office: str, employees: float | None
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Company,Country,Employees\nA AG,DE,-\nB AG,DE,5\n", encoding="utf-8")
    read = read_firm_list(path, options=ListOptions(symbols_of=office))
    found = read.records["employees"].iloc[0]
    assert found == employees if employees is not None else found != found
    assert any(load_symbols(office).name in kind for kind in read.report.fixes)
