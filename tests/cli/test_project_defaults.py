"""A project file gives defaults, the command line overrules them, and a slip in it is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from cluster_engine.cli.defaults import choose_defaults
from cluster_engine.errors import SettingsError
from cluster_engine.workflows.project import (
    EXPORTS,
    FIRM_OPTIONS,
    FIRMS,
    TOP,
    WEIGHTS,
    read_project,
)
from tests.cli.command_lines import find_command, list_commands

Run = Callable[..., Any]

ENTRIES = [*TOP.values(), *FIRMS.values(), *EXPORTS.values(), WEIGHTS]


@pytest.fixture
def write_project(
    tmp_path: Path, toy_pack: Path, toy_models: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Path]:
    """Write a project file for the toy pack into the working folder."""

    def write_project(more: str = "", top: str = "") -> Path:
        path = tmp_path / "cluster-engine.toml"
        text = f"format = 1\npack = '{toy_pack}'\nmodels = '{toy_models}'\n{top}\n{more}\n"
        path.write_text(text, encoding="utf-8")
        return path

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLUSTER_ENGINE_MODELS", raising=False)
    return write_project


def _column(text: str, name: str) -> list[str]:
    return [row[name] for row in csv.DictReader(io.StringIO(text))]


def _firms(ran: Any) -> list[str]:
    return _column(ran.out, "firm_name")


def _write_list(path: Path, name: str) -> None:
    path.write_text(f"name,country\n{name},DE\n", encoding="utf-8")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.option)
def test_every_entry_is_the_default_of_an_option(entry: Any) -> None:
    takers = [
        command
        for command in list_commands()
        for param in find_command(list(command))[0].params
        if isinstance(param, click.Option) and param.name == entry.option
    ]
    assert takers


def test_a_command_takes_its_defaults_from_the_project_and_says_so(
    run: Run, write_project: Callable[..., Path], toy_pack: Path, toy_models: Path
) -> None:
    plain = run("rank", "--market", "germany", "--format", "csv", "--pack", toy_pack, "--models",
                toy_models)  # fmt: skip
    path = write_project(top="market = 'germany'")
    ran = run("rank", "--format", "csv")
    assert (ran.code, ran.out) == (0, plain.out)
    told = next(line for line in ran.err.splitlines() if line.startswith("Note: From "))
    assert path.name in told
    assert "--market germany" in told
    assert ran.err.count("Note: From ") == 1
    assert run("rank", "--format", "csv", "--quiet").err == ""


def test_the_command_line_overrules_the_project(
    run: Run, write_project: Callable[..., Path]
) -> None:
    write_project(top="market = 'atlantis'\nregion = 'nowhere'")
    assert run("rank").code == 2
    ran = run("rank", "--market", "germany", "--region", "north", "--format", "csv")
    assert (ran.code, len(_firms(ran)) > 0) == (0, True)


def test_a_region_of_the_project_is_not_asked_of_another_pack(
    run: Run, write_project: Callable[..., Path], toy_pack: Path
) -> None:
    write_project(top="region = 'nowhere'")
    assert run("sectors").code == 2
    assert run("sectors", "--pack", toy_pack).code == 0


def test_the_region_of_a_project_is_no_filter_of_what_is_listed(
    run: Run, write_project: Callable[..., Path]
) -> None:
    write_project(top="region = 'south'")
    assert "toyland.north" in run("models", "list", "--format", "csv").out


def test_the_market_of_a_project_is_no_filter_either() -> None:
    given = {"market": "germany", "region": "north"}
    for command, is_taken in (("rank", True), ("explain", True), ("models rebuild", False)):
        found, _ = find_command(command.split())
        assert ("market" in choose_defaults(found, given)) is is_taken


def test_weights_of_the_project_count_and_the_command_line_goes_before(
    run: Run, write_project: Callable[..., Path]
) -> None:
    command = ("rank", "--market", "germany", "--format", "csv", "--draws", "0")
    write_project()
    plain, by_hand = run(*command).out, run(*command, "--weight", "gap=9").out
    assert plain != by_hand
    write_project("[weights]\ngap = 9\n")
    assert run(*command).out == by_hand
    back = run(*command, "--weight", "gap=1.5").out
    assert _column(back, "score") == _column(plain, "score")
    write_project("[weights]\ngpa = 9\n")
    refused = run(*command)
    assert refused.code == 2
    assert "cluster-engine.toml" in refused.err
    assert "gap" in refused.err


@pytest.mark.slow
def test_lists_to_leave_out_are_added_to_never_replaced(
    run: Run, write_project: Callable[..., Path], tmp_path: Path
) -> None:
    command = ("rank", "--market", "germany", "--format", "csv", "--draws", "0")
    write_project()
    everyone = _firms(run(*command))
    first, second = everyone[:2]
    _write_list(tmp_path / "ours.csv", first)
    _write_list(tmp_path / "theirs.csv", second)
    write_project("[firms]\nexclude = ['ours.csv']\n")
    assert set(_firms(run(*command))) == set(everyone) - {first}
    both = run(*command, "--exclude", "theirs.csv")
    assert set(_firms(both)) == set(everyone) - {first, second}
    assert run(*command, "--exclude", "theirs.csv", "--output", "list.csv").code == 0
    record = (tmp_path / "list.csv.run.json").read_text(encoding="utf-8")
    assert "ours.csv" in record
    assert "theirs.csv" in record


def test_form_of_csv_files_is_the_projects_and_no_other_form_minds(
    run: Run, write_project: Callable[..., Path]
) -> None:
    write_project("[exports]\nexcel_locale = 'de'\n")
    assert run("sectors", "--format", "csv").out.splitlines()[0].count(";") > 5
    assert ";" not in run("sectors", "--format", "csv", "--excel-locale", "en").out.splitlines()[0]
    assert run("sectors").code == 0
    assert run("sectors", "--excel-locale", "de").code == 2


@pytest.mark.slow
def test_own_lists_of_the_project_are_ranked_and_those_of_the_command_line_replace_them(
    run: Run, write_project: Callable[..., Path], tmp_path: Path
) -> None:
    header = "name,country,nace rev 2\n"
    for name in ("Eins", "Zwei"):
        text = f"{header}{name} GmbH,DE,2910\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    write_project("[firms]\nlists = ['Eins.csv']\n")
    command = ("rank", "--market", "germany", "--format", "csv", "--draws", "0")
    assert _firms(run(*command)) == ["Eins GmbH"]
    assert _firms(run(*command, "--firms", "Zwei.csv")) == ["Zwei GmbH"]


def test_a_project_can_be_named_or_left_aside(
    run: Run, write_project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = write_project(top="market = 'germany'")
    assert run("--project", "none", "rank").code == 2
    other = tmp_path / "elsewhere"
    other.mkdir()
    path.replace(other / path.name)
    assert run("rank").code == 2
    assert run("--project", other, "rank").code == 0
    monkeypatch.setenv("CLUSTER_ENGINE_PROJECT", str(other / path.name))
    assert run("rank").code == 0
    assert run("--project", tmp_path / "absent.toml", "rank").code == 2


def test_a_faulty_project_stops_commands_but_not_help_doctor_and_init(
    run: Run, write_project: Callable[..., Path], tmp_path: Path
) -> None:
    write_project(top="regoin = 'north'")
    ran = run("sectors")
    assert (ran.code, ran.out) == (2, "")
    assert "'regoin'" in ran.err
    assert "Did you mean 'region'?" in ran.err
    assert run("sectors", "--help").code == 0
    assert run("init", tmp_path / "other").code == 0
    told = run("doctor")
    assert told.code == 2
    assert "'regoin'" in told.out


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "'format' must be 1"),
        ("format = 2", "'format' must be 1"),
        ("format = 1\nregion = 3", "'region' must be a text"),
        ("format = 1\nmodels = ''", "'models' must be a text"),
        ("format = 1\nfirms = 'mine.csv'", "'firms' must be a table"),
        ("format = 1\n[firms]\nlists = 'mine.csv'", "'lists' must be a list"),
        ("format = 1\n[firms]\nlists = [1]", "'lists' must be a list"),
        ("format = 1\n[firms]\nwith_pack = 'yes'", "must be true or false"),
        ("format = 1\n[firms]\nwith_pack = true", "'with_pack' needs 'lists'"),
        ("format = 1\n[firms]\nlist = []", "unknown entry 'list'"),
        ('format = 1\nmodels = "a\\u0000b"', "'models' must be a text"),
        ("format = ", "is not valid TOML"),
    ],
)
def test_what_is_wrong_in_a_project_file_is_named(text: str, fragment: str, tmp_path: Path) -> None:
    (tmp_path / "cluster-engine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_project(tmp_path)
    assert fragment in caught.value.message


def test_lists_of_firms_mean_nothing_to_commands_that_rank_none(
    run: Run, write_project: Callable[..., Path], tmp_path: Path
) -> None:
    write_project("[firms]\nlists = ['a.csv']\nmapping = 'absent.toml'\n")
    _write_list(tmp_path / "a.csv", "Eins GmbH")
    assert {"mapping", "firms"} <= FIRM_OPTIONS
    assert run("data", "import", "firms", "a.csv").code == 0
