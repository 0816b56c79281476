"""Location quotients against exact rational arithmetic, and where other packages go wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.standardised import standardise_lq

EXACT = 1e-12
"""Relative: the references are rounded once from exact results."""
EMPLOYMENT = ("emp_5x7", "emp_rank1_4x5", "emp_nested_50x30")


def read(folder: Path, name: str) -> np.ndarray:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0).to_numpy(float)


def measure(folder: Path, name: str, dtype: type = np.float64) -> np.ndarray:
    jobs = read(folder, f"inputs/{name}").astype(dtype)
    return calc_lq(jobs, jobs.sum(axis=0)).values


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_lq_is_the_exact_ratio(shared_data: Path, name: str) -> None:
    expected = read(shared_data, f"lq_rca/{name}.lq.ref")
    np.testing.assert_allclose(measure(shared_data, name), expected, rtol=EXACT)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", EMPLOYMENT)
def test_every_cell_is_on_the_exact_side_of_1(shared_data: Path, name: str, dtype: type) -> None:
    expected = read(shared_data, f"lq_rca/{name}.mcp.ref")
    lq = measure(shared_data, name, dtype)
    assert lq.dtype == dtype
    np.testing.assert_array_equal(lq >= 1, expected == 1)


def test_square_roots_lose_exact_ties(shared_data: Path) -> None:
    wrong = read(shared_data, "lq_rca/emp_rank1_4x5.mcp.fermi_cref-0.2.0")
    assert (wrong == 0).sum() == 13
    assert (measure(shared_data, "emp_rank1_4x5") == 1).all()


def test_standardising_is_over_regions_and_not_recycled(shared_data: Path) -> None:
    recycled = read(shared_data, "lq_rca/emp_5x7.lq_standardised_OG.REAT-3.0.3")
    z = standardise_lq(read(shared_data, "lq_rca/emp_5x7.lq.ref")).values
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=EXACT)
    np.testing.assert_allclose(z.std(axis=0, ddof=1), 1, rtol=EXACT)
    assert np.abs(recycled.mean(axis=0)).max() > 0.01


def test_equal_lqs_have_no_standardised_ones(shared_data: Path) -> None:
    z = standardise_lq(read(shared_data, "lq_rca/emp_rank1_4x5.lq.ref"))
    assert np.isnan(z.values).all()
    assert (z.reasons != "").all()
