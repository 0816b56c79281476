"""What does not fit into memory goes to the spill folder, and nothing else changes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.packs.firm_dataset import MANIFEST
from cluster_engine.packs.firm_list import FirmListTables

sys.path.insert(0, str(Path(__file__).parent))
from made_lists import make_tables, write_list

COPIES = 100
LIMITS = ("64MB", "70MB", "75MB", "80MB", "85MB", "90MB", "100MB")
"""The smallest that suffices depends on the version of DuckDB; it is the one that spills most."""


def repeat(tables: FirmListTables, copies: int) -> FirmListTables:
    """Make a list so many times as long, with other names."""

    def repeat_one(table: pd.DataFrame) -> pd.DataFrame:
        copy = pd.Series(np.repeat(np.arange(copies), len(table))).astype(str)
        whole = pd.concat([table] * copies, ignore_index=True)
        return whole.assign(firm_id=whole["firm_id"] + "-" + copy)

    return FirmListTables(
        repeat_one(tables.firms), repeat_one(tables.firm_industries),
        repeat_one(tables.firm_notes), tables.firm_identities, repeat_one(tables.firm_homes),
    )  # fmt: skip


@contextmanager
def watch(folder: Path) -> Iterator[set[str]]:
    """Names of the files that are seen in a folder meanwhile."""
    seen: set[str] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.005):
            seen.update(path.name for path in folder.glob("*/*"))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


@pytest.mark.slow
def test_converting_spills_to_the_folder_and_gives_the_same_bytes(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    imported = write_list(tmp_path / "imported", repeat(make_tables(1_000, 3), COPIES))
    spill = tmp_path / "spill"
    spill.mkdir()

    def convert(limit: str) -> tuple[Any, set[str]]:
        with watch(spill) as seen:
            ran = run(
                "data", "convert", imported, "--to", tmp_path / limit, "--memory-limit", limit,
                "--threads", "1", "--spill", spill,
            )  # fmt: skip
        # Nothing is left, whether it sufficed or not.
        assert list(spill.iterdir()) == []
        return ran, seen

    ran, seen = convert("1GB")
    assert (ran.code, seen) == (0, set()), ran.err
    for limit in LIMITS:
        ran, seen = convert(limit)
        if ran.code == 0:
            break
        assert (ran.code, "Raise --memory-limit" in ran.err) == (7, True), ran.err
    assert ran.code == 0, ran.err
    assert any(name.startswith("duckdb_temp") for name in seen)
    expected = (tmp_path / "1GB" / MANIFEST).read_bytes()
    # With the checksums of all files.
    assert (tmp_path / limit / MANIFEST).read_bytes() == expected
