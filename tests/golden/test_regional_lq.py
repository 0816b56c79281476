"""Quotients between sectors against reference vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.input_output import calc_A
from cluster_engine.measures.regionalisation import (
    calc_aflq,
    calc_cilq,
    calc_flq,
    calc_lambda,
    calc_regional_A,
    calc_rlq,
)

EXACT = 1e-12
"""Relative: the vectors are rounded once from exact results."""

REGIONS = ("io8_region", "io8_region_pos")
"""In the first, the region lacks sector S6."""
DELTAS = ("0", "0.15", "0.3")


def _agree(got: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=0)


def _read(folder: Path, name: str) -> np.ndarray:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0).to_numpy(float)


def _region(folder: Path, name: str) -> tuple[np.ndarray, float]:
    region, nation = _read(folder, f"inputs/{name}").T
    return calc_lq([region], nation).values[0], region.sum() / nation.sum()


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("name", REGIONS)
def test_quotients_are_the_reference(shared_data: Path, name: str, delta: str) -> None:
    slq, share = _region(shared_data, name)
    size = {"region_share": share, "delta": float(delta)}
    got = {
        "SLQ": np.tile(slq[:, None], len(slq)),
        "CILQ": calc_cilq(slq),
        "RLQ": calc_rlq(slq),
        "FLQ": calc_flq(slq, **size),
        "AFLQ": calc_aflq(slq, **size),
    }
    for quotient, matrix in got.items():
        _agree(matrix, _read(shared_data, f"regional_lq/{name}.{quotient}_delta{delta}.ref"))
    _agree(slq, _read(shared_data, f"regional_lq/{name}.slq_delta{delta}.ref")[:, 0])
    expected = _read(shared_data, f"regional_lq/{name}.lam_delta{delta}.ref")[0, 0]
    assert float(calc_lambda(share, float(delta))) == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("name", REGIONS)
def test_regional_coefficients_are_the_reference(shared_data: Path, name: str, delta: str) -> None:
    slq, share = _region(shared_data, name)
    nation = _read(shared_data, f"inputs/{name}")[:, 1]
    A = calc_A(_read(shared_data, "inputs/io8_Z"), nation)
    got = calc_regional_A(A, calc_flq(slq, region_share=share, delta=float(delta)))
    _agree(got, _read(shared_data, f"regional_lq/{name}.A_FLQ_capped_delta{delta}.ref"))
    _agree(got, _read(shared_data, f"regional_lq/{name}.A_FLQ_delta{delta}.quadrium-0.2.0"))


@pytest.mark.parametrize("name", REGIONS)
def test_capped_quotients_are_those_of_quadrium(shared_data: Path, name: str) -> None:
    slq, _ = _region(shared_data, name)
    nation = _read(shared_data, f"inputs/{name}")[:, 1]
    A = calc_A(_read(shared_data, "inputs/io8_Z"), nation)
    for quotient, matrix in {
        "SLQ": slq[:, None],
        "CILQ": calc_cilq(slq),
        "RLQ": calc_rlq(slq),
    }.items():
        _agree(
            np.broadcast_to(np.minimum(matrix, 1), A.shape),
            _read(shared_data, f"regional_lq/{name}.q_capped_{quotient}.quadrium-0.2.0"),
        )
        _agree(
            calc_regional_A(A, matrix),
            _read(shared_data, f"regional_lq/{name}.A_{quotient}.quadrium-0.2.0"),
        )
