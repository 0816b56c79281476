"""An import that is killed leaves no folder or the old one, and the next one runs as if alone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster_engine.packs.firm_list import is_firm_list, read_firm_list_folder

CHECKOUT = Path(__file__).resolve().parents[2]
N_FIRMS = 3000
N_RANDOM = 6
N_WRITING = 4
LONGEST = 120.0


def write_list(path: Path, n_firms: int = N_FIRMS) -> None:
    """Write a list whose import takes a moment."""
    chosen = random.Random(0)
    rows = [
        f"{chosen.choice('BCDFGKLM')}{place:05d} Werke GmbH,DE,{chosen.choice(('2932', '2550'))},1"
        for place in range(n_firms)
    ]
    path.write_text(
        "\n".join(["Company,Country code,NACE Rev. 2 code,Employees", *rows, ""]), encoding="utf-8"
    )


def start_import(source: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start a real process that imports a list in place of what is there."""
    command = [sys.executable, "-m", "cluster_engine", "data", "import", "firms", str(source)]
    return subprocess.Popen(
        [*command, "--output", str(folder), "--force", "--quiet"],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_when(process: subprocess.Popen[bytes], is_time: Callable[[], bool]) -> bool:
    """Kill a process as soon as it is time; whether it was still running."""
    end = time.monotonic() + LONGEST
    while process.poll() is None and time.monotonic() < end:
        if is_time():
            process.kill()
            process.wait()
            return True
        time.sleep(0.0005)
    return False


def after(seconds: float) -> Callable[[], bool]:
    """Return what tells when so many seconds have passed from now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


@pytest.mark.slow
def test_killed_import_leaves_the_old_list_or_the_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, folder = tmp_path / "firms.csv", tmp_path / "mine"
    write_list(source)
    began = time.monotonic()
    assert start_import(source, folder).wait(LONGEST) == 0
    length = time.monotonic() - began
    whole = read_firm_list_folder(folder).firms
    chosen, killed = random.Random(1), 0
    moments: list[float | None] = [chosen.uniform(0.1, length) for _ in range(N_RANDOM)]
    for moment in [*moments, *[None] * N_WRITING]:
        process = start_import(source, folder)
        killed += kill_when(
            process,
            (tmp_path / ".mine.partial").exists if moment is None else after(moment),
        )
        assert is_firm_list(folder)
        assert read_firm_list_folder(folder).firms.equals(whole)
    with capsys.disabled():
        sys.stdout.write(f"\n{killed} imports killed, {N_WRITING} while writing: no fault left\n")
    assert killed >= N_WRITING
    assert start_import(source, folder).wait(LONGEST) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.csv", "mine"]


@pytest.mark.slow
def test_first_import_that_is_killed_leaves_no_list(tmp_path: Path) -> None:
    source, folder = tmp_path / "firms.csv", tmp_path / "mine"
    write_list(source)
    process = start_import(source, folder)
    assert kill_when(process, (tmp_path / ".mine.partial").exists)
    assert not is_firm_list(folder)
    assert start_import(source, folder).wait(LONGEST) == 0
    assert len(read_firm_list_folder(folder).firms) > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.csv", "mine"]
