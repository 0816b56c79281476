"""What all tests share: source files, the toy pack, ways to run a command; how hypothesis runs."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

# Before numpy or scikit-learn is loaded, and handed on to the processes that tests start. There is
# a worker for every core already: two more threads in each wait for each other by spinning, which
# made learning on small tables up to ten times as dear. Results do not depend on it, and tests
# that prove so set these variables themselves.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

CHECKOUT = Path(__file__).resolve().parents[1]
SHARED_VARIABLE = "CLUSTER_ENGINE_SHARED"

# The same examples on every run and machine; a slow machine is no failure.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def find_shared_data() -> Path:
    """Folder that holds ``data/`` with the source files of the default pack."""
    return Path(os.environ.get(SHARED_VARIABLE) or CHECKOUT.parent / "shared")


LONGEST = (
    "tests/faults/test_killed_retrain.py",
    "tests/browser/",
    "tests/inputs/test_bad_inputs.py",
    "tests/functional/test_default_pack.py",
    "tests/cli/test_wheel.py",
    "tests/functional/test_user_lists.py",
    "tests/cli/test_models.py",
    "tests/faults/test_full_and_locked_disks.py",
    "tests/faults/test_killed_imports.py",
    "tests/functional/test_toy_run.py",
    "tests/functional/test_libreoffice.py",
    "tests/functional/",
    "tests/faults/",
    "tests/cli/",
    "tests/properties/",
)
"""Files that take longest, begun first: workers end together, and none waits for one file.

By processor time, the longest first; needs `--no-loadscope-reorder`, without which pytest-xdist
begins with the files of most tests, and the long ones of few tests come last.
"""


def _place(item: pytest.Item) -> int:
    places = (place for place, name in enumerate(LONGEST) if item.nodeid.startswith(name))
    return next(places, len(LONGEST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; mark and skip what needs data that is not there."""
    items.sort(key=_place)
    folder = find_shared_data()
    absent = pytest.mark.skip(
        reason=f"no folder 'data' in {folder}; name its parent in {SHARED_VARIABLE}"
    )
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared_data)
        if item.get_closest_marker("shared_data") and not (folder / "data").is_dir():
            item.add_marker(absent)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder that holds ``data/`` with the source files of the default pack."""
    return find_shared_data()


PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "soffice": ("soffice", "libreoffice"),
}
"""Programs that some tests drive, by the fixture that finds them; `scripts/test` installs them."""


def find_program(name: str) -> str:
    """Path of a program that tests drive; skip the test where it is absent."""
    for candidate in PROGRAMS[name]:
        if path := shutil.which(candidate):
            return path
    pytest.skip(f"no {name} on this machine; scripts/test installs it on Debian and Ubuntu as root")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser that tests drive."""
    return find_program("chromium")


@pytest.fixture(scope="session")
def soffice() -> str:
    """Path of LibreOffice."""
    return find_program("soffice")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Top folder of the project."""
    return CHECKOUT


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


def _run_inside(*arguments: str | Path) -> Ran:
    # Not at the top: the tests of start-up ask what a fresh process imports.
    from cluster_engine.cli.main import run

    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2)]
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        code = run([str(argument) for argument in arguments])
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode() for stream in streams)
    return Ran(code, out, err)


@pytest.fixture(scope="session")
def run() -> Callable[..., Ran]:
    """Run a command in this process: ``run("rank", "--market", "germany").out``."""
    return _run_inside


@pytest.fixture(scope="session")
def run_fresh() -> Callable[..., Ran]:
    """Run a command in a process of its own, with more environment variables if need be."""

    def run_fresh(*arguments: str | Path, variables: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "cluster_engine", *(str(argument) for argument in arguments)],
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), **(variables or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run_fresh


@pytest.fixture(scope="session")
def toy_pack() -> Path:
    """Folder of the toy pack: an economy small enough to check by hand. Not to be written to."""
    return CHECKOUT / "tests" / "data" / "toy-pack"


@pytest.fixture(scope="session")
def toy_models(tmp_path_factory: pytest.TempPathFactory, toy_pack: Path) -> Path:
    """Models folder with the champion of the toy pack's north. Not to be written to.

    Trained once: the workers of a run share the folder above their own.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, done = shared / "toy-models", shared / "toy-models.done"
    with FileLock(shared / "toy-models.lock"):
        if not done.exists():
            ran = _run_inside("train", "--pack", toy_pack, "--models", folder)
            assert ran.code == 0, ran.err
            done.touch()
    return folder
