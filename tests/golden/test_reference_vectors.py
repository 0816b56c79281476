"""Measures against reference vectors worked out from the published formulas in exact arithmetic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.clustering.methods import order_labels, run_methods
from cluster_engine.measures.concentration import calc_locational_gini, calc_lq
from cluster_engine.measures.input_output import (
    calc_A,
    calc_B,
    calc_G,
    calc_L,
)
from cluster_engine.measures.regionalisation import calc_flq, calc_regional_A
from cluster_engine.settings import read_settings

EXACT = 1e-12
"""Relative: the vectors are rounded once from exact results."""
ZERO = 1e-14
"""Absolute, for entries that are exactly 0 in the vectors."""

EMPLOYMENT = ("emp_5x7", "emp_rank1_4x5", "emp_nested_50x30")
TABLES = ("io2", "io3", "io8", "io8zero")
REGIONS = ("io8_region", "io8_region_pos")
DELTAS = ("0", "0.15", "0.3")


def _agree(got: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=ZERO)


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0)


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_lq_is_the_reference(shared_data: Path, name: str) -> None:
    jobs = _read(shared_data, f"inputs/{name}").to_numpy(float)
    expected = _read(shared_data, f"lq_rca/{name}.lq.ref").to_numpy(float)
    _agree(calc_lq(jobs, jobs.sum(axis=0)).values, expected)


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_lq_is_on_the_right_side_of_1_in_every_cell(shared_data: Path, name: str) -> None:
    jobs = _read(shared_data, f"inputs/{name}").to_numpy(float)
    expected = _read(shared_data, f"lq_rca/{name}.mcp.ref").to_numpy(int)
    np.testing.assert_array_equal(calc_lq(jobs, jobs.sum(axis=0)).values >= 1.0, expected == 1)


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_locational_gini_is_the_lorenz_weighted_reference(shared_data: Path, name: str) -> None:
    jobs = _read(shared_data, f"inputs/{name}").to_numpy(float)
    expected = _read(shared_data, f"specialisation/{name}.by_industry.ref")
    _agree(calc_locational_gini(jobs), expected["gini_weighted_lorenz"].to_numpy(float))


@pytest.mark.parametrize("name", TABLES)
def test_coefficients_and_inverses_are_the_reference(shared_data: Path, name: str) -> None:
    Z = _read(shared_data, f"inputs/{name}_Z").to_numpy(float)
    x = _read(shared_data, f"inputs/{name}_vec")["x"].to_numpy(float)
    A, B = calc_A(Z, x), calc_B(Z, x)
    for letter, got in {"A": A, "B": B, "L": calc_L(A), "G": calc_G(B)}.items():
        _agree(got, _read(shared_data, f"io_core/{name}.{letter}.ref").to_numpy(float))


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("name", REGIONS)
def test_flq_and_regional_coefficients_are_the_reference(
    shared_data: Path, name: str, delta: str
) -> None:
    output = _read(shared_data, f"inputs/{name}")
    region, nation = output["x_region"].to_numpy(float), output["x_nation"].to_numpy(float)
    slq = calc_lq([region], nation).values[0]
    folder = f"regional_lq/{name}"
    _agree(slq, _read(shared_data, f"{folder}.slq_delta{delta}.ref").to_numpy(float)[:, 0])
    flq = calc_flq(slq, region_share=region.sum() / nation.sum(), delta=float(delta))
    _agree(flq, _read(shared_data, f"{folder}.FLQ_delta{delta}.ref").to_numpy(float))
    Z = _read(shared_data, "inputs/io8_Z").to_numpy(float)
    expected = _read(shared_data, f"{folder}.A_FLQ_capped_delta{delta}.ref").to_numpy(float)
    _agree(calc_regional_A(calc_A(Z, nation), flq), expected)


def test_every_method_finds_the_four_planted_blocks(shared_data: Path) -> None:
    similarity = _read(shared_data, "inputs/similarity_40x40").to_numpy(float)
    truth = _read(shared_data, "inputs/similarity_40x40_truth")["block"].to_numpy(int)
    settings = replace(read_settings().clusters, numbers=(4,), resolutions=(1.0,))
    np.fill_diagonal(similarity, 1.0)
    for runs in run_methods(similarity, settings, random_state=0).values():
        for run in runs:
            np.testing.assert_array_equal(order_labels(run.labels), truth)
