"""Give one file to one target, and tell a refusal from a crash."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Literal

from cluster_engine.errors import ClusterEngineError
from tests.fuzz.targets import Target

CRASHERS = Path(__file__).with_name("crashers")
"""Files that crashed a reader once, by target."""

LONGEST_MESSAGE = 200_000
"""Characters of an error: it must not repeat a whole file."""

Outcome = Literal["read", "refused"]


def run_one(target: Target, data: bytes, folder: Path) -> Outcome:
    """Read a file; whatever is raised but a refusal is a crash and goes through.

    Raises
    ------
    AssertionError
        A refusal says nothing, or far too much.
    """
    path = folder / "2021-fuzz0000" / target.file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    try:
        with warnings.catch_warnings():
            # A library's warning about a broken file is no fault of the file's reader.
            warnings.simplefilter("ignore")
            target.read(path)
    except ClusterEngineError as refusal:
        told = f"{refusal.message} {refusal.hint}"
        assert 0 < len(told.strip()) <= LONGEST_MESSAGE, f"a refusal of {len(told)} characters"
        return "refused"
    return "read"
