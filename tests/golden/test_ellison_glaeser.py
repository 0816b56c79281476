"""Ellison-Glaeser and coagglomeration on 400 plants, and where other packages go wrong."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.coagglomeration import (
    calc_coagglomeration,
    calc_group_coagglomeration,
    calc_mean_share,
)
from cluster_engine.measures.ellison_glaeser import calc_ellison_glaeser, measure_plants

EXACT = 1e-12
"""Relative: the references are rounded once from exact results."""
CANCELLED = 1e-13
"""Relative to the largest pair: sums of products of both signs, which cancel in part."""


def read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0)


@pytest.fixture
def plants(shared_data: Path) -> pd.DataFrame:
    return read(shared_data, "inputs/plants_400")


@pytest.fixture
def jobs(plants: pd.DataFrame) -> np.ndarray:
    table = plants.pivot_table(index="region", columns="industry", values="emp", aggfunc="sum")
    return table.fillna(0).to_numpy(float)


def test_gamma_and_its_parts_are_the_reference(
    shared_data: Path, plants: pd.DataFrame, jobs: np.ndarray
) -> None:
    expected = read(shared_data, "ellison_glaeser/plants_400.gamma.ref")
    sector = plants["industry"].str[1:].astype(int) - 1
    sizes = measure_plants(plants["emp"], sector, 6)
    np.testing.assert_allclose(sizes.herfindahl, expected["H"], rtol=EXACT)
    found = calc_ellison_glaeser(jobs, sizes)
    for column in ("gamma", "G", "z", "maurel_sedillot"):
        np.testing.assert_allclose(getattr(found, column), expected[column], rtol=EXACT)
    assert (found.reasons == "").all()


def test_gamma_without_its_herfindahl_is_wrong(shared_data: Path) -> None:
    right = read(shared_data, "ellison_glaeser/plants_400.gamma.ref")["gamma"]
    wrong = read(shared_data, "ellison_glaeser/plants_400.gamma.concentrationMetrics-0.6.0")
    assert (wrong["gamma"] - right).abs().max() > 0.02


@pytest.mark.parametrize(
    ("column", "mean_share"), [("eg97", False), ("egk2010", False), ("egk2010_meanx", True)]
)
def test_pairs_are_the_reference(
    shared_data: Path, jobs: np.ndarray, column: str, mean_share: bool
) -> None:
    expected = read(shared_data, "ellison_glaeser/plants_400.coagg_pairs.ref")[column]
    share = calc_mean_share(jobs) if mean_share else None
    pairs = calc_coagglomeration(jobs, region_share=share).values
    got = [pairs[i, j] for i, j in combinations(range(6), 2)]
    largest = expected.abs().max()
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=CANCELLED * largest)


def test_the_group_index_of_two_is_the_pair(shared_data: Path, jobs: np.ndarray) -> None:
    expected = read(shared_data, "ellison_glaeser/plants_400.coagg_pairs.ref")["eg97"]
    share = jobs.sum(axis=1)
    for (i, j), value in zip(combinations(range(6), 2), expected, strict=True):
        found = calc_group_coagglomeration(jobs[:, [i, j]], region_share=share)
        assert found.value == pytest.approx(value, rel=EXACT)


def test_the_group_index_of_all_six_is_the_reference(shared_data: Path, jobs: np.ndarray) -> None:
    expected = read(shared_data, "ellison_glaeser/plants_400.coagg_all6.ref").iloc[0, 0]
    wrong = read(shared_data, "ellison_glaeser/plants_400.coagg_all6.REAT-3.0.3").iloc[0, 0]
    assert calc_group_coagglomeration(jobs).value == pytest.approx(expected, rel=EXACT)
    assert wrong == pytest.approx(5.396, abs=5e-4)
    assert expected == pytest.approx(-0.0320, abs=5e-5)
