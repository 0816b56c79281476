"""What goes to a terminal: colours where wanted, progress while something long runs."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from cluster_engine.cli.main import root
from cluster_engine.cli.output import wants_colour

Run = Callable[..., Any]
ESCAPE = b"\x1b["


@pytest.fixture
def on_terminal(checkout: Path) -> Callable[..., tuple[bytes, int]]:
    """Run a command whose streams are a terminal; give what it wrote there and its exit code."""

    def on_terminal(*arguments: str | Path, **variables: str) -> tuple[bytes, int]:
        own, other = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "cluster_engine", *map(str, arguments)],
            stdout=other, stderr=other, stdin=other,
            env={**os.environ, "PYTHONPATH": str(checkout), "TERM": "xterm-256color",
                 "COLUMNS": "100", **variables},
        )  # fmt: skip
        os.close(other)
        raw = b""
        while True:
            ready, _, _ = select.select([own], [], [], 0.1)
            try:
                part = os.read(own, 1 << 16) if ready else b""
            except OSError:
                part = b""
            raw += part
            if not part and process.poll() is not None:
                break
        os.close(own)
        return raw, process.wait()

    return on_terminal


@pytest.mark.slow
def test_colours_and_progress_go_to_terminals_that_want_them(
    on_terminal: Any, toy_pack: Path, toy_models: Path
) -> None:
    sectors = ("sectors", "--pack", toy_pack, "--models", toy_models)
    assert ESCAPE in on_terminal(*sectors)[0]
    for arguments, variables in (
        ((*sectors, "--no-color"), {}),
        (("--no-color", *sectors), {}),
        (sectors, {"NO_COLOR": "1"}),
        (sectors, {"TERM": "dumb"}),
    ):
        raw, code = on_terminal(*arguments, **variables)
        assert code == 0
        assert b"Motor vehicles" in raw
        assert ESCAPE not in raw
    check = ("data", "check", "--pack", toy_pack)
    assert b"Checking tables" in on_terminal(*check)[0]
    assert b"Checking tables" not in on_terminal(*check, "--quiet")[0]
    assert b"Checking tables" not in on_terminal(*check, TERM="dumb")[0]


@pytest.mark.parametrize(
    ("variable", "value", "is_wanted"),
    [("NO_COLOR", "1", False), ("NO_COLOR", "", True), ("TERM", "dumb", False),
     ("TERM", "xterm", True)],
)  # fmt: skip
def test_environment_decides_about_colour(
    variable: str, value: str, is_wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(variable, value)
    assert wants_colour() is is_wanted


def test_option_of_the_root_holds_for_its_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    above = click.Context(root, color=False)
    with click.Context(click.Command("inner"), parent=above):
        assert wants_colour() is False
    with click.Context(click.Command("inner"), parent=click.Context(root)):
        assert wants_colour() is True


def _listen(work: Callable[[Callable[..., None]], object]) -> list[tuple[str, int, int]]:
    told: list[tuple[str, int, int]] = []
    work(lambda *step: told.append(step))  # type: ignore[arg-type]
    return told


def test_long_checks_tell_how_far_they_are(toy_pack: Path, toy_models: Path) -> None:
    from cluster_engine.registry.check import check_store
    from cluster_engine.registry.locate import ModelStore
    from cluster_engine.workflows.packs import check_named_pack
    from cluster_engine.workflows.sector_graph import draw_sector_graph

    store = ModelStore(toy_models, toy_models)
    for work in (
        lambda tell: check_named_pack(str(toy_pack), on_progress=tell),
        lambda tell: check_store(store, on_progress=tell),
        lambda tell: draw_sector_graph(store, "json", pack=str(toy_pack), on_progress=tell),
    ):
        told = _listen(work)
        assert told
        assert all(0 <= done <= total for _, done, total in told)
        assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
