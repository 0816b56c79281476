from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.ons_io import (
    read_input_output,
    read_published_coefficients,
    read_published_leontief,
)

CODES = ["A01", "C11\xa0& C12 ", "T97"]
PRODUCTS = ["CPA_A01", "CPA_C11 & C12", "CPA_T97"]
FLOWS = [[10, 20, 0], [5, 40, 0], [0, 0, 0]]
IMPORTS = [[2, 3, 0], [1, 4, 0], [0, 0, 0]]
OUTPUT = [100, 200, 7]
FINAL = ["P3 S1", "P3 S13", "P3 S14", "P3 S15", "P51G", "P52", "P53", "P61EU", "P61RW", "P62", "TU"]
FINAL_ROWS = [
    [60, 10, 40, 10, 5, -5, 0, 4, 3, 3, 100],
    [100, 20, 70, 10, 20, 15, 0, 10, 5, 5, 200],
    [7, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7],
]
UNDER = {
    "_T": [15, 60, 0],
    "imports": [3, 7, 0],
    "taxes": [2, 3, 0],
    "D1": [30, 80, 7],
    "GOS & MI": [52, 45, 0],
    "D29-D39": [-2, 5, 0],
    "GVA": [80, 130, 7],
    "P1": OUTPUT,
}
PUBLISHED_TOLERANCE = 1e-9
COEFFICIENT_TOLERANCE = 1e-12
Change = Callable[[openpyxl.Workbook], None]


def _fill(sheet: object, codes: list[str], rows: list[str], values: object, top: int) -> None:
    sheet.cell(top, 2, "SIC")
    for j, code in enumerate(codes):
        sheet.cell(top, 3 + j, code)
        sheet.cell(top + 1, 3 + j, f"Industry {j}\xa0 ")
    for i, code in enumerate(rows):
        sheet.cell(top + 3 + i, 1, code)
        for j, value in enumerate(values[i]):
            sheet.cell(top + 3 + i, 3 + j, value)


def _industry_book() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    iot = book.active
    iot.title = "IOT"
    everything = [[*row, sum(row), *final] for row, final in zip(FLOWS, FINAL_ROWS, strict=True)]
    _fill(iot, [*CODES, "_T", *FINAL], CODES, everything, 4)
    for number, (key, row) in enumerate(UNDER.items(), start=10):
        names = {
            "imports": (None, "Use of imported products, cif\xa0"),
            "taxes": (None, "Taxes less subsidies on products"),
        }
        code, label = names.get(key, (key, "Label"))
        iot.cell(number, 1, code)
        iot.cell(number, 2, label)
        for j, value in enumerate(row):
            iot.cell(number, 3 + j, value)
    a = np.array(FLOWS) / np.array(OUTPUT)
    for title, matrix in (("A", a), ("Leontief", np.linalg.inv(np.eye(3) - a))):
        _fill(book.create_sheet(title), CODES, CODES, matrix.tolist(), 5)
    return book


def _product_book() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = "Imports use pxi"
    _fill(book.active, [*CODES, "_T"], PRODUCTS, IMPORTS, 4)
    return book


@pytest.fixture
def books(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    def save(change: Change | None = None, other: Change | None = None) -> tuple[Path, Path]:
        first, second = _industry_book(), _product_book()
        if change:
            change(first)
        if other:
            other(second)
        first.save(tmp_path / "in.xlsx")
        second.save(tmp_path / "pr.xlsx")
        return tmp_path / "in.xlsx", tmp_path / "pr.xlsx"

    return save


def _set(sheet: str, row: int, column: int, value: object) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet].cell(row, column).value = value

    return change


def test_tables_are_read_and_labels_cleaned(books: Callable[..., tuple[Path, Path]]) -> None:
    read = read_input_output(*books())

    table = read.industries.set_index("io_industry")
    assert table.index.tolist() == ["A01", "C11 & C12", "T97"]
    assert table["label"].tolist() == ["Industry 0", "Industry 1", "Industry 2"]
    assert table.loc["A01", "output"] == 100
    assert table.loc["A01", "taxes_on_production"] == -2
    assert table["final_use"].tolist() == [70, 155, 7]
    assert table["exports"].tolist() == [10, 20, 0]
    assert read.flows.to_numpy().tolist() == [
        ["A01", "A01", 10],
        ["A01", "C11 & C12", 20],
        ["C11 & C12", "A01", 5],
        ["C11 & C12", "C11 & C12", 40],
    ]
    assert read.imports["flow"].sum() == 10
    assert set(read.imports["product"]) == {"A01", "C11 & C12"}


