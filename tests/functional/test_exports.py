"""Exports through the command line, on the toy pack."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cluster_engine.formula_guard import unguard

Run = Callable[..., Any]

# openpyxl leaves out the newer form of bars in cells, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")


@pytest.fixture
def rank_to(run: Run, toy_pack: Path, toy_models: Path, tmp_path: Path) -> Run:
    """Rank German firms of the toy pack into a file of a temporary folder."""

    def rank_to(name: str, *options: str | Path) -> Any:
        return run("rank", "--market", "germany", "--pack", toy_pack, "--models", toy_models,
                   "--draws", "20", "--output", tmp_path / name, *options)  # fmt: skip

    return rank_to


def _read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def _read_run(path: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(path.with_name(f"{path.name}.run.json").read_bytes())
    return body


def test_workbook_and_csv_hold_the_same_list(rank_to: Run, tmp_path: Path) -> None:
    assert rank_to("a.xlsx").code == rank_to("a.csv").code == 0
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Targets"]
    header = [cell.value for cell in sheet[1]]
    rows = [dict(zip(header, (cell.value for cell in row), strict=True))
            for row in sheet.iter_rows(min_row=2)]  # fmt: skip
    table = _read_csv(tmp_path / "a.csv")
    assert len(rows) == len(table) > 0
    for shown, written in zip(rows, table, strict=True):
        assert str(shown["Rank"]) == written["rank"]
        assert shown["Firm name"] == unguard(written["firm_name"])
        assert shown["Industry code"] == written["industry_code"]
        assert shown["Score"] == float(written["score"])
        assert shown["Rank, worst (90 %)"] == int(written["rank_high"])
        assert (shown["Reason 1"] or "") == written["reason_1"]


def test_the_run_file_says_what_the_list_was_made_from(
    rank_to: Run, tmp_path: Path, toy_pack: Path
) -> None:
    facts = tmp_path / "facts.csv"
    header = "firm_id,in_host,rival_sites,recent_projects,parent"
    facts.write_text(f"{header}\nnosuch,0.5,,,\n", encoding="utf-8")
    ran = rank_to("a.xlsx", "--weight", "gap=2", "--seed", "7", "--facts", facts)
    assert ran.code == 0, ran.err
    body = _read_run(tmp_path / "a.xlsx")
    raw = (tmp_path / "a.xlsx").read_bytes()
    assert body["files"] == [
        {"name": "a.xlsx", "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    ]
    assert body["about"]["weights_used"]["gap"] == 2
    assert (body["about"]["seed"], body["about"]["market"]) == (7, "germany")
    assert body["about"]["model_made_from"]
    digest = hashlib.sha256(facts.read_bytes()).hexdigest()
    assert [(one["name"], one["sha256"]) for one in body["inputs"]] == [("facts.csv", digest)]
    assert body["pack"]["sources"]
    assert set(body["pack"]["tables"]) >= {"firms", "employment"}
    text = json.dumps(body)
    assert str(tmp_path) not in text
    assert str(toy_pack.parent) not in text


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.json"])
def test_the_same_command_gives_the_same_bytes(rank_to: Run, tmp_path: Path, name: str) -> None:
    made = []
    for _ in range(2):
        assert rank_to(name, "--force").code == 0
        made.append([path.read_bytes() for path in sorted(tmp_path.iterdir())])
    assert made[0] == made[1]
    assert len(made[0]) == 2


def test_a_match_report_is_vouched_for_as_well(rank_to: Run, tmp_path: Path) -> None:
    assert rank_to("all.csv").code == 0
    name = _read_csv(tmp_path / "all.csv")[0]["firm_name"]
    (tmp_path / "known.csv").write_text(f"Company,Country\n{name},DE\n", encoding="utf-8")
    ran = rank_to("a.csv", "--exclude", tmp_path / "known.csv",
                  "--match-report", tmp_path / "m.csv")  # fmt: skip
    assert ran.code == 0, ran.err
    assert name not in [row["firm_name"] for row in _read_csv(tmp_path / "a.csv")]
    assert [one["name"] for one in _read_run(tmp_path / "a.csv")["files"]] == ["a.csv", "m.csv"]


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "for_hubspot.csv"])
def test_an_export_can_be_given_back_as_a_list_to_respect(
    rank_to: Run, tmp_path: Path, name: str
) -> None:
    profile = ("--profile", "hubspot") if "hubspot" in name else ()
    assert rank_to("all.csv").code == rank_to(name, "--top", "2", *profile).code == 0
    assert rank_to("rest.csv", "--exclude", tmp_path / name).code == 0
    names = [row["firm_name"] for row in _read_csv(tmp_path / "all.csv")]
    assert [row["firm_name"] for row in _read_csv(tmp_path / "rest.csv")] == names[2:]


def test_what_a_crm_requires_and_nobody_knows_is_told(rank_to: Run, tmp_path: Path) -> None:
    ran = rank_to("a.csv", "--profile", "data-hub")
    assert ran.code == 0, ran.err
    assert "client_contacts" in ran.err
    rows = _read_csv(tmp_path / "a.csv")
    assert {row["stage"] for row in rows} == {"Prospect"}
    assert {row["client_contacts"] for row in rows} == {""}


def test_a_workbook_for_a_crm_has_one_sheet(rank_to: Run, tmp_path: Path) -> None:
    assert rank_to("a.xlsx", "--profile", "hubspot").code == 0
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert len(book.sheetnames) == 1
    assert book.active["A1"].value == "Company name"


def test_an_output_that_is_an_input_is_refused(rank_to: Run, tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("Company,Country\nAcme,DE\n", encoding="utf-8")
    ran = rank_to("crm.csv", "--exclude", path, "--force")
    assert ran.code == 2
    assert "is read by this command" in ran.err
    assert path.read_text(encoding="utf-8").startswith("Company")


def test_a_run_file_in_the_way_is_refused_before_anything_is_written(
    rank_to: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.csv.run.json").write_text("precious", encoding="utf-8")
    assert rank_to("a.csv").code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv.run.json"]


@pytest.mark.parametrize("command", [("gaps",), ("sectors",), ("clusters",)])
def test_other_tables_become_workbooks_too(
    run: Run, toy_pack: Path, toy_models: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "t.xlsx"
    ran = run(*command, "--pack", toy_pack, "--models", toy_models, "--output", path)
    assert ran.code == 0, ran.err
    assert openpyxl.load_workbook(path).sheetnames == ["Table", "About"]
    assert _read_run(path)["command"] == f"cluster-engine {command[0]}"


def test_an_explanation_has_a_run_file(rank_to: Run, run: Run, toy_pack: Path, toy_models: Path,
                                       tmp_path: Path) -> None:  # fmt: skip
    assert rank_to("all.csv").code == 0
    firm = _read_csv(tmp_path / "all.csv")[0]["firm_id"]
    ran = run("explain", firm, "--market", "germany", "--pack", toy_pack, "--models", toy_models,
              "--output", tmp_path / "e.md")  # fmt: skip
    assert ran.code == 0, ran.err
    assert _read_run(tmp_path / "e.md")["about"]["firm"] == firm


def test_names_and_leis_of_a_list_reach_the_workbook(rank_to: Run, tmp_path: Path) -> None:
    rows = [
        "Company,Country,NACE Rev. 2,LEI,Website",
        "'=1+1 GmbH,DE,29.32,529900T8BM49AURSDO55,https://eins.example",
        "1E10,DE,29.10,529900T8BM49AURSDO56,javascript:alert(1)",
    ]
    (tmp_path / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert rank_to("a.xlsx", "--firms", tmp_path / "own.csv").code == 0
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Targets"]
    header = [cell.value for cell in sheet[1]]
    firms = {
        row[1].value: dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=2)
    }
    assert set(firms) == {"=1+1 GmbH", "1E10"}
    lei = firms["=1+1 GmbH"]["LEI"]
    assert (lei.value, lei.hyperlink.target) == (
        "529900T8BM49AURSDO55",
        "https://search.gleif.org/",
    )
    assert firms["1E10"]["LEI"].value is None  # its check digits do not hold
    assert firms["1E10"]["Website"].value is None


def test_the_driver_for_the_data_hub_is_that_of_the_explanation(
    rank_to: Run, run: Run, toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    assert rank_to("all.csv", "--top", "3").code == 0
    assert rank_to("hub.csv", "--top", "3", "--profile", "data-hub").code == 0
    hub = _read_csv(tmp_path / "hub.csv")
    for listed, record in zip(_read_csv(tmp_path / "all.csv"), hub, strict=True):
        ran = run("explain", listed["firm_id"], "--market", "germany", "--pack", toy_pack,
                  "--models", toy_models, "--draws", "0", "--format", "json")  # fmt: skip
        assert json.loads(ran.out)["strategic_driver"] == record["strategic_drivers"]
