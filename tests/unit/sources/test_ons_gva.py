from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.ons_gva import read_regional_value_added
from cluster_engine.sources.sic_groups import choose_finest, restore_code

AREAS = pd.DataFrame(
    {"area": ["UKC1", "UKC2", "UKC3"], "other_code": ["TLC1", "TLC2", "TLC3"]}, dtype="str"
)
HEADER = "ITL code,Region name,SIC07 code,SIC07 description,2020,2021"
# Parts of 2021 in TLC1: 150 + 7 + 253 + 68 + 1,000 + 2,000; the total is rounded apart.
BLOCK = (
    '{area},Tees,Total,All,"3,400","3,479"',
    "{area},Tees,A-E,Production,400,478",
    "{area},Tees,A (1-3),Farming and fishing,110,157",
    "{area},Tees,1,Farming,105,150",
    "{area},Tees,02-Mar,Forestry and fishing,5,7",
    "{area},Tees,CA (10-12),Food,290,322",
    "{area},Tees,10,Food,240,253",
    "{area},Tees,11-Dec,Drinks and tobacco,50,68",
    '{area},Tees,L (68),Property,"3,000","3,001"',
    '{area},Tees,68IMP,Imputed rent,"2,000","2,000"',
    '{area},Tees,68,Property without it,"1,000","1,000"',
)


def _write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "gva.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8-sig")
    return path


def _block(area: str) -> list[str]:
    return [line.format(area=area) for line in BLOCK]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return _write(tmp_path, *_block("TLC1"), *_block("UKC2"), *_block("TLN0"))


def test_finest_groups_are_taken_and_imputed_rent_left_out(whole: Path) -> None:
    table = read_regional_value_added(whole, areas=AREAS).table

    assert table.query("year == 2021 and area == 'UKC1'")[
        ["industries", "value_added"]
    ].to_numpy().tolist() == [
        ["01", 150.0],
        ["02; 03", 7.0],
        ["10", 253.0],
        ["11; 12", 68.0],
        ["68", 1000.0],
    ]
    assert set(table["area"]) == {"UKC1", "UKC2"}
    assert len(table) == 2 * 2 * 5


def test_only_the_latest_years_are_taken(whole: Path) -> None:
    assert set(read_regional_value_added(whole, areas=AREAS, n_years=1).table["year"]) == {2021}


def test_remarks_tell_what_was_done_to_codes_areas_and_rent(whole: Path) -> None:
    remarks = " ".join(read_regional_value_added(whole, areas=AREAS).remarks)

    assert "'02-Mar' as 2-3, '11-Dec' as 11-12" in remarks
    assert "68IMP, owner-occupiers' imputed rent, £4,000m in 2021" in remarks
    assert "not in the pack: TLN0 Tees. Areas of the pack without figures: UKC3." in remarks
    assert "the largest gap is £1.0m" in remarks


def test_figure_not_published_stays_null_and_is_no_fault_of_the_sum(tmp_path: Path) -> None:
    lines = _block("TLC1")
    lines[3] = "TLC1,Tees,1,Farming,105,[c]"
    table = read_regional_value_added(_write(tmp_path, *lines), areas=AREAS).table
    farming = table.query("industries == '01'").set_index("year")["value_added"]

    assert farming[2020] == 105.0
    assert pd.isna(farming[2021])


