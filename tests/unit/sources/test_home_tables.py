"""The tables of home regions that ship fit each other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.packs.locate import find_shipped
from cluster_engine.packs.pack import open_pack
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.firm_facts import read_firm_seats
from cluster_engine.sources.home_tables import (
    KNOWN_FILE,
    PLACES,
    POSTCODES_FILE,
    RULES_FILE,
    STRENGTHS,
    HomeTables,
    read_home_tables,
    read_known_places,
)


@pytest.fixture(scope="module")
def tables() -> HomeTables:
    return read_home_tables(find_shipped("curated"))


def test_every_region_named_anywhere_is_a_known_one(checkout: Path, tables: HomeTables) -> None:
    curated = checkout / "data/curated"
    told = [tables.places["region"], tables.strengths["region"]]
    told += [read_delimited(curated / name, ("region",))["region"]
             for name in (RULES_FILE, POSTCODES_FILE, KNOWN_FILE)]  # fmt: skip
    assert set(pd.concat(told)) <= set(tables.names.index)


def test_each_key_stands_once(tables: HomeTables) -> None:
    assert not tables.places.duplicated(list(PLACES.key)).any()
    assert not tables.strengths.duplicated(list(STRENGTHS.key)).any()
    assert not tables.postcodes.duplicated(["country", "prefix"]).any()


def test_quotients_are_known_or_say_why_not(tables: HomeTables) -> None:
    known = tables.strengths["lq"].notna()
    assert (known == (tables.strengths["reason"] == "")).all()
    assert (tables.strengths.loc[known, "lq"] >= 0).all()


def test_countries_of_one_region_need_no_city(tables: HomeTables) -> None:
    assert tables.whole["LU"] == "LU00"
    assert "DE" not in tables.whole


def test_known_places_and_seats_are_read(checkout: Path, tmp_path: Path) -> None:
    curated = checkout / "data/curated"
    assert "Schiphol" in set(read_known_places(curated / KNOWN_FILE)["name"])
    seats = read_firm_seats(curated / "firm_seats.csv")
    assert set(seats.index) <= set(open_pack().read("firms", columns=("firm_id",))["firm_id"])
    twice = tmp_path / "firm_seats.csv"
    twice.write_text("firm_id,city\na,Ulm\na,Bonn\n", encoding="utf-8")
    with pytest.raises(DataError, match="once"):
        read_firm_seats(twice)
