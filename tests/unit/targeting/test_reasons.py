"""Reasons in words: who gets which, with which figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.results import Model
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.reasons import (
    N_REASONS,
    SMALLEST_DEMAND,
    SMALLEST_SHARE,
    write_reasons,
)

KNOWN = {
    "employees": 12345.0, "sales": 200.0, "rd": 8.0, "sales_growth": 0.05,
    "size_class": "small", "patents_abroad": 1234.0, "trademarks_abroad": 4.0,
}  # fmt: skip
UNKNOWN = dict.fromkeys(KNOWN, np.nan) | {"size_class": None}
Writer = Callable[..., list[str]]


@pytest.fixture
def write(
    sectors: pd.DataFrame, make_model: Callable[..., Model], flat_reference: dict[str, Any]
) -> Writer:
    """Write the reasons of one firm from its points, figures, and changes to its sector."""

    def run(
        points: dict[str, float],
        figures: dict[str, Any] = KNOWN,
        industry: str = "2910",
        **sector: Any,
    ) -> list[str]:
        named = {f"points_{criterion.name}": 0.0 for criterion in CRITERIA}
        named |= {f"points_{name}": value for name, value in points.items()}
        place = sectors[sectors["industry"] == industry].assign(**sector).set_index("industry")
        table = pd.DataFrame([figures | named])
        return list(write_reasons(table, place, make_model(flat_reference)).iloc[0])

    return run


def test_cluster_fit_names_sector_lq_and_jobs(write: Writer) -> None:
    text = write({"cluster_fit": 1.0})[0]
    assert all(word in text for word in ("Motor vehicles", "Toyshire", "4.5", "12,000"))


def test_cluster_fit_of_a_sector_close_to_a_niche_names_the_niche(write: Writer) -> None:
    text = write({"cluster_fit": 1.0}, industry="2932")[0]
    assert "close to" in text
    assert "motor vehicles" in text


def test_a_sector_the_region_lacks_and_far_from_niches_is_no_reason(write: Writer) -> None:
    assert write({"cluster_fit": 1.0}, industry="6419") == ["", "", ""]


def test_an_undefined_lq_is_no_reason(write: Writer) -> None:
    text = write({"cluster_fit": 1.0}, industry="2932", lq=np.nan)[0]
    assert "LQ" not in text
    assert "nan" not in text


def test_supplier_link_gives_demand_and_leakage(write: Writer) -> None:
    text = write({"supplier_link": 1.0})[0]
    assert all(word in text for word in ("motor vehicles", "£400m", "£100m", "estimated"))


def test_thousands_of_millions_read_as_billions(write: Writer) -> None:
    assert "£1.4bn" in write({"supplier_link": 1.0}, industry="2932")[0]


def test_little_demand_is_no_reason(write: Writer) -> None:
    below = write({"supplier_link": 1.0}, supplier_demand=SMALLEST_DEMAND * 0.99)
    assert below == ["", "", ""]
    assert write({"supplier_link": 1.0}, supplier_demand=SMALLEST_DEMAND)[0]


def test_customer_link_gives_the_input_its_share_and_lq(write: Writer) -> None:
    text = write({"customer_link": 1.0})[0]
    assert all(word in text for word in ("metal products", "20%", "2.5"))


def test_an_input_of_little_weight_is_no_reason(write: Writer) -> None:
    assert write({"customer_link": 1.0}, input_share=SMALLEST_SHARE * 0.99) == ["", "", ""]


def test_knowledge_names_class_and_rd_share(write: Writer) -> None:
    text = write({"knowledge": 1.0})[0]
    assert "medium-high-technology manufacturing" in text
    assert "4.0%" in text


@pytest.mark.parametrize("figures", [KNOWN | {"sales": 0.0}, UNKNOWN])
def test_knowledge_gives_no_rd_share_that_is_not_known(
    write: Writer, figures: dict[str, Any]
) -> None:
    assert "%" not in write({"knowledge": 1.0}, figures)[0]


def test_capacity_gives_employees_rd_and_growth(write: Writer) -> None:
    text = write({"capacity": 1.0})[0]
    assert all(word in text for word in ("12,345", "€8m", "5%"))


def test_capacity_names_the_size_class_where_employees_are_unknown(write: Writer) -> None:
    text = write({"capacity": 1.0}, KNOWN | {"employees": np.nan})[0]
    assert "small-cap" in text
    assert "nan" not in text


def test_shrinking_sales_are_not_named(write: Writer) -> None:
    assert "sales" not in write({"capacity": 1.0}, KNOWN | {"sales_growth": -0.05})[0]


def test_footprint_counts_patents_and_trade_marks(write: Writer) -> None:
    text = write({"footprint": 1.0})[0]
    assert "1,234" in text
    assert "4 trade marks" in text


def test_no_figure_is_made_up_for_a_firm_of_which_nothing_is_known(write: Writer) -> None:
    points = dict.fromkeys(("knowledge", "capacity", "footprint"), 1.0)
    assert write(points, UNKNOWN, knowledge_class="") == ["", "", ""]


def test_reasons_come_in_order_of_points(write: Writer) -> None:
    texts = write({"footprint": 3.0, "knowledge": 2.0, "cluster_fit": 1.0})
    assert "patent" in texts[0]
    assert "technology" in texts[1]
    assert "LQ" in texts[2]


def test_criteria_of_equal_points_come_in_their_usual_order(write: Writer) -> None:
    texts = write({"footprint": 1.0, "cluster_fit": 1.0})
    assert "LQ" in texts[0]
    assert "patent" in texts[1]


def test_there_are_at_most_three_reasons(write: Writer) -> None:
    texts = write({criterion.name: 1.0 for criterion in CRITERIA})
    assert len(texts) == N_REASONS == 3
    assert all(texts)


def test_a_criterion_that_gives_no_points_is_no_reason(write: Writer) -> None:
    assert write({"cluster_fit": 0.0, "capacity": -3.0}) == ["", "", ""]


def test_a_criterion_without_words_leaves_its_place_to_the_next(write: Writer) -> None:
    texts = write({"footprint": 3.0, "knowledge": 2.0}, UNKNOWN)
    assert "technology" in texts[0]
    assert texts[1:] == ["", ""]
