"""The table of home regions, and the notes on strong ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cluster_engine.firm_schemas import FIRM_HOMES, FIRM_NOTES
from cluster_engine.firms.home_regions import NO_REGIONS, NOT_FOUND
from cluster_engine.packs.validate import check_table
from cluster_engine.sources.home_tables import HomeTables
from cluster_engine.workflows.firm_homes import (
    NO_FIGURES,
    NO_INDUSTRY,
    NOT_COVERED,
    Homes,
    find_firm_homes,
)


@pytest.fixture
def homes() -> Homes:
    tables = HomeTables(
        places=pd.DataFrame(
            [("DE", "ulm", "DE14", 0), ("CH", "zug", "CH06", 0), ("DE", "stuttgart", "DE11", 0)],
            columns=["country", "key", "region", "people"],
        ),
        postcodes=pd.DataFrame(columns=["country", "prefix", "region"]),
        whole={},
        names=pd.Series({"DE14": "Tübingen", "DE11": "Stuttgart", "CH06": "Zentralschweiz"}),
        strengths=pd.DataFrame(
            [
                ("DE11", "29", 2015, 3.1, ""),
                ("DE14", "29", 2015, 1.1, ""),
                ("DE14", "21", 2015, np.nan, "secret"),
            ],
            columns=["region", "industry", "year", "lq", "reason"],
        ),
    )
    firms = pd.DataFrame(
        [
            ("a", "DE", "Stuttgart"), ("b", "DE", "Ulm"), ("c", "DE", "Ulm"), ("d", "CH", "Zug"),
            ("e", "DE", "Ulm"), ("f", "US", None), ("g", "DE", "Nirgendwo"), ("h", "DE", "Ulm"),
        ],
        columns=["firm_id", "country", "city"],
    )  # fmt: skip
    codes = [("a", "2910"), ("b", "2932"), ("c", "2110"), ("d", "2910"), ("e", "0111"),
             ("g", "2910")]  # fmt: skip
    industries = pd.DataFrame(codes, columns=["firm_id", "industry"]).assign(weight=1.0)
    return find_firm_homes(firms, industries, pd.Series({"29": "Motor vehicles"}), tables=tables)


def test_every_firm_has_a_row_that_keeps_the_contract(homes: Homes) -> None:
    assert homes.table["firm_id"].tolist() == list("abcdefgh")
    assert check_table(homes.table, FIRM_HOMES, file="firm_homes") == []
    assert check_table(homes.notes, FIRM_NOTES, file="firm_notes") == []


def test_regions_and_quotients_stand_where_known(homes: Homes) -> None:
    table = homes.table.set_index("firm_id")
    columns = ["region", "region_name", "basis", "industry_level", "lq", "year"]
    assert table.loc["a", columns].tolist() == ["DE11", "Stuttgart", "city", "29", 3.1, 2015]
    assert table.loc["b", "lq"] == 1.1


def test_each_gap_says_why(homes: Homes) -> None:
    reasons = homes.table.set_index("firm_id")["reason"]
    assert reasons[["a", "b"]].isna().all()
    assert reasons[list("cdefgh")].tolist() == [
        "secret", NO_FIGURES, NOT_COVERED, NO_REGIONS, NOT_FOUND, NO_INDUSTRY,
    ]  # fmt: skip
    assert homes.table["lq"].notna().sum() == 2


def test_strong_home_regions_are_noted(homes: Homes) -> None:
    assert homes.notes["note"].tolist() == [
        "home region Stuttgart: LQ 3.1 in motor vehicles (2015)"
    ]
