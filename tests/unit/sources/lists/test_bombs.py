"""Files that would fill memory end with exit code 7 before they do."""

from __future__ import annotations

import gzip
import time
import zipfile
from pathlib import Path

import pytest

from cluster_engine.errors import DataError, LimitError
from cluster_engine.sources.lists import delimited_rows, limits
from cluster_engine.sources.lists.reader import read_firm_list

SECONDS = 20
"""Far more than a refusal takes, far less than reading any of these files would."""

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
APPLICATION = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    f'ContentType="{APPLICATION}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{APPLICATION}.worksheet+xml"/></Types>'
)
RELS = f"{PACKAGE}/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _write_sheet(path: Path, sheet: str, *, extra: dict[str, str] | None = None) -> Path:
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **(extra or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def _sheet(rows: str, *, claim: str = "") -> str:
    size = f'<dimension ref="{claim}"/>' if claim else ""
    return f'<worksheet xmlns="{MAIN}">{size}<sheetData>{rows}</sheetData></worksheet>'


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _refuse(path: Path) -> LimitError:
    start = time.monotonic()
    with pytest.raises(LimitError) as caught:
        read_firm_list(path)
    assert time.monotonic() - start < SECONDS
    assert caught.value.exit_code == 7
    assert caught.value.hint
    return caught.value


def test_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"Company,Country\n" + b"A,DE\n" * 4_000_000))
    assert "200 times" in _refuse(path).message


def test_zip_bomb_is_refused_by_what_it_claims(tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.csv", b"A,DE\n" * 4_000_000)
    assert "200 times" in _refuse(path).message


@pytest.mark.parametrize("name", ["../list.csv", "/list.csv", "a/../../list.csv", "C:/list.csv"])
def test_archive_that_leaves_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "Company\nA\n")
    assert "inside" in _refuse(path).message


def test_archive_of_many_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(limits.LIMITS.members + 1):
            archive.writestr(f"{n}", "")
    _refuse(path)


def test_archive_of_two_lists_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "Company\nA\n")
        archive.writestr("b.csv", "Company\nB\n")
    with pytest.raises(DataError, match="exactly one file"):
        read_firm_list(path)


def test_truncated_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"Company,Country\n" + b"A,DE\n" * 100)[:-12])
    with pytest.raises(DataError, match="whole"):
        read_firm_list(path)


def test_line_of_many_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Company,Country\nA," + b"x" * 20_000_000 + b"\n")
    assert "line 2" in _refuse(path).message


def test_long_cell_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Company,Country\nA,DE\nB," + "x" * 40_000 + "\n", encoding="utf-8")
    assert "row 3" in _refuse(path).message


def test_quote_that_is_never_closed_is_found_where_it_opens(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('Company,Country\nA,DE\n"B,FR\n' + "C,GB\n" * 200_000, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_firm_list(path)
    assert caught.value.problems[0].row == 3


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    header = ",".join(["Company", "Country", *(f"c{n}" for n in range(600))])
    path.write_text(header + "\n" + "," * 601 + "\n", encoding="utf-8")
    _refuse(path)


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited_rows, "LIMITS", limits.Limits(rows=10))
    path = tmp_path / "list.csv"
    path.write_text("Company\n" + "A\n" * 12, encoding="utf-8")
    _refuse(path)


def test_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 3))
    sheet = _sheet(rows + " " * 20_000_000)
    assert "200 times" in _refuse(_write_sheet(tmp_path / "list.xlsx", sheet)).message


@pytest.mark.slow
def test_cell_in_the_far_corner_is_refused(tmp_path: Path) -> None:
    first = f'<row r="1">{_text("A1", "Company")}</row>'
    rows = f'{first}<row r="1048576">{_text("XFD1048576", "x")}</row>'
    path = _write_sheet(tmp_path / "list.xlsx", _sheet(rows, claim="A1:XFD1048576"))
    assert "16,384 columns" in _refuse(path).message


def test_size_that_a_sheet_claims_is_not_believed(tmp_path: Path) -> None:
    rows = (
        f'<row r="1">{_text("A1", "Company")}{_text("B1", "Country")}</row>'
        f'<row r="2">{_text("A2", "A")}{_text("B2", "DE")}</row>'
    )
    path = _write_sheet(tmp_path / "list.xlsx", _sheet(rows, claim="A1:XFD1048576"))
    start = time.monotonic()
    assert read_firm_list(path).records["name"].tolist() == ["A"]
    assert time.monotonic() - start < SECONDS


def test_billion_laughs_are_refused(tmp_path: Path) -> None:
    entities = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    sheet = f"<!DOCTYPE x [{entities}]>" + _sheet(f'<row r="1">{_text("A1", "&l9;")}</row>')
    path = _write_sheet(tmp_path / "list.xlsx", '<?xml version="1.0"?>' + sheet)
    start = time.monotonic()
    with pytest.raises((DataError, LimitError)):
        read_firm_list(path)
    assert time.monotonic() - start < SECONDS
