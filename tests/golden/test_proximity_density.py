"""Presence, proximity and density against reference vectors, and where packages go wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.presence import calc_presence
from cluster_engine.measures.proximity import calc_density, calc_proximity

EXACT = 1e-12
"""Relative: the vectors are rounded once from exact results."""
ZERO = 1e-14
"""Absolute, for entries that are exactly 0 in the vectors."""

EMPLOYMENT = ("emp_5x7", "emp_rank1_4x5", "emp_nested_50x30")


def _read(folder: Path, name: str) -> np.ndarray:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0).to_numpy(float)


def _presence(folder: Path, name: str) -> np.ndarray:
    jobs = _read(folder, f"inputs/{name}")
    return calc_presence(calc_lq(jobs, jobs.sum(axis=0)).values).M


def _agree(got: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=ZERO)


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_presence_is_the_integer_test_of_the_reference(shared_data: Path, name: str) -> None:
    expected = _read(shared_data, f"lq_rca/{name}.mcp.ref")
    np.testing.assert_array_equal(_presence(shared_data, name), expected)


def test_ties_count_where_a_root_in_the_ratio_loses_them(shared_data: Path) -> None:
    lost = _read(shared_data, "lq_rca/emp_rank1_4x5.mcp.fermi_cref-0.2.0")
    assert _presence(shared_data, "emp_rank1_4x5").sum() == 20
    assert lost.sum() == 7


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_proximity_is_the_reference(shared_data: Path, name: str) -> None:
    expected = _read(shared_data, f"proximity_density/{name}.proximity.ref")
    _agree(calc_proximity(_presence(shared_data, name)), expected)


@pytest.mark.parametrize("name", EMPLOYMENT)
@pytest.mark.parametrize("peer", ["economic_complexity-0.3.0", "econcomplex-1.0.1"])
def test_proximity_is_that_of_packages_off_the_diagonal(
    shared_data: Path, name: str, peer: str
) -> None:
    expected = _read(shared_data, f"proximity_density/{name}.proximity.{peer}")
    proximity = calc_proximity(_presence(shared_data, name))
    np.fill_diagonal(proximity, 0.0)
    _agree(proximity, expected)


@pytest.mark.parametrize("name", EMPLOYMENT)
@pytest.mark.parametrize("include_own", [False, True])
def test_density_is_the_reference(shared_data: Path, name: str, include_own: bool) -> None:
    kind = "density_with_diag" if include_own else "density_no_diag"
    expected = _read(shared_data, f"proximity_density/{name}.{kind}.ref")
    M = _presence(shared_data, name)
    density = calc_density(M, calc_proximity(M), include_own=include_own)
    _agree(density.values, expected)
