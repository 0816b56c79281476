"""Relatedness by co-occurrence against reference vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.cooccurrence import (
    Index,
    Size,
    calc_cooccurrence_relatedness,
    calc_relatedness_z,
)
from cluster_engine.measures.presence import calc_presence
from cluster_engine.measures.proximity import calc_cooccurrence

EXACT = 1e-12
"""Relative: the vectors are rounded once from exact results."""
ZERO = 1e-14
"""Absolute, for entries that are exactly 0 in the vectors."""

EMPLOYMENT = ("emp_5x7", "emp_rank1_4x5", "emp_nested_50x30")
INDICES: tuple[Index, ...] = ("association", "cosine", "jaccard", "probability")
SIZES: dict[str, Size] = {"coocS": "co-occurrences", "occS": "occurrences"}


def _read(folder: Path, name: str) -> np.ndarray:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0).to_numpy(float)


def _presence(folder: Path, name: str) -> np.ndarray:
    jobs = _read(folder, f"inputs/{name}")
    return calc_presence(calc_lq(jobs, jobs.sum(axis=0)).values).M


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_cooccurrence_is_the_reference(shared_data: Path, name: str) -> None:
    expected = _read(shared_data, f"cooccurrence/{name}.cooc.ref")
    np.testing.assert_array_equal(calc_cooccurrence(_presence(shared_data, name)), expected)


@pytest.mark.parametrize("name", EMPLOYMENT)
@pytest.mark.parametrize("index", INDICES)
@pytest.mark.parametrize("size", SIZES)
def test_relatedness_is_the_reference(
    shared_data: Path, name: str, index: Index, size: str
) -> None:
    expected = _read(shared_data, f"cooccurrence/{name}.{index}_{size}.ref")
    M = _presence(shared_data, name)
    got = calc_cooccurrence_relatedness(M, index, size=SIZES[size])
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=ZERO)


def test_the_default_size_of_the_probability_index_is_the_published_one(shared_data: Path) -> None:
    M = _presence(shared_data, "emp_nested_50x30")
    got = calc_cooccurrence_relatedness(M, "probability")
    published = _read(shared_data, "cooccurrence/emp_nested_50x30.probability_coocS.EconGeo-1.3")
    other = _read(shared_data, "cooccurrence/emp_nested_50x30.probability_occS.econcomplex-1.0.1")
    np.testing.assert_allclose(got, published, rtol=EXACT, atol=ZERO)
    assert np.abs(got - other).max() > 0.1


@pytest.mark.parametrize("name", ["emp_5x7", "emp_nested_50x30"])
@pytest.mark.parametrize("peer", ["EconGeo-1.3", "econcomplex-1.0.1"])
def test_z_is_that_of_packages_off_the_diagonal(shared_data: Path, name: str, peer: str) -> None:
    expected = _read(shared_data, f"cooccurrence/{name}.zscore.{peer}")
    np.fill_diagonal(expected, 0.0)
    got = calc_relatedness_z(_presence(shared_data, name))
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=ZERO)
