"""Where a firm is at home: by its city, its postcode, or the country."""

from __future__ import annotations

import pandas as pd
import pytest

from cluster_engine.firms.home_regions import (
    NO_REGIONS,
    NOT_FOUND,
    NOT_TOLD,
    SEVERAL,
    Gazetteer,
    find_home_regions,
    weigh_main_industry,
)
from cluster_engine.firms.places import index_places, list_readings, make_spellings

PLACES = [
    ("München", "Munich,Monaco di Baviera,慕尼黑", "DE", 1_260_000, "DE21"),
    ("Halle (Saale)", "", "DE", 237_000, "DEE0"),
    ("Halle (Westfalen)", "", "DE", 20_000, "DEA4"),
    ("Neustadt an der Weinstraße", "", "DE", 53_000, "DEB3"),
    ("Neustadt am Rübenberge", "", "DE", 44_000, "DE92"),
    ("Löhne", "", "DE", 39_000, "DEA4"),
    ("Lohne", "", "DE", 27_000, "DE94"),
    ("Werl", "Verl", "DE", 32_000, "DEA5"),
    ("Verl", "", "DE", 24_000, "DEA4"),
    ("Paris", "", "FR", 2_100_000, "FR10"),
    ("Sankt Gallen", "St. Gallen", "CH", 75_000, "CH05"),
    ("København", "Copenhagen", "DK", 1_150_000, "DK01"),
]


@pytest.fixture
def gazetteer() -> Gazetteer:
    columns = ["name", "other_names", "country", "people", "region"]
    table = pd.DataFrame(PLACES, columns=columns)
    places = index_places(table.assign(ascii_name=table["name"]), table["region"])
    prefixes = [("DE", "337", "DEA4"), ("DE", "06", "DEE0"), ("DE", "10", "DE30")]
    postcodes = pd.DataFrame(prefixes, columns=["country", "prefix", "region"])
    return Gazetteer(places, postcodes, {"LU": "LU00"})


def find(gazetteer: Gazetteer, country: str, city: str, postcode: str = "") -> tuple[str, ...]:
    firm = pd.DataFrame({"country": [country], "city": [city], "postcode": [postcode]})
    return tuple(find_home_regions(firm, gazetteer).iloc[0])


@pytest.mark.parametrize(
    ("country", "city", "region"),
    [
        ("DE", "Munich", "DE21"),
        ("DE", "MUENCHEN", "DE21"),
        ("DE", "Munchen", "DE21"),
        ("FR", "Paris Cedex 16", "FR10"),
        ("FR", "Paris, France", "FR10"),
        ("CH", "St.Gallen", "CH05"),
        ("DK", "København Ø", "DK01"),
        ("DE", "Neustadt a. d. Weinstraße", "DEB3"),
    ],
)
def test_spellings_of_a_city_are_one(
    gazetteer: Gazetteer, country: str, city: str, region: str
) -> None:
    assert find(gazetteer, country, city) == (region, "city", "")


def test_the_clearly_larger_place_is_meant_else_nothing(gazetteer: Gazetteer) -> None:
    assert find(gazetteer, "DE", "Halle") == ("DEE0", "city", "")
    assert find(gazetteer, "DE", "Neustadt") == ("", "", SEVERAL)


def test_a_place_of_the_name_goes_before_one_that_is_also_called_so(gazetteer: Gazetteer) -> None:
    assert find(gazetteer, "DE", "Verl") == ("DEA4", "city", "")


def test_who_writes_the_umlaut_means_it(gazetteer: Gazetteer) -> None:
    assert find(gazetteer, "DE", "Löhne") == ("DEA4", "city", "")
    assert find(gazetteer, "DE", "Lohne") == ("", "", SEVERAL)


def test_the_postcode_tells_places_of_one_name_apart(gazetteer: Gazetteer) -> None:
    assert find(gazetteer, "DE", "Halle", "33790") == ("DEA4", "postcode", "")
    assert find(gazetteer, "DE", "Halle", "D-06108") == ("DEE0", "postcode", "")
    assert find(gazetteer, "DE", "Nirgendwo", "10115") == ("DE30", "postcode", "")
    # A city that lies in one region only is not overruled by a letter box elsewhere.
    assert find(gazetteer, "DE", "Munich", "10115") == ("DE21", "city", "")


def test_what_is_not_known_says_why(gazetteer: Gazetteer) -> None:
    assert find(gazetteer, "DE", "Nirgendwo") == ("", "", NOT_FOUND)
    assert find(gazetteer, "DE", "") == ("", "", NOT_TOLD)
    assert find(gazetteer, "US", "Paris") == ("", "", NO_REGIONS)
    assert find(gazetteer, "LU", "") == ("LU00", "country", "")


def test_names_in_other_scripts_are_no_keys(gazetteer: Gazetteer) -> None:
    assert all(key.isascii() for key in gazetteer.places["key"])


def test_readings_start_with_the_literal_one() -> None:
    assert list_readings("Biel/Bienne")[0] == "biel bienne"
    assert {"biel", "bienne"} <= set(list_readings("Biel/Bienne"))
    assert make_spellings("Sæby") == {"saby", "saeby"}


def test_the_heaviest_division_is_compared_and_its_group_where_published() -> None:
    industries = pd.DataFrame(
        [
            ("a", "2932", 0.4), ("a", "2910", 0.2), ("a", "2562", 0.4),
            ("b", "4677", 0.6), ("b", "4532", 0.4),
            ("c", "4520", 1.0),
        ],
        columns=["firm_id", "industry", "weight"],
    )  # fmt: skip
    main = weigh_main_industry(industries, frozenset({"29", "46", "467", "45"}))
    assert main.to_dict() == {"a": "29", "b": "467", "c": "45"}
