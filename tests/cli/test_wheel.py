"""A wheel in an empty environment ranks outside the repository, as a new user would find it."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.wheel]

OFFLINE = re.compile(
    r"connection (broken|error)|ConnectionError|name resolution|to resolve|unreachable|max retries",
    re.IGNORECASE,
)
FIRST_COLUMNS = [
    "rank", "firm_id", "firm_name", "country", "city", "industry_code", "industry",
    "niche_cluster", "score", "rank_low", "rank_high", "p_top", "reason_1", "reason_2", "reason_3",
]  # fmt: skip


def run_installer(arguments: list[str], folder: Path) -> None:
    """Run a command that may need the network; without one, skip the test."""
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    if done.returncode and OFFLINE.search(output):
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, output[-4000:]


def build_wheel(checkout: Path, folder: Path) -> Path:
    """Build the source distribution, and the wheel from that: both must be complete."""
    run_installer([sys.executable, "-m", "build", "--outdir", str(folder), str(checkout)], folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the commands of an environment that holds the wheel and nothing of ours else."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build_wheel(checkout, folder)
    venv.create(folder / "environment", with_pip=True)
    commands = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(commands / "python"), "-m", "pip", "--disable-pip-version-check"]
    run_installer([*pip, "install", "--only-binary", ":all:", str(wheel)], folder)
    run_installer([*pip, "check"], folder)
    return commands


def run_command(
    commands: Path, folder: Path, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    """Run ``cluster-engine`` in an empty folder, as a user without any files of ours."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CLUSTER_ENGINE", "PYTHON", "XDG_", "COV"))
    }
    environment["HOME"] = str(folder)
    return subprocess.run(
        [str(commands / "cluster-engine"), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )


def test_wheel_ranks_outside_the_repository(installed: Path, tmp_path: Path) -> None:
    done = run_command(installed, tmp_path, "rank", "--market", "germany", "--format", "csv")

    assert done.returncode == 0, done.stderr.decode()
    header, *rows = csv.reader(io.StringIO(done.stdout.decode("utf-8-sig")))
    assert header[: len(FIRST_COLUMNS)] == FIRST_COLUMNS
    assert header[-2:] == ["band", "data_notes"]
    points = header[len(FIRST_COLUMNS) : -2]
    assert points
    assert all(name.startswith("points_") for name in points)
    assert len(rows) >= 10
    assert len({row[header.index("country")] for row in rows}) == 1
    assert [row[0] for row in rows] == [str(rank) for rank in range(1, len(rows) + 1)]


def test_installed_command_tells_its_version(installed: Path, tmp_path: Path) -> None:
    done = run_command(installed, tmp_path, "--version")

    assert done.returncode == 0, done.stderr.decode()
    assert re.search(rb"\d+\.\d+\.\d+", done.stdout)


def test_wheel_ranks_a_list_of_the_user(installed: Path, tmp_path: Path) -> None:
    """Concordances, text coder and the other tables of an import are inside."""
    (tmp_path / "mine.csv").write_text(
        "Company,Country,NACE Rev. 2 code,Trade description\n"
        "Alpha Pumpen GmbH,DE,28.13,\nBeta GmbH,DE,,Manufacture of screws and bolts\n",
        encoding="utf-8",
    )
    command = ("rank", "--market", "germany", "--firms", "mine.csv", "--format", "csv")
    done = run_command(installed, tmp_path, *command)

    assert done.returncode == 0, done.stderr.decode()
    rows = csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig")))
    assert {row["industry_code"] for row in rows} == {"2813", "2594"}


def test_wheel_makes_a_project_and_is_found_sound(installed: Path, tmp_path: Path) -> None:
    """Templates are inside, and no extra is needed to look after an installation."""
    made = run_command(installed, tmp_path, "init", "mine")
    assert made.returncode == 0, made.stderr.decode()
    assert (tmp_path / "mine/lists/own-firms.csv").is_file()
    found = run_command(installed, tmp_path / "mine", "doctor")
    assert found.returncode == 0, found.stdout.decode()
    assert b"0 faults." in found.stdout
