"""Exports of each format become firm records, with what is odd about them told."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError, SettingsError
from cluster_engine.firm_records import COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.sources.lists import delimited_rows
from cluster_engine.sources.lists.currencies import load_rates
from cluster_engine.sources.lists.events import EVENT_COLUMNS
from cluster_engine.sources.lists.profiles import FORMATS, load_profile
from cluster_engine.sources.lists.reader import (
    READERS,
    FirmList,
    ListOptions,
    detect_format,
    iter_firm_records,
    read_firm_list,
)
from cluster_engine.sources.lists.request import Companions
from tests.unit.sources.lists import exports


@pytest.fixture
def orbis(tmp_path: Path) -> FirmList:
    return read_firm_list(exports.make_orbis(tmp_path / "orbis.xlsx"))


def _pick(read: FirmList, role: str) -> pd.Series:
    return read.records[read.records["role"] == role].iloc[0]


def test_every_format_has_a_reader_and_a_profile() -> None:
    assert set(READERS) == set(FORMATS)
    assert all(load_profile(name).columns["name"] for name in FORMATS)


def test_formats_are_found_by_their_header(tmp_path: Path) -> None:
    assert detect_format(exports.make_orbis(tmp_path / "a.xlsx")) == "orbis"
    assert detect_format(exports.make_fdi_markets(tmp_path / "b.xlsx")) == "fdi-markets"
    assert detect_format(exports.make_gleif(tmp_path)[0]) == "gleif"
    assert detect_format(exports.make_companies_house(tmp_path)[0]) == "companies-house"
    assert detect_format(_write_data_hub(tmp_path)) == "data-hub"
    assert detect_format(_write_wikidata(tmp_path)) == "wikidata"


def test_records_have_the_contract_columns_and_types(orbis: FirmList) -> None:
    assert tuple(orbis.records.columns) == COLUMNS
    assert not orbis.records[list(TEXT_COLUMNS)].isna().any().any()
    assert set(orbis.records[list(NUMBER_COLUMNS)].dtypes.astype(str)) == {"float64"}
    assert orbis.records["record_id"].is_unique
    assert orbis.report.rows_read == 7
    assert orbis.report.rows_kept == 6


def test_orbis_takes_the_latest_year_and_its_own_units(orbis: FirmList) -> None:
    firm = orbis.records.iloc[0]
    assert firm[["year", "employees", "sales", "rd"]].tolist() == [2022, 900, 250.0005, 12]
    # From 2021 to 2022: 200,000 to 250,000.5; 2020 has no figure.
    assert firm["sales_growth"] == pytest.approx(0.2500025)
    second = orbis.records.iloc[1]
    assert second[["year", "employees"]].tolist() == [2021, 12]
    assert pd.isna(second["sales"])
    assert second["website"] == ""


def test_orbis_rows_that_continue_a_firm_add_to_it(orbis: FirmList) -> None:
    assert orbis.records.iloc[0]["codes"] == "2813; 2814"
    assert orbis.report.fixes["rows that continue the firm above"] == 1


def test_orbis_related_entities_know_their_firm(orbis: FirmList) -> None:
    subsidiary, branch = _pick(orbis, "subsidiary"), _pick(orbis, "branch")
    assert subsidiary[["name", "country", "parent_id"]].tolist() == [
        "ULMER PUMPEN CZ S.R.O.", "CZ", "DE7030001",
    ]  # fmt: skip
    assert branch[["country", "parent_name"]].tolist() == ["GB", "ULMER PUMPEN AG"]
    assert "ULMER PUMPEN AG" in _pick(orbis, "shareholder")["notes"]


def test_orbis_owner_in_a_row_or_in_columns_is_the_ultimate_owner(orbis: FirmList) -> None:
    names = ["ultimate_name", "ultimate_id", "ultimate_country"]
    assert orbis.records.iloc[0][names].tolist() == ["ULMER HOLDING SE", "DE7030009", "DE"]
    assert orbis.records.iloc[1][names].tolist() == ["KEMPEN GROUP", "NL0099", "NL"]


def test_orbis_codes_as_numbers_get_their_zero_back(tmp_path: Path) -> None:
    header = ["Company name Latin alphabet", "BvD ID number", "NACE Rev. 2, core code (4 digits)"]
    rows = [header, ["A", "DE1", 111], ["B", "DE2", 2813]]
    read = read_firm_list(exports.write_workbook(tmp_path / "o.xlsx", rows, sheet="Results"))
    assert read.records["codes"].tolist() == ["0111", "2813"]


def test_orbis_related_columns_become_records(tmp_path: Path) -> None:
    header = ["Company name Latin alphabet", "BvD ID number", "SUB - Name",
              "SUB - Country ISO code"]  # fmt: skip
    rows = [header, ["A", "DE1", "A UK LTD", "GB"], ["", "", "A FRANCE SAS", "FR"], ["B", "DE2"]]
    read = read_firm_list(exports.write_workbook(tmp_path / "o.xlsx", rows, sheet="Results"))
    found = read.records[["name", "role", "country", "parent_id"]].to_numpy().tolist()
    assert found == [
        ["A", "firm", "", ""], ["B", "firm", "", ""],
        ["A UK LTD", "subsidiary", "GB", "DE1"], ["A FRANCE SAS", "subsidiary", "FR", "DE1"],
    ]  # fmt: skip
    assert read.records["record_id"].is_unique


def test_fdi_markets_gives_investors_and_events(tmp_path: Path) -> None:
    read = read_firm_list(exports.make_fdi_markets(tmp_path / "fdi.xlsx"))
    assert read.events is not None
    assert tuple(read.events.columns) == EVENT_COLUMNS
    assert read.records["role"].tolist() == ["investor"] * 2
    assert read.records["row"].tolist() == [3, 4]
    assert read.records["country"].tolist() == ["DE", "JP"]
    first, second = read.events.iloc[0], read.events.iloc[1]
    assert first[["date", "country", "region", "jobs"]].tolist() == [
        "2021-01", "GB", "West Midlands", 120,
    ]  # fmt: skip
    assert first["capex"] == pytest.approx(12.5 / load_rates()["USD"][2021])
    assert second["estimated"] == "capex; jobs"
    assert second["notes"] == "joint-venture field misused"
    whats = [doubt.what for doubt in read.report.doubts]
    assert "joint-venture partner is the investor or its parent" in whats


def test_gleif_levels_are_joined_and_namibia_is_kept(tmp_path: Path) -> None:
    level_1, level_2 = exports.make_gleif(tmp_path)
    options = ListOptions(companions=Companions(relations=level_2))
    records = read_firm_list(level_1, options=options).records.set_index("lei")
    child = records.loc[exports.CHILD]
    assert child[["parent_id", "parent_name"]].tolist() == [exports.PARENT, "Ulmer Holding SE"]
    assert child[["ultimate_id", "ultimate_country"]].tolist() == [exports.TOP, "NL"]
    assert child["founded"] == "1951-03-01"
    # An inactive relationship and the management of a fund are no ownership.
    assert records.loc[exports.PARENT, "ultimate_id"] == ""
    assert records.loc[exports.TOP, "parent_id"] == ""
    assert records.loc[exports.PARENT, "notes"] == "LEI registration lapsed"
    branch = records[records["country"] == "NA"].iloc[0]
    assert branch["role"] == "branch"


def test_gleif_can_be_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited_rows, "CHUNK_ROWS", 1)
    level_1, _ = exports.make_gleif(tmp_path)
    seen: list[int] = []
    parts = list(iter_firm_records(level_1, on_progress=seen.append))
    assert [len(part) for part in parts] == [1, 1, 1, 1]
    assert seen == [1, 2, 3, 4]
    whole = read_firm_list(level_1).records
    assert pd.concat(parts, ignore_index=True).equals(whole)


def test_gleif_keeps_the_countries_asked_for_and_counts_the_others(tmp_path: Path) -> None:
    level_1, _ = exports.make_gleif(tmp_path)
    options = ListOptions(companions=Companions(countries=frozenset({"DE"})))
    read = read_firm_list(level_1, options=options)
    assert set(read.records["country"]) == {"DE"}
    assert (read.report.dropped[0].count, read.report.dropped[0].rows) == (2, (4, 5))


def test_gleif_level_2_must_be_level_2(tmp_path: Path) -> None:
    level_1, _ = exports.make_gleif(tmp_path)
    with pytest.raises(DataError, match="level 2"):
        read_firm_list(level_1, options=ListOptions(companions=Companions(relations=level_1)))


def test_companies_house_keeps_companies_of_the_region_owned_abroad(tmp_path: Path) -> None:
    bulk, people = exports.make_companies_house(tmp_path)
    companions = Companions(people=people, postcode_areas=frozenset({"B", "CV", "DY"}))
    read = read_firm_list(bulk, options=ListOptions(companions=companions))
    assert read.records["registry_number"].tolist() == ["01234567", "FC000001"]
    first = read.records.iloc[0]
    assert first[["role", "country", "parent_country", "parent_name"]].tolist() == [
        "subsidiary", "GB", "DE", "Ulmer Pumpen AG",
    ]  # fmt: skip
    assert first[["codes", "code_system", "founded"]].tolist() == [
        "28131; 46690", "uksic2007", "1998-05-04",
    ]  # fmt: skip
    assert read.records.iloc[1][["parent_country", "codes", "code_system"]].tolist() == [
        "JP",
        "",
        "",
    ]
    assert {drop.reason: drop.count for drop in read.report.dropped} == {
        "no owner abroad is known": 1, "outside the host region": 1,
    }  # fmt: skip
    assert any("Atlantis" in doubt.examples[0] for doubt in read.report.doubts)


def test_damaged_register_of_owners_is_refused_with_its_line(tmp_path: Path) -> None:
    bulk, people = exports.make_companies_house(tmp_path)
    with people.open("a", encoding="utf-8") as stream:
        stream.write('{"data": {"kind": "corporate-entity-person-with-significant-control"\n')
    with pytest.raises(DataError) as caught:
        read_firm_list(bulk, options=ListOptions(companions=Companions(people=people)))
    assert caught.value.problems[0].row == 7


def _write_data_hub(folder: Path) -> Path:
    text = (
        "investor_company_name,investor_company_country,investor_company_sector,fdi_type,"
        "number_new_jobs,foreign_equity_investment,possible_uk_regions,stage\n"
        "Ulmer Pumpen AG,Germany,Advanced Engineering,Creation of new site,40,5700000,"
        "West Midlands,Won\nKanto Motors,Japan,Automotive,Expansion,,,West Midlands,Prospect\n"
    )
    return exports.write_text(folder / "hub.csv", text)


def test_data_hub_gives_investors_and_projects(tmp_path: Path) -> None:
    read = read_firm_list(_write_data_hub(tmp_path))
    assert read.records["country"].tolist() == ["DE", "JP"]
    assert read.records["status"].tolist() == ["Won", "Prospect"]
    assert read.events is not None
    # 5.7 m pounds at the latest rate there is, since no date is told.
    pounds = load_rates()["GBP"]
    assert read.events["capex"].iloc[0] == pytest.approx(5.7 / pounds[max(pounds)])
    assert read.events["jobs"].tolist()[0] == 40
    assert pd.isna(read.events["jobs"].iloc[1])


def _write_wikidata(folder: Path) -> Path:
    base = "http://www.wikidata.org/entity/"
    text = (
        "item,itemLabel,countryLabel,inception,employees,parent,website\n"
        f"{base}Q1,Ulmer Pumpen,Germany,1951-01-01T00:00:00Z,900,{base}Q2,https://ulmer.example\n"
        f"{base}Q1,Ulmer Pumps,Germany,1951-01-01T00:00:00Z,850,{base}Q2,https://ulmer.example\n"
        f"{base}Q2,Ulmer Holding,Germany,t123456789,,,\n"
    )
    return exports.write_text(folder / "query.csv", text)


def test_wikidata_items_are_one_record_each(tmp_path: Path) -> None:
    read = read_firm_list(_write_wikidata(tmp_path))
    first, second = read.records.iloc[0], read.records.iloc[1]
    assert first[["name", "other_names", "employees"]].tolist() == [
        "Ulmer Pumpen", "Ulmer Pumps", 900,
    ]  # fmt: skip
    assert first["parent_id"] == second["record_id"]
    assert second[["founded", "notes"]].tolist() == ["", "Wikidata Q2"]
    assert read.report.dropped[0].rows == (3,)


def test_unknown_format_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_firm_list(_write_data_hub(tmp_path), format="data-hup")
    assert "data-hub" in caught.value.hint


def test_report_counts_what_is_missing(tmp_path: Path) -> None:
    path = exports.write_text(tmp_path / "l.csv", "Company,Country,Employees\nA,DE,\nB,,3\n")
    missing = read_firm_list(path).report.missing
    assert (missing["name"], missing["country"], missing["employees"]) == (0, 1, 1)


@pytest.mark.slow
def test_large_list_is_read_in_parts_of_modest_size(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Company", "Country", "Employees", "NACE Rev. 2"])
        writer.writerows([f"Firm {n} GmbH", "DE", n % 900, "28.13"] for n in range(200_000))
    seen: list[int] = []
    read = read_firm_list(path, on_progress=seen.append)
    assert len(read.records) == 200_000
    assert read.records["row"].iloc[-1] == 200_001
    assert seen == [50_000, 100_000, 150_000, 200_000]
