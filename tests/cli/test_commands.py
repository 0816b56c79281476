"""What every command promises: help, formats, files, streams, and the exit codes of failures."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from filelock import FileLock

from cluster_engine.cli.main import root
from tests.cli.command_lines import list_commands

Run = Callable[..., Any]

BOM = b"\xef\xbb\xbf"

TABLE_COMMANDS = {
    "rank": ("rank", "--market", "germany"),
    "sectors": ("sectors",),
    "clusters": ("clusters",),
    "clusters of the nation": ("clusters", "--nation"),
    "data check": ("data", "check"),
}
"""Commands that print a table of the toy pack; 'data list' takes no pack."""


@pytest.fixture
def run_toy(run: Run, toy_pack: Path, toy_models: Path) -> Run:
    """Run a command on the toy pack, whose north has a champion."""

    def run_toy(*arguments: str | Path) -> Any:
        models = [] if arguments[0] == "data" else ["--models", toy_models]
        return run(*arguments, "--pack", toy_pack, *models)

    return run_toy


@pytest.fixture
def rank_process(toy_pack: Path, toy_models: Path) -> list[str]:
    """Command line of a ranking in a process of its own."""
    return [sys.executable, "-m", "cluster_engine", "rank", "--market", "germany", "--format",
            "json", "--pack", str(toy_pack), "--models", str(toy_models)]  # fmt: skip


# --- help


@pytest.mark.parametrize("command", list(list_commands()), ids=" ".join)
def test_command_has_help_with_an_example(command: tuple[str, ...], run: Run) -> None:
    ran = run(*command, "--help")
    assert ran.code == 0
    summary, _, examples = ran.out.partition("Examples:")
    assert len(summary.split("\n\n")[1].strip()) > 20
    assert f"cluster-engine {' '.join(command)}" in examples
    assert ran.err == ""


def test_help_lists_every_command_with_a_line(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    for name in root.list_commands(click.Context(root)):
        assert f"\n  {name} " in ran.out


def test_version_is_that_of_the_package(run: Run) -> None:
    from cluster_engine import __version__

    assert run("--version").out == f"cluster-engine, version {__version__}\n"


# --- formats and files


@pytest.mark.parametrize("command", TABLE_COMMANDS.values(), ids=TABLE_COMMANDS)
def test_csv_and_json_hold_the_same_rows(command: tuple[str, ...], run_toy: Run) -> None:
    table, text, body = (run_toy(*command, "--format", name) for name in ("table", "csv", "json"))
    assert (table.code, text.code, body.code) == (0, 0, 0)
    rows = list(csv.DictReader(io.StringIO(text.out)))
    parsed = json.loads(body.out)["rows"]
    assert len(rows) == len(parsed) > 0
    assert list(rows[0]) == list(parsed[0])
    # A title, the headers, a rule, and at least one row.
    assert len([line for line in table.out.splitlines() if line.strip()]) >= 4


def test_data_list_finds_the_packs_of_a_folder(
    run: Run, toy_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTER_ENGINE_PACKS", str(toy_pack.parent))
    ran = run("data", "list", "--format", "csv")
    assert ran.code == 0, ran.err
    rows = csv.DictReader(io.StringIO(ran.out))
    tables = [row["table"] for row in rows if row["pack"] == toy_pack.name]
    assert "employment" in tables
    assert len(tables) == 13


def test_a_pack_is_found_by_its_name(
    run: Run, toy_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTER_ENGINE_PACKS", str(toy_pack.parent))
    assert run("data", "check", "--pack", "toy-pack").code == 0
    unknown = run("data", "check", "--pack", "toy-pac")
    assert unknown.code == 3
    assert "toy-pack" in unknown.err


@pytest.mark.parametrize("command", TABLE_COMMANDS.values(), ids=TABLE_COMMANDS)
def test_output_writes_a_file_that_a_spreadsheet_reads(
    command: tuple[str, ...], run_toy: Run, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    ran = run_toy(*command, "--output", path)
    assert (ran.code, ran.out) == (0, "")
    raw = path.read_bytes()
    assert raw.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert f"Wrote {len(rows)} rows to {path}." in ran.err
    printed = run_toy(*command, "--format", "csv").out
    assert raw.decode("utf-8-sig").replace("\r\n", "\n") == printed


def test_ending_of_the_output_gives_the_format(run_toy: Run, tmp_path: Path) -> None:
    for name in ("list.json", "list.txt"):
        assert run_toy("clusters", "--output", tmp_path / name).code == 0
    assert json.loads((tmp_path / "list.json").read_text(encoding="utf-8"))["region"] == "north"
    assert "Niche cluster" in (tmp_path / "list.txt").read_text(encoding="utf-8")


def test_output_is_replaced_only_by_force(run_toy: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("precious", encoding="utf-8")
    refused = run_toy("rank", "--market", "germany", "--output", path)
    assert refused.code == 2
    assert "--force" in refused.err
    assert path.read_text(encoding="utf-8") == "precious"
    assert run_toy("rank", "--market", "germany", "--output", path, "--force").code == 0
    assert path.read_bytes().startswith(BOM)
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / "list.csv.run.json"]


def test_output_in_no_folder_is_refused(run_toy: Run, tmp_path: Path) -> None:
    absent = run_toy("clusters", "--output", tmp_path / "absent" / "list.csv")
    folder = run_toy("clusters", "--output", tmp_path, "--force")
    assert (absent.code, folder.code) == (2, 2)
    assert "cannot be written" in absent.err
    assert "is a folder" in folder.err
    assert list(tmp_path.iterdir()) == []


# --- streams


def test_results_go_to_output_and_notes_to_error(run_toy: Run) -> None:
    ran = run_toy("rank", "--market", "germany", "--format", "json")
    json.loads(ran.out)
    assert ran.err.startswith("Note: ")


@pytest.mark.slow
def test_quiet_silences_notes_and_nothing_else(
    run: Run, toy_pack: Path, tmp_path: Path, run_toy: Run
) -> None:
    command = ("rank", "--market", "germany", "--region", "north", "--format", "csv")
    trained = run(*command, "--quiet", "--pack", toy_pack, "--models", tmp_path / "models")
    assert (trained.code, trained.err) == (0, "")
    assert trained.out == run_toy(*command).out
    saved = run_toy("clusters", "--quiet", "--output", tmp_path / "list.csv")
    assert (saved.code, saved.out, saved.err) == (0, "", "")
    assert "There is no market" in run_toy("rank", "--market", "atlantis", "--quiet").err


def test_reader_that_goes_away_is_no_error(rank_process: list[str], checkout: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        rank_process, stdout=writer, stderr=subprocess.PIPE, cwd=checkout, check=False
    )
    os.close(writer)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    assert b"Error" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_full_disk_is_told_without_traceback(rank_process: list[str], checkout: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            rank_process, stdout=full, stderr=subprocess.PIPE, cwd=checkout, check=False
        )
    assert done.returncode == 7
    assert b"Error: The system refused" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


# --- failures


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("rnak",), "No such command 'rnak'"),
        (("rank",), "--market"),
        (("rank", "--market", "germany", "--top", "0"), "--top"),
        (("rank", "--market", "germany", "--top", "all"), "'all'"),
        (("sectors", "--level", "7"), "--level"),
        (("sectors", "--format", "xml"), "--format"),
        (("sectors", "--format", "xlsx"), "--output FILE.xlsx"),
        (("sectors", "--excel-locale", "de"), "--excel-locale"),
        (("sectors", "--colour"), "No such option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_gives_two(arguments: tuple[str, ...], fragment: str, run: Run) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert fragment in ran.err
    assert "--help" in ran.err


def test_year_without_jobs_lists_the_known_years(run_toy: Run) -> None:
    ran = run_toy("sectors", "--year", "1999")
    assert ran.code == 2
    assert "Known years: 2020, 2021." in ran.err


def test_settings_file_with_an_unknown_entry_is_refused(
    run: Run, toy_pack: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[regional.detla]\nvalue = 0.3\n", encoding="utf-8")
    ran = run("train", "--settings", path, "--pack", toy_pack, "--models", tmp_path / "models")
    assert (ran.code, ran.out) == (2, "")
    assert not (tmp_path / "models").exists()


def test_models_folder_that_cannot_be_written_gives_four(
    run: Run, toy_pack: Path, tmp_path: Path
) -> None:
    # A file in the way stops root as well.
    (tmp_path / "file").write_text("", encoding="utf-8")
    ran = run("train", "--pack", toy_pack, "--models", tmp_path / "file" / "models")
    assert (ran.code, ran.out) == (4, "")
    assert "cannot be written" in ran.err
    assert "--models" in ran.err


def test_damaged_champion_gives_four_and_says_what_to_run(
    run: Run, toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    models = Path(shutil.copytree(toy_models, tmp_path / "models"))
    options = ["--pack", toy_pack, "--models", models]
    (table,) = (models / "toyland.north").rglob("sectors.parquet")
    raw = bytearray(table.read_bytes())
    raw[len(raw) // 2] ^= 1
    table.chmod(0o644)
    table.write_bytes(raw)
    ran = run("rank", "--market", "germany", *options)
    assert (ran.code, ran.out) == (4, "")
    assert "sectors.parquet" in ran.err
    assert "cluster-engine train --region" in ran.err


def test_lock_of_another_run_gives_six(
    run: Run, toy_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cluster_engine.registry.lock.LOCK_SECONDS", 0)
    home = tmp_path / "toyland.north"
    home.mkdir()
    with FileLock(home / ".lock"):
        ran = run("train", "--pack", toy_pack, "--models", tmp_path)
    assert (ran.code, ran.out) == (6, "")
    assert "is held by another run" in ran.err
    assert list(tmp_path.rglob("manifest.json")) == []


def test_interrupt_gives_130(run_toy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cluster_engine.workflows.hand_over.rank_to_hand_over", interrupt)
    ran = run_toy("rank", "--market", "germany")
    assert (ran.code, ran.out) == (130, "")
    assert "Interrupted" in ran.err


def test_bug_gives_one_and_says_how_to_report_it(
    run_toy: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.delenv("CLUSTER_ENGINE_DEBUG", raising=False)
    monkeypatch.setattr("cluster_engine.workflows.hand_over.rank_to_hand_over", fail)
    ran = run_toy("rank", "--market", "germany")
    assert (ran.code, ran.out) == (1, "")
    assert "RuntimeError: no such luck" in ran.err
    assert "CLUSTER_ENGINE_DEBUG=1" in ran.err
    assert "Traceback" not in ran.err


def test_bug_shows_its_traceback_when_asked(run_toy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setenv("CLUSTER_ENGINE_DEBUG", "1")
    monkeypatch.setattr("cluster_engine.workflows.hand_over.rank_to_hand_over", fail)
    with pytest.raises(RuntimeError, match="no such luck"):
        run_toy("rank", "--market", "germany")
