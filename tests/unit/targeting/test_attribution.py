"""Shares of a change: by hand, and the laws of the Shapley value."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_engine.targeting.attribution import split_change

SUM_TOLERANCE = 1e-9
"""Of numbers up to 100, added over 16 sets."""

values = st.lists(st.floats(-100, 100), min_size=16, max_size=16)


def _evaluate(table: list[float], players: str, chosen: frozenset[str]) -> np.ndarray:
    return np.array([table[sum(1 << players.index(one) for one in chosen)]])


def test_a_product_is_shared_by_hand() -> None:
    """From 2 x 3 to 4 x 5: w alone adds 6, h alone 4, both 14: (6 + 10) / 2 and (4 + 8) / 2."""
    area = {"": 6.0, "w": 12.0, "h": 10.0, "wh": 20.0}
    shares = split_change("wh", lambda s: np.array(area["".join(sorted(s, reverse=True))]))
    assert float(shares["w"]) == pytest.approx(8.0)
    assert float(shares["h"]) == pytest.approx(6.0)


def test_nothing_swapped_has_no_shares() -> None:
    assert split_change((), lambda _: np.array([1.0])) == {}


def test_what_cannot_be_evaluated_has_no_share() -> None:
    shares = split_change("ab", lambda s: np.array([np.nan if s == {"a"} else 1.0, 1.0]))
    assert np.isnan(shares["b"][0])
    assert shares["b"][1] == 0.0


@given(values)
def test_shares_add_up_to_the_change(table: list[float]) -> None:
    shares = split_change("abcd", lambda s: _evaluate(table, "abcd", s))
    assert sum(float(one[0]) for one in shares.values()) == pytest.approx(
        table[15] - table[0], abs=SUM_TOLERANCE
    )


@given(values)
def test_a_share_is_the_mean_over_all_orders(table: list[float]) -> None:
    shares = split_change("abcd", lambda s: _evaluate(table, "abcd", s))
    gains = []
    for order in permutations("abcd"):
        before = frozenset(order[: order.index("b")])
        gains.append(
            float((_evaluate(table, "abcd", before | {"b"}) - _evaluate(table, "abcd", before))[0])
        )
    assert float(shares["b"][0]) == pytest.approx(float(np.mean(gains)), abs=SUM_TOLERANCE)


@given(st.lists(st.floats(-100, 100), min_size=8, max_size=8))
def test_what_changes_nothing_gets_nothing(table: list[float]) -> None:
    shares = split_change("abcd", lambda s: _evaluate(table, "abc", s - {"d"}))
    assert float(shares["d"][0]) == pytest.approx(0.0, abs=SUM_TOLERANCE)
