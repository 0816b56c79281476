"""One row per ultimate parent: who speaks, who lends, what is noted, who is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cluster_engine.firm_records import NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.firms.groups import roll_up
from cluster_engine.firms.heads import Heads, gather_heads, lift_industries
from cluster_engine.firms.owners import OWNER_NOTE, name_parents


def _records(*rows: dict[str, object]) -> pd.DataFrame:
    empty: dict[str, object] = dict.fromkeys(TEXT_COLUMNS, "") | dict.fromkeys(
        NUMBER_COLUMNS, np.nan
    )
    table = pd.DataFrame([{**empty, "record_id": f"l:{i}", **row} for i, row in enumerate(rows)])
    kinds = dict.fromkeys(TEXT_COLUMNS, "str") | dict.fromkeys(NUMBER_COLUMNS, "float64")
    return table.astype(kinds).assign(firm_id=[f"f{i}" for i in range(len(rows))])


def _gather(firms: pd.DataFrame, roles: dict[str, str] | None = None) -> Heads:
    told = pd.Series("firm", index=pd.Index(firms["firm_id"])) if roles is None else None
    named = pd.Series(roles, dtype="str") if told is None else told
    return gather_heads(firms, roll_up(firms).links, named)


def test_subsidiaries_stand_as_their_head_in_the_list() -> None:
    heads = _gather(
        _records(
            {"name": "Alpha Holding", "country": "DE", "bvd_id": "DE1", "sales": 10.0},
            {"name": "Alpha Pumpen", "country": "DE", "ultimate_id": "DE1", "sales": 90.0},
        )
    )
    assert heads.firms[["firm_id", "name", "sales"]].to_numpy().tolist() == [
        ["f0", "Alpha Holding", 10.0]
    ]
    assert heads.members["firm_id"].tolist() == ["f0", "f0"]
    assert heads.notes["note"].tolist() == ["stands for 2 entities of the lists"]


def test_bare_head_borrows_figures_of_its_largest_firm_and_says_so() -> None:
    heads = _gather(
        _records(
            {"name": "Alpha Holding", "country": "DE", "bvd_id": "DE1"},
            {"name": "Small", "country": "DE", "ultimate_id": "DE1", "sales": 1.0, "city": "Bonn"},
            {"name": "Large", "country": "DE", "ultimate_id": "DE1", "sales": 9.0, "city": "Ulm"},
        )
    )
    assert heads.firms.loc[0, ["name", "sales", "city"]].tolist() == ["Alpha Holding", 9.0, "Ulm"]
    assert "figures of its subsidiary Large" in set(heads.notes["note"])


def test_parent_outside_the_lists_gets_the_row() -> None:
    heads = _gather(
        _records(
            {"name": "Alpha UK Ltd", "country": "GB", "ultimate_name": "Alpha AG",
             "ultimate_country": "DE", "sales": 5.0, "city": "Leeds", "lei": "X"},
            {"name": "Alpha Pty", "country": "AU", "ultimate_name": "ALPHA AG",
             "ultimate_country": "DE"},
        )
    )  # fmt: skip
    row = heads.firms.iloc[0]
    assert len(heads.firms) == 1
    assert row[["name", "country", "city", "lei", "sales"]].tolist() == [
        "Alpha AG", "DE", "", "", 5.0,
    ]  # fmt: skip
    assert row["firm_id"].startswith("group-")
    assert "listed by its subsidiary Alpha UK Ltd" in set(heads.notes["note"])


def test_conduit_seat_is_noted_and_kept() -> None:
    heads = _gather(_records({"name": "Alpha Ltd", "country": "KY"}))
    assert heads.firms["country"].tolist() == ["KY"]
    assert heads.notes["kind"].tolist() == ["seat"]


def test_shareholders_alone_are_no_firms() -> None:
    firms = _records(
        {"name": "Alpha", "country": "DE"}, {"name": "Someone", "country": "DE"},
        {"name": "Stateless", "country": ""},
    )  # fmt: skip
    heads = _gather(firms, {"f0": "firm", "f1": "shareholder", "f2": "firm"})
    assert heads.firms["name"].tolist() == ["Alpha"]
    assert heads.left_out["reason"].tolist() == [
        "only a shareholder, branch or subsidiary", "home country not known",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "owner",
    ["MR HANS MUELLER", "Familie Ulmer", "Ulmer Familienstiftung Stiftung", "Government of Norway",
     "The Ulmer Family Trust", "Herr Dr. Ulmer"],
)  # fmt: skip
def test_owner_that_is_no_group_is_not_followed(owner: str) -> None:
    firms = _records({"name": "Alpha", "country": "DE", "ultimate_name": owner,
                      "ultimate_country": "LI"})  # fmt: skip
    named = name_parents(firms)
    assert named.loc[0, ["ultimate_name", "ultimate_country"]].tolist() == ["", ""]
    assert OWNER_NOTE in named.loc[0, "notes"]


@pytest.mark.parametrize("owner", ["Ulmer Holding SE", "Mrs Fields Ltd Foods", "Freudenberg SE"])
def test_company_is_followed(owner: str) -> None:
    firms = _records({"name": "Alpha", "country": "DE", "ultimate_name": owner})
    expected = "" if owner.startswith("Mrs") else owner  # a title opens the name: taken for one
    assert name_parents(firms).loc[0, "ultimate_name"] == expected


def test_direct_parent_stands_in_where_no_ultimate_one_is_told() -> None:
    firms = _records({"name": "Alpha Ltd", "country": "GB", "parent_name": "Alpha AG",
                      "parent_country": "DE"})  # fmt: skip
    named = name_parents(firms)
    assert named.loc[0, ["ultimate_name", "ultimate_country"]].tolist() == ["Alpha AG", "DE"]


def test_codes_of_subsidiaries_are_shared_out_and_trusted_less() -> None:
    industries = pd.DataFrame(
        {"firm_id": ["a", "b", "b"], "industry": ["2813", "2813", "2932"],
         "weight": [1.0, 0.5, 0.5], "basis": "official code", "confidence": [1.0, 1.0, 1.0]}
    )  # fmt: skip
    members = pd.DataFrame({"member_id": ["h", "a", "b"], "firm_id": ["h", "h", "h"]})
    lifted = lift_industries(industries, members).set_index("industry")
    assert lifted["weight"].to_dict() == pytest.approx({"2813": 0.75, "2932": 0.25})
    assert set(lifted["basis"]) == {"codes of subsidiaries"}
    assert lifted["confidence"].tolist() == pytest.approx([0.8, 0.8])


def test_own_code_comes_before_those_of_subsidiaries() -> None:
    industries = pd.DataFrame(
        {"firm_id": ["h", "a"], "industry": ["2813", "2932"], "weight": 1.0,
         "basis": "official code", "confidence": 1.0}
    )  # fmt: skip
    members = pd.DataFrame({"member_id": ["h", "a"], "firm_id": ["h", "h"]})
    assert lift_industries(industries, members)["industry"].tolist() == ["2813"]
