"""Industry codes stay text; what a spreadsheet did to them is undone or refused."""

from __future__ import annotations

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.lists.codes import parse_codes
from cluster_engine.sources.lists.guess import guess_code_system
from cluster_engine.sources.lists.read_report import ReadLog


def _parse(*cells: str, system: str = "nace2", typed: bool = False, level: int = 0) -> list[str]:
    log = ReadLog("list.csv")
    values = pd.Series(cells, index=range(2, len(cells) + 2), name="NACE", dtype="str")
    flags = pd.Series(typed, index=values.index)
    parsed = parse_codes(values, system, flags, log, missing=frozenset({"n.a."}), level=level)
    log.raise_problems()
    return parsed.tolist()


def _refuse(*cells: str, system: str = "nace2", typed: bool = False) -> str:
    with pytest.raises(DataError) as caught:
        _parse(*cells, system=system, typed=typed)
    assert "text" in caught.value.hint
    return str(caught.value)


def test_spellings_of_a_code_become_its_digits() -> None:
    cells = ("26.20", "26,20", "2620", "C26.20", "26.20Z", "26.20 - Computers", "n.a.", "")
    assert _parse(*cells) == [*["2620"] * 6, "", ""]


def test_several_codes_keep_their_order() -> None:
    assert _parse("28.13; 28.14; 28.13", "2813, 2814", "2813|2814") == ["2813; 2814"] * 3


def test_lost_zero_is_put_back_where_the_width_is_clear() -> None:
    assert _parse("111", "2813", "2814") == ["0111", "2813", "2814"]
    assert _parse("111", "2813", typed=True) == ["0111", "2813"]
    assert _parse("141", "2813", level=4) == ["0141", "2813"]
    assert _parse("1110", "28131", system="uksic2007") == ["01110", "28131"]


def test_code_one_digit_short_that_is_no_class_with_a_zero_stays() -> None:
    assert _parse("281", "2813") == ["281", "2813"]


@pytest.mark.parametrize("cells", [("141", "2813"), ("620", "2813")])
def test_lost_zero_that_may_be_a_group_is_refused(cells: tuple[str, ...]) -> None:
    assert f"'0{cells[0]}'" in _refuse(*cells)


def test_numbers_lose_the_zero_behind_and_are_refused() -> None:
    assert "'01.1' and '01.10' differ" in _refuse("1.1")
    assert "'26.2' and '26.20' differ" in _refuse("26.2", typed=True)
    assert "'26.2' and '26.20' differ" in _refuse("26.2", "26.51")
    assert _parse("26.2", "27.1") == ["262", "271"]
    assert _parse("1.11", "26.51") == ["0111", "2651"]


@pytest.mark.parametrize(
    ("cell", "candidate"),
    [
        ("1-Jan", "01.01"),
        ("Jan-11", "01.11"),
        ("2011-01-01", "01.11"),
        ("2023-11-01", "01.11"),
        ("01. Nov", "01.11"),
        ("26. Mai", "26.05"),
    ],
)
def test_dates_made_of_codes_are_refused_with_the_code(cell: str, candidate: str) -> None:
    assert candidate in _refuse(cell)


def test_letters_for_digits_are_refused_with_the_code_meant() -> None:
    assert "Meant: 26.20?" in _refuse("26.2O")


@pytest.mark.parametrize("cell", ["1E10", "pumps", "123456", "28.1.3.4.5"])
def test_what_cannot_be_a_code_is_refused(cell: str) -> None:
    assert f"'{cell}'" in _refuse(cell)


def test_ten_thousand_codes_are_refused() -> None:
    assert "at most" in _refuse("; ".join(f"{n:04d}" for n in range(100, 900)))


def test_levels_are_a_doubt_and_not_lost() -> None:
    log = ReadLog("list.csv")
    values = pd.Series(["C26", "26.20", "26.2"], index=[2, 3, 4], name="NACE", dtype="str")
    parse_codes(values.iloc[:2], "nace2", None, log)
    assert log.freeze(format_name="", rows_kept=0, missing={}).doubts[0].examples == (
        "2 digits", "4 digits",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cell", "system"),
    [
        ("NACE Rev. 2, core code (4 digits)", "2813", "nace2"),
        ("NACE Rev. 2.1", "2813", "nace2.1"),
        ("NACE Rev. 1.1", "2813", "nace1.1"),
        ("WZ 2008", "2813", "nace2"),
        ("Code NAF", "2813Z", "nace2"),
        ("UK SIC 2007", "28131", "uksic2007"),
        ("SIC code", "28131", "uksic2007"),
        ("SIC code", "3561", ""),
        ("US SIC", "3561", "ussic1987"),
        ("NAICS 2017", "333911", "naics2017"),
        ("NAICS", "333911", "naics2022"),
        ("ISIC Rev. 4", "2813", "isic4"),
        ("GICS", "20106020", "gics"),
    ],
)
def test_classification_is_read_from_the_header(header: str, cell: str, system: str) -> None:
    assert guess_code_system(header, pd.Series([cell], dtype="str")) == system
