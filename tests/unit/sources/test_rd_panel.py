"""The R&D panel: latest figures, growth, what is abroad, codes that are none."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.rd_panel import read_rd_panel

HEADER = (
    "company_id,company_name,ctry_code,worldrank,nace2,isic4,year,rd,ns,capex,op,emp,"
    "patCN,patEP,patJP,patKR,patUS,TMnEU,TMnUS\n"
)
KNOWN = {"0111", "2813", "2611"}


def _row(company: str, country: str, code: str, year: int, rest: str) -> str:
    return f"{company},FIRM {company},{country},1,{code},28,{year},{rest}\n"


def _read(tmp_path: Path, *rows: str) -> pd.DataFrame:
    path = tmp_path / "panel.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return read_rd_panel(path, industries=KNOWN).firms.set_index("company_id")


def test_figures_are_of_the_latest_year_that_has_any(tmp_path: Path) -> None:
    firms = _read(
        tmp_path,
        _row("1", "DE", "2813", 2017, "5,100,3,9,700,,,,,,,"),
        _row("1", "DE", "2813", 2016, "4,90,2,8,650,,,,,,,"),
        _row("1", "DE", "2813", 2018, ",,,,,,,,,,,"),
    )
    assert firms.loc["1", ["year", "sales", "employees", "rd"]].tolist() == [2017, 100, 700, 5]


def test_growth_is_the_mean_yearly_log_growth(tmp_path: Path) -> None:
    firms = _read(
        tmp_path,
        _row("1", "DE", "2813", 2015, ",100,,,,,,,,,,"),
        _row("1", "DE", "2813", 2016, ",150,,,,,,,,,,"),
        _row("1", "DE", "2813", 2018, ",121,,,,,,,,,,"),
    )
    assert firms.loc["1", "sales_growth"] == pytest.approx(math.log(1.21) / 3)


def test_growth_needs_three_years(tmp_path: Path) -> None:
    firms = _read(
        tmp_path,
        _row("1", "DE", "2813", 2017, ",100,,,,,,,,,,"),
        _row("1", "DE", "2813", 2018, ",121,,,,,,,,,,"),
    )
    assert pd.isna(firms.loc["1", "sales_growth"])


@pytest.mark.parametrize(
    ("country", "abroad"),
    [("CN", 30), ("DE", 29), ("CH", 29), ("JP", 27), ("KR", 23), ("US", 15), ("IN", 31)],
)
def test_patents_at_the_home_office_are_not_abroad(
    tmp_path: Path, country: str, abroad: int
) -> None:
    firms = _read(tmp_path, _row("1", country, "2813", 2018, ",,,,,1,2,4,8,16,,"))
    assert firms.loc["1", ["patents", "patents_abroad"]].tolist() == [31, abroad]


@pytest.mark.parametrize(("country", "abroad"), [("DE", 5), ("CH", 8), ("US", 3), ("GB", 5)])
def test_trade_marks_abroad_leave_out_the_home_office(
    tmp_path: Path, country: str, abroad: int
) -> None:
    firms = _read(tmp_path, _row("1", country, "2813", 2018, ",,,,,,,,,,3,5"))
    assert firms.loc["1", "trademarks_abroad"] == abroad


def test_what_is_not_told_stays_null(tmp_path: Path) -> None:
    firms = _read(tmp_path, _row("1", "US", "2813", 2018, ",,,,12,,,,,,,"))
    unknown = ["sales", "rd", "patents", "patents_abroad", "trademarks_abroad", "sales_growth"]
    assert firms.loc["1", unknown].isna().all()


def test_lost_leading_zero_is_put_back(tmp_path: Path) -> None:
    assert _read(tmp_path, _row("1", "US", "111", 2018, ",,,,1,,,,,,,")).industry["1"] == "0111"


@pytest.mark.parametrize("code", ["7010", "6420", "2610", "2800", "6500"])
def test_holding_and_impossible_codes_give_no_industry(tmp_path: Path, code: str) -> None:
    assert _read(tmp_path, _row("1", "US", code, 2018, ",,,,1,,,,,,,")).industry["1"] == ""


@pytest.mark.parametrize(("code", "finance"), [("6419", True), ("6512", True), ("6420", False)])
def test_finance_is_told_from_holding(tmp_path: Path, code: str, *, finance: bool) -> None:
    assert _read(tmp_path, _row("1", "US", code, 2018, ",,,,1,,,,,,,")).finance["1"] == finance


def test_namibia_is_a_country(tmp_path: Path) -> None:
    assert _read(tmp_path, _row("1", "NA", "2813", 2018, ",,,,1,,,,,,,")).country["1"] == "NA"


def test_number_that_is_none_is_an_error_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        _read(
            tmp_path,
            _row("1", "DE", "2813", 2018, "1,2,3,4,5,,,,,,,"),
            _row("2", "DE", "2813", 2018, "1,n/a,3,4,5,,,,,,,"),
        )
    problem = caught.value.problems[0]
    assert (problem.row, problem.column, problem.found) == (3, "ns", "'n/a'")


def test_missing_column_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text("company_id,year\n1,2018\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_rd_panel(path, industries=KNOWN)
    assert "nace2" in {problem.column for problem in caught.value.problems}


def test_two_rows_of_a_year_are_an_error(tmp_path: Path) -> None:
    row = _row("1", "DE", "2813", 2018, "1,2,3,4,5,,,,,,,")
    with pytest.raises(DataError, match="one row a year"):
        _read(tmp_path, row, row)
