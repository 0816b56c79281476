from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.local_outcomes import (
    calc_entry,
    calc_excess_growth,
    calc_plant_gains,
    calc_specialised_growth,
)


def _economy(first: list[float], second: list[float]) -> np.ndarray:
    return np.array([first, second])


def test_an_entry_goes_from_hardly_there_to_specialised() -> None:
    # Two areas of 10,000 jobs each. Sector 0: 100 of 1,000 (LQ 0.2) becomes 600 of 1,100 (1.09).
    start = _economy([100.0, 9900.0], [900.0, 9100.0])
    end = _economy([600.0, 9400.0], [500.0, 9500.0])
    told = calc_entry(start, end)
    assert told.at_risk.tolist() == [[True, False], [False, False]]
    assert told.values.tolist() == [[1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (300.0, 600.0),  # LQ 0.6 at the start: not at risk
        (100.0, 400.0),  # LQ 0.8 at the end
    ],
)
def test_what_was_there_or_does_not_arrive_is_no_entry(before: float, after: float) -> None:
    start = _economy([before, 10000 - before], [1000 - before, 9000 + before])
    end = _economy([after, 10000 - after], [1000 - after, 9000 + after])
    assert calc_entry(start, end).values[0, 0] == 0.0


def test_a_small_sector_of_the_nation_is_not_at_risk() -> None:
    start = _economy([10.0, 9990.0], [190.0, 9810.0])
    assert not calc_entry(start, start).at_risk[0, 0]


def test_excess_growth_adds_up_to_nothing_over_the_areas() -> None:
    start, end = _economy([50.0, 10.0], [150.0, 90.0]), _economy([80.0, 30.0], [120.0, 170.0])
    excess = calc_excess_growth(start, end)
    assert excess[:, 0].tolist() == [30.0, -30.0]
    assert excess.sum(axis=0).tolist() == [0.0, 0.0]


def test_growth_below_the_noise_does_not_count() -> None:
    start = _economy([600.0, 9400.0], [400.0, 9600.0])
    little = _economy([655.0, 9345.0], [345.0, 9655.0])
    enough = _economy([660.0, 9340.0], [340.0, 9660.0])
    assert calc_specialised_growth(start, little).values[0, 0] == 0.0
    assert calc_specialised_growth(start, enough).values[0, 0] == 1.0


def test_gains_count_plants_and_losses_count_nothing() -> None:
    start, end = _economy([100.0, 50.0], [100.0, 50.0]), _economy([160.0, 40.0], [90.0, 50.0])
    told = calc_plant_gains(start, end, [20.0, 10.0])
    assert told.values.tolist() == [[3.0, 0.0], [0.0, 0.0]]
    # Nobody gained in sector 1, so there is no choice to learn from.
    assert told.at_risk.tolist() == [[True, False], [True, False]]
