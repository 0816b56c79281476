"""A firm that changed its name is one firm."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cluster_engine.firms.former_names import (
    find_former_keys,
    key_named_firms,
    key_renamed_firms,
    pair_by_former_name,
)
from cluster_engine.firms.names import calc_match_key
from cluster_engine.sources.firm_facts import read_excluded_firms, read_renamed_firms

TEXT = "It makes pumps. It was formerly known as Ulmer Pumpen AG and changed its name to Aquor AG."


def _listings(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"country": country, "key": calc_match_key(name), "summary": text}
            for country, name, text in rows
        ]
    )


def test_former_name_is_read_from_the_description() -> None:
    former = find_former_keys(_listings(("DE", "Aquor AG", TEXT), ("DE", "Other AG", "")), {})
    assert former.tolist() == [calc_match_key("Ulmer Pumpen AG"), ""]


def test_former_name_of_the_table_comes_first() -> None:
    renamed = {("DE", calc_match_key("Aquor AG")): "hydraulik nord"}
    assert find_former_keys(_listings(("DE", "Aquor AG", TEXT)), renamed).tolist() == [
        "hydraulik nord"
    ]


def test_only_the_bearer_of_the_former_name_in_the_same_country_is_paired() -> None:
    listings = _listings(
        ("DE", "Aquor AG", TEXT),
        ("AT", "Ulmer Pumpen AG", ""),
        ("DE", "Ulmer Pumpen AG", ""),
        ("DE", "Anders AG", ""),
    )
    listings = listings.assign(former=find_former_keys(listings, {}))
    pairs = pair_by_former_name(listings)
    assert pairs[["left", "right"]].to_numpy().tolist() == [[2, 0]]


def test_tables_are_read_as_match_keys(tmp_path: Path) -> None:
    renamed, excluded = tmp_path / "renamed.csv", tmp_path / "excluded.csv"
    renamed.write_text("country,former_name,name\nDE,Alt AG,Neu SE\n", encoding="utf-8")
    excluded.write_text("country,name,reason\nDE,Anteil SE,holds shares\n", encoding="utf-8")
    assert key_renamed_firms(read_renamed_firms(renamed)) == {
        ("DE", calc_match_key("Neu SE")): calc_match_key("Alt AG")
    }
    assert key_named_firms(read_excluded_firms(excluded)) == {("DE", calc_match_key("Anteil SE"))}
