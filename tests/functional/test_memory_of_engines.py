"""An engine keeps to the memory it is given, and spills what does not fit."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

N_FIRMS = 300_000
MOST_MB = 700
"""Python with pandas takes 250, DuckDB 100 beyond what it counts; sorting all in memory takes
another 300."""

CHILD = """
import sys
from cluster_engine.cli.main import run
code = run(sys.argv[1:])
status = open("/proc/self/status").read()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
sys.exit(code)
"""
"""The peak of the program itself: `getrusage` also counts the process it was started from."""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system tells no peaks")
def test_a_list_larger_than_the_memory_is_converted_by_spilling(
    run: Callable[..., Any], checkout: Path, tmp_path: Path
) -> None:
    duckdb = pytest.importorskip("duckdb")
    folder = tmp_path / "list"
    _write_list(folder)
    spill = tmp_path / "spill"
    spill.mkdir()
    options = ["data", "convert", str(folder), "--quiet", "--threads", "1", "--spill", str(spill)]
    narrow = _call(checkout, *options, "--to", str(tmp_path / "narrow"), "--memory-limit", "220MB")
    assert narrow.returncode == 0, narrow.stderr
    # Before version 2 DuckDB held some 50 MB more than it counted.
    if Version(duckdb.__version__) >= Version("2"):
        assert int(narrow.stdout) < MOST_MB
    assert list(spill.iterdir()) == []
    refused = _call(checkout, *options, "--to", str(tmp_path / "tiny"), "--memory-limit", "32MB")
    assert refused.returncode == 7
    assert "Raise --memory-limit" in refused.stderr
    assert not (tmp_path / "tiny").exists()
    wide = _call(checkout, *options, "--to", str(tmp_path / "wide"), "--memory-limit", "2GB")
    assert wide.returncode == 0, wide.stderr
    manifests = [(tmp_path / name / "dataset.json").read_bytes() for name in ("narrow", "wide")]
    assert manifests[0] == manifests[1]
    shutil.rmtree(folder)


def _call(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, *arguments], cwd=checkout, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def _write_list(folder: Path) -> None:
    """Many firms with long names, which sorting has to carry."""
    import numpy as np
    import pandas as pd

    from cluster_engine.firm_schemas import (
        FIRM_HOMES,
        FIRM_IDENTITIES,
        FIRM_INDUSTRIES,
        FIRM_NOTES,
        FIRMS,
    )
    from cluster_engine.packs.firm_list import FirmListTables, write_firm_list

    draw = np.random.default_rng(0)
    ids = pd.Series(draw.permutation(N_FIRMS)).astype(str).str.zfill(9)
    firms = pd.DataFrame({column.name: None for column in FIRMS.columns}, index=ids.index)
    numbers = {column.name: "float64" for column in FIRMS.columns if column.kind != "text"}
    words = pd.Series(draw.bytes(N_FIRMS * 60).hex()).iloc[0]
    names = [words[start : start + 120] for start in range(0, N_FIRMS * 120, 120)]
    firms = firms.astype(numbers).assign(
        firm_id=ids, firm_name=names, country="DE", source="made", status="rankable",
        employees=draw.integers(1, 10_000, N_FIRMS).astype(float),
    )  # fmt: skip
    codes = pd.DataFrame(
        {"firm_id": ids, "industry": draw.choice(["2910", "2932", "6201"], N_FIRMS),
         "weight": 1.0, "basis": "official code", "confidence": np.nan}
    )[list(FIRM_INDUSTRIES.column_names)]  # fmt: skip
    empty = [pd.DataFrame(columns=list(table.column_names)) for table in
             (FIRM_NOTES, FIRM_IDENTITIES, FIRM_HOMES)]  # fmt: skip
    write_firm_list(folder, FirmListTables(firms, codes, *empty), {})
