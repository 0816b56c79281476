"""The last look at a pack's firms: what is joined, and what only looks alike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cluster_engine.workflows.identify_firms import FROM_PACK
from cluster_engine.workflows.settle_firms import find_repeated


def _firms(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    columns: dict[str, object] = dict.fromkeys(FROM_PACK, "")
    numbers = ("year", "employees", "sales", "rd", "capex", "operating_profit", "sales_growth")
    table = pd.DataFrame(columns, index=range(len(rows))).assign(
        **dict.fromkeys(numbers, np.nan),
        firm_id=[f"f{i}" for i in range(len(rows))],
        firm_name=[row[0] for row in rows],
        country=[row[1] for row in rows],
        website=[row[2] for row in rows],
    )
    return table.assign(sales=[row[3] for row in rows])


def test_spelling_of_a_share_list_gives_way_to_the_firm() -> None:
    firms = _firms(
        ("Globex Mining Entprs Inc.", "CA", "", np.nan),
        ("Globex Mining Enterprises Inc.", "CA", "", 900.0),
    ).assign(city="Leonding")
    assert find_repeated(firms) == {"f0"}


def test_sisters_with_a_website_each_stay() -> None:
    firms = _firms(
        ("Rane Engine Valve Limited", "IN", "http://www.ranegroup.com/revl", np.nan),
        ("Rane Brake Lining Limited", "IN", "http://www.ranegroup.com/rbl", np.nan),
    )
    assert find_repeated(firms) == frozenset()


def test_names_that_begin_differently_stay() -> None:
    firms = _firms(
        ("Mitsubishi Chemical Holdings Corporation", "JP", "", 1.0),
        ("Mitsui Chemicals", "JP", "", 1.0),
    )
    assert find_repeated(firms) == frozenset()
