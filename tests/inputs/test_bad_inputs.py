"""One number of the catalogue of bad inputs, one folder: a clear error, or an import that tells.

A folder of ``tests/data/inputs`` is called after what must happen. Its ``expect.toml`` holds one or
more cases: the file (committed beside it, or made by ``making``), the command, the exit code, what
must be said, and what the import must hold.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.inputs.making import make_file, make_pack

INPUTS = Path(__file__).resolve().parents[1] / "data" / "inputs"
NUMBERS = range(1, 80)
BOMB_BYTES = 2_000_000_000
"""Address space of a child: the libraries alone map 1 GB, what bombs unpack to would need more."""
BOMB_SECONDS = 60
IMPORT = ["data", "import", "firms", "{file}", "--output", "{out}", "--format", "json"]
KEYS = {"name", "why", "file", "use", "edits", "command", "more", "code", "says", "not", "firms",
        "records", "alone"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a folder."""

    folder: Path
    told: dict[str, Any]

    @property
    def id(self) -> str:
        """Number of the catalogue, what must happen, and which case of it."""
        name = self.told.get("name", "")
        return f"{self.folder.name}/{name}" if name else self.folder.name


def load_cases() -> Iterator[Case]:
    """Read every case of every folder."""
    for folder in sorted(INPUTS.iterdir()):
        expect = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
        for told in expect["case"]:
            yield Case(folder, told)


def _mark(case: Case) -> Any:
    # A clean import loads pack and coder; what it reads is tested quickly in `test_reading`.
    slow = "edits" not in case.told and case.told["code"] == 0
    return pytest.param(case, id=case.id, marks=[pytest.mark.slow] if slow else [])


CASES = list(load_cases())
BOMBS = [case for case in CASES if case.told.get("alone")]
"""Cases that get a process of their own, with limits."""


@pytest.fixture
def prepare(tmp_path: Path, toy_pack: Path) -> Callable[[Case], dict[str, Path]]:
    """Lay out the files of a case, and name the places a command may use."""

    def prepare(case: Case) -> dict[str, Path]:
        places = {"out": tmp_path / "out", "models": tmp_path / "models", "folder": tmp_path}
        for path in case.folder.iterdir():
            if path.name != "expect.toml":
                shutil.copy(path, tmp_path)
        if "edits" in case.told:
            places["pack"] = make_pack(tmp_path, toy_pack, case.told["edits"])
        elif "file" in case.told:
            places["file"] = make_file(tmp_path, case.told["file"])
        else:
            places["file"] = tmp_path / case.told.get("use", "list.csv")
        return places

    return prepare


def _find_all(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_every_number_has_a_folder_and_every_folder_a_number() -> None:
    found = [int(folder.name.split("-")[0]) for folder in sorted(INPUTS.iterdir())]
    assert found == list(NUMBERS)
    assert all(set(case.told) <= KEYS for case in CASES)
    assert all(case.told["says"] or case.told.get("records") for case in CASES)


@pytest.mark.parametrize("case", [_mark(case) for case in CASES if case not in BOMBS])
def test_command_does_what_it_must(
    case: Case, prepare: Callable[[Case], dict[str, Path]], tmp_path: Path, run: Callable[..., Any]
) -> None:
    places = prepare(case)
    before = _find_all(tmp_path)
    default = ["data", "check", "--pack", "{pack}"] if "pack" in places else IMPORT
    command = [*case.told.get("command", default), *case.told.get("more", ())]

    ran = run(*(str(part).format(**places) for part in command))

    said = re.sub(r"\s+", " ", f"{ran.err} {_read_report(ran.out)}")
    assert ran.code == case.told["code"], said
    assert "Traceback" not in said
    for fragment in case.told["says"]:
        assert fragment in said
    for fragment in case.told.get("not", ()):
        assert fragment not in said
    if ran.code:
        assert ran.out == ""
        assert _find_all(tmp_path) == before
        *problems, hint = ran.err.strip().splitlines()
        assert problems[0].startswith("Error: ")
        assert " Found: " not in hint
        assert hint.endswith((".", "]", ")"))
        if ran.code != 2:  # a wrong name on the command line stands in no file
            assert _names_file(problems, places)
    if "firms" in case.told:
        firms = pd.read_parquet(places["out"] / "firms.parquet")
        assert len(firms) == case.told["firms"]


def _names_file(problems: list[str], places: dict[str, Path]) -> bool:
    if "pack" in places:
        return any(name.name in problems[0] for name in places["pack"].iterdir())
    return all(places["file"].name in line for line in problems if " Found: " in line)


def _read_report(out: str) -> str:
    """Put the rows of a report as lines; other output as it is."""
    if not out.startswith("{"):
        return out
    content = json.loads(out)
    rows = content.get("rows", [])
    return " | ".join(" ".join(str(cell) for cell in row.values()) for row in rows)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id) for case in CASES if "records" in case.told]
)
def test_reading_gives_what_it_must(case: Case, prepare: Callable[[Case], dict[str, Path]]) -> None:
    from cluster_engine.sources.lists.reader import ListOptions, read_firm_list

    asked = dict(case.told["records"].get("options", {}))
    office = ListOptions(symbols_of=asked.pop("symbols_of", ""))

    read = read_firm_list(prepare(case)["file"], options=office, **asked)

    for column, cells in case.told["records"].items():
        if column == "options":
            continue
        found = read.records[column].astype(object).where(read.records[column].notna(), "")
        assert found.tolist() == cells


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is Linux's")
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in BOMBS])
def test_bomb_is_refused_within_memory_and_time(
    case: Case, prepare: Callable[[Case], dict[str, Path]], checkout: Path
) -> None:
    import resource

    places = prepare(case)
    command = [str(part).format(**places) for part in IMPORT]

    done = subprocess.run(
        [sys.executable, "-m", "cluster_engine", *command],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (BOMB_BYTES, BOMB_BYTES)),
        env={
            **os.environ,
            "PYTHONPATH": str(checkout),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        timeout=BOMB_SECONDS,
        check=False,
    )

    assert done.returncode == case.told["code"], done.stderr
    assert all(fragment in done.stderr for fragment in case.told["says"])
    assert "Traceback" not in done.stderr
    assert not places["out"].exists()
