"""The listed universe: operating companies, each once, at their head office."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.firms.headquarters import HeadOffice, find_head_office
from cluster_engine.firms.listed_companies import (
    ListedUniverse,
    calc_companies,
    find_subject,
)
from cluster_engine.sources.listings import COLUMNS, read_listings

COUNTRIES = {"Germany": "DE", "Namibia": "NA", "United States": "US", "Texas": "US",
             "People's Republic of China": "CN", "Hong Kong": "HK", "Georgia": "GE"}  # fmt: skip
PUMPS = "Ulmer Pumpen AG makes pumps. The company is headquartered in Ulm, Germany."


def _listing(name: str, /, **cells: str) -> dict[str, str]:
    defaults = dict.fromkeys(COLUMNS, "") | {
        "country": "Germany", "industry": "Machinery", "delisted": "False", "symbol": name,
    }  # fmt: skip
    return {**defaults, "name": name, **cells}


def _reduce(*rows: dict[str, str]) -> ListedUniverse:
    return calc_companies(pd.DataFrame(list(rows)), countries=COUNTRIES)


def test_share_classes_receipts_and_places_are_one_company() -> None:
    firms = _reduce(
        _listing("Ulmer Pumpen AG", city="Ulm", summary=PUMPS, market_cap="Small Cap"),
        _listing("ULMER PUMPEN AG O.N."),
        _listing("ULMER PUMPEN AG ADR 1/10"),
        _listing("ULMER PUMP. AG INH O.N."),
    ).firms
    assert firms[["name", "city", "size_class"]].to_numpy().tolist() == [
        ["Ulmer Pumpen AG", "Ulm", "small"]
    ]


def test_the_same_name_in_two_countries_is_two_companies() -> None:
    firms = _reduce(_listing("Acme Tools"), _listing("Acme Tools", country="Namibia", symbol="B"))
    assert sorted(firms.firms["country"]) == ["DE", "NA"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"name": "Nord Growth Fund"}, "fund or trust"),
        ({"summary": "X AG is a closed-end equity fund."}, "fund or trust"),
        ({"name": "Zeta Acquisition Corp."}, "shell or blank cheque"),
        ({"summary": "X AG does not have significant operations."}, "shell or blank cheque"),
        ({"sector": "Financials"}, "finance"),
        ({"summary": "X AG provides banking products and services."}, "finance"),
        ({"sector": "Real Estate"}, "property"),
        ({"industry": "", "summary": ""}, "no industry and no description"),
        ({"industry": "", "summary": "X AG is likely a trader."}, "description says nothing"),
    ],
)
def test_what_is_no_operating_company_is_dropped_and_counted(
    cells: dict[str, str], reason: str
) -> None:
    universe = _reduce(_listing("Kept AG"), _listing("X AG", **{"symbol": "x", **cells}))
    assert universe.firms["name"].tolist() == ["Kept AG"]
    assert universe.counts[f"listings dropped: {reason}"] == 1


def test_supplier_of_banks_is_no_bank() -> None:
    text = "X AG provides software for banking services."
    assert len(_reduce(_listing("X AG", summary=text)).firms) == 1


def test_head_office_of_the_description_replaces_the_country_of_the_share() -> None:
    firm = _reduce(_listing("Ulmer Pumpen AG", country="Hong Kong", city="X", summary=PUMPS)).firms
    assert firm.loc[0, ["country", "city"]].tolist() == ["DE", "Ulm"]


def test_facts_of_another_firm_are_blanked() -> None:
    other = "Ulmer Gears AG makes gears. It is headquartered in Ulm, Germany."
    firms = _reduce(
        _listing("Ulm AG", website="http://www.ulm.com", country="United States", city="Ulm"),
        _listing("Kulmer Gears AG", website="http://www.ulm.com", country="United States",
                 city="Corte", summary=other.replace("Ulmer", "Kulmer")),
    ).firms.set_index("name")  # fmt: skip
    gears = firms.loc["Kulmer Gears AG"]
    assert gears[["website", "country", "city", "gics"]].tolist() == ["", "DE", "Ulm", ""]


def test_siblings_on_one_website_stay_apart() -> None:
    site = {"website": "http://www.jet.com"}
    firms = _reduce(
        _listing("Jet Energy AG", **site), _listing("Jet Steel AG", **site),
        _listing("Jet AG", **site),
    ).firms  # fmt: skip
    assert len(firms) == 3


def test_delisted_company_is_marked_and_an_active_listing_clears_it() -> None:
    firms = _reduce(
        _listing("Gone AG", delisted="True"),
        _listing("Moved AG", delisted="True"),
        _listing("MOVED AG O.N."),
    ).firms.set_index("key")
    assert firms["delisted"].to_dict() == {"gone": True, "moved": False}


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("It is headquartered in Ulm, Germany.", HeadOffice("DE", "Ulm")),
        ("It is based in Houston, Texas.", HeadOffice("US", "Houston")),
        (
            "It is headquartered in Jinan, the People's Republic of China. X is a subsidiary of Y.",
            HeadOffice("CN", "Jinan"),
        ),
        ("X is a Germany-based maker of pumps.", HeadOffice("DE", "")),
        ("It is based in Atlanta, Georgia.", HeadOffice("", "")),
        ("It makes pumps.", HeadOffice("", "")),
    ],
)
def test_head_office_is_read_from_the_text(text: str, office: HeadOffice) -> None:
    assert find_head_office(text, COUNTRIES) == office


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Ulmer Pumpen AG, together with its subsidiaries, makes pumps.", "Ulmer Pumpen AG"),
        ("Ulmer Pumpen AG develops, produces, and sells pumps.", "Ulmer Pumpen AG"),
        ("The company makes pumps.", ""),
        ("Founded in 1900, it makes pumps.", ""),
    ],
)
def test_subject_is_the_name_a_description_begins_with(text: str, subject: str) -> None:
    assert find_subject(text) == subject


def test_unknown_country_is_an_error() -> None:
    with pytest.raises(DataError, match="Ruritania"):
        _reduce(_listing("X AG", country="Ruritania"))


def test_missing_column_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "listed.parquet"
    pd.DataFrame({"name": ["X"]}).to_parquet(path)
    with pytest.raises(DataError, match="summary"):
        read_listings(path)


def test_truncated_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "listed.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="whole Parquet"):
        read_listings(path)
