"""What a shell gets: scripts that it can run, and names, without anything heavy being imported."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

IMPORTED = re.compile(r"^import time: +\d+ \| +\d+ \| +(\w+)", re.MULTILINE)
HEAVY = {"pandas", "sklearn", "scipy", "networkx", "rich", "pandera"}


@pytest.fixture
def complete(checkout: Path) -> Callable[..., tuple[list[str], set[str]]]:
    """Ask for completions of a line as bash does; give them and the packages imported."""

    def complete(line: str) -> tuple[list[str], set[str]]:
        words = line.split(" ")
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "cluster_engine"],
            env={**os.environ, "PYTHONPATH": str(checkout), "COMP_WORDS": line,
                 "COMP_CWORD": str(len(words) - 1),
                 "_CLUSTER_ENGINE_COMPLETE": "bash_complete"},
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        names = [row.split(",", 1)[1] for row in done.stdout.splitlines() if row]
        return names, set(IMPORTED.findall(done.stderr))

    return complete


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_names_the_program_and_the_variable(shell: str, run: Run) -> None:
    ran = run("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "cluster-engine" in ran.out
    assert f"_CLUSTER_ENGINE_COMPLETE={shell}_complete" in ran.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_is_sound_to_the_shell_itself(shell: str, run: Run) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} on this machine")
    script = run("completion", shell).out
    done = subprocess.run(
        [program, "-n"], input=script, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_commands_and_options_are_completed(complete: Any) -> None:
    assert complete("cluster-engine ex")[0] == ["explain"]
    names, imported = complete("cluster-engine models ro")
    assert names == ["rollback"]
    assert imported & HEAVY == set()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("cluster-engine rank --region wal", "wales"),
        ("cluster-engine rank --market ger", "germany"),
        ("cluster-engine gaps --cluster motor", "motor-vehicles-car-parts"),
        ("cluster-engine explain --market germany knorr", "knorr-bremse-aktiengesellschaft"),
        ("cluster-engine data check --pack great", "great-britain"),
    ],
)
def test_names_are_completed_without_heavy_imports(line: str, name: str, complete: Any) -> None:
    names, imported = complete(line)
    assert name in names
    typed = line.rsplit(" ", maxsplit=1)[-1]
    assert all(found.startswith(typed) for found in names)
    assert "click" in imported
    assert imported & HEAVY == set()


def test_names_are_those_of_the_pack_that_is_named(complete: Any, toy_pack: Path) -> None:
    names, _ = complete(f"cluster-engine sectors --pack {toy_pack} --region nor")
    assert names == ["north"]
    assert complete(f"cluster-engine sectors --pack {toy_pack}/absent --region nor")[0] == []


def test_faulty_project_stops_no_completion(
    complete: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cluster-engine.toml").write_text("oops", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "germany" in complete("cluster-engine rank --market ger")[0]
