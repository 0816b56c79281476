"""Help that is true: examples that the commands take, options that every command has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from cluster_engine.cli.main import root
from tests.cli.command_lines import (
    PROGRAM,
    find_command,
    list_commands,
    list_examples,
    parse_line,
    split_line,
)

Run = Callable[..., Any]

COMMANDS = list(list_commands())
READERS = {
    ("sectors",), ("clusters",), ("gaps",), ("explain",), ("rank",), ("data", "list"),
    ("models", "list"), ("models", "show"), ("models", "verify"),
}  # fmt: skip
"""Commands that write nothing unless a file is named."""
TRAINED_HERE = {"--region", "--firms", "--exclude", "--weights", "--validate", "--profile"}
"""Options whose examples need a region to be trained, or files of the user's."""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_example_is_taken_by_its_command(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = list_examples(command)
    assert examples
    for line in examples:
        assert line.startswith(f"{PROGRAM} {' '.join(command)}"), line
        parse_line(line, tmp_path)


def test_an_example_with_a_wrong_option_or_command_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(click.NoSuchOption):
        parse_line("cluster-engine rank --market germany --colour", tmp_path)
    with pytest.raises(click.MissingParameter):
        parse_line("cluster-engine rank > list.csv", tmp_path)
    with pytest.raises(LookupError):
        parse_line("cluster-engine models lsit", tmp_path)


def _list_cheap() -> list[str]:
    lines = [line for command in COMMANDS if command in READERS for line in list_examples(command)]
    return [
        line
        for line in lines
        if not TRAINED_HERE & set(split_line(line)) and "2023-0a1b2c3d" not in line
    ]


@pytest.mark.slow
@pytest.mark.parametrize("line", _list_cheap())
def test_cheap_examples_run(
    line: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = split_line(line)
    draws = ["--draws", "0"] if words[0] in ("rank", "explain") else []
    ran = run(*words, *draws)
    assert ran.code == 0, ran.err
    assert ran.out or list(tmp_path.iterdir())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_can_be_quiet_and_without_colour(command: tuple[str, ...]) -> None:
    found, _ = find_command(list(command))
    options = {name for param in found.params for name in param.opts}
    assert {"--quiet", "-q", "--no-color"} <= options


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_option_is_explained(command: tuple[str, ...]) -> None:
    found, _ = find_command(list(command))
    for param in found.params:
        if isinstance(param, click.Option):
            assert param.help, param.opts


def test_the_root_lists_examples_that_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = (root.help or "").partition("Examples:")[2].split("\n")
    examples = [line.strip() for line in lines if line.strip()]
    assert len(examples) >= 2
    for line in examples:
        parse_line(line, tmp_path)
