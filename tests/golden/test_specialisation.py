"""Indices of specialisation and dispersion against the published formulas and other packages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.dispersion import (
    calc_hoover,
    calc_krugman_gini,
    calc_lq_gini,
    calc_plain_gini,
    calc_weighted_gini,
)
from cluster_engine.measures.specialisation_indices import (
    calc_entropy,
    calc_hachman,
    calc_herfindahl,
    calc_krugman,
    calc_specialisation_coefficient,
)

EXACT = 1e-12
"""Relative: the references are rounded once from exact results."""
ZERO = 1e-14
"""Absolute, for indices that are exactly 0 and sum rounded shares."""
EMPLOYMENT = ("emp_5x7", "emp_rank1_4x5", "emp_nested_50x30")
BY_REGION = {
    "hachman": calc_hachman,
    "hhi": calc_herfindahl,
    "krugman_nation": lambda jobs: calc_krugman(jobs, reference="nation"),
    "krugman_rest": lambda jobs: calc_krugman(jobs, reference="rest"),
    "krugman_mean_of_others": lambda jobs: calc_krugman(jobs, reference="mean_of_others"),
    "spec_coeff": calc_specialisation_coefficient,
    "entropy_bits": calc_entropy,
}
BY_INDUSTRY = {
    "hoover_conc": calc_hoover,
    "gini_weighted_lorenz": calc_weighted_gini,
    "gini_locational_half": calc_krugman_gini,
    "gini_of_lq_unweighted": calc_lq_gini,
    "gini_plain": calc_plain_gini,
}


def read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0)


def agree(got: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=ZERO)


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_indices_of_regions_are_the_reference(shared_data: Path, name: str) -> None:
    jobs = read(shared_data, f"inputs/{name}").to_numpy()
    expected = read(shared_data, f"specialisation/{name}.by_region.ref")
    assert set(expected) == set(BY_REGION)
    for column, measure in BY_REGION.items():
        figures = measure(jobs)
        agree(figures.values, expected[column].to_numpy())
        assert (figures.reasons == "").all()


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_indices_of_industries_are_the_reference(shared_data: Path, name: str) -> None:
    jobs = read(shared_data, f"inputs/{name}").to_numpy()
    expected = read(shared_data, f"specialisation/{name}.by_industry.ref")
    assert set(expected) == set(BY_INDUSTRY)
    for column, measure in BY_INDUSTRY.items():
        agree(measure(jobs).values, expected[column].to_numpy())


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_normalised_herfindahl_is_the_default_of_econcomplex(shared_data: Path, name: str) -> None:
    jobs = read(shared_data, f"inputs/{name}").to_numpy()
    expected = read(shared_data, f"specialisation/{name}.by_region.econcomplex-1.0.1")
    agree(calc_herfindahl(jobs, normalised=True).values, expected["hhi_norm"].to_numpy())


@pytest.mark.parametrize("name", EMPLOYMENT)
def test_indices_of_reat_are_the_variants_named(shared_data: Path, name: str) -> None:
    jobs = read(shared_data, f"inputs/{name}").to_numpy()
    industries = read(shared_data, f"specialisation/{name}.conc.REAT-3.0.3")
    agree(calc_hoover(jobs).values, industries["H i"].to_numpy())
    agree(calc_lq_gini(jobs).values, industries["G i"].to_numpy())
    krugman = calc_krugman(jobs.T, reference="mean_of_others")
    agree(krugman.values, industries["K i"].to_numpy())
    regions = read(shared_data, f"specialisation/{name}.spec.REAT-3.0.3")
    agree(calc_lq_gini(jobs.T).values, regions["G j"].to_numpy())


def test_one_gini_for_every_column_is_wrong(shared_data: Path) -> None:
    wrong = read(shared_data, "specialisation/emp_5x7.pysal_by_industry.inequality-1.0.1")
    assert wrong["gini_gi"].nunique() == 1
    jobs = read(shared_data, "inputs/emp_5x7").to_numpy()
    assert len(set(calc_plain_gini(jobs).values.round(6))) == 7
