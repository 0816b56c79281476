"""Locales, consoles, homes, closed streams, ways to run Python: the same list, byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

Rank = Callable[..., subprocess.CompletedProcess[bytes]]

BARE = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
"""Python without its kindness to the C locale: it takes ASCII for the encoding of everything."""

VARIABLES: Mapping[str, Mapping[str, str | None]] = {
    "C locale, ASCII": BARE,
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "German, Latin-1": {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 5, another time zone": {"PYTHONHASHSEED": "5", "TZ": "Pacific/Kiritimati"},
    "narrow dumb terminal": {"COLUMNS": "20", "TERM": "dumb", "NO_COLOR": "1"},
    "no home": {"HOME": None, "XDG_DATA_HOME": None, "XDG_CONFIG_HOME": None},
    "no bytecode": {"PYTHONDONTWRITEBYTECODE": "1"},
    "two threads": {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"},
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rank(toy_pack: Path, toy_models: Path, checkout: Path) -> Rank:
    """Rank the toy pack in a process of its own, with other variables or options of Python."""

    def rank(
        variables: Mapping[str, str | None] | None = None,
        python: Sequence[str] = (),
        more: Sequence[str | Path] = ("--format", "csv"),
        pack: Path = toy_pack,
        models: Path = toy_models,
        **options: object,
    ) -> subprocess.CompletedProcess[bytes]:
        own = {**os.environ, "PYTHONPATH": str(checkout), **(variables or {})}
        command = [sys.executable, *python, "-m", "cluster_engine", "rank", "--market", "germany",
                   "--pack", str(pack), "--models", str(models), *map(str, more)]  # fmt: skip
        return subprocess.run(
            command,
            env={name: value for name, value in own.items() if value is not None},
            check=False,
            **{"capture_output": True, **options},  # type: ignore[call-overload]
        )

    return rank


@pytest.fixture(scope="module")
def plain(rank: Rank) -> bytes:
    """The list as it is printed in an ordinary environment."""
    done = rank()
    assert done.returncode == 0
    assert "König".encode() in done.stdout
    return done.stdout


@pytest.mark.parametrize("variables", VARIABLES.values(), ids=VARIABLES)
def test_environment_changes_no_byte(
    variables: Mapping[str, str | None], rank: Rank, plain: bytes
) -> None:
    done = rank(variables)
    assert (done.returncode, done.stdout) == (0, plain)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("python", [["-O"], ["-W", "error::EncodingWarning"]], ids=" ".join)
def test_way_to_run_python_changes_no_byte(python: list[str], rank: Rank, plain: bytes) -> None:
    done = rank(python=python)
    assert (done.returncode, done.stdout) == (0, plain)


@pytest.fixture
def umask() -> Iterator[None]:
    """A process that lets nobody else read what it writes."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_files_under_a_strict_umask_are_as_they_always_are(
    rank: Rank, plain: bytes, tmp_path: Path, umask: None
) -> None:
    path = tmp_path / "list.csv"
    done = rank(more=["--output", path])
    assert done.returncode == 0, done.stderr
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    assert text.encode() == plain
    assert path.stat().st_mode & 0o777 == 0o644


def test_paths_with_spaces_and_umlauts(
    rank: Rank, plain: bytes, toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "Ordner für Müller & Söhne"
    shutil.copytree(toy_pack, folder / "the päck")
    shutil.copytree(toy_models, folder / "the mödels")
    done = rank({"LC_ALL": "C"}, pack=folder / "the päck", models=folder / "the mödels", cwd=folder)
    assert (done.returncode, done.stdout) == (0, plain)


def test_home_that_cannot_be_written_stops_no_ranking(
    rank: Rank, plain: bytes, tmp_path: Path
) -> None:
    # A file in place of the folder stops root as well.
    home = tmp_path / "home"
    home.write_text("", encoding="utf-8")
    done = rank({"HOME": str(home), "XDG_DATA_HOME": None, "XDG_CACHE_HOME": None})
    assert (done.returncode, done.stdout) == (0, plain)


def _close(*handles: int) -> Callable[[], None]:
    def close() -> None:
        for handle in handles:
            os.close(handle)

    return close


@pytest.mark.skipif(os.name == "nt", reason="Windows closes no streams of a child so")
def test_closed_input_changes_no_byte(rank: Rank, plain: bytes) -> None:
    done = rank(preexec_fn=_close(0))
    assert (done.returncode, done.stdout) == (0, plain)


@pytest.mark.skipif(os.name == "nt", reason="Windows closes no streams of a child so")
def test_closed_output_is_told_and_a_file_is_written_all_the_same(
    rank: Rank, plain: bytes, tmp_path: Path
) -> None:
    lost = rank(preexec_fn=_close(1))
    assert lost.returncode == 2
    assert b"standard output is closed" in lost.stderr
    assert b"Traceback" not in lost.stderr
    path = tmp_path / "list.csv"
    kept = rank(more=["--output", path], preexec_fn=_close(0, 1, 2))
    assert kept.returncode == 0
    assert path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").encode() == plain


@pytest.mark.parametrize("encoding", ["cp437", "cp1252"])
def test_console_that_lacks_signs_shows_others_in_their_place(
    encoding: str, rank: Rank, plain: bytes
) -> None:
    done = rank({"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert done.stdout == plain.decode().encode(encoding, errors="replace")
    table = rank({"PYTHONIOENCODING": encoding}, more=["--format", "table"])
    assert table.returncode == 0, table.stderr
