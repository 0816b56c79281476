"""Encodings, delimiters, headers, rows: what is mended, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.lists.reader import FirmList, detect_format, read_firm_list
from tests.unit.sources.lists import exports

TABLE = "Company,Country,City\nMüller GmbH,DE,München\nAcme Ltd,GB,Leeds\n"


def _read(tmp_path: Path, text: str | bytes, name: str = "list.csv") -> FirmList:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_firm_list(path)


def _refuse(tmp_path: Path, text: str | bytes, name: str = "list.csv") -> DataError:
    with pytest.raises(DataError) as caught:
        _read(tmp_path, text, name)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_encodings_are_found_and_named(tmp_path: Path, encoding: str, named: str) -> None:
    read = _read(tmp_path, TABLE.encode(encoding))
    assert read.records["name"].tolist() == ["Müller GmbH", "Acme Ltd"]
    assert read.records["city"].tolist() == ["München", "Leeds"]
    assert read.report.encoding == named
    assert any("not UTF-8" in guess for guess in read.report.guesses) == (encoding == "cp1252")


def test_big_endian_utf_16_is_read(tmp_path: Path) -> None:
    read = _read(tmp_path, b"\xfe\xff" + TABLE.encode("utf-16-be"))
    assert read.records["name"].tolist() == ["Müller GmbH", "Acme Ltd"]


def test_mixed_encodings_are_refused_with_the_line(tmp_path: Path) -> None:
    mixed = "Company,City\nMüller GmbH,Ulm\n".encode() + "Süd AG,Köln\n".encode("cp1252")
    error = _refuse(tmp_path, mixed)
    assert error.problems[0].row == 3
    assert "UTF-8 in line 2" in error.problems[0].found


def test_mojibake_is_a_doubt_with_a_suggestion(tmp_path: Path) -> None:
    read = _read(tmp_path, "Company,City\nMÃ¼ller GmbH,Ulm\nSÃO AG,Ulm\n")
    (doubt,) = read.report.doubts
    assert doubt.count == 1
    assert "Müller GmbH" in doubt.examples[0]


def test_nul_byte_is_refused_with_the_line(tmp_path: Path) -> None:
    assert _refuse(tmp_path, TABLE.encode() + b"A\0B,DE,x\n").problems[0].row == 4


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty file"),
        ("\n\n", "no row"),
        ("Company,Country\n", "a header and no rows"),
        ("Company,Country\n,\n", "a header and no rows"),
        ("Acme Ltd,GB,12.5\nBolt Ltd,GB,3.5\n", "12.5"),
        ("Company,Country,country\nA,DE,FR\n", "2 times"),
        ("Company,Country\nA,DE,Ulm\nB,FR,Lyon\n", "3 cells"),
        ("Company,Country,City\nA,DE\nB,FR,Lyon\n", "2 cells"),
        ("Company,Country,City\nA,DE,Ulm\nB;FR;Lyon\nC,FR,Lyon\n", "divided by semicolon"),
        ('Company,Country\nA,DE\n"B,FR\nC,FR\n', "not closed"),
        ('Company,Country\nA,DE\n"B"x,FR\n', "quote inside"),
        ("Country,City\nDE,Ulm\n", "'Country', 'City'"),
        ("Company,Country\nA,DE\n,FR\n", "an empty cell"),
        ("Company,Country\nA,Germnay\n", "germany"),
        ("Company,Country\nA,Congo\n", "CD (Democratic Republic)"),
    ],
)
def test_bad_tables_are_refused_and_say_what_was_found(
    tmp_path: Path, text: str, word: str
) -> None:
    assert word in str(_refuse(tmp_path, text))


def test_faults_tell_the_row_a_spreadsheet_shows(tmp_path: Path) -> None:
    text = 'Company,Country\n"A\nB",DE\nC,FR,x\nD,FR\nE,FR,x\n'
    assert [problem.row for problem in _refuse(tmp_path, text).problems] == [3, 5]
    assert _refuse(tmp_path, 'Company,Country\nA,DE\n"B,FR\n').problems[0].row == 3


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(tmp_path: Path, delimiter: str, end: str) -> None:
    rows = [["Company", "Country", "City"], ["Acme Ltd", "GB", "Leeds"], ["Bolt AG", "DE", "Ulm"]]
    read = _read(tmp_path, end.join(delimiter.join(row) for row in rows))
    assert read.records["country"].tolist() == ["GB", "DE"]
    assert read.records["row"].tolist() == [2, 3]


def test_mixed_line_ends_are_read(tmp_path: Path) -> None:
    read = _read(tmp_path, "Company,Country\r\nA,DE\nB,FR\rC,GB\r\n")
    assert read.records["name"].tolist() == ["A", "B", "C"]


def test_separator_line_titles_totals_and_trailing_delimiters_are_left_out(tmp_path: Path) -> None:
    text = (
        "sep=;\nList of firms;;;\n;;;\nFirma;Land;Mitarbeiter;\nA AG;DE;10;\nB AG;AT;20;\n"
        "Summe;;30;\nQuelle: eigene Liste;;;\n"
    )
    read = _read(tmp_path, text)
    assert read.records["name"].tolist() == ["A AG", "B AG"]
    assert read.records["employees"].tolist() == [10, 20]
    assert read.report.fixes["rows above the header left out"] == 1
    assert read.report.dropped[0].rows == (6, 7)


def test_a_firm_called_total_is_kept(tmp_path: Path) -> None:
    read = _read(tmp_path, "Company,Country,Employees\nA,DE,1\nTotal,FR,100000\n")
    assert read.records["name"].tolist() == ["A", "Total"]


def test_short_notes_below_the_table_are_left_out(tmp_path: Path) -> None:
    read = _read(tmp_path, "Company,Country,City\nA,DE,Ulm\n\nSource: own list\n")
    assert read.records["name"].tolist() == ["A"]
    assert read.report.dropped[0].rows == (4,)


def test_headers_with_odd_blanks_case_and_line_breaks_are_read(tmp_path: Path) -> None:
    text = '\ufeff"COMPANY\u00a0\nname", country ,"\ufeffcity"\nA,DE,Ulm\n'
    read = _read(tmp_path, text)
    assert read.records.loc[0, ["name", "country", "city"]].tolist() == ["A", "DE", "Ulm"]
    assert read.report.fixes["header cleaned"] == 3


@pytest.mark.parametrize(
    "header",
    [
        "Firma;Land;Beschäftigte;Umsatz (Tsd. €)",
        "Raison sociale;Pays;Effectif;Chiffre d'affaires (k€)",
        "Razón social;País;Número de empleados;Ventas (miles EUR)",
    ],
)
def test_german_french_and_spanish_headers_are_known(tmp_path: Path, header: str) -> None:
    record = _read(tmp_path, f"{header}\nA;DE;12;1500,5\n").records.iloc[0]
    assert record[["name", "country", "employees", "sales"]].tolist() == ["A", "DE", 12, 1.5005]


def test_names_lose_what_cannot_be_seen_and_nothing_else(tmp_path: Path) -> None:
    text = 'Company,Country\n"Acme\u200b\u00a0 \u202eLtd\u200f",GB\n"Two\nlines",DE\n'
    names = _read(tmp_path, text).records["name"].tolist()
    assert names == ["Acme Ltd", "Two lines"]


def test_names_that_look_like_values_stay_names(tmp_path: Path) -> None:
    names = ["TRUE", "None", "nan", "null", "NULL", "=SUM(A1)", "-", "AG", "N/A", "1E10"]
    rows = "".join(f"{name},NA,1E10\n" for name in names)
    read = _read(tmp_path, "Company,Country,Registration number\n" + rows)
    assert read.records["name"].tolist() == names
    assert set(read.records["country"]) == {"NA"}
    assert set(read.records["registry_number"]) == {"1E10"}


def test_markup_and_formulas_in_names_are_doubts(tmp_path: Path) -> None:
    read = _read(tmp_path, "Company\n<script>alert(1)</script>\n=HYPERLINK(1)\nA < B Ltd\n")
    assert [doubt.what for doubt in read.report.doubts] == [
        "name begins like a formula",
        "name holds markup",
    ]
    assert [doubt.count for doubt in read.report.doubts] == [1, 1]


def test_oversized_name_is_refused(tmp_path: Path) -> None:
    assert "501 characters" in str(_refuse(tmp_path, f"Company,Country\n{'x' * 501},DE\n"))


def test_repeated_rows_and_wrong_lei_are_doubts(tmp_path: Path) -> None:
    lei = exports.make_lei("ABC")
    bad = lei[:-1] + str((int(lei[-1]) + 1) % 10)
    read = _read(tmp_path, f"Company,LEI\nA,{lei}\nA,{lei}\nB,{bad}\n")
    found = {doubt.what: doubt.examples for doubt in read.report.doubts}
    assert found["the same as an earlier row"] == ("row 3",)
    assert found["LEI whose check digits do not agree"] == (f"row 4: {bad}",)
    assert len(read.records) == 3


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"<html><table>", "an HTML page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\0" * 64
            + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (b"PK\x03\x04broken", "damaged"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML file"),
    ],
)
def test_files_of_another_type_are_named(tmp_path: Path, head: bytes, word: str) -> None:
    assert word in str(_refuse(tmp_path, head, "list.xls"))


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_firm_list(tmp_path / "none.csv")


def test_workbook_called_csv_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = exports.write_workbook(tmp_path / "list.csv", [["Company", "Country"], ["A", "DE"]])
    assert read_firm_list(path).records["name"].tolist() == ["A"]
    assert detect_format(path) == "plain"


def test_sheet_must_be_clear(tmp_path: Path) -> None:
    rows = [["Company", "Country"], ["A", "DE"]]
    path = exports.write_workbook(tmp_path / "list.xlsx", rows, sheet="One", Two=rows)
    with pytest.raises(DataError, match="One, Two") as caught:
        read_firm_list(path)
    assert "--sheet" in caught.value.hint
    assert read_firm_list(path, sheet="Two").report.sheet == "Two"
    with pytest.raises(DataError, match="sheet 'Three'"):
        read_firm_list(path, sheet="Three")


def test_hidden_sheets_are_not_read_and_named(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    rows = [["Company", "Country"], ["A", "DE"]]
    path = exports.write_workbook(tmp_path / "list.xlsx", rows, sheet="One", Secret=rows)
    book = load_workbook(path)
    book["Secret"].sheet_state = "hidden"
    book.save(path)
    read = read_firm_list(path)
    assert read.report.sheet == "One"
    assert "Hidden sheets are not read: Secret." in read.report.guesses


def test_formulas_without_values_are_refused_with_their_cells(tmp_path: Path) -> None:
    rows = [["Company", "Country", "Employees"], ["A", "DE", "=1+1"]]
    path = exports.write_workbook(tmp_path / "list.xlsx", rows)
    with pytest.raises(DataError) as caught:
        read_firm_list(path)
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == (2, "C")


def test_header_over_two_rows_is_refused(tmp_path: Path) -> None:
    rows = [
        ["Company", "Country", "Size", None],
        [None, None, "Employees", "Sales"],
        ["A", "DE", 1, 2],
    ]
    path = exports.write_workbook(tmp_path / "list.xlsx", rows)
    with pytest.raises(DataError, match="header"):
        read_firm_list(path)


def test_rows_of_a_workbook_keep_their_numbers(tmp_path: Path) -> None:
    rows = [["My list"], [], ["Company", "Country"], ["A", "DE"], [], ["B", "FR"]]
    path = exports.write_workbook(tmp_path / "list.xlsx", rows)
    assert read_firm_list(path).records["row"].tolist() == [4, 6]


def test_order_of_columns_does_not_matter(tmp_path: Path) -> None:
    first = _read(tmp_path, "Company,Country,City\nA,DE,Ulm\n").records
    second = _read(tmp_path, "City,Company,Country\nUlm,A,DE\n").records
    assert first.equals(second)
