"""Terminal tables, CSV and JSON: complete, safe to open, written whole."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.formula_guard import guard
from cluster_engine.reports import write
from cluster_engine.reports.csv_text import render_csv
from cluster_engine.reports.report import Report, Shown
from cluster_engine.reports.write import render, render_json, save

DANGEROUS = [
    '=HYPERLINK("x")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\0=1",
    "＝1", "＋1", "－1", "＠1",
]  # fmt: skip
HARMLESS = ["Bosch", "", "'quoted", " =1", "a=b", "3M", "Größe, GmbH", "[red]x[/red]"]


def _report(**columns: list[Any]) -> Report:
    frame = pd.DataFrame(columns)
    return Report("Title", frame, tuple(Shown(name, name) for name in columns))


def _read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert guard(text) == f"'{text}"
    rows = _read_csv(render_csv(_report(firm=[text])))
    assert rows[1] == [f"'{text}"]


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_written_as_it_is(text: str) -> None:
    assert guard(text) == text


@pytest.mark.parametrize("number", [-1, -1.5, 0, 7, np.float64(-2.5), True, None])
def test_what_is_no_text_is_left_alone(number: object) -> None:
    assert guard(number) is number


def test_negative_numbers_stay_numbers_in_csv() -> None:
    report = _report(points=[-1.25, 2.0], rank=pd.array([-1, None], dtype="Int64"))
    assert _read_csv(render_csv(report))[1:] == [["-1.25", "-1"], ["2.0", ""]]


def test_csv_holds_all_columns_and_not_only_those_shown() -> None:
    frame = pd.DataFrame({"a": [1], "b": ["x"], "c": [None]})
    rows = _read_csv(render_csv(Report("Title", frame, (Shown("a", "A"),))))
    assert rows == [["a", "b", "c"], ["1", "x", ""]]


def test_csv_quotes_commas_quotes_and_line_ends() -> None:
    text = 'A "big", firm\nin two lines'
    assert _read_csv(render_csv(_report(firm=[text])))[1] == [text]


def test_rendering_leaves_the_frame_alone() -> None:
    report = _report(firm=["=1"])
    render_csv(report)
    assert report.frame["firm"].tolist() == ["=1"]


def test_json_has_null_for_what_is_not_known() -> None:
    frame = pd.DataFrame(
        {
            "share": [np.nan, np.inf, 0.1],
            "rank": pd.array([None, 1, 2], dtype="Int64"),
            "text": ["a", None, "ü"],
        }
    )
    text = render_json(Report("Title", frame, (), None, {"year": np.int64(2024), "rho": np.nan}))
    body = json.loads(text)
    assert body["year"] == 2024
    assert body["rho"] is None
    assert [row["share"] for row in body["rows"]] == [None, None, 0.1]
    assert [row["rank"] for row in body["rows"]] == [None, 1, 2]
    assert [row["text"] for row in body["rows"]] == ["a", None, "ü"]
    assert "NaN" not in text


def test_json_text_is_not_neutralised() -> None:
    assert json.loads(render_json(_report(firm=["=1"])))["rows"] == [{"firm": "=1"}]


@pytest.mark.parametrize("output_format", ["table", "csv", "json"])
def test_a_report_without_rows_can_be_written(output_format: Any) -> None:
    empty = Report("Nothing", pd.DataFrame({"a": [], "b": []}), (Shown("a", "A"),))
    assert render(empty, output_format, width=40)


@pytest.mark.parametrize("text", ["[red]x[/red]", '=HYPERLINK("x")', "[/]", "[bold", ":smile:"])
@pytest.mark.parametrize("colour", [False, True])
def test_text_is_printed_literally_in_the_table(text: str, colour: bool) -> None:
    assert text in render(_report(firm=[text]), "table", width=60, colour=colour)


def test_a_title_is_printed_literally() -> None:
    report = Report("A [red]b[/red] :smile:", pd.DataFrame({"a": [1]}), (Shown("a", "A" * 40),))
    assert render(report, "table", width=60).startswith("A [red]b[/red] :smile:")


def test_a_table_without_colour_holds_no_escape_sequences() -> None:
    assert "\x1b" not in render(_report(firm=["x"]), "table", width=60)


@pytest.mark.parametrize(
    ("cell", "how", "text"),
    [
        (12345.4, "count", "12,345"),
        (1.256, "ratio", "1.26"),
        (0.123, "share", "12.3%"),
        (0.05, "signed_share", "+5.0%"),
        (-0.05, "signed_share", "-5.0%"),
        (61.25, "score", "61.2"),
        (np.nan, "ratio", "–"),
        (None, "text", "–"),
    ],
)
def test_cells_of_the_table_are_formatted(cell: object, how: Any, text: str) -> None:
    frame = pd.DataFrame({"a": pd.Series([cell], dtype=object)})
    lines = render(Report("Title", frame, (Shown("a", "A", how),)), "table", width=40).splitlines()
    assert text in [line.strip() for line in lines]


def test_a_csv_file_has_a_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    save(_report(firm=["Größe"]), tmp_path / "a.csv", "csv", force=False)
    assert (tmp_path / "a.csv").read_bytes() == "\ufefffirm\r\nGröße\r\n".encode()


def test_csv_on_standard_output_has_neither(tmp_path: Path) -> None:
    assert render(_report(firm=["Größe"]), "csv") == "firm\nGröße\n"


@pytest.mark.parametrize("output_format", ["table", "csv", "json"])
def test_the_same_report_gives_the_same_bytes(tmp_path: Path, output_format: Any) -> None:
    for name in ("a", "b"):
        save(_report(firm=["x"], n=[1.5]), tmp_path / name, output_format, force=False)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"mine")
    with pytest.raises(SettingsError, match="exists already") as caught:
        save(_report(firm=["x"]), path, "csv", force=False)
    assert caught.value.exit_code == 2
    assert "--force" in caught.value.hint
    assert path.read_bytes() == b"mine"
    save(_report(firm=["x"]), path, "csv", force=True)
    assert path.read_bytes() != b"mine"


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_is_no_output(tmp_path: Path, force: bool) -> None:
    with pytest.raises(SettingsError, match="is a folder"):
        save(_report(firm=["x"]), tmp_path, "csv", force=force)


def test_an_output_in_a_folder_that_is_not_there_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written") as caught:
        save(_report(firm=["x"]), tmp_path / "none" / "a.csv", "csv", force=False)
    assert "--output" in caught.value.hint


def test_an_output_under_a_file_is_a_settings_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SettingsError, match="cannot be written"):
        save(_report(firm=["x"]), tmp_path / "file" / "a.csv", "csv", force=False)


def test_a_full_disk_is_a_settings_error_and_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path, _raw: bytes) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    monkeypatch.setattr(write, "replace_file", fail)
    with pytest.raises(SettingsError, match="No space left"):
        save(_report(firm=["x"]), path, "csv", force=True)
    assert path.read_bytes() == b"old"


def test_control_signs_in_a_name_do_not_reach_the_terminal() -> None:
    shown = render(_report(firm=["Evil\x1b[2J\x07 AG"]), "table", width=60)
    assert "\x1b" not in shown
    assert "Evil[2J AG" in shown