@pytest.mark.parametrize(
    ("row", "line", "place"),
    [
        (0, 'TLC1,Tees,Total,All,"3,400","3,490"', r"row 2, column '2021'.*3,490"),
        (2, "TLC1,Tees,A (1-3),Farming,110,160", r"row 4, column '2021'.*160"),
        (3, "TLC1,Tees,1,Farming,105,12k", r"row 5, column '2021'.*'12k'"),
        (3, "TLC1,Tees,Farms,Farming,105,150", r"row 5, column 'SIC07 code'.*'Farms'"),
        (3, "TLC1,Tees,02-Mar,Farming,105,150", r"row 6, column 'SIC07 code'.*'02-Mar' again"),
        (4, "TLC1,Tees,1-2,Overlap,5,7", r"row 4, column 'SIC07 code'.*divisions 02; 03"),
        (7, "TLC1,Tees,10-11,Overlap,50,68", r"row 7, column 'SIC07 code'.*divisions 11; 12"),
        (10, "TLC1,Tees,69,Lawyers,1000,1000", r"column 'SIC07 code'.*'68IMP'"),
        (0, "TLC1,Tees,A-T,All,3400,3478", r"column 'SIC07 code'.*rows 'Total'"),
    ],
)
def test_faulty_row_is_refused_with_its_place(
    tmp_path: Path, row: int, line: str, place: str
) -> None:
    lines = _block("TLC1")
    lines[row] = line
    with pytest.raises(DataError, match=place):
        read_regional_value_added(_write(tmp_path, *lines), areas=AREAS)


def test_area_without_one_of_the_codes_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, *_block("TLC1"), *_block("TLC2")[:-1])
    with pytest.raises(DataError, match="UKC2 without 68"):
        read_regional_value_added(path, areas=AREAS)


def test_file_of_other_areas_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="codes DE11"):
        read_regional_value_added(_write(tmp_path, *_block("DE11")), areas=AREAS)


def test_file_without_years_or_codes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gva.csv"
    path.write_text("ITL code,Region name,SIC,mean\nTLC1,Tees,1,5\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_regional_value_added(path, areas=AREAS)

    assert [problem.column for problem in caught.value.problems] == ["SIC07 code", None]


def test_workbook_gives_what_the_text_file_gives(whole: Path, tmp_path: Path) -> None:
    import csv
    from datetime import datetime

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.create_sheet("Table 2c")
    sheet.append(["Table 2c: current price estimates"])
    dates = {"02-Mar": datetime(2024, 3, 2), "11-Dec": datetime(2024, 12, 11)}
    with whole.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.reader(stream):
            sheet.append(["ITL region code" if cell == "ITL code" else dates.get(cell, cell)
                          for cell in row])  # fmt: skip
    sheet.append(["Source: Office for National Statistics"])
    book.save(tmp_path / "gva.xlsx")
    read = read_regional_value_added(tmp_path / "gva.xlsx", areas=AREAS, sheet="Table 2c")

    pd.testing.assert_frame_equal(read.table, read_regional_value_added(whole, areas=AREAS).table)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("02-Mar", "2-3"),
        ("03-Feb", "2-3"),
        ("Oct-33", "10-33"),
        ("2024-03-02 00:00:00", "2-3"),
        ("14-15", "14-15"),
        ("A (1-3)", "A (1-3)"),
    ],
)
def test_dates_are_read_back_as_the_ranges_they_were(written: str, code: str) -> None:
    assert restore_code(written) == code


def test_groups_that_overlap_are_refused() -> None:
    codes = pd.Series(["Total", "10-11", "11-12"], index=[2, 3, 4], name="code", dtype="str")
    with pytest.raises(DataError, match=r"row 4.*must not overlap with '10-11'"):
        choose_finest(codes, "gva.csv")


def test_published_table_adds_up_in_71_groups(shared_data: Path, checkout: Path) -> None:
    areas = pd.read_parquet(checkout / "data/packs/great-britain/areas.parquet")
    path = shared_data / "data/gva/ons_itl2_gva_current_price.csv.gz"
    read = read_regional_value_added(path, areas=areas)

    assert len(read.table) == 10 * 40 * 71
    # 'Total' of the 40 areas less their imputed rent, both as published, £m.
    published = pd.read_csv(path, thousands=",").query("`ITL code` != 'TLN0'")
    stated = published.groupby("SIC07 code")["2022"].sum()
    summed = read.table.query("year == 2022")["value_added"].sum()
    assert summed == pytest.approx(stated["Total"] - stated["68IMP"], abs=0.5 * 40 * 73)
