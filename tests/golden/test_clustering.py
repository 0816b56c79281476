"""Validation scores and modularity of given partitions against reference values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.validation import Benchmark, calc_modularity, calc_validation

EXACT = 1e-12
"""Relative: the values are rounded once from exact results."""

RUNS = (
    "louvain_seed0.networkx-3.6.1",
    "greedy_modularity.networkx-3.6.1",
    "leiden_modularity_seed0.leidenalg-0.12.0",
    "louvain_rs0.python-louvain-0.16",
    "agglomerative_average_k4.scikit-learn-1.9.1",
    "spectral_discretize_k4.scikit-learn-1.9.1",
)


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0)


def _network(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    similarity = _read(folder, "inputs/similarity_40x40").to_numpy(float)
    return similarity, _read(folder, "inputs/similarity_40x40_truth")["block"].to_numpy(int)


@pytest.mark.parametrize("partition", ["truth", "random4"])
@pytest.mark.parametrize(("benchmark", "suffix"), [("mean", "avg"), ("max", "max")])
def test_validation_scores_are_the_reference(
    shared_data: Path, partition: str, benchmark: Benchmark, suffix: str
) -> None:
    similarity, truth = _network(shared_data)
    random = np.random.default_rng(0).integers(0, 4, 40)
    labels = truth if partition == "truth" else random
    expected = _read(shared_data, "clustering/similarity_40x40.dps_validation.ref")[partition]
    result = calc_validation(similarity, labels, benchmark=benchmark)
    got = [100 * result.clusters.score, 100 * result.sectors.score]
    wanted = [expected[f"VS_cluster_{suffix}"], expected[f"VS_industry_{suffix}"]]
    np.testing.assert_allclose(got, wanted, rtol=EXACT)


def test_modularity_of_the_planted_blocks_is_the_reference(shared_data: Path) -> None:
    similarity, truth = _network(shared_data)
    got = calc_modularity(similarity, truth)
    for name in ("modularity_truth", "modularity_truth_formula"):
        expected = _read(shared_data, f"clustering/similarity_40x40.{name}.ref").iloc[0, 0]
        assert got == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("run", RUNS)
def test_partitions_of_packages_have_the_modularity_of_their_blocks(
    shared_data: Path, run: str
) -> None:
    similarity, truth = _network(shared_data)
    labels = _read(shared_data, f"clustering/similarity_40x40.{run}").to_numpy(int)[:, 0]
    same = np.array_equal(labels, truth)
    assert (
        calc_modularity(similarity, labels)
        == pytest.approx(calc_modularity(similarity, truth), rel=EXACT)
    ) == same
