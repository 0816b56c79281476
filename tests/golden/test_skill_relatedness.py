"""Skill relatedness against reference vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.skills import calc_skill_relatedness

EXACT = 1e-12
"""Relative: the vectors are rounded once from exact results."""
ZERO = 1e-14
"""Absolute: (SR - 1) / (SR + 1) near 0 is a difference of rounded numbers."""

ATTRIBUTES = {
    "R": "ratio",
    "R_tilde": "scaled",
    "R_sym": "symmetric_ratio",
    "R_tilde_sym": "symmetric_scaled",
}


def _read(folder: Path, name: str) -> np.ndarray:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0).to_numpy(float)


@pytest.mark.parametrize("metric", ATTRIBUTES)
def test_skill_relatedness_is_the_reference(shared_data: Path, metric: str) -> None:
    result = calc_skill_relatedness(_read(shared_data, "inputs/labour_flows_12x12"))
    expected = _read(shared_data, f"skill_relatedness/labour_flows_12x12.{metric}.ref")
    np.testing.assert_allclose(getattr(result, ATTRIBUTES[metric]), expected, rtol=EXACT, atol=ZERO)
