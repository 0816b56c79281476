"""What a fresh process imports: that is where start-up time goes, and seconds would flicker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

IMPORTED = re.compile(r"^import time: +\d+ \| +\d+ \| +(\w+)", re.MULTILINE)
HEAVY = {
    "numpy",
    "pandas",
    "sklearn",
    "scipy",
    "networkx",
    "pyarrow",
    "rich",
    "starlette",
    "uvicorn",
}
ONLY_FOR_TRAINING = {"sklearn", "scipy", "networkx", "pandera", "openpyxl"}

Trace = Callable[..., set[str]]


@pytest.fixture
def trace_imports(checkout: Path) -> Trace:
    """Run a command and name the top-level packages it imports."""

    def trace_imports(*arguments: str | Path) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "cluster_engine", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(checkout)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found = set(IMPORTED.findall(done.stderr))
        # Without these the trace was not read.
        assert {"click", "cluster_engine"} <= found
        return found

    return trace_imports


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option: str, trace_imports: Trace) -> None:
    assert trace_imports(option) & HEAVY == set()


@pytest.mark.parametrize(
    "command",
    [
        ("rank",),
        ("sectors",),
        ("train",),
        ("evaluate",),
        ("serve",),
        ("data", "check"),
        ("data", "import", "firms"),
    ],
)
def test_help_of_a_command_imports_nothing_heavy(
    command: tuple[str, ...], trace_imports: Trace
) -> None:
    assert trace_imports(*command, "--help") & HEAVY == set()


def test_rank_with_a_champion_imports_nothing_that_only_training_needs(
    trace_imports: Trace, toy_pack: Path, toy_models: Path
) -> None:
    found = trace_imports("rank", "--market", "germany", "--pack", toy_pack, "--models", toy_models)
    assert found & ONLY_FOR_TRAINING == set()
    assert "pandas" in found
