"""Caps on a list: the same as capping all firms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_engine.targeting.selection import take_best

NAMES = np.array(["cars", "cars", "", "cars", "", "food"], dtype=object)


@pytest.mark.parametrize(
    ("cap", "top", "kept"),
    [
        (1, None, [0, 2, 4, 5]),
        (2, None, [0, 1, 2, 4, 5]),
        (1, 3, [0, 2, 4]),
        (9, 2, [0, 1]),
        (1, 99, [0, 2, 4, 5]),
    ],
)
def test_a_group_is_cut_and_firms_in_none_are_not(
    cap: int, top: int | None, kept: list[int]
) -> None:
    assert take_best(np.arange(6), [(NAMES, cap)], top).tolist() == kept


def test_two_caps_hold_together() -> None:
    parents = np.array(["p", "q", "p", "r", "s", "p"], dtype=object)
    assert take_best(np.arange(6), [(NAMES, 2), (parents, 1)], None).tolist() == [0, 1, 4]


def test_without_caps_the_first_are_taken() -> None:
    assert take_best(np.array([3, 1, 2]), [], 2).tolist() == [3, 1]


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, 4), st.integers(1, 20))
def test_doubling_gives_what_capping_all_gives(groups: list[int], cap: int, top: int) -> None:
    names = np.array([f"g{group}" if group else "" for group in groups], dtype=object)
    everyone = take_best(np.arange(len(groups)), [(names, cap)], None)
    best = take_best(np.arange(len(groups)), [(names, cap)], top)
    assert best.tolist() == everyone[:top].tolist()
    for name in set(names) - {""}:
        assert (names[everyone] == name).sum() == min(cap, (names == name).sum())
