"""One failure, one folder: each bad pack is refused with its file, row, column and what to do.

A folder of ``tests/data/failures`` holds the files in which a bad pack differs from the toy pack,
and ``expected.toml``: exit code, number of problems, the place, what was found, and the hint.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FAILURES = Path(__file__).resolve().parents[1] / "data" / "failures"
EXPECTED = "expected.toml"


def make_bad_pack(folder: Path, toy_pack: Path, failure: Path, removed: list[str]) -> Path:
    """Copy the toy pack and lay the files of a failure over it."""
    pack = folder / "bad"
    shutil.copytree(toy_pack, pack)
    shutil.copytree(failure, pack, dirs_exist_ok=True)
    for name in [EXPECTED, *removed]:
        (pack / name).unlink()
    return pack


def write_place(expected: dict[str, Any], pack: Path) -> str:
    """Write the place as an error message does."""
    place = str(expected["file"]).format(pack=pack)
    if "row" in expected:
        place += f", row {expected['row']}"
    if "column" in expected:
        place += f", column '{expected['column']}'"
    return place + ": "


@pytest.mark.parametrize("failure", sorted(FAILURES.iterdir()), ids=lambda folder: folder.name)
@pytest.mark.parametrize("command", ["data check", "train"])
def test_bad_pack_is_refused(
    command: str, failure: Path, tmp_path: Path, toy_pack: Path, run: Callable[..., Any]
) -> None:
    expected = tomllib.loads((failure / EXPECTED).read_text(encoding="utf-8"))
    pack = make_bad_pack(tmp_path, toy_pack, failure, expected.get("remove", []))
    models = tmp_path / "models"
    models.mkdir()
    options = ["--models", models] if command == "train" else []

    ran = run(*command.split(), "--pack", pack, *options)

    assert ran.code == expected["exit_code"], ran.err
    assert ran.out == ""
    assert ran.err.count("Error: ") == 1
    assert "Traceback" not in ran.err
    assert write_place(expected, pack) in ran.err
    assert re.search(rf"Found: [^\n]*{re.escape(expected['found'])}", ran.err), ran.err
    *problems, hint = ran.err.splitlines()
    assert len(problems) == expected["problems"], ran.err
    assert expected["hint"] in hint
    assert list(models.iterdir()) == []


def test_linked_table_is_refused(tmp_path: Path, toy_pack: Path, run: Callable[..., Any]) -> None:
    pack = tmp_path / "linked"
    shutil.copytree(toy_pack, pack)
    outside = (pack / "firms.csv").rename(tmp_path / "firms.csv")
    try:
        (pack / "firms.csv").symlink_to(outside)
    except OSError:
        pytest.skip("this system allows no links")

    ran = run("data", "check", "--pack", pack)

    assert ran.code == 3
    assert "'firms.csv', a link" in ran.err


def test_problems_of_several_tables_are_told_at_once(
    tmp_path: Path, toy_pack: Path, run: Callable[..., Any]
) -> None:
    pack = tmp_path / "bad"
    shutil.copytree(toy_pack, pack)
    for name in ("negative_jobs_are_rejected", "wrong_encoding_is_rejected"):
        shutil.copytree(FAILURES / name, pack, dirs_exist_ok=True)

    ran = run("data", "check", "--pack", pack)

    assert ran.code == 3
    assert "employment.csv, row " in ran.err
    assert "firms.csv, row " in ran.err


@pytest.mark.parametrize(
    ("emptied", "fragments"),
    [
        (("TY6",), ["Found: none for 'TY6'."]),
        (
            ("TY3", "TY4", "TY5", "TY6"),
            ["Found: none for 'TY3'.", "at least 3 areas with jobs to compare. Found: 2."],
        ),
    ],
    ids=["one empty area", "too few areas"],
)
def test_areas_that_cannot_be_compared_are_refused(
    emptied: tuple[str, ...],
    fragments: list[str],
    tmp_path: Path,
    toy_pack: Path,
    run: Callable[..., Any],
) -> None:
    pack = tmp_path / "bad"
    shutil.copytree(toy_pack, pack)
    path = pack / "employment.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(rf"^(\d+,(?:{'|'.join(emptied)}),\d+),\d*$", r"\1,0", text, flags=re.MULTILINE),
        encoding="utf-8",
    )

    ran = run("train", "--pack", pack, "--models", tmp_path / "models")

    assert (ran.code, ran.out) == (3, "")
    for fragment in fragments:
        assert fragment in ran.err
    assert not (tmp_path / "models").exists()
