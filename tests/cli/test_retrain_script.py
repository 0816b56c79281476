"""`scripts/retrain` against a stand-in for the engine: lock, time, log, exit codes, words."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

needs_tools = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("flock") or not shutil.which("timeout"),
    reason="scripts/retrain needs flock and timeout, which are not here",
)
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not here"
)
pytestmark = needs_tools
UNITS = ("cluster-engine-retrain.service", "cluster-engine-retrain.timer")

Retrain = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """Folder of a stand-in that notes how it is called and does what its own files say."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "cluster-engine"
    script.write_text(
        "#!/bin/sh\n"
        'here=$(dirname "$0")\n'
        'printf "%s\\n" "$*" >>"$here/calls"\n'
        'step=$1; [ "$step" != data ] || step=fetch\n'
        '[ ! -f "$here/$step.sh" ] || . "$here/$step.sh"\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.fixture
def retrain(engine: Path, checkout: Path, tmp_path: Path) -> Retrain:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": f"{engine}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
        }
        command = [str(checkout / "scripts/retrain"), *options]
        return subprocess.run(
            command, env=variables, capture_output=True, text=True, check=False, timeout=60
        )

    return run


def list_calls(engine: Path) -> list[str]:
    return (engine / "calls").read_text().splitlines()


def read_log(tmp_path: Path) -> str:
    (log,) = (tmp_path / "state/cluster-engine/log").glob("retrain-*.log")
    return log.read_text()


def test_nothing_new_says_nothing(retrain: Retrain, engine: Path, tmp_path: Path) -> None:
    ran = retrain("--", "--all")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert list_calls(engine) == ["retrain --quiet --all"]
    assert "exit code 0" in read_log(tmp_path)


def test_a_change_is_one_line_and_the_rest_is_in_the_log(
    retrain: Retrain, engine: Path, tmp_path: Path
) -> None:
    (engine / "retrain.sh").write_text("echo details\necho '3 of 40 regions promoted'\n")

    ran = retrain()

    assert ran.returncode == 0
    assert ran.stdout.startswith("retrain: 3 of 40 regions promoted (log: ")
    assert ran.stdout.count("\n") == 1
    assert "details" in read_log(tmp_path)


@pytest.mark.parametrize("code", [3, 4, 7, 8])
def test_the_exit_code_of_the_engine_is_passed_on_with_its_words(
    retrain: Retrain, engine: Path, tmp_path: Path, code: int
) -> None:
    (engine / "retrain.sh").write_text(f"echo 'Error: no good' >&2\nexit {code}\n")

    ran = retrain()

    assert (ran.returncode, ran.stdout) == (code, "")
    assert "Error: no good" in ran.stderr
    assert f"exit code {code}" in read_log(tmp_path)


def test_fetching_that_fails_stops_before_training(
    retrain: Retrain, engine: Path, tmp_path: Path
) -> None:
    (engine / "fetch.sh").write_text("echo 'Error: server down' >&2\nexit 8\n")

    ran = retrain("--fetch", "bres gleif", "--folder", str(tmp_path / "raw"))

    assert ran.returncode == 8
    assert "server down" in ran.stderr
    assert list_calls(engine) == [f"data fetch bres gleif --output {tmp_path / 'raw'} --quiet"]


def test_the_pack_is_built_only_when_something_came(
    retrain: Retrain, engine: Path, tmp_path: Path
) -> None:
    build = engine / "build"
    build.write_text(f'#!/bin/sh\necho "$1" >>{engine}/built\n')
    build.chmod(0o755)
    options = ("--fetch", "bres", "--folder", str(tmp_path / "raw"), "--build", str(build))

    assert retrain(*options).returncode == 0
    assert not (engine / "built").exists()

    (engine / "fetch.sh").write_text("echo 'bres.csv changed'\n")
    assert retrain(*options).returncode == 0
    assert (engine / "built").read_text() == f"{tmp_path / 'raw'}\n"


@pytest.mark.slow
def test_a_run_that_takes_too_long_is_stopped(
    retrain: Retrain, engine: Path, tmp_path: Path
) -> None:
    (engine / "retrain.sh").write_text("exec sleep 30\n")
    began = time.monotonic()

    ran = retrain("--timeout", "1")

    assert ran.returncode == 124
    assert time.monotonic() - began < 10
    assert "seconds are up" in ran.stderr
    assert "exit code 124" in read_log(tmp_path)


def test_two_runs_do_not_meet_and_a_lock_left_behind_does_not_block(
    retrain: Retrain, engine: Path, tmp_path: Path
) -> None:
    logs = tmp_path / "state/cluster-engine/log"
    logs.mkdir(parents=True)
    (logs / "retrain.lock").touch()
    holder = subprocess.Popen(["flock", "-F", str(logs / "retrain.lock"), "sleep", "30"])
    try:
        wait_for_lock(logs / "retrain.lock")
        ran = retrain()
        assert ran.returncode == 6
        assert "another run" in ran.stderr
        assert not (engine / "calls").exists()
    finally:
        holder.kill()
        holder.wait()
    assert retrain().returncode == 0


def wait_for_lock(path: Path) -> None:
    ends = time.monotonic() + 10
    while subprocess.run(["flock", "-n", str(path), "true"], check=False).returncode == 0:
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_old_logs_are_taken_away(retrain: Retrain, engine: Path, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for days, name in ((100, "retrain-2026-01-01.log"), (10, "retrain-2026-04-01.log")):
        (logs / name).touch()
        past = time.time() - days * 86_400
        os.utime(logs / name, (past, past))

    retrain("--logs", str(logs))

    names = {path.name for path in logs.glob("retrain-*.log")}
    assert "retrain-2026-01-01.log" not in names
    assert "retrain-2026-04-01.log" in names
    assert not list(logs.glob(".out*"))


@pytest.mark.parametrize("options", [("--colour",), ("--timeout", "soon"), ("--fetch",)])
def test_a_wrong_option_is_usage(retrain: Retrain, options: tuple[str, ...]) -> None:
    ran = retrain(*options)

    assert ran.returncode == 2
    assert "Usage" in ran.stderr


@needs_systemd
def test_systemd_accepts_the_units(checkout: Path, tmp_path: Path) -> None:
    for name in UNITS:
        text = (checkout / "docs/systemd" / name).read_text()
        # The unit names its place after installation; here the checkout stands in for it.
        (tmp_path / name).write_text(text.replace("/opt/cluster-engine", str(checkout)))

    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    if "Failed to initialize manager" in ran.stderr or "Failed to open" in ran.stderr:
        pytest.skip(f"systemd-analyze cannot run here: {ran.stderr.splitlines()[0]}")
    own = [line for line in ran.stderr.splitlines() if "cluster-engine-retrain" in line]
    assert ran.returncode == 0, ran.stderr
    assert own == []
