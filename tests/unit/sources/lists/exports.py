"""Exports as agencies have them, made by hand from invented firms; no line is a publisher's."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def write_workbook(path: Path, rows: Rows, *, sheet: str = "Sheet1", **others: Rows) -> Path:
    book = Workbook()
    first = book.active
    first.title = sheet
    for row in rows:
        first.append(list(row))
    for name, more in others.items():
        extra = book.create_sheet(name)
        for row in more:
            extra.append(list(row))
    book.save(path)
    return path


ORBIS_HEADER = (
    "", "Company name Latin alphabet", "BvD ID\nnumber", "National ID", "Country ISO code", "City",
    "Postcode", "NACE Rev. 2, core code (4 digits)", "Consolidation code", "Last avail. year",
    "Status", "Date of incorporation", "Standardised legal form", "Website address",
    "Trade description (English)", "Operating revenue (Turnover)\nth EUR 2022",
    "Operating revenue (Turnover)\nth EUR 2021", "Operating revenue (Turnover)\nth EUR 2020",
    "Number of employees\n2022", "Number of employees\n2021",
    "Research & Development expenses\nth EUR Last avail. yr", "GUO - Name",
    "GUO - BvD ID number", "GUO - Country ISO code",
)  # fmt: skip


def make_orbis(path: Path) -> Path:
    """Two firms: one with related entities in rows, one with its owner in columns."""
    rows = [
        list(ORBIS_HEADER),
        ["1.", "ULMER PUMPEN AG", "DE7030001", "HRB 1001", "DE", "Ulm", "89073", "2813", "C2",
         2022, "Active", dt.datetime(1951, 3, 1), "Public limited", "www.ulmer-pumpen.example",
         "Manufacture of pumps", 250_000.5, 200_000, "n.a.", 900, 850, 12_000,
         None, None, None],
        [None, None, None, None, None, None, None, "2814"] + [None] * 16,
        [None, "SUB - ULMER PUMPEN CZ S.R.O.", "CZ4410001", None, "CZ", "Brno"] + [None] * 18,
        [None, "GUO - ULMER HOLDING SE", "DE7030009", None, "DE"] + [None] * 19,
        [None, "SH - FAMILIE ULMER STIFTUNG", None, None, "LI"] + [None] * 19,
        [None, "BRANCH - ULMER PUMPEN LONDON", None, None, "GB", "London"] + [None] * 18,
        ["2.", "NONE NV", "BE0400002", "0400002", "BE", "Gent", "9000", "0111", "U1", 2021,
         "Active", 1999, "NV", "n.a.", "Growing of cereals", "n.a.", "n.s.", "n.a.", "n.a.", 12,
         "n.a.", "KEMPEN GROUP", "NL0099", "NL"],
    ]  # fmt: skip
    summary = [["Search strategy"], ["Status: active"]]
    return write_workbook(path, rows, sheet="Results", **{"Search summary": summary})


FDI_HEADER = (
    "Project date", "Investing company", "Parent company", "Source  country", "Source state",
    "Source city", "Destination country", "Destination state", "Admin region", "Destination city",
    "Industry sector", "Sub-sector", "Cluster", "Business activity", "Capital investment",
    "Estimated", "Jobs created", "Estimated", "Project type", "Joint Venture Company",
)  # fmt: skip


def make_fdi_markets(path: Path) -> Path:
    rows = [
        ["fDi Markets export"],
        list(FDI_HEADER),
        ["Jan 2021", "Ulmer Pumpen", "Ulmer Holding", "Germany", None, "Ulm", "UK", "England",
         "West Midlands", "Birmingham", "Industrial equipment", "Pumps", "Industrial",
         "Manufacturing", 12.5, "Yes", 120, "No", "New", None],
        ["Mar 2020", "Kanto Motors", "Kanto Motors", "Japan", None, "Yokohama", "UK", "England",
         "West Midlands", "Coventry", "Automotive OEM", "Automobiles", "Transport equipment",
         "Research & Development", 40, None, 60, "Yes", "Expansion", "Kanto Motors"],
    ]  # fmt: skip
    return write_workbook(path, rows, sheet="fDiMarkets")


GLEIF_HEADER = (
    "LEI", "Entity.LegalName", "Entity.LegalAddress.Country", "Entity.HeadquartersAddress.City",
    "Entity.HeadquartersAddress.Country", "Entity.HeadquartersAddress.PostalCode",
    "Entity.EntityStatus", "Entity.EntityCategory", "Entity.EntityCreationDate",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    "Registration.RegistrationStatus",
)  # fmt: skip


def make_lei(stem: str) -> str:
    """An LEI whose check digits agree."""
    base = stem.ljust(18, "0")[:18]
    digits = "".join(str(int(char, 36)) for char in base + "00")
    return f"{base}{98 - int(digits) % 97:02d}"


CHILD, PARENT, TOP = (make_lei(stem) for stem in ("CHILD1", "PARENT1", "TOP1"))


def make_gleif(folder: Path) -> tuple[Path, Path]:
    """Level 1 (gzipped) and level 2 (zipped)."""
    rows = [
        [CHILD, "Ulmer Pumpen AG", "DE", "Ulm", "DE", "89073", "ACTIVE", "GENERAL",
         "1951-03-01T00:00:00Z", "HRB 1001", "ISSUED"],
        [PARENT, "Ulmer Holding SE", "LU", "Ulm", "DE", "89073", "ACTIVE", "GENERAL", "", "B 1",
         "LAPSED"],
        [TOP, "Kempen Group N.V.", "NL", "Breda", "NL", "4811", "ACTIVE", "GENERAL", "", "33",
         "ISSUED"],
        [make_lei("BR1"), "Namib Pumps, London Branch", "NA", "Windhoek", "NA", "", "ACTIVE",
         "BRANCH", "", "", "ISSUED"],
    ]  # fmt: skip
    level_1 = folder / "lei2.csv.gz"
    level_1.write_bytes(gzip.compress(_to_csv([GLEIF_HEADER, *rows]).encode()))
    relation = "Relationship."
    links = [
        [f"{relation}StartNode.NodeID", f"{relation}EndNode.NodeID",
         f"{relation}RelationshipType", f"{relation}RelationshipStatus"],
        [CHILD, PARENT, "IS_DIRECTLY_CONSOLIDATED_BY", "ACTIVE"],
        [CHILD, TOP, "IS_ULTIMATELY_CONSOLIDATED_BY", "ACTIVE"],
        [PARENT, TOP, "IS_ULTIMATELY_CONSOLIDATED_BY", "INACTIVE"],
        [TOP, PARENT, "IS_FUND-MANAGED_BY", "ACTIVE"],
    ]  # fmt: skip
    level_2 = folder / "rr.csv.zip"
    with zipfile.ZipFile(level_2, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rr.csv", _to_csv(links))
    return level_1, level_2


def make_companies_house(folder: Path) -> tuple[Path, Path]:
    """Basic company data and the register of persons with significant control."""
    header = [
        "CompanyName", " CompanyNumber", "RegAddress.PostTown", "RegAddress.PostCode",
        "CompanyStatus", "CountryOfOrigin", "IncorporationDate", "Accounts.AccountCategory",
        "SICCode.SicText_1", "SICCode.SicText_2",
    ]  # fmt: skip
    uk = "United Kingdom"
    rows = [
        ["ULMER PUMPS LIMITED", "01234567", "BIRMINGHAM", "B1 1AA", "Active", uk, "04/05/1998",
         "SMALL", "28131 - Manufacture of pumps", "46690 - Wholesale; other machinery"],
        ["HOME GROWN LIMITED", "07654321", "COVENTRY", "CV1 1AA", "Active", uk, "31/12/2001", "",
         "01110 - Growing of cereals", ""],
        ["FAR AWAY LIMITED", "02222222", "LONDON", "W1 1AA", "Active", uk, "", "",
         "62012 - Software", ""],
        ["KANTO UK BRANCH", "FC000001", "DUDLEY", "DY1 1AA", "Active", "JAPAN", "", "",
         "None Supplied", ""],
    ]  # fmt: skip
    bulk = write_text(folder / "BasicCompanyData.csv", _to_csv([header, *rows]))
    owner = {"kind": "corporate-entity-person-with-significant-control", "name": "Ulmer Pumpen AG",
             "natures_of_control": ["ownership-of-shares-75-to-100-percent"]}  # fmt: skip
    lines = [
        {"company_number": "01234567", "data": owner | {"identification": {
            "country_registered": "Federal Republic Of Germany",
            "registration_number": "HRB 1001"}}},
        {"company_number": "02222222", "data": owner | {"identification": {
            "country_registered": "Delaware, USA"}}},
        {"company_number": "07654321", "data": owner | {"identification": {
            "country_registered": "England And Wales"}}},
        {"company_number": "07654321", "data": owner | {"ceased_on": "2020-01-01",
            "identification": {"country_registered": "France"}}},
        {"company_number": "07654321", "data": owner | {"identification": {
            "country_registered": "Atlantis"}}},
        {"company_number": "07654321", "data": {
            "kind": "individual-person-with-significant-control", "name": "A Person"}},
    ]  # fmt: skip
    people = folder / "psc.txt"
    people.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return bulk, people


def _to_csv(rows: Rows) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue()
