"""Shift-share against the published formulas and another package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.shift_share import (
    calc_esteban_marquillas,
    calc_growth_factors,
    calc_shift_share,
)

EXACT = 1e-12
"""Relative: the references are rounded once from exact results."""
CANCELLED = 1e-12
"""Jobs, absolute: parts are small differences of cells of up to 300 jobs."""
PEER = 1e-10
"""Jobs, absolute: sums of the other package agree with the reference to 4e-14 of their terms."""


def read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0)


@pytest.fixture
def tables(shared_data: Path) -> tuple[np.ndarray, ...]:
    start = read(shared_data, "inputs/emp_5x7_pos_t0").to_numpy(float)
    end = read(shared_data, "inputs/emp_5x7_pos_t1").to_numpy(float)
    return start, end, start.sum(axis=0), end.sum(axis=0)


def test_parts_are_the_reference(shared_data: Path, tables: tuple[np.ndarray, ...]) -> None:
    classic, split = calc_shift_share(*tables), calc_esteban_marquillas(*tables)
    parts = {
        "national": classic.national,
        "mix": classic.mix,
        "regional": classic.regional,
        "esteban_competitive": split.competitive,
        "esteban_allocation": split.allocation,
    }
    for name, got in parts.items():
        expected = read(shared_data, f"shift_share/emp_5x7_pos.{name}.ref").to_numpy()
        np.testing.assert_allclose(got, expected, rtol=EXACT, atol=CANCELLED)


def test_sums_over_sectors_are_those_of_reat(
    shared_data: Path, tables: tuple[np.ndarray, ...]
) -> None:
    classic, split = calc_shift_share(*tables), calc_esteban_marquillas(*tables)
    dunn = read(shared_data, "shift_share/emp_5x7_pos.Dunn.REAT-3.0.3")
    esteban = read(shared_data, "shift_share/emp_5x7_pos.Esteban.REAT-3.0.3")
    for part, row in (
        (classic.national, dunn.loc["National share"]),
        (classic.mix, dunn.loc["Industrial mix"]),
        (classic.regional, dunn.loc["Regional share"]),
        (classic.mix + classic.regional, dunn.loc["Net total shift"]),
        (split.competitive, esteban.loc["Regional share"]),
        (split.allocation, esteban.loc["Allocation effect"]),
    ):
        np.testing.assert_allclose(part.sum(axis=1), row, rtol=0, atol=PEER)


def test_factors_are_those_of_reat(shared_data: Path, tables: tuple[np.ndarray, ...]) -> None:
    gerfin = read(shared_data, "shift_share/emp_5x7_pos.Gerfin.REAT-3.0.3")
    factors = calc_growth_factors(*tables)
    np.testing.assert_allclose(factors.structure.values, gerfin.loc["Industrial mix"], rtol=EXACT)
    np.testing.assert_allclose(factors.location.values, gerfin.loc["Regional share"], rtol=EXACT)
    np.testing.assert_allclose(factors.net.values, gerfin.loc["Net total shift"], rtol=EXACT)
