"""Names of firms: debris, match keys, pairs."""

from __future__ import annotations

import pandas as pd
import pytest

from cluster_engine.firms.name_pairs import (
    find_abbreviations,
    find_similar_pairs,
    group_pairs,
)
from cluster_engine.firms.names import calc_match_key, strip_debris, tidy_capitals


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("ULMER PUMPEN AG ADR 1/10", "ULMER PUMPEN AG"),
        ("ULMER PUMPEN AG O.N.", "ULMER PUMPEN AG"),
        ("ULMER PUMPEN AG  INH O.N.", "ULMER PUMPEN AG"),
        ("ULMER PUMPEN AG VNA O.N.", "ULMER PUMPEN AG"),
        ("ULMER PUMPEN SPONS.ADR 1", "ULMER PUMPEN"),
        ("ULMER PUMPEN UNSP.ADR/1/5", "ULMER PUMPEN"),
        ("ULMER PUMPEN SE INH ON", "ULMER PUMPEN SE"),
        ("ULMER PUMPEN AG ULMER PUMPEN AG ORD", "ULMER PUMPEN AG"),
        ("ULMER AG ULMER N ORD SHS", "ULMER AG"),
        ("Ulmer Pumps, Inc. Class A", "Ulmer Pumps, Inc."),
        ("Ulmer Pump AB (publ)", "Ulmer Pump AB"),
        ("Ulmer Pumpen AG", "Ulmer Pumpen AG"),
    ],
)
def test_form_of_the_share_is_stripped(name: str, plain: str) -> None:
    assert strip_debris(name) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller Söhne AG", "MUELLER SOEHNE AG O.N."),
        ("Groß & Klein GmbH & Co. KGaA", "GROSS+KLEIN GMBH+CO. KGAA"),
        ("Ulmer Pumpen Aktiengesellschaft", "Ulmer Pumpen AG"),
        ("Nord Electronics Co., Ltd.", "NORD ELECTRONICS"),
        ("Kvist Industrier A/S", "Kvist Industrier"),
        ("The Acme Group Holdings plc", "ACME"),
        ("A.B.C. Tools S.A.B. de C.V.", "ABC Tools"),
    ],
)
def test_two_spellings_have_one_key(one: str, other: str) -> None:
    assert calc_match_key(one) == calc_match_key(other) != ""


@pytest.mark.parametrize("name", ["AG", "Ltd", "SE", "Co", "The Group"])
def test_a_name_of_legal_form_alone_keeps_a_key(name: str) -> None:
    assert calc_match_key(name) != ""


def test_different_names_have_different_keys() -> None:
    assert calc_match_key("Ulmer Pumpen AG") != calc_match_key("Ulmer Kompressoren AG")


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("NORD ELECTRONICS", "Nord Electronics"),
        ("ZF", "ZF"),
        ("BMW", "BMW"),
        ("KSB PUMPEN", "KSB Pumpen"),
        ("SAP", "SAP"),
        ("ABB", "ABB"),
        ("OHB SE", "OHB SE"),
        ("NEW SEA OIL CO", "New Sea Oil Co"),
        ("HOLZ AND STAHL", "Holz and Stahl"),
        ("Already Mixed AG", "Already Mixed AG"),
    ],
)
def test_capitals_are_tidied_and_acronyms_kept(name: str, tidy: str) -> None:
    assert tidy_capitals(name) == tidy


def test_longer_acronym_is_kept_if_known() -> None:
    assert tidy_capitals("OSKAR MOTORS", known=frozenset({"OSKAR"})) == "OSKAR Motors"


def test_similar_keys_pair_within_a_country_only() -> None:
    keys = ["northern shield resources", "northern shield resource", "northern shield resources"]
    pairs = find_similar_pairs(keys, ["CA", "CA", "AU"])
    assert pairs[["left", "right"]].to_numpy().tolist() == [[0, 1]]


def test_short_keys_are_not_compared_by_likeness() -> None:
    assert find_similar_pairs(["abco", "abcos"], ["DE", "DE"]).empty


def test_name_cut_word_by_word_is_found() -> None:
    short = pd.DataFrame({"key": ["nord opt netw", "nord"], "country": "DE"}, index=[7, 8])
    full = pd.DataFrame({"key": ["nord optical networking", "nordic"], "country": "DE"})
    assert find_abbreviations(short, full).to_numpy().tolist() == [[7, 0]]


def test_cut_name_that_fits_two_firms_is_left_alone() -> None:
    short = pd.DataFrame({"key": ["nord el"], "country": ["DE"]})
    full = pd.DataFrame({"key": ["nord electric", "nord elastic"], "country": "DE"})
    assert find_abbreviations(short, full).empty


def test_pairs_join_into_groups() -> None:
    groups = group_pairs(4, pd.DataFrame({"left": [0, 1], "right": [1, 3]}))
    assert groups[0] == groups[1] == groups[3] != groups[2]
