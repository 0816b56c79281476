"""What each CRM calls its columns, requires of a record, and allows in a cell: one entry each.

To add a system: one entry in `PROFILES`, its table in `docs/exports.md`; a test compares the two.
Names and limits as the makers publish them; `docs/exports.md` says where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Record = Mapping[str, Any]
"""A firm of the list: columns of the shortlist and of the firms of a `Handover`, and region,
country_name, about."""

Make = Callable[[Record], Any]
Limit = Literal["cut", "blank"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an import file.

    Attributes
    ----------
    header : str
        As the system knows it.
    meaning : str
        What stands there.
    make : callable or None
        Takes a record, returns the cell; None: not known here, left empty.
    required : bool
        Whether the system refuses a record without it.
    limit : int or None
        Characters of a cell.
    beyond : {"cut", "blank"}
        What becomes of a longer text: half an address is worse than none.
    is_key : bool
        Whether the system takes two records with the same cell for one.
    """

    header: str
    meaning: str
    make: Make | None = None
    required: bool = False
    limit: int | None = None
    beyond: Limit = "cut"
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """How a list is handed to a system.

    Attributes
    ----------
    system : str
        Its name.
    record : str
        What each row becomes there.
    fields : tuple of Field
    host_country : str
        ISO code of the only host country it is for; '' for any.
    most_bytes : int
        Largest file it takes by default.
    """

    system: str
    record: str
    fields: tuple[Field, ...]
    host_country: str = ""
    most_bytes: int = 0


def _take(name: str) -> Make:
    return lambda record: record[name]


UK_REGIONS = frozenset({
    "East Midlands", "East of England", "London", "North East", "North West", "Northern Ireland",
    "Scotland", "South East", "South West", "Wales", "West Midlands", "Yorkshire and The Humber",
})  # fmt: skip
"""Regions that the UK Data Hub knows."""


def _find_uk_region(record: Record) -> str:
    name = str(record["region"])
    known = {region.casefold(): region for region in UK_REGIONS}
    return known.get(name.casefold(), "")


def _name_project(record: Record) -> str:
    return f"{record['firm_name']} - {record['region']}"


_MEGABYTE = 1_000_000

PROFILES: Mapping[str, Profile] = {
    "data-hub": Profile(
        "UK Data Hub", "investment project at the stage Prospect",
        (
            Field("name", "firm and region", _name_project, True, 255),
            Field("description", "rank, reasons, notes", _take("about"), True),
            Field("stage", "'Prospect'", lambda _: "Prospect"),
            Field("investment_type", "'FDI'", lambda _: "FDI", True),
            Field("fdi_type", "not known before a talk", None, True),
            Field("investor_company_name", "firm", _take("firm_name"), True, 255),
            Field("investor_company_country", "country", _take("country_name"), True),
            Field("investor_company_sector", "of Data Hub's own list: not known", None, True),
            Field("business_activities", "not known before a talk", None, True),
            Field("strategic_drivers", "by rule, as in `explain`", _take("strategic_driver")),
            Field("possible_uk_regions", "region, where Data Hub has it", _find_uk_region),
            Field("estimated_land_date", "not known before a talk", None, True),
            Field("client_contacts", "people are not in the list", None, True),
            Field("client_relationship_manager", "yours to name", None, True),
            Field("referral_source_adviser", "yours to name", None, True),
            Field("referral_source_activity", "yours to name", None, True),
        ),
        host_country="GB",
    ),
    "dynamics": Profile(
        "Microsoft Dynamics 365", "account",
        (
            Field("Account Name", "firm", _take("firm_name"), True, 160),
            Field("Website", "website", _take("website"), False, 200, "blank"),
            Field("Address 1: City", "city", _take("city"), False, 80),
            Field("Address 1: Country/Region", "country", _take("country_name"), False, 80),
            Field("Number of Employees", "employees", _take("employees")),
            Field("SIC Code", "industry code", _take("industry_code"), False, 20, "blank"),
            Field("Description", "rank, reasons, notes", _take("about"), False, 2000),
        ),
        most_bytes=8 * _MEGABYTE,
    ),
    "salesforce": Profile(
        "Salesforce", "account",
        (
            Field("Account Name", "firm", _take("firm_name"), True, 255),
            Field("Website", "website", _take("website"), False, 255, "blank"),
            Field("Billing City", "city", _take("city"), False, 40),
            Field("Billing Country", "country", _take("country_name"), False, 80),
            Field("Employees", "employees", _take("employees")),
            Field("SIC Code", "industry code", _take("industry_code"), False, 20, "blank"),
            Field("Account Description", "rank, reasons, notes", _take("about"), False, 32_000),
        ),
        most_bytes=100 * _MEGABYTE,
    ),
    "hubspot": Profile(
        "HubSpot", "company",
        (
            Field("Company name", "firm", _take("firm_name"), True),
            Field("Company domain name", "host of the website", _take("domain"),
                  is_key=True),
            Field("Website URL", "website", _take("website")),
            Field("City", "city", _take("city")),
            Field("Country/Region", "country", _take("country_name")),
            Field("Number of Employees", "employees", _take("employees")),
            Field("Description", "rank, reasons, notes", _take("about"), False, 65_536),
        ),
        most_bytes=20 * _MEGABYTE,
    ),
}  # fmt: skip