def test_published_matrices_have_labels(books: Callable[..., tuple[Path, Path]]) -> None:
    path, _ = books()

    a, leontief = read_published_coefficients(path), read_published_leontief(path)
    assert a.loc["A01", "C11 & C12"] == pytest.approx(0.1)
    assert np.allclose((np.eye(3) - a.to_numpy()) @ leontief.to_numpy(), np.eye(3))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (_set("IOT", 7, 3, 14), "total use"),
        (_set("IOT", 13, 3, 33), "must be output"),
        (_set("IOT", 16, 3, 85), "value added"),
        (_set("IOT", 7, 4, "n/a"), "row 7, column 'D': The cell must be a number"),
        (_set("IOT", 7, 4, None), "an empty cell"),
        (_set("IOT", 8, 1, "A01"), "'A01' twice"),
        (_set("IOT", 8, 1, "C13"), "same industries"),
        (_set("IOT", 4, 2, "NACE"), "must have a row with 'SIC'"),
        (_set("IOT", 17, 1, "P2"), "must have a row 'P1'"),
        (_set("IOT", 4, 17, "TOTAL"), "must have a column 'TU'"),
    ],
)
def test_faulty_industry_table_is_refused(
    books: Callable[..., tuple[Path, Path]], change: Change, text: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_input_output(*books(change))

    assert text in str(caught.value)
    assert "in.xlsx" in str(caught.value)


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (_set("Imports use pxi", 7, 1, "CPA_Z99"), "Unknown product code"),
        (_set("Imports use pxi", 4, 3, "A02"), "industry-by-industry table"),
        (_set("Imports use pxi", 7, 3, 9), "must add up"),
    ],
)
def test_imports_that_do_not_fit_are_refused(
    books: Callable[..., tuple[Path, Path]], other: Change, text: str
) -> None:
    with pytest.raises(DataError, match=text):
        read_input_output(*books(None, other))


def test_missing_sheet_lists_those_there(books: Callable[..., tuple[Path, Path]]) -> None:
    path, other = books()

    with pytest.raises(DataError, match="IOT, A, Leontief"):
        read_input_output(path, path)
    with pytest.raises(DataError, match="'Leontief'"):
        read_published_leontief(other)


def test_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    path.write_text("SIC,A01", encoding="utf-8")
    with pytest.raises(DataError, match="Excel workbook"):
        read_published_leontief(path)
    with pytest.raises(DataError, match="no such file"):
        read_published_leontief(tmp_path / "absent.xlsx")


@pytest.mark.shared_data
def test_ons_2019_reproduces_the_published_matrices(shared_data: Path) -> None:
    folder = shared_data / "data/input_output"
    read = read_input_output(folder / "nasu1719in.xlsx", folder / "nasu1719pr.xlsx")
    codes = read.industries["io_industry"]
    flows = read.flows.pivot_table(index="supplier", columns="user", values="flow")
    z = flows.reindex(index=codes, columns=codes).fillna(0.0).to_numpy()

    a = z / read.industries["output"].to_numpy()
    leontief = np.linalg.inv(np.eye(len(codes)) - a)

    published = read_published_leontief(folder / "nasu1719in.xlsx")
    coefficients = read_published_coefficients(folder / "nasu1719in.xlsx")
    assert len(codes) == 105
    assert published.index.tolist() == codes.tolist()
    assert np.abs(a - coefficients.to_numpy()).max() < COEFFICIENT_TOLERANCE
    assert np.abs(leontief - published.to_numpy()).max() < PUBLISHED_TOLERANCE
    assert read.imports["flow"].sum() == 305_805
    assert read.industries["value_added"].sum() == 2_000_157
