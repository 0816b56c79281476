"""GVA of a project by the rule of the UK Data Hub."""

from __future__ import annotations

import math

import pytest

from cluster_engine.measures.project_gva import calc_project_gva


@pytest.mark.parametrize(
    ("amount", "multiplier", "gva"),
    [
        # Published checks: capital-intensive by investment, labour-intensive by jobs.
        (5_700_000, 0.17755583, 1_012_068),
        (100, 82314.27391, 8_231_427),
        # Halves go up, also where binary fractions lie a hair below.
        (1, 2.5, 3),
        (1, 0.5, 1),
        (3, 0.835, 3),
        (0, 82314.27391, 0),
    ],
)
def test_gva_is_rounded_half_up(amount: float, multiplier: float, gva: int) -> None:
    assert calc_project_gva(amount, multiplier) == gva


@pytest.mark.parametrize(
    ("amount", "multiplier"),
    [(-1, 1), (math.nan, 1), (math.inf, 1), (1, 0), (1, -2), (1, math.nan)],
)
def test_impossible_figures_are_refused(amount: float, multiplier: float) -> None:
    with pytest.raises(ValueError, match="must be a number"):
        calc_project_gva(amount, multiplier)
