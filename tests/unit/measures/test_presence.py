"""Presence of sectors in regions, and entries and exits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.presence import (
    EMPTY_REGION,
    EMPTY_SECTOR,
    NO_REGION_LQ,
    NO_SECTOR_LQ,
    as_presences,
    calc_presence,
)
from cluster_engine.measures.transitions import NO_ROOM, NOTHING_TO_LOSE, calc_transitions


def test_a_tie_counts_and_an_undefined_ratio_does_not() -> None:
    presence = calc_presence([[1.0, np.nan, 0.999], [1.25, np.nan, 3.0]])
    assert presence.M.tolist() == [[1, 0, 0], [1, 0, 1]]
    assert presence.diversity.tolist() == [1, 2]
    assert presence.ubiquity.tolist() == [2, 0, 1]
    assert presence.sector_reasons.tolist() == ["", NO_SECTOR_LQ, ""]


def test_an_empty_region_holds_nothing_and_says_why() -> None:
    presence = calc_presence([[np.nan, np.nan], [0.5, 0.2], [2.0, 0.0]], threshold=1.25)
    assert presence.M[0].tolist() == [0, 0]
    assert presence.region_reasons.tolist() == [NO_REGION_LQ, EMPTY_REGION, ""]
    assert presence.sector_reasons.tolist() == ["", EMPTY_SECTOR]


def test_a_labelled_table_and_single_precision_are_taken() -> None:
    lq = pd.DataFrame([[2.0, 0.5]], index=["North"], columns=["A", "B"])
    assert calc_presence(lq).M.dtype == np.float64
    assert calc_presence(lq.astype(np.float32)).M.dtype == np.float32


@pytest.mark.parametrize("threshold", [0.0, -1.0, np.nan])
def test_a_threshold_must_be_above_0(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        calc_presence([[1.0]], threshold=threshold)


@pytest.mark.parametrize("M", [[[0.5]], [[np.nan]], [[2]]])
def test_presences_are_0_or_1(M: object) -> None:
    with pytest.raises(ValueError, match="only 0 and 1"):
        as_presences(M)


@pytest.mark.parametrize("M", [[1, 0], [[]], np.ones((1, 1, 1))])
def test_presences_are_a_matrix(M: object) -> None:
    with pytest.raises(ValueError, match="dimension"):
        as_presences(M)


def test_entries_and_exits_by_hand() -> None:
    start, end = [[1, 0, 0], [1, 1, 1]], [[0, 1, 0], [1, 1, 0]]
    result = calc_transitions(start, end)
    assert np.argwhere(result.entered).tolist() == [[0, 1]]
    assert np.argwhere(result.left).tolist() == [[0, 0], [1, 2]]
    assert result.stayed.sum() == 2
    assert result.regions.entry[0] == 0.5
    assert np.isnan(result.regions.entry[1])
    assert result.regions.entry_reasons.tolist() == ["", NO_ROOM]
    np.testing.assert_allclose(result.regions.exit, [1.0, 1 / 3])
    assert result.sectors.exit.tolist() == [0.5, 0.0, 1.0]


def test_an_undefined_cell_is_no_entry_and_no_chance_of_one() -> None:
    result = calc_transitions([[0, 0]], [[1, 1]], defined=[[True, False]])
    assert result.entered.tolist() == [[True, False]]
    assert result.regions.entry.tolist() == [1.0]
    assert result.regions.exit_reasons.tolist() == [NOTHING_TO_LOSE]
    assert result.sectors.entry_reasons.tolist() == ["", NO_ROOM]


def test_years_must_have_one_shape() -> None:
    with pytest.raises(ValueError, match="one shape"):
        calc_transitions([[1, 0]], [[1], [0]])
