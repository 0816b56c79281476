"""Firms belong to their ultimate parent; rings are told, conduit seats rewritten or noted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from cluster_engine.firms.groups import RELATIONS, roll_up
from cluster_engine.packs.tables import read_delimited

RecordMaker = Callable[..., pd.DataFrame]
CURATED = Path(__file__).resolve().parents[3] / "data" / "curated"


def _firms(make_records: RecordMaker, *rows: dict[str, object]) -> pd.DataFrame:
    records = make_records(*rows)
    return records.assign(firm_id=records["record_id"])


def _heads(firms: pd.DataFrame, **tables: pd.DataFrame) -> list[str]:
    return roll_up(firms, **tables).links["head_id"].tolist()


def test_direct_parents_are_climbed_to_the_top(make_records: RecordMaker) -> None:
    firms = _firms(
        make_records,
        {"name": "Leaf", "country": "FR", "parent_id": "a:3"},
        {"name": "Middle", "country": "NL", "parent_id": "a:4"},
        {"name": "Top", "country": "DE"},
    )
    groups = roll_up(firms)
    assert groups.links["head_id"].tolist() == ["a:4"] * 3
    assert groups.links["home_country"].tolist() == ["DE"] * 3
    assert groups.cycles == ()


def test_ultimate_owner_comes_before_the_direct_one(make_records: RecordMaker) -> None:
    firms = _firms(
        make_records,
        {"name": "Leaf", "parent_id": "a:3", "ultimate_id": "de123"},
        {"name": "Middle"},
        {"name": "Top", "bvd_id": "DE123"},
    )
    assert _heads(firms) == ["a:4", "a:3", "a:4"]


def test_reported_relations_fill_what_lists_leave_open(make_records: RecordMaker) -> None:
    firms = _firms(make_records, {"name": "Leaf", "lei": "L1"}, {"name": "Top", "lei": "L2"},
                   {"name": "Middle", "lei": "L3"})  # fmt: skip
    relations = pd.DataFrame(
        {"child": ["L1", "L1"], "parent": ["L2", "L3"], "kind": ["ultimate", "direct"]}
    )
    assert _heads(firms, relations=relations) == ["a:3", "a:3", "a:4"]


def test_ring_of_owners_is_told_and_not_followed(make_records: RecordMaker) -> None:
    firms = _firms(
        make_records,
        {"name": "One", "parent_id": "a:3"}, {"name": "Two", "parent_id": "a:2"},
        {"name": "Below", "parent_id": "a:2"}, {"name": "Self", "parent_id": "a:5"},
    )  # fmt: skip
    groups = roll_up(firms)
    assert groups.cycles == (("a:2", "a:3"),)
    assert groups.links["head_id"].tolist() == ["a:2", "a:3", "a:2", "a:5"]


def test_conduit_seat_is_rewritten_where_the_parent_is_known(make_records: RecordMaker) -> None:
    firms = _firms(
        make_records,
        {"name": "Pumps Cayman", "country": "KY", "ultimate_name": "Ulmer AG",
         "ultimate_country": "DE"},
        {"name": "Lonely Cayman", "country": "KY"},
        {"name": "Nord Holding", "country": "LU"},
        {"name": "Philips", "country": "NL"},
    )  # fmt: skip
    links = roll_up(firms).links
    assert links["home_country"].tolist() == ["DE", "KY", "LU", "NL"]
    assert links["head_name"].iloc[0] == "Ulmer AG"
    assert links["note"].str.contains("rewritten").tolist() == [True, False, False, False]
    assert links["note"].str.contains("not known").tolist() == [False, True, True, False]


def test_table_of_groups_joins_subsidiaries_and_parts_independent_firms(
    make_records: RecordMaker,
) -> None:
    firms = _firms(
        make_records,
        {"name": "TRATON SE", "country": "DE"},
        {"name": "Volkswagen AG", "country": "DE"},
        {"name": "Siemens Energy AG", "country": "DE", "parent_id": "a:5"},
        {"name": "Siemens AG", "country": "DE"},
    )
    table = read_delimited(CURATED / "group_parents.csv", ())
    assert _heads(firms, known_parents=table) == ["a:3", "a:3", "a:4", "a:5"]


def test_table_of_groups_is_sound() -> None:
    table = read_delimited(CURATED / "group_parents.csv", ())
    assert set(table["relation"]) <= set(RELATIONS)
    assert not table.duplicated(["country", "name"]).any()
    assert (table["basis"] == "general knowledge").all()


def test_register_number_names_a_parent_only_with_its_name(make_records: RecordMaker) -> None:
    firms = _firms(
        make_records,
        {"name": "Leaf Ltd", "country": "GB", "parent_id": "HRB 1001", "parent_name": "Alpha AG"},
        {"name": "Alpha AG", "country": "DE", "registry_number": "HRB 1001"},
        {"name": "Other Ltd", "country": "GB", "parent_id": "HRB 1001", "parent_name": "Beta AG"},
    )
    assert _heads(firms) == ["a:3", "a:3", "a:4"]
