"""A user's lists: imported, ranked, left out, looked at, corrected."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from cluster_engine.packs import firm_list
from cluster_engine.packs.firm_list import read_firm_list_folder

pytestmark = pytest.mark.slow

Run = Callable[..., Any]

HEADER = (
    "", "Company name Latin alphabet", "BvD ID number", "Country ISO code", "City",
    "NACE Rev. 2, core code (4 digits)", "Website address", "Trade description (English)",
    "Operating revenue (Turnover)\nth EUR 2022", "Number of employees\n2022", "GUO - Name",
    "GUO - BvD ID number", "GUO - Country ISO code",
)  # fmt: skip
FIRMS = [
    ["1.", "ALPHA PUMPEN GMBH", "DE101", "DE", "Ulm", "2813", "www.alpha-pumpen.example",
     "Manufacture of pumps", 90_000, 400, "ALPHA HOLDING SE", "DE100", "DE"],
    ["2.", "ALPHA GUSS GMBH", "DE102", "DE", "Ulm", "2451", "", "Iron foundry", 20_000, 150,
     "ALPHA HOLDING SE", "DE100", "DE"],
    ["3.", "BETA BREMSEN AG", "DE103", "DE", "Aachen", "2932", "www.beta-bremsen.example",
     "Brakes for motor vehicles", 300_000, 1_200, "", "", ""],
    ["4.", "GAMMA BETEILIGUNGS GMBH", "DE104", "DE", "Essen", "6420", "",
     "Manufacture of fasteners, screws and bolts", 50_000, 300, "", "", ""],
    ["5.", "DELTA LUX HOLDING SARL", "LU105", "LU", "Luxembourg", "6420", "", "", "n.a.", "n.a.",
     "DELTA MASCHINENBAU AG", "DE106", "DE"],
    ["6.", "EPSILON TOOLS AS", "CZ107", "CZ", "Brno", "2573", "www.epsilon.example", "Tools",
     10_000, 80, "", "", ""],
    ["7.", "ZETA SCHLOSS KG", "DE108", "DE", "Velbert", "2572", "www.zeta-schloss.example",
     "Locks and hinges", 40_000, 250, "MR HANS ZETA", "", "DE"],
    ["8.", "<script>alert(1)</script> GMBH", "DE109", "DE", "Bonn", "2550", "", "Forging", 5_000,
     60, "", "", ""],
    ["9.", "=HYPERLINK(1) AG", "DE110", "DE", "Kiel", "3011", "",
     "Builds submarines, warships and missile launchers", 7_000, 70, "",
     "", ""],
    ["10.", "KNORR BREMSE AG", "DE111", "DE", "München", "3020", "www.knorr-bremse.com",
     "Brakes", 7_000_000, 30_000, "", "", ""],
]  # fmt: skip


@pytest.fixture
def orbis(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Results"
    sheet.append(list(HEADER))
    for row in FIRMS:
        # As text: openpyxl would store a name that begins with '=' as a formula.
        sheet.append([None if cell == "" else cell for cell in row])
    for cells in sheet.iter_rows(min_col=2, max_col=2):
        cells[0].data_type = "s"
    path = tmp_path / "my_orbis.xlsx"
    book.save(path)
    return path


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    path = tmp_path / "crm.csv"
    path.write_text(
        "Firma;Land;Website\nBeta Bremsen;Deutschland;https://www.beta-bremsen.example/de\n"
        "Zeta Schloß KG;Deutschland;\nNirgendwo GmbH;Deutschland;\nAilleurs SA;Frankreich;\n",
        encoding="utf-8",
    )
    return path


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _rank(run: Run, *arguments: str | Path) -> tuple[list[dict[str, str]], str]:
    ran = run("rank", "--market", "germany", "--no-train", "--format", "csv", *arguments)
    assert ran.code == 0, ran.err
    return _rows(ran.out), ran.err


def _import(run: Run, orbis: Path, *arguments: str | Path) -> Any:
    ran = run("data", "import", "firms", orbis, *arguments)
    assert ran.code == 0, ran.err
    return ran


def test_own_list_is_ranked_without_clients(run: Run, orbis: Path, crm: Path) -> None:
    rows, told = _rank(run, "--firms", orbis, "--exclude", crm)
    names = {row["firm_name"] for row in rows}
    assert "ALPHA HOLDING SE" in names
    assert not {name for name in names if name.startswith(("BETA", "ZETA"))}
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    assert "Your lists hold 9 firms, 8 of them from Germany, 7 with an industry." in told
    assert "2 of 4 entries match 2 firms" in told
    assert "Not found: Nirgendwo GmbH." in told  # nobody asked about France


def test_misspelt_name_is_left_out_but_not_kept(run: Run, orbis: Path, tmp_path: Path) -> None:
    crm = tmp_path / "crm.csv"
    crm.write_text("Firma;Land\nKnorr Brmse AG;Deutschland\n", encoding="utf-8")
    report = tmp_path / "matches.csv"
    rows, told = _rank(run, "--firms", orbis, "--exclude", crm, "--match-report", report)
    assert "KNORR BREMSE AG" not in {row["firm_name"] for row in rows}
    match = _rows(report.read_text(encoding="utf-8"))[0]
    assert (match["action"], match["firm_name"]) == ("left out", "KNORR BREMSE AG")
    if match["how"].startswith("near-identical"):
        assert "KNORR BREMSE AG (60% sure) for 'Knorr Brmse AG'" in told


def test_list_alone_takes_the_place_of_the_pack(run: Run, orbis: Path) -> None:
    rows, _ = _rank(run, "--firms", orbis)
    assert len(rows) == 7  # DELTA has no code but that of its holding
    both, _ = _rank(run, "--firms", orbis, "--with-pack", "--top", "5000")
    assert len(both) > 400
    # One firm, in the list and in the pack.
    assert sum("knorr" in row["firm_name"].lower() for row in both) == 1


def test_group_stands_once_with_the_figures_of_its_largest_firm(run: Run, orbis: Path) -> None:
    rows = {row["firm_name"]: row for row in _rank(run, "--firms", orbis)[0]}
    assert "ALPHA PUMPEN GMBH" not in rows
    assert "ALPHA GUSS GMBH" not in rows
    assert "figures of its subsidiary ALPHA PUMPEN GMBH" in rows["ALPHA HOLDING SE"]["data_notes"]
    # An owner in person is no group.
    assert "ZETA SCHLOSS KG" in rows


def test_conduit_seat_is_rewritten_and_noted(run: Run, orbis: Path, tmp_path: Path) -> None:
    _import(run, orbis, "--output", tmp_path / "mine")
    tables = read_firm_list_folder(tmp_path / "mine")
    firm = tables.firms.set_index("firm_name").loc["DELTA MASCHINENBAU AG"]
    assert (firm["country"], firm["status"]) == ("DE", "holding code")
    notes = set(tables.firm_notes.loc[tables.firm_notes["firm_id"] == firm["firm_id"], "note"])
    assert any("LU" in note for note in notes) or any("DELTA LUX" in note for note in notes)


def test_firms_of_a_list_have_home_regions(run: Run, orbis: Path, tmp_path: Path) -> None:
    _import(run, orbis, "--output", tmp_path / "mine")
    tables = read_firm_list_folder(tmp_path / "mine")
    assert set(tables.firm_homes["firm_id"]) == set(tables.firms["firm_id"])
    homes = tables.firm_homes.set_index("firm_id")
    names = tables.firms.set_index("firm_name")["firm_id"]
    region = {name: homes.loc[firm, "region"] for name, firm in names.items()}
    assert region["BETA BREMSEN AG"] == "DEA2"  # Aachen
    assert region["KNORR BREMSE AG"] == "DE21"  # München
    assert region["EPSILON TOOLS AS"] == "CZ06"  # Brno
    report = json.loads((tmp_path / "mine" / "report.json").read_text(encoding="utf-8"))
    told = [row for row in report["report"] if row["section"] == "home regions"]
    assert sum(row["count"] for row in told if row["item"].startswith("known")) >= 7


def test_strong_home_region_is_told_in_the_ranking(run: Run, orbis: Path) -> None:
    rows = {row["city"]: row for row in _rank(run, "--firms", orbis)[0]}
    # Ships from Kiel.
    assert "home region Schleswig-Holstein: LQ 1.8 in" in rows["Kiel"]["data_notes"]
    assert "home region" not in rows["Bonn"]["data_notes"]  # forging is weak in Köln


def test_holding_code_gives_way_to_the_description(run: Run, orbis: Path, tmp_path: Path) -> None:
    _import(run, orbis, "--output", tmp_path / "mine")
    tables = read_firm_list_folder(tmp_path / "mine")
    firm = tables.firms.set_index("firm_name").loc["GAMMA BETEILIGUNGS GMBH", "firm_id"]
    codes = tables.firm_industries.set_index("firm_id").loc[[firm]]
    assert codes.iloc[0]["industry"] == "2594"
    assert set(codes["basis"]) == {"activity text"}
    assert codes["confidence"].between(0.1, 0.999).all()


def test_weights_of_every_firm_add_up(run: Run, orbis: Path, tmp_path: Path) -> None:
    _import(run, orbis, "--output", tmp_path / "mine")
    tables = read_firm_list_folder(tmp_path / "mine")
    totals = tables.firm_industries.groupby("firm_id")["weight"].sum()
    assert totals.to_numpy() == pytest.approx(1)
    rankable = tables.firms[tables.firms["status"] == "rankable"]
    assert set(rankable["firm_id"]) == set(totals.index)


def test_imported_folder_ranks_as_the_file_does(run: Run, orbis: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    _import(run, orbis, "--output", folder)
    assert _rank(run, "--firms", folder)[0] == _rank(run, "--firms", orbis)[0]


def test_same_import_gives_the_same_bytes(run: Run, orbis: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        _import(run, orbis, "--output", tmp_path / name)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
def test_interrupted_import_leaves_nothing(
    run: Run, orbis: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    real = firm_list.write_parquet
    written: list[Path] = []

    def write_one(frame: pd.DataFrame, contract: Any, path: Path) -> None:
        if written:
            raise fault
        written.append(path)
        real(frame, contract, path)

    before = sorted(path.name for path in tmp_path.iterdir())
    monkeypatch.setattr(firm_list, "write_parquet", write_one)
    ran = run("data", "import", "firms", orbis, "--output", tmp_path / "mine")
    assert ran.code != 0
    assert written
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    monkeypatch.setattr(firm_list, "write_parquet", real)
    _import(run, orbis, "--output", tmp_path / "mine")


def test_failed_replacement_keeps_the_old_list(
    run: Run, orbis: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    _import(run, orbis, "--output", folder)
    old = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fail(*_ignored: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(firm_list, "write_parquet", fail)
    ran = run("data", "import", "firms", orbis, "--output", folder, "--force")
    assert ran.code == 130
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == old


def test_killed_runs_are_put_right_by_the_next(run: Run, orbis: Path, tmp_path: Path) -> None:
    folder, partial, old = (tmp_path / name for name in ("mine", ".mine.partial", ".mine.old"))
    _import(run, orbis, "--output", folder)
    names = {path.name for path in folder.iterdir()}
    # Killed between the two moves: the old list has lost its name, half a new one lies about.
    folder.rename(old)
    partial.mkdir()
    (partial / "firms.parquet").write_bytes(b"half")
    refused = run("data", "import", "firms", orbis, "--output", folder)
    assert refused.code == 2
    assert "--force" in refused.err
    assert {path.name for path in folder.iterdir()} == names
    assert not partial.exists()
    assert not old.exists()


def test_ranking_finds_a_list_that_a_killed_import_left_without_its_name(
    run: Run, orbis: Path, tmp_path: Path
) -> None:
    folder, old = tmp_path / "mine", tmp_path / ".mine.old"
    _import(run, orbis, "--output", folder)
    before = run("rank", "--market", "germany", "--firms", folder, "--format", "csv")
    folder.rename(old)
    after = run("rank", "--market", "germany", "--firms", folder, "--format", "csv")
    assert (after.code, after.out) == (0, before.out)


def test_second_import_into_a_folder_is_told_to_wait(run: Run, orbis: Path, tmp_path: Path) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / ".mine.lock"):
        refused = run("data", "import", "firms", orbis, "--output", tmp_path / "mine")
    assert refused.code == 6
    assert "Another import writes to" in refused.err
    _import(run, orbis, "--output", tmp_path / "mine")
    assert not (tmp_path / ".mine.lock").exists()


def test_existing_folder_is_not_replaced_unasked(run: Run, orbis: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    _import(run, orbis, "--output", folder)
    refused = run("data", "import", "firms", orbis, "--output", folder)
    assert refused.code == 2
    assert "--force" in refused.err
    _import(run, orbis, "--output", folder, "--force")
    other = tmp_path / "photographs"
    other.mkdir()
    (other / "cat.png").write_bytes(b"cat")
    refused = run("data", "import", "firms", orbis, "--output", other, "--force")
    assert refused.code == 2
    assert (other / "cat.png").read_bytes() == b"cat"


def test_changed_folder_is_refused(run: Run, orbis: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    _import(run, orbis, "--output", folder)
    (folder / "firms.parquet").write_bytes(b"other")
    ran = run("rank", "--market", "germany", "--firms", folder, "--no-train")
    assert ran.code == 3
    assert "checksum" in ran.err


def test_page_of_the_report_escapes_names(run: Run, orbis: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    evil = orbis.rename(tmp_path / "<img src=x>.xlsx")
    _import(run, evil, "--report", page)
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "http" not in text.replace("http-equiv", "")


def test_formula_names_are_safe_in_csv(run: Run, orbis: Path, tmp_path: Path) -> None:
    rows, _ = _rank(run, "--firms", orbis)
    assert "'=HYPERLINK(1) AG" in {row["firm_name"] for row in rows}
    table = tmp_path / "report.csv"
    _import(run, orbis, "--report", table)
    for row in csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "@"))]


def test_corrections_decide_and_are_told(run: Run, orbis: Path, tmp_path: Path) -> None:
    corrections = tmp_path / "mine.csv"
    corrections.write_text(
        "firm,industry,weight\nBeta Bremsen AG,28.13,3\nBeta Bremsen AG,2814,1\nde108,2572,\n"
        "Wer AG,2813,1\n",
        encoding="utf-8",
    )
    rows = {
        row["firm_name"]: row
        for row in _rank(run, "--firms", orbis, "--corrections", corrections)[0]
    }
    assert rows["BETA BREMSEN AG"]["industry_code"] == "2813"
    assert "industry corrected by you" in rows["BETA BREMSEN AG"]["data_notes"]
    ran = _import(run, orbis, "--corrections", corrections, "--format", "json")
    report = {row["item"]: row for row in json.loads(ran.out)["rows"]}
    assert report["corrected by user"]["count"] == 2
    assert report["corrections that match no firm"]["detail"] == "Wer AG"


def test_faulty_corrections_are_refused_with_their_rows(
    run: Run, orbis: Path, tmp_path: Path
) -> None:
    corrections = tmp_path / "mine.csv"
    corrections.write_text("firm,industry,weight\nBeta,9999,1\n,2813,0\n", encoding="utf-8")
    ran = run("data", "import", "firms", orbis, "--corrections", corrections)
    assert ran.code == 3
    assert "row 2" in ran.err
    assert "row 3" in ran.err


def test_only_wanted_firms_are_ranked(run: Run, orbis: Path, crm: Path, tmp_path: Path) -> None:
    report = tmp_path / "matches.csv"
    rows, _ = _rank(run, "--firms", orbis, "--include", crm, "--match-report", report)
    assert {row["firm_name"] for row in rows} == {"BETA BREMSEN AG", "ZETA SCHLOSS KG"}
    matches = _rows(report.read_text(encoding="utf-8-sig"))
    assert {(row["entry"], row["action"]) for row in matches} == {
        ("Beta Bremsen", "kept"), ("Zeta Schloß KG", "kept"), ("Nirgendwo GmbH", "not found"),
    }  # fmt: skip
    assert {row["how"] for row in matches if row["entry"] == "Beta Bremsen"} == {"website"}


def test_clients_are_left_out_of_the_pack_s_firms_too(run: Run, tmp_path: Path) -> None:
    clients = tmp_path / "clients.csv"
    clients.write_text("name,country\nVolkswagen AG,DE\nRobert Bosch GmbH,DE\n", encoding="utf-8")
    before, _ = _rank(run, "--top", "5000")
    after, told = _rank(run, "--exclude", clients, "--top", "5000")
    gone = {row["firm_name"] for row in before} - {row["firm_name"] for row in after}
    assert gone == {"Volkswagen AG", "Robert Bosch"}
    assert "2 of 2 entries match 2 firms" in told


def test_mapping_is_shown_saved_and_used(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("Wer;Wo;WZ 2008\nEta Guss GmbH;DE;24.51\n", encoding="utf-8")
    saved = tmp_path / "crm.toml"
    shown = run("data", "import", "firms", path, "--dry-run", "--save-mapping", saved,
                "--format", "json")  # fmt: skip
    assert shown.code == 0, shown.err
    fields = {row["field"]: row["column"] for row in json.loads(shown.out)["rows"]}
    assert fields["codes"] == "WZ 2008"
    text = saved.read_text(encoding="utf-8")
    if "columns.name" not in text:
        text += '\n[columns.name]\ncolumn = "Wer"\n'
    saved.write_text(text, encoding="utf-8")
    rows, _ = _rank(run, "--firms", path, "--mapping", saved)
    assert [(row["firm_name"], row["industry_code"]) for row in rows] == [("Eta Guss GmbH", "2451")]


def test_sensitive_areas_are_counted_and_noted_but_filter_nothing(run: Run, orbis: Path) -> None:
    ran = _import(run, orbis, "--format", "json")
    rows = json.loads(ran.out)["rows"]
    assert any(row["section"] == "sensitive areas" for row in rows)
    assert next(r for r in rows if r["item"] == "firms" and r["section"] == "kept")["count"] == 9


def test_same_name_from_two_lists_is_one_firm(run: Run, orbis: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.csv"
    second.write_text(
        "Company;Country;Website\nBeta-Bremsen Aktiengesellschaft;Germany;beta-bremsen.example\n",
        encoding="utf-8",
    )
    ran = run("data", "import", "firms", orbis, second, "--output", tmp_path / "both")
    assert ran.code == 0, ran.err
    firms = read_firm_list_folder(tmp_path / "both").firms
    assert firms["firm_name"].str.contains("(?i)beta").sum() == 1
    assert firms.set_index("firm_name").loc["BETA BREMSEN AG", "source"] == "my-orbis+second"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--with-pack",), "--firms"),
        (("--match-report", "x.csv"), "--exclude"),
        (("--firms", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, arguments: tuple[str, ...], says: str
) -> None:
    ran = run("rank", "--market", "germany", *arguments)
    assert ran.code == 2
    assert says in ran.err
