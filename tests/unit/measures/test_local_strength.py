from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.local_strength import (
    FLOOR,
    calc_log_ratio,
    calc_market_access,
    calc_rest_of_group,
)

EXACT = 1e-12
"""Logs of small fractions round in the last bits only."""


def test_a_ratio_as_expected_is_zero_however_strong_the_prior() -> None:
    ratio = calc_log_ratio([[40.0, 0.0]], [[40.0, 0.0]], [20.0, 5.0], 2.0)
    assert np.abs(ratio).max() == 0.0


def test_a_ratio_is_shrunk_by_plants_not_jobs() -> None:
    # 3 plants where 1 is expected, prior of 1: 4 / 2; as jobs of plants of 100 the same.
    assert calc_log_ratio([[300.0]], [[100.0]], [100.0], 1.0)[0, 0] == pytest.approx(
        np.log(2.0), abs=EXACT
    )


@pytest.mark.parametrize(("size", "prior"), [([0.0], 1.0), ([1.0], 0.0)])
def test_a_size_or_prior_of_nothing_is_refused(size: list[float], prior: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        calc_log_ratio([[1.0]], [[1.0]], size, prior)


def test_the_rest_of_a_group_leaves_the_sector_itself_out() -> None:
    jobs, expected = [[90.0, 30.0, 7.0]], [[10.0, 10.0, 7.0]]
    found = calc_rest_of_group(jobs, expected, ["a", "a", "b"], prior_jobs=10.0)
    assert found[0] == pytest.approx([np.log(40 / 20), np.log(100 / 20), 0.0], abs=EXACT)


def test_market_access_weighs_by_what_others_sell_and_buy() -> None:
    # Industry 0 buys 3 of 1 and 1 of 2; sells 2, all to 2. Its own 9 do not count.
    Z = [[9.0, 0.0, 2.0], [3.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    strong = np.log(2.0 + FLOOR) - np.log(1.0 + FLOOR)
    access = calc_market_access([[5.0, 2.0, 1.0]], Z)
    assert access.supplier[0, 0] == pytest.approx(0.75 * strong, abs=EXACT)
    assert access.customer[0, 0] == pytest.approx(0.0, abs=EXACT)
    assert access.customer[0, 1] == pytest.approx(
        np.log(5.0 + FLOOR) - np.log(1.0 + FLOOR), abs=EXACT
    )


def test_an_industry_that_trades_with_no_other_has_the_access_of_the_nation() -> None:
    access = calc_market_access([[4.0, 4.0]], np.diag([3.0, 2.0]))
    assert not access.supplier.any()
    assert not access.customer.any()
