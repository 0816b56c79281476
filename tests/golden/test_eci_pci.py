"""Complexity, fitness and reflections against reference vectors, and where packages go wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.complexity import calc_complexity
from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.presence import calc_presence
from cluster_engine.measures.reflections import calc_fitness, calc_reflections
from cluster_engine.measures.spectral import NO_SECOND

EIGENVECTOR = 1e-9
"""An eigenvector is known to rounding over the gap between eigenvalues."""
FITNESS = 1e-8
"""Of values with mean 1, after 20 or 1,000 steps of rounding."""
REFLECTIONS = 1e-9
"""By order 18 the spread is 1e-7 of the mean: half the digits are gone, of `ref` too."""

DEFINED = ("emp_5x7", "emp_nested_50x30")


def _read(folder: Path, name: str) -> np.ndarray:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0).to_numpy(float)[:, 0]


def _presence(folder: Path, name: str) -> np.ndarray:
    path = folder / "golden" / "inputs" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    jobs = pd.read_csv(path, index_col=0).to_numpy(float)
    return calc_presence(calc_lq(jobs, jobs.sum(axis=0)).values).M


@pytest.mark.parametrize("name", DEFINED)
def test_eci_and_pci_are_the_reference(shared_data: Path, name: str) -> None:
    M = _presence(shared_data, name)
    harvard, own = calc_complexity(M), calc_complexity(M, pci_scale="own")
    for got, metric in ((harvard.eci, "eci"), (harvard.pci, "pci_harvard"), (own.pci, "pci")):
        expected = _read(shared_data, f"eci_pci/{name}.{metric}.ref")
        np.testing.assert_allclose(got, expected, rtol=EIGENVECTOR, atol=EIGENVECTOR)


@pytest.mark.parametrize("name", DEFINED)
def test_the_divisor_n_minus_1_gives_the_scale_of_the_r_package(
    shared_data: Path, name: str
) -> None:
    M = _presence(shared_data, name)
    expected = _read(shared_data, f"eci_pci/{name}.eci.economiccomplexityR-1.5.0")
    got = calc_complexity(M, ddof=1).eci
    np.testing.assert_allclose(got, expected, rtol=EIGENVECTOR, atol=EIGENVECTOR)


def test_regions_that_hold_the_same_have_no_eci(shared_data: Path) -> None:
    result = calc_complexity(_presence(shared_data, "emp_rank1_4x5"))
    assert np.isnan(_read(shared_data, "eci_pci/emp_rank1_4x5.eci.ref")).all()
    assert np.isnan(result.eci).all()
    assert np.isnan(result.pci).all()
    assert set(result.region_reasons) | set(result.sector_reasons) == {NO_SECOND}


def test_pci_follows_eci_where_a_package_reverses_it(shared_data: Path) -> None:
    M = _presence(shared_data, "emp_5x7")
    result = calc_complexity(M, pci_scale="own")
    reversed_ = _read(shared_data, "eci_pci/emp_5x7.pci.econcomplex-1.0.1")
    np.testing.assert_allclose(result.pci, -reversed_, rtol=EIGENVECTOR, atol=EIGENVECTOR)
    basket = (M @ result.pci) / M.sum(axis=1)
    assert np.corrcoef(basket, result.eci)[0, 1] == pytest.approx(1.0)


@pytest.mark.parametrize("name", [*DEFINED, "emp_rank1_4x5"])
@pytest.mark.parametrize("steps", [20, 1000])
def test_fitness_after_a_number_of_steps_is_the_reference(
    shared_data: Path, name: str, steps: int
) -> None:
    result = calc_fitness(_presence(shared_data, name), tolerance=0.0, max_iterations=steps)
    expected = _read(shared_data, f"eci_pci/{name}.fitness{steps}.ref")
    np.testing.assert_allclose(result.fitness, expected, rtol=FITNESS, atol=1e-300)
    if steps == 1000:
        complexity = _read(shared_data, f"eci_pci/{name}.complexity1000.ref")
        np.testing.assert_allclose(result.complexity, complexity, rtol=FITNESS, atol=1e-300)


@pytest.mark.parametrize("name", DEFINED)
def test_fitness_converges_to_what_packages_agree_on(shared_data: Path, name: str) -> None:
    result = calc_fitness(_presence(shared_data, name))
    assert result.converged
    for peer in ("ref", "fermi_cref-0.2.0", "econcomplex-1.0.1"):
        expected = _read(shared_data, f"eci_pci/{name}.fitness1000.{peer}")
        np.testing.assert_allclose(result.fitness, expected, rtol=FITNESS, atol=FITNESS)


def test_twenty_steps_of_another_update_are_not_the_published_ones(shared_data: Path) -> None:
    expected = _read(shared_data, "eci_pci/emp_5x7.fitness20.ref")
    other = _read(shared_data, "eci_pci/emp_5x7.fitness20.econcomplex-1.0.1")
    assert np.abs(other / expected - 1.0).max() > 0.01


@pytest.mark.parametrize("name", [*DEFINED, "emp_rank1_4x5"])
def test_reflections_are_the_reference(shared_data: Path, name: str) -> None:
    M = _presence(shared_data, name)
    regions = calc_reflections(M, 18, ddof=1).region_scores
    sectors = calc_reflections(M, 19, ddof=1).sector_scores
    for got, metric in ((regions, "reflections_kc18_ddof1"), (sectors, "reflections_kp19_ddof1")):
        expected = _read(shared_data, f"eci_pci/{name}.{metric}.ref")
        np.testing.assert_allclose(got, expected, rtol=REFLECTIONS, atol=REFLECTIONS)


def test_reflections_at_order_18_are_not_the_eci(shared_data: Path) -> None:
    eci = calc_complexity(_presence(shared_data, "emp_5x7"), ddof=1).eci
    reflected = _read(shared_data, "eci_pci/emp_5x7.reflections_kc18_ddof1.ref")
    assert np.abs(eci - reflected).max() > 0.05
