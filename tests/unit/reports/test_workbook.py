"""Workbooks: every cell is what it was, the same sheets give the same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cluster_engine.errors import LimitError
from cluster_engine.reports import workbook
from cluster_engine.reports.handover import Handover
from cluster_engine.reports.ranking_sheets import LEI_PAGE, encode_ranking
from cluster_engine.reports.report import Report, Shown
from cluster_engine.reports.sheet import Sheet, SheetColumn
from cluster_engine.reports.table_sheets import encode_workbook
from cluster_engine.reports.workbook import (
    MAX_CELL_CHARS,
    is_safe_link,
    write_workbook,
)

# openpyxl leaves out the newer form of bars in cells, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")

SHEETS = ["Targets", "Reasons", "Clusters", "Gaps", "Sources and data quality", "Method"]


def _open(raw: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(raw))


def _column(sheet: Any, header: str) -> list[Any]:
    place = [cell.value for cell in sheet[1]].index(header)
    return [row[place].value for row in sheet.iter_rows(min_row=2)]


@pytest.fixture(scope="module")
def book(handover: Handover) -> Any:
    return _open(encode_ranking(handover, run_id="abc123").raw)


def test_the_six_sheets_are_there_in_order(book: Any) -> None:
    assert book.sheetnames == SHEETS


def test_names_and_codes_are_texts_and_no_cell_is_a_formula(handover: Handover, book: Any) -> None:
    targets = book["Targets"]
    rows = handover.ranking.rows
    assert _column(targets, "Firm name") == rows["firm_name"].tolist()
    assert _column(targets, "Industry code") == rows["industry_code"].tolist()
    assert _column(targets, "Firm ID") == rows["firm_id"].tolist()
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_numbers_are_numbers_and_unknown_ones_blank(handover: Handover, book: Any) -> None:
    assert _column(book["Targets"], "Score") == handover.ranking.rows["score"].tolist()
    chances = _column(book["Targets"], "In the top 25, probability")
    assert chances[:2] == [None, 0.123456789]
    assert _column(book["Targets"], "Rank, best (90 %)")[:2] == [None, 1]


def test_base_and_points_add_up_to_the_score(book: Any) -> None:
    sheet = book["Reasons"]
    parts = [
        _column(sheet, name) for name in ("Base", "Cluster fit, points", "Value-chain gap, points")
    ]
    np.testing.assert_allclose(np.sum(parts, axis=0), _column(sheet, "Score"), atol=1e-9)


def test_links_lead_to_safe_pages_and_to_other_sheets_only(handover: Handover, book: Any) -> None:
    links = [
        cell.hyperlink for row in book["Targets"].iter_rows() for cell in row if cell.hyperlink
    ]
    # What stands behind '#' is kept apart in the file.
    outside = {"#".join(filter(None, (one.target, one.location))) for one in links if one.target}
    assert outside == {"https://firm.example", LEI_PAGE + "529900T8BM49AURSDO55"}
    inside = [link.location for link in links if not link.target]
    assert inside == [f"'Reasons'!A{place + 2}" for place in range(len(handover.ranking.rows))]


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "https://a@b.example", "https://firm.example:99/",
     "file:///etc/passwd", "https://", "https://fïrm.example", "internal:'Targets'!A1;x", "",
     "mailto:a@b.example", "https://firm.example/\"onclick"],
)  # fmt: skip
def test_other_addresses_are_no_links(address: str) -> None:
    assert not is_safe_link(address)


def test_sheets_are_set_up_for_screen_and_paper(book: Any) -> None:
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is not None
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$1:$1"
        assert "run abc123" in sheet.oddFooter.left.text
    assert book["Targets"].conditional_formatting
    assert book["Reasons"].conditional_formatting


def test_the_same_sheets_give_the_same_bytes(handover: Handover) -> None:
    assert encode_ranking(handover).raw == encode_ranking(handover).raw


def test_a_long_list_is_streamed_with_the_same_cells(
    handover: Handover, book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "STREAMED_ROWS", 1)
    streamed = encode_ranking(handover, run_id="abc123").raw
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(streamed)).namelist()
    for sheet in _open(streamed):
        # openpyxl does not take off the escape of '_x0041_' in cells that hold their own text.
        cells = [[cell.value.replace("_x005F", "") if cell.data_type == "s" else cell.value
                  for cell in row] for row in sheet.iter_rows()]  # fmt: skip
        assert cells == [[cell.value for cell in row] for row in book[sheet.title].iter_rows()]


def test_what_a_cell_cannot_hold_is_counted() -> None:
    texts = ["x" * (MAX_CELL_CHARS + 1), "a\ud800b", "ok"]
    frame = pd.DataFrame({"n": [np.inf, -np.inf, np.nan], "t": pd.Series(texts, dtype=object)})
    sheet = Sheet("S", frame, (SheetColumn("n", "N", "ratio"), SheetColumn("t", "T")))
    written = write_workbook([sheet])
    assert (written.infinite, written.cut, written.mended) == (2, 1, 1)
    cells = _open(written.raw)["S"]
    assert _column(cells, "N") == [None, None, None]
    held = _column(cells, "T")
    assert (len(held[0]), held[1], held[2]) == (MAX_CELL_CHARS, "a\ufffdb", "ok")


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    sheet = Sheet("S", pd.DataFrame({"a": [1, 2, 3]}), (SheetColumn("a", "A", "whole"),))
    with pytest.raises(LimitError, match="2 rows"):
        write_workbook([sheet])


def test_any_report_becomes_a_table_and_a_sheet_about_it() -> None:
    frame = pd.DataFrame({"code": ["0111", "=1"], "lq": [1.5, np.nan], "on": [True, False]})
    report = Report("Title", frame, (Shown("lq", "LQ", "ratio"),), None, {"year": 2021})
    book = _open(encode_workbook(report).raw)
    assert book.sheetnames == ["Table", "About"]
    table = [[cell.value for cell in row] for row in book["Table"].iter_rows()]
    assert table == [["code", "lq", "on"], ["0111", 1.5, True], ["=1", None, False]]
    assert book["Table"]["B2"].number_format == "0.00"
    assert [cell.value for cell in book["About"]["B"]] == ["Value", "Title", "2021"]
    assert _open(encode_workbook(report, only_table=True).raw).sheetnames == ["Table"]
