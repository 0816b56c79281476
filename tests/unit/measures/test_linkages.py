"""Links of niche clusters with industries, worked by hand on three industries."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.linkages import NicheLinks, calc_niche_links
from cluster_engine.measures.regionalisation import calc_flq

FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""

Z = np.array([[10.0, 40.0, 0.0], [20.0, 5.0, 10.0], [0.0, 15.0, 5.0]])
M = np.array([[0.0, 10.0, 0.0], [5.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
X = np.array([100.0, 200.0, 50.0])
LQ = np.array([0.5, 2.0, 0.0])
SHARE, DELTA = 0.1, 0.3


def _links(niche_shares: list[list[float]]) -> NicheLinks:
    return calc_niche_links(
        Z, M, X, niche_shares=niche_shares, lq=LQ, region_share=SHARE, delta=DELTA
    )


def test_a_niche_buys_its_share_of_what_its_industry_buys() -> None:
    links = _links([[0.0, 0.4, 0.0]])
    np.testing.assert_allclose(links.demand[0], 0.4 * (Z + M)[:, 1], rtol=FLOAT)


def test_what_the_region_cannot_supply_leaks() -> None:
    flq = calc_flq(LQ, region_share=SHARE, delta=DELTA)
    local = np.minimum(1.0, flq[:, 1]) * Z[:, 1]
    links = _links([[0.0, 0.4, 0.0]])
    np.testing.assert_allclose(links.leakage[0], 0.4 * ((Z + M)[:, 1] - local), rtol=FLOAT)


def test_all_demand_for_a_product_the_region_lacks_leaks() -> None:
    links = _links([[0.0, 0.4, 0.0]])
    assert links.leakage[0, 2] == pytest.approx(links.demand[0, 2], rel=FLOAT)


def test_leakage_is_between_nothing_and_demand() -> None:
    links = _links([[0.2, 0.4, 0.0], [0.1, 0.0, 0.9]])
    assert (links.leakage >= -FLOAT).all()
    assert (links.leakage <= links.demand + FLOAT).all()


def test_supplier_link_compares_demand_with_supply_and_region_size() -> None:
    links = _links([[0.0, 0.4, 0.0]])
    supply = X + M.sum(axis=1)
    expected = 0.4 * (Z + M)[:, 1] / supply / SHARE
    np.testing.assert_allclose(links.supplier, expected, rtol=FLOAT)


def test_customer_link_compares_inputs_made_here_with_output_and_region_size() -> None:
    links = _links([[0.0, 0.4, 0.0]])
    np.testing.assert_allclose(links.customer, 0.4 * Z[1] / X / SHARE, rtol=FLOAT)


def test_main_input_is_the_product_made_here_that_weighs_most() -> None:
    links = _links([[0.1, 0.4, 0.0]])
    assert links.main_input.tolist() == [1, 0, 1]
    shares = [20 / 35, 40 / 70, 10 / 15]
    np.testing.assert_allclose(links.main_input_share, shares, rtol=FLOAT)


def test_without_niches_there_are_no_links() -> None:
    links = calc_niche_links(
        Z, M, X, niche_shares=np.zeros((0, 3)), lq=LQ, region_share=SHARE, delta=DELTA
    )
    assert links.demand.shape == (0, 3)
    assert links.supplier.tolist() == links.customer.tolist() == [0.0, 0.0, 0.0]
    assert links.main_input.tolist() == [-1, -1, -1]
    assert links.main_input_share.tolist() == [0.0, 0.0, 0.0]


def test_an_industry_without_output_or_purchases_has_links_zero() -> None:
    flows, output = np.zeros((2, 2)), np.array([0.0, 10.0])
    links = calc_niche_links(
        flows, flows, output, niche_shares=[[0.5, 0.5]], lq=[0, 1], region_share=0.1, delta=0.3
    )
    assert links.supplier.tolist() == links.customer.tolist() == [0.0, 0.0]
    assert links.main_input.tolist() == [-1, -1]
