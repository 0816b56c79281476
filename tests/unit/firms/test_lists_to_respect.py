"""A user's list is found among the firms, and what is not found is told."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from cluster_engine.firms.lists_to_respect import match_list

RecordMaker = Callable[..., pd.DataFrame]
LEI = "W38RGI023J3WT1HWRP32"


@pytest.fixture
def firms(make_records: RecordMaker) -> pd.DataFrame:
    records = make_records(
        {"name": "Siemens AG", "country": "DE", "lei": LEI, "website": "siemens.com"},
        {"name": "Ulmer Pumpenfabrik AG", "country": "DE", "website": "https://ulmer.de/x"},
        {"name": "Nord Stahl SE", "country": "DE", "registry_number": "HRB 12.34"},
        {"name": "Nord Stahl", "country": "SE"},
    )
    return records.assign(firm_id=["siemens", "ulmer", "nord-de", "nord-se"])


@pytest.mark.parametrize(
    ("entry", "firm", "how"),
    [
        ({"lei": LEI.lower()}, "siemens", "LEI"),
        ({"registry_number": "hrb1234", "country": "DE"}, "nord-de", "registry number"),
        ({"website": "www.ulmer.de"}, "ulmer", "website"),
        ({"name": "ULMER PUMPENFABRIK", "country": "DE"}, "ulmer", "name: "),
        ({"name": "Siemens Aktiengesellschaft"}, "siemens", "name"),
    ],
)
def test_firm_is_found_by_each_fact(
    firms: pd.DataFrame, make_records: RecordMaker, entry: dict[str, object], firm: str, how: str
) -> None:
    found = match_list(firms, make_records({"list": "crm", **entry}))
    assert found.matched["firm_id"].tolist() == [firm]
    assert found.matched["how"].item().startswith(how)
    assert 0.5 <= found.matched["certainty"].item() <= 1
    assert found.missing.empty


def test_name_without_a_country_may_be_several_firms_and_is_less_sure(
    firms: pd.DataFrame, make_records: RecordMaker
) -> None:
    found = match_list(firms, make_records({"name": "Nord Stahl"})).matched
    assert set(found["firm_id"]) == {"nord-de", "nord-se"}
    assert (found["certainty"] < 0.9).all()


def test_certain_fact_is_not_widened_by_the_name(
    firms: pd.DataFrame, make_records: RecordMaker
) -> None:
    entry = make_records({"name": "Ulmer Pumpenfabrik AG", "country": "DE", "lei": LEI})
    assert match_list(firms, entry).matched["firm_id"].tolist() == ["siemens"]


def test_what_is_not_found_is_told_with_the_likest_name(
    firms: pd.DataFrame, make_records: RecordMaker
) -> None:
    entries = make_records(
        {"name": "Alter Ulmer Pumpenfabrik", "country": "DE"},
        {"name": "Wholly Other", "country": "DE"},
    )
    found = match_list(firms, entries)
    assert found.matched.empty
    assert found.missing["nearest"].tolist() == ["ulmer", ""]


def test_empty_list_matches_nothing(firms: pd.DataFrame, make_records: RecordMaker) -> None:
    found = match_list(firms, make_records())
    assert found.matched.empty
    assert found.missing.empty


@pytest.fixture
def makers(make_records: RecordMaker) -> pd.DataFrame:
    records = make_records(
        {"name": "Rheinmetall AG", "country": "DE", "city": "Düsseldorf", "website": "rhm.de"},
        {"name": "Hitachi, Ltd.", "country": "JP"},
        {"name": "Kurimoto, Ltd.", "country": "JP"},
    )
    return records.assign(firm_id=["rheinmetall", "hitachi", "kurimoto"])


@pytest.mark.parametrize(
    ("entry", "certainty"),
    [
        ({"name": "Rheinmetal AG", "country": "DE"}, 0.6),
        ({"name": "Rheimnetall AG", "country": "DE"}, 0.6),
        ({"name": "Rhienmetal AG", "country": "DE"}, 0.5),
        ({"name": "Rheinmetal AG", "country": "DE", "city": "Düsseldorf"}, 0.8),
        ({"name": "Rheinmetal AG", "country": ""}, 0.5),
    ],
)
def test_lenient_match_takes_a_slip_of_the_pen(
    makers: pd.DataFrame, make_records: RecordMaker, entry: dict[str, object], certainty: float
) -> None:
    wanted = make_records(entry)
    assert match_list(makers, wanted).matched.empty
    found = match_list(makers, wanted, lenient=True)
    assert found.matched["firm_id"].tolist() == ["rheinmetall"]
    assert found.matched["certainty"].tolist() == [certainty]
    assert found.missing.empty


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "Rheinmetal AG", "country": "AT"},
        {"name": "Rheinmetal AG", "country": "DE", "website": "rheinmetal.de"},
        {"name": "Rhienmetal AG", "country": "DE", "city": "Kassel"},
        {"name": "Rheinmetal Ost AG", "country": "DE"},
        {"name": "Mitachi Co.", "country": "JP"},
        {"name": "Hitathi Co.", "country": "JP"},
    ],
)
def test_lenient_match_leaves_what_something_speaks_against(
    makers: pd.DataFrame, make_records: RecordMaker, entry: dict[str, object]
) -> None:
    assert match_list(makers, make_records(entry), lenient=True).matched.empty


def test_entry_that_is_found_is_not_widened_by_a_slip(
    makers: pd.DataFrame, make_records: RecordMaker
) -> None:
    twin = make_records({"name": "Kuramoto", "country": "JP"}).assign(firm_id="kuramoto")
    firms = pd.concat([makers, twin], ignore_index=True)
    entry = make_records({"name": "Kuramoto Co., Ltd.", "country": "JP"})
    assert match_list(firms, entry, lenient=True).matched["firm_id"].tolist() == ["kuramoto"]
