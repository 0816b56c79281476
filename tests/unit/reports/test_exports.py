"""Lists for CRMs, the style of a CSV, and the run file beside an export."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.reports import run_file
from cluster_engine.reports.crm import find_profile, make_crm_list
from cluster_engine.reports.crm_profiles import PROFILES, UK_REGIONS
from cluster_engine.reports.csv_text import encode_csv, find_fragile_texts, render_csv
from cluster_engine.reports.export import export_ranking, export_report
from cluster_engine.reports.handover import Handover
from cluster_engine.reports.report import CsvStyle, Report
from cluster_engine.reports.run_file import Run, save_with_run
from cluster_engine.results import Region

ROOT = Path(__file__).resolve().parents[3]


def _rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _report(**columns: list[Any]) -> Report:
    return Report("Title", pd.DataFrame(columns), ())


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_has_the_columns_of_its_table_in_the_docs(name: str) -> None:
    text = (ROOT / "docs/exports.md").read_text(encoding="utf-8")
    section = text.split(f"### `{name}`")[1].split("\n##")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines()
            if re.match(r"\| [^-]", line)][1:]  # fmt: skip
    told = [(row[0].strip("`"), row[2] == "yes", row[3]) for row in rows]
    fields = PROFILES[name].fields
    assert told == [(f.header, f.required, f"{f.limit:,}" if f.limit else "") for f in fields]
    empty = [f.header for f in fields if f.make is None]
    assert [row[0].strip("`") for row in rows if row[1].startswith("*empty*")] == empty


@pytest.mark.parametrize("name", PROFILES)
def test_no_cell_is_longer_than_the_system_allows(handover: Handover, name: str) -> None:
    rows = handover.ranking.rows
    long = replace(
        handover, ranking=replace(handover.ranking, rows=rows.assign(firm_name="n" * 70_000)),
        firms=handover.firms.assign(website="https://firm.example/" + "x" * 70_000),
    )  # fmt: skip
    found = make_crm_list(long, name)
    limited = [field for field in PROFILES[name].fields if field.limit is not None]
    for field in limited:
        assert found.report.frame[field.header].str.len().max() <= field.limit
    assert any(field.header in found.report.frame for field in limited)
    assert found.cut > 0 or name == "hubspot"


def test_a_long_address_is_left_out_and_a_long_name_shortened(handover: Handover) -> None:
    rows = handover.ranking.rows.head(1).assign(firm_name="n" * 200)
    one = replace(
        handover, ranking=replace(handover.ranking, rows=rows),
        firms=handover.firms.head(1).assign(website="https://firm.example/" + "x" * 300),
    )  # fmt: skip
    found = make_crm_list(one, "dynamics")
    assert (found.cut, found.blanked) == (1, 1)
    assert found.report.frame["Account Name"].tolist() == ["n" * 159 + "…"]
    assert found.report.frame["Website"].tolist() == [""]
    assert any("1 texts shortened, 1 addresses left out" in note for note in found.notes)


def test_required_fields_that_are_not_known_are_empty_and_told(handover: Handover) -> None:
    found = make_crm_list(handover, "data-hub")
    unknown = [f.header for f in PROFILES["data-hub"].fields if f.make is None]
    assert "client_contacts" in unknown
    assert (found.report.frame[unknown] == "").all(axis=None)
    assert all(name in found.notes[0] for name in unknown)


@pytest.mark.parametrize(
    ("region", "shown"), [("West Midlands", "West Midlands"), ("Cumbria", ""),
                          ("Yorkshire and the Humber", "Yorkshire and The Humber")],
)  # fmt: skip
def test_regions_are_those_of_the_data_hub(handover: Handover, region: str, shown: str) -> None:
    here = replace(handover.ranking, region=Region("x", region, "region", ("T1",)))
    frame = make_crm_list(replace(handover, ranking=here), "data-hub").report.frame
    assert set(frame["possible_uk_regions"]) == {shown}
    assert len(UK_REGIONS) == 12


def test_the_data_hub_is_for_british_packs_and_unknown_profiles_are_refused() -> None:
    with pytest.raises(SettingsError, match="is for GB"):
        find_profile("data-hub", "CZ")
    with pytest.raises(SettingsError, match="no profile 'sugar'"):
        find_profile("sugar", "GB")


def test_employees_are_whole_numbers_and_shared_domains_are_told(handover: Handover) -> None:
    found = make_crm_list(handover, "hubspot")
    text = render_csv(found.report)
    assert ",1234," in text
    assert "1234.0" not in text
    assert any("8 firms share a Company domain name" in note for note in found.notes)


def test_german_csv_has_semicolons_and_decimal_commas() -> None:
    report = _report(name=["a;b", "=1"], x=[1.5, -0.25], n=[1, 2], mixed=["1.5", 2.5])
    rows = _rows(render_csv(report, CsvStyle(locale="de")), ";")
    assert rows[1:] == [["a;b", "1,5", "1", "1.5"], ["'=1", "-0,25", "2", "2,5"]]


@pytest.mark.parametrize(
    ("encoding", "mark"), [(None, True), ("utf-8-sig", True), ("utf-8", False)]
)
def test_the_byte_order_mark_can_be_left_out(encoding: Any, mark: bool) -> None:
    raw = encode_csv(_report(a=["ü"]), CsvStyle(encoding))
    assert raw.startswith(b"\xef\xbb\xbf") == mark
    assert raw.endswith("ü\r\n".encode())


def test_formulas_are_left_alone_when_asked() -> None:
    assert _rows(render_csv(_report(a=["=1"]), CsvStyle(escape=False)))[1] == ["=1"]


@pytest.mark.parametrize("text", ["0111", "1E10", "1-Jan", "2011-01-01", "3/4", "Mar 5", "01.10",
                                  "12345678901234567", "1-2"])  # fmt: skip
def test_codes_that_a_spreadsheet_changes_are_told(text: str) -> None:
    assert find_fragile_texts(_report(n=[1], code=[text])) == (1, f"code {text}")


@pytest.mark.parametrize("text", ["2620", "529900T8BM49AURSDO55", "Bosch", "C26", ""])
def test_other_codes_are_not_told(text: str) -> None:
    assert find_fragile_texts(_report(code=[text])) == (0, "")


def test_exports_count_what_they_changed(handover: Handover) -> None:
    made = export_ranking(handover, "csv")
    rows = _rows(made.raw.decode("utf-8-sig"))
    guarded = sum(cell.startswith("'") and cell != "'s-Hertogenbosch NV"
                  for row in rows for cell in row)  # fmt: skip
    assert made.changes == {"texts_guarded_with_an_apostrophe": guarded}
    assert made.rows == len(rows) - 1
    assert "write .xlsx instead" in made.notes[0]
    assert export_report(_report(a=["b"]), "json").changes == {}


def _make_run(**changed: Any) -> Run:
    options = {"market": "germany", "firms": (Path("/somewhere/list.csv"),)}
    return Run("rank", {**options, **changed}, {"seed": 0, "rho": float("nan")}, None, ())


def test_a_run_file_vouches_for_the_bytes_beside_it(tmp_path: Path) -> None:
    run = _make_run()
    save_with_run(run, {"cut": 1}, [(tmp_path / "a.csv", b"a")], tmp_path / "r", force=False)
    body = json.loads((tmp_path / "r").read_bytes())
    digest = hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest()
    assert body["files"] == [{"name": "a.csv", "bytes": 1, "sha256": digest}]
    assert (body["run"], body["changes"]) == (run.id, {"cut": 1})
    assert body["options"]["firms"] == ["list.csv"]
    assert body["about"]["rho"] is None
    assert "somewhere" not in (tmp_path / "r").read_text(encoding="utf-8")


def test_a_run_is_named_after_what_decides_its_result() -> None:
    assert _make_run().id == _make_run().id
    assert _make_run().id != _make_run(market="france").id
    assert re.fullmatch("[0-9a-f]{12}", _make_run().id)


def test_a_run_file_that_is_there_is_not_replaced_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("precious", encoding="utf-8")
    with pytest.raises(SettingsError, match="exists already"):
        save_with_run(_make_run(), {}, [(tmp_path / "a", b"a")], tmp_path / "r", force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_failed_write_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def fail(_path: Path, _raw: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cluster_engine.reports.write.replace_file", fail)
    with pytest.raises(SettingsError, match="No space left"):
        save_with_run(_make_run(), {}, [(tmp_path / "a", b"new")], tmp_path / "r", force=True)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert run_file.FORMAT == 1
