"""Exports opened in LibreOffice: no code and no number changes, and no formula runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from cluster_engine.formula_guard import guard, unguard
from cluster_engine.reports.csv_text import encode_csv, find_fragile_texts
from cluster_engine.reports.report import CsvStyle, ExcelLocale, Report
from cluster_engine.reports.table_sheets import encode_workbook

pytestmark = [
    pytest.mark.slow,
    # openpyxl leaves out the newer form of bars in cells, and says so.
    pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning"),
]

Convert = Callable[..., Path]

TEXTS = (
    "0111", "2620", "0610", "529900T8BM49AURSDO55", "=1+1", "1E10", "1-Jan", "-5", "+49 711",
    "@SUM(A1)", '=HYPERLINK("http://x";"y")', "Müller & Söhne GmbH, Köln", "'s-Hertogenbosch NV",
    "'=1+1", "TRUE", "2011-01-01", "3/4", "12345678901234567890", "01.10", "1,5", "50 %", "Bosch",
    "a\nb", 'say "hi"', "<b>x</b>", "Москва", "東京",
)  # fmt: skip
NUMBERS = (-3.2, 0.0, 1e-9, 123456789.125, 0.1, -0.01, 61.25)
TIMEOUT_SECONDS = 120
UTF8, ENGLISH, GERMAN = 76, 1033, 1031
TEXT_COLUMN, STANDARD_COLUMN = 2, 1


@pytest.fixture(scope="module")
def report() -> Report:
    n = len(TEXTS)
    frame = pd.DataFrame({
        "code": TEXTS,
        "number": [NUMBERS[place % len(NUMBERS)] for place in range(n)],
        "whole": pd.array([pd.NA if place % 5 == 4 else place - 3 for place in range(n)], "Int64"),
    })  # fmt: skip
    return Report("Title", frame, ())


@pytest.fixture(scope="module")
def convert(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Open a file in LibreOffice and save it as XLSX; a profile of its own, so that any runs."""
    profile = tmp_path_factory.mktemp("profile")

    def convert(raw: bytes, name: str, *options: str) -> Path:
        folder = tmp_path_factory.mktemp("office")
        (folder / name).write_bytes(raw)
        out = folder / "out"
        done = subprocess.run(
            [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", *options,
             "--convert-to", "xlsx", "--outdir", str(out), str(folder / name)],
            capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip
        made = out / Path(name).with_suffix(".xlsx")
        assert made.is_file(), done.stderr
        return made

    return convert


def _import_csv(locale: ExcelLocale, kinds: tuple[int, ...] = ()) -> str:
    """Name how a CSV is read: delimiter, quote, encoding, first row, kinds of columns, language."""
    separator, language = {"en": (",", ENGLISH), "de": (";", GERMAN)}[locale]
    columns = "/".join(f"{place}/{kind}" for place, kind in enumerate(kinds, start=1))
    return (
        f"--infilter=Text - txt - csv (StarCalc):{ord(separator)},34,{UTF8},1,{columns},{language}"
    )


def _read(path: Path, sheet: str | None = None) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    rows = list((book[sheet] if sheet else book.active).iter_rows())
    assert all(cell.data_type != "f" for row in rows for cell in row)
    return [[cell.value for cell in row] for row in rows]


def _expect(report: Report, change: Callable[[str], str] = lambda text: text) -> list[list[Any]]:
    body = [
        [change(text), number, None if pd.isna(whole) else whole]
        for text, number, whole in report.frame.itertuples(index=False)
    ]
    return [["code", "number", "whole"], *body]


def test_a_workbook_comes_back_cell_by_cell(report: Report, convert: Convert) -> None:
    made = convert(encode_workbook(report).raw, "list.xlsx")
    assert _read(made, "Table") == _expect(report)


def test_a_ranking_comes_back_cell_by_cell(
    convert: Convert, run: Callable[..., Any], toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ranking.xlsx"
    ran = run("rank", "--market", "germany", "--pack", toy_pack, "--models", toy_models,
              "--draws", "20", "--output", path)  # fmt: skip
    assert ran.code == 0, ran.err
    made = convert(path.read_bytes(), path.name)
    for sheet in openpyxl.load_workbook(path).sheetnames:
        assert _read(made, sheet) == _read(path, sheet), sheet


@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_csv_imported_with_text_columns_comes_back(
    report: Report, convert: Convert, locale: ExcelLocale
) -> None:
    raw = encode_csv(report, CsvStyle(locale=locale))
    kinds = (TEXT_COLUMN, STANDARD_COLUMN, STANDARD_COLUMN)
    rows = _read(convert(raw, "list.csv", _import_csv(locale, kinds)))
    assert rows == _expect(report, guard)
    assert [unguard(row[0]) for row in rows[1:]] == list(TEXTS)


def test_a_csv_opened_without_being_told_changes_only_what_was_warned_of(
    report: Report, convert: Convert
) -> None:
    rows = _read(convert(encode_csv(report), "list.csv", _import_csv("en")))[1:]
    # '2620' read as a number still shows as 2620.
    shown = [str(row[0]) for row in rows]
    changed = [text for text, seen in zip(TEXTS, shown, strict=True) if seen != guard(text)]
    assert {"0111", "1E10"} <= set(changed)  # or the warning would warn of nothing
    for text in changed:
        alone = Report("Title", pd.DataFrame({"code": [text]}), ())
        assert find_fragile_texts(alone)[0] == 1, text
    assert [row[1] for row in rows] == report.frame["number"].tolist()
