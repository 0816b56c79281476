"""Input-output measures against reference vectors, and packages that differ from the formula."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.input_output import calc_A, calc_B, calc_G, calc_L
from cluster_engine.measures.linkage_indices import calc_linkages, calc_multiplier_product
from cluster_engine.measures.multipliers import calc_multipliers, close_households

EXACT = 1e-12
"""Relative: the vectors are rounded once from exact results."""
ZERO = 1e-14
"""Absolute, for entries that are exactly 0 in the vectors."""
WELL_APART = 0.02
"""Relative: figures by another formula are further off than this."""

TABLES = ("io2", "io3", "io8", "io8zero")
PLAIN = ("io2", "io3", "io8")
LINKAGES = {
    "bl_direct": "backward_direct",
    "output_multiplier": "backward_total",
    "power_of_dispersion": "power_of_dispersion",
    "power_cv": "power_cv",
    "fl_direct_leontief": "leontief_forward_direct",
    "fl_total_leontief": "leontief_forward_total",
    "sensitivity_of_dispersion": "sensitivity_of_dispersion",
    "sensitivity_cv": "sensitivity_cv",
    "fl_direct_ghosh": "ghosh_forward_direct",
    "fl_total_ghosh": "ghosh_forward_total",
    "ghosh_forward_norm": "ghosh_forward_index",
}


def _agree(got: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=ZERO)


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0)


def _column(folder: Path, name: str) -> np.ndarray:
    return _read(folder, name).to_numpy(float)[:, 0]


def _table(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    Z = _read(folder, f"inputs/{name}_Z").to_numpy(float)
    return Z, _read(folder, f"inputs/{name}_vec")["x"].to_numpy(float)


@pytest.mark.parametrize("name", TABLES)
def test_coefficients_and_inverses_are_the_reference(shared_data: Path, name: str) -> None:
    Z, x = _table(shared_data, name)
    A, B = calc_A(Z, x), calc_B(Z, x)
    for letter, got in {"A": A, "B": B, "L": calc_L(A), "G": calc_G(B)}.items():
        _agree(got, _read(shared_data, f"io_core/{name}.{letter}.ref").to_numpy(float))


@pytest.mark.parametrize("metric", LINKAGES)
@pytest.mark.parametrize("name", TABLES)
def test_linkages_are_the_reference(shared_data: Path, name: str, metric: str) -> None:
    got = getattr(calc_linkages(*_table(shared_data, name)), LINKAGES[metric])
    _agree(got, _column(shared_data, f"io_core/{name}.{metric}.ref"))


@pytest.mark.parametrize("name", TABLES)
def test_output_multipliers_need_no_inverse(shared_data: Path, name: str) -> None:
    Z, x = _table(shared_data, name)
    got = calc_multipliers(calc_A(Z, x), np.ones(len(x))).effects[0]
    _agree(got, _column(shared_data, f"io_core/{name}.output_multiplier.ref"))


@pytest.mark.parametrize(("household_direct", "column"), [(0, "truncated"), (1, "total")])
def test_type_2_output_multipliers_are_the_reference(
    shared_data: Path, household_direct: float, column: str
) -> None:
    Z, x = _table(shared_data, "io8")
    vectors = _read(shared_data, "inputs/io8_vec")
    households = close_households(vectors["households"], vectors["wages"], x)
    got = calc_multipliers(
        calc_A(Z, x), np.ones(8), households=households, household_direct=household_direct
    )
    expected = _read(shared_data, "io_core/io8.multipliers.ref")[f"type2_output_{column}"]
    _agree(got.effects[0], expected.to_numpy())


def test_truncated_type_2_multipliers_are_those_of_quadrium(shared_data: Path) -> None:
    Z, x = _table(shared_data, "io8")
    vectors = _read(shared_data, "inputs/io8_vec")
    households = close_households(vectors["households"], vectors["wages"], x)
    got = calc_multipliers(calc_A(Z, x), np.ones(8), households=households).effects[0]
    _agree(got, _column(shared_data, "io_core/io8.type2_output_truncated.quadrium-0.2.0"))


def test_income_and_job_multipliers_are_the_reference(shared_data: Path) -> None:
    Z, x = _table(shared_data, "io8")
    vectors = _read(shared_data, "inputs/io8_vec")
    direct = vectors[["wages", "jobs"]].to_numpy(float).T / x
    got = calc_multipliers(calc_A(Z, x), direct)
    expected = _read(shared_data, "io_core/io8.multipliers.ref")
    _agree(got.effects, expected[["simple_income", "simple_jobs"]].to_numpy().T)
    _agree(got.ratios, expected[["typeI_income", "typeI_jobs"]].to_numpy().T)


@pytest.mark.parametrize("name", PLAIN)
def test_the_multiplier_product_is_that_of_ioanalysis(shared_data: Path, name: str) -> None:
    product = calc_multiplier_product(calc_L(calc_A(*_table(shared_data, name))))
    _agree(product, _read(shared_data, f"io_core/{name}.mpm.ioanalysis-0.3.4").to_numpy(float))
    transposed = _read(shared_data, f"io_core/{name}.mpm.leontiefR-0.5").to_numpy(float)
    _agree(product, transposed.T)


@pytest.mark.parametrize("name", PLAIN)
def test_total_linkages_are_those_of_mario_with_its_diagonal(shared_data: Path, name: str) -> None:
    got = calc_linkages(*_table(shared_data, name))
    peer = _read(shared_data, f"io_core/{name}.linkages_norm1_cutdiag0.mariopy-1.3.2")
    _agree(got.ghosh_forward_index, peer["Total Forward"].to_numpy())
    _agree(got.power_of_dispersion, peer["Total Backward"].to_numpy())


@pytest.mark.parametrize("metric", ["power_cv", "sensitivity_cv"])
@pytest.mark.parametrize("name", PLAIN)
def test_a_cv_over_the_wrong_axis_is_not_ours(shared_data: Path, name: str, metric: str) -> None:
    got = getattr(calc_linkages(*_table(shared_data, name)), metric)
    wrong = _column(shared_data, f"io_core/{name}.{metric}.leontiefR-0.5")
    assert np.abs(wrong / got - 1).max() > WELL_APART


@pytest.mark.parametrize("name", PLAIN)
def test_a_ghosh_inverse_multiplied_cell_by_cell_is_not_ours(shared_data: Path, name: str) -> None:
    G = calc_G(calc_B(*_table(shared_data, name)))
    wrong = _read(shared_data, f"io_core/{name}.G_bug.ioanalysis-0.3.4").to_numpy(float)
    assert (wrong[~np.eye(len(G), dtype=bool)] == 0).all()
    assert (G[~np.eye(len(G), dtype=bool)] > 0).all()


def test_forward_linkages_of_l_and_of_ghosh_rank_sectors_differently(shared_data: Path) -> None:
    got = calc_linkages(*_table(shared_data, "io3"))
    assert got.leontief_forward_total.argmax() != got.ghosh_forward_total.argmax()
