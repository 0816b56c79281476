"""Location quotients of regions, where figures are secret."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cluster_engine.sources.eurostat_sbs import SECTIONS
from cluster_engine.workflows.region_strengths import CONFIDENTIAL, NO_BASE, calc_region_strengths


def make_persons(**columns: list[float]) -> pd.DataFrame:
    """Two countries, AA with two regions and BB with one."""
    table = pd.DataFrame(0.0, index=["AA", "AA01", "AA02", "BB", "BB01"], columns=list(SECTIONS))
    return table.assign(**columns)


@pytest.fixture
def persons() -> pd.DataFrame:
    return make_persons(
        C=[400.0, 100.0, 300.0, 100.0, 100.0],
        G=[600.0, 400.0, 200.0, 900.0, 900.0],
        C29=[200.0, 50.0, 150.0, 20.0, 20.0],
    )


def find(persons: pd.DataFrame, industry: str) -> pd.DataFrame:
    regions = pd.Series(["AA01", "AA02", "BB01"])
    table = calc_region_strengths(persons, regions)
    return table[table["industry"] == industry].set_index("region")


def test_the_base_is_all_countries(persons: pd.DataFrame) -> None:
    lq = find(persons, "29")["lq"]
    # 50 of 500 against 220 of 2,000; 150 of 500; 20 of 1,000.
    assert lq.tolist() == pytest.approx([0.1 / 0.11, 0.3 / 0.11, 0.02 / 0.11], abs=1e-4)


def test_quotients_weighted_by_persons_give_one(persons: pd.DataFrame) -> None:
    lq = find(persons, "29")["lq"]
    assert np.average(lq, weights=[500, 500, 1_000]) == pytest.approx(1, abs=1e-4)


def test_a_secret_figure_is_unknown_and_not_0(persons: pd.DataFrame) -> None:
    told = find(persons.assign(C29=[200.0, np.nan, 150.0, 20.0, 20.0]), "29")
    assert told.loc["AA01", "reason"] == CONFIDENTIAL
    assert np.isnan(told.loc["AA01", "lq"])
    assert told.loc["AA02", "lq"] == pytest.approx(0.3 / 0.11, abs=1e-4)


def test_a_secret_section_takes_what_the_country_leaves(persons: pd.DataFrame) -> None:
    told = find(persons.assign(G=[600.0, np.nan, 200.0, 900.0, 900.0]), "29")
    assert told["lq"].tolist() == pytest.approx([0.1 / 0.11, 0.3 / 0.11, 0.02 / 0.11], abs=1e-4)


def test_an_industry_few_countries_publish_has_no_quotients(persons: pd.DataFrame) -> None:
    told = find(persons.assign(C29=[200.0, 50.0, 150.0, np.nan, np.nan]), "29")
    assert set(told["reason"]) == {NO_BASE}
    assert told["lq"].isna().all()
