"""What is known about firms, as numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.targeting.criteria import PARTS
from cluster_engine.targeting.features import FirmFeatures, FirmTables, build_features

FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""

Maker = Callable[..., FirmTables]


@pytest.fixture
def build(make_firms: Maker, sectors: pd.DataFrame) -> Callable[..., FirmFeatures]:
    def run(firms: dict[str, Any]) -> FirmFeatures:
        return build_features(make_firms(firms), sectors)

    return run


def test_every_part_of_every_criterion_has_a_feature(build: Callable[..., FirmFeatures]) -> None:
    assert set(build({"a": ("2910", {})}).parts) == set(PARTS)


def test_a_firm_in_one_sector_has_the_figures_of_that_sector(
    build: Callable[..., FirmFeatures],
) -> None:
    parts = build({"a": ("2932", {})}).parts
    got = [float(parts[name][0]) for name in ("specialisation", "affinity", "supplier")]
    assert got == [1.0, 0.7, 2.0]


def test_a_firm_in_two_sectors_has_their_weighted_mean(build: Callable[..., FirmFeatures]) -> None:
    parts = build({"a": ({"2910": 0.75, "6419": 0.25}, {})}).parts
    assert parts["specialisation"][0] == pytest.approx(0.75 * 2.0 - 0.25 * 0.5, abs=FLOAT)


def test_weights_that_do_not_add_up_to_1_are_shares_all_the_same(
    build: Callable[..., FirmFeatures],
) -> None:
    parts = build({"a": ({"2910": 0.3, "6419": 0.1}, {})}).parts
    assert parts["specialisation"][0] == pytest.approx(0.75 * 2.0 - 0.25 * 0.5, abs=FLOAT)


def test_a_sector_without_a_value_does_not_count_as_zero(
    build: Callable[..., FirmFeatures],
) -> None:
    parts = build({"a": ({"2910": 0.5, "9900": 0.5}, {})}).parts
    assert parts["specialisation"][0] == pytest.approx(2.0, abs=FLOAT)
    assert parts["class_level"][0] == pytest.approx(0.75, abs=FLOAT)


def test_a_firm_whose_sectors_have_no_value_has_none(build: Callable[..., FirmFeatures]) -> None:
    assert np.isnan(build({"a": ("9900", {})}).parts["specialisation"][0])


def test_the_main_industry_is_the_heaviest_and_of_equals_the_first(
    build: Callable[..., FirmFeatures],
) -> None:
    firms = build(
        {"a": ({"2910": 0.2, "6419": 0.8}, {}), "b": ({"6419": 0.5, "2932": 0.5}, {})}
    ).firms
    assert firms["main_industry"].tolist() == ["6419", "2932"]
    assert firms["n_industries"].tolist() == [2, 2]


def test_firms_come_in_order_of_their_identifier(build: Callable[..., FirmFeatures]) -> None:
    features = build({"b": ("2910", {"employees": 10.0}), "a": ("2910", {"employees": 1000.0})})
    assert features.firms["firm_id"].tolist() == ["a", "b"]
    assert features.parts["employees"].tolist() == [3.0, 1.0]


def test_firms_without_a_code_the_model_knows_and_holdings_are_left_out(
    build: Callable[..., FirmFeatures],
) -> None:
    firms = {
        "a": ("2910", {}),
        "b": ("0000", {}),
        "c": ("2910", {"status": "holding code"}),
        "d": ({}, {}),
    }
    assert build(firms).firms["firm_id"].tolist() == ["a"]


def test_own_figures_are_scaled_as_documented(build: Callable[..., FirmFeatures]) -> None:
    parts = build({"a": ("2910", {})}).parts
    # 1,000 employees; €8m R&D of €200m sales; 9 patents and 4 trade marks abroad.
    got = {name: float(values[0]) for name, values in parts.items()}
    assert got["employees"] == pytest.approx(3.0, abs=FLOAT)
    assert got["rd"] == pytest.approx(np.log10(8.0 + 0.1), abs=FLOAT)
    assert got["rd_intensity"] == pytest.approx(np.sqrt(0.04), abs=FLOAT)
    assert got["growth"] == 0.05
    # €10m of profit on €200m of sales.
    assert got["profitability"] == pytest.approx(0.05, abs=FLOAT)
    assert got["patents_abroad"] == pytest.approx(1.0, abs=FLOAT)
    assert got["trademarks_abroad"] == pytest.approx(np.log10(5.0), abs=FLOAT)


def test_unknown_figures_stay_unknown(
    build: Callable[..., FirmFeatures], unknown_firm: dict[str, Any]
) -> None:
    parts = build({"a": ("2910", unknown_firm)}).parts
    own = (
        "employees",
        "rd",
        "growth",
        "profitability",
        "rd_intensity",
        "patents_abroad",
        "trademarks_abroad",
    )
    assert all(np.isnan(parts[name][0]) for name in own)


def test_no_patents_is_a_figure_and_not_unknown(build: Callable[..., FirmFeatures]) -> None:
    assert build({"a": ("2910", {"patents_abroad": 0.0})}).parts["patents_abroad"][0] == 0.0


@pytest.mark.parametrize(("growth", "kept"), [(5.0, 0.3), (-0.9, -0.3), (0.1, 0.1)])
def test_growth_is_cut_at_30_percent(
    build: Callable[..., FirmFeatures], growth: float, kept: float
) -> None:
    assert build({"a": ("2910", {"sales_growth": growth})}).parts["growth"][0] == kept


@pytest.mark.parametrize(
    ("profit", "kept"), [(-900.0, -0.3), (100.0, 0.3), (0.0, 0.0), (-20.0, -0.1)]
)
def test_a_margin_is_cut_at_30_percent(
    build: Callable[..., FirmFeatures], profit: float, kept: float
) -> None:
    got = build({"a": ("2910", {"operating_profit": profit})}).parts["profitability"][0]
    assert got == pytest.approx(kept, abs=FLOAT)


@pytest.mark.parametrize("figures", [{"sales": 0.0}, {"sales": np.nan}, {"rd": np.nan}])
def test_rd_intensity_needs_rd_and_sales(
    build: Callable[..., FirmFeatures], figures: dict[str, float]
) -> None:
    assert np.isnan(build({"a": ("2910", figures)}).parts["rd_intensity"][0])


def test_rd_above_sales_counts_as_all_of_sales(build: Callable[..., FirmFeatures]) -> None:
    features = build({"a": ("2910", {"rd": 500.0, "sales": 1.0})})
    assert features.parts["rd_intensity"][0] == 1.0


def test_tables_given_are_left_alone(make_firms: Maker, sectors: pd.DataFrame) -> None:
    made = make_firms({"b": ("2910", {}), "a": ({"2910": 0.5, "6419": 0.5}, {})})
    firms, links = made.firms, made.firm_industries
    before = firms.copy(), links.copy(), sectors.copy()
    build_features(made, sectors)
    for table, copy in zip((firms, links, sectors), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_without_firms_there_are_no_features(build: Callable[..., FirmFeatures]) -> None:
    features = build({})
    assert len(features.firms) == 0
    assert all(len(values) == 0 for values in features.parts.values())
