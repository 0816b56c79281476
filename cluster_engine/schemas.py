"""Contracts of the tables in a pack: columns, types, units, keys and rules.

Plain data, so that reading a contract costs nothing at start-up. `packs.validate` builds the
pandera checks from it, the readers of `sources` write what it promises, and `data check` prints it.
"""

from __future__ import annotations

from collections.abc import Mapping

from cluster_engine.contracts import Column, Table
from cluster_engine.contracts import amount_column as _amount
from cluster_engine.contracts import text_column as _text

LOW_CONFIDENCE = 0.55
"""Probability of the two-digit industry under which the data notes warn of it (a judgement).

The probabilities are calibrated: `docs/firm-coding.md` sets them beside the shares that were right.
"""

NO_LINKS = (
    "Without it links between industries are unknown: no gaps, clusters, training or ranking."
)
NO_FIRMS = "Without it there is nobody to rank: sectors and past investments can still be studied."

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
ISO2 = r"[A-Z]{2}"

AREAS = Table(
    "areas",
    "The smallest areas with employment figures",
    (
        _text("area", "Code of the area, as the source gives it"),
        _text("area_name", "Official name"),
        _text("other_code", "Code of the same area in a newer or older geography"),
    ),
    ("area",),
)
REGIONS = Table(
    "regions",
    "Regions a list can be made for: one row per region and base area in it",
    (
        _text("region", "Short name for the command line", pattern=SLUG),
        _text("region_name", "Name as shown"),
        _text("kind", "What sort of region", values=("area", "region", "country")),
        _text("area", "Base area in the region", refers_to="areas.area"),
    ),
    ("region", "area"),
)
INDUSTRIES = Table(
    "industries",
    "The classification at every level",
    (
        _text("industry", "Code"),
        Column("level", "integer", "Digits of the code; 1 = section", minimum=1, maximum=6),
        _text("parent", "Code one level up", nullable=True),
        _text("label", "Official label"),
        _text("name", "Short name for tables and reasons"),
        _text("knowledge_class", "High-technology or knowledge-intensive class", nullable=True),
    ),
    ("industry",),
)
EMPLOYMENT = Table(
    "employment",
    "Jobs by year, area and industry at the finest level",
    (
        Column("year", "integer", "Year", minimum=1900, maximum=2100),
        _text("area", "Base area", refers_to="areas.area"),
        _text("industry", "Industry, finest level", refers_to="industries.industry"),
        _amount("jobs", "Employment; empty = not published", "jobs", minimum=0),
    ),
    ("year", "area", "industry"),
)
ENTERPRISES = Table(
    "enterprises",
    "Enterprises of the nation by size: how many jobs go together as one plant",
    (
        _text("industry", "Industry, finest level", refers_to="industries.industry"),
        _text("size_band", "Employment size band"),
        _amount(
            "mean_size",
            "Jobs of a typical enterprise of the band",
            "jobs",
            nullable=False,
            minimum=0,
        ),
        _amount("enterprises", "Enterprises", "count", nullable=False, minimum=0),
    ),
    ("industry", "size_band"),
    required=False,
)
ESTABLISHMENTS = Table(
    "establishments",
    "Workplaces by year, area and industry: where they stand together as jobs do",
    (
        Column("year", "integer", "Year", minimum=1900, maximum=2100),
        _text("area", "Base area", refers_to="areas.area"),
        _text("industry", "Industry, finest level", refers_to="industries.industry"),
        _amount("establishments", "Workplaces; empty = not published", "count", minimum=0),
    ),
    ("year", "area", "industry"),
    required=False,
)
OCCUPATIONS = Table(
    "occupations",
    "Jobs of the nation by industry and occupation: which industries need the same people",
    (
        _text("industry", "Industry, any level", refers_to="industries.industry"),
        _text("occupation", "Occupation, as the source names it"),
        _amount("jobs", "Employment", "jobs", nullable=False, minimum=0),
    ),
    ("industry", "occupation"),
    required=False,
)
LABOUR_FLOWS = Table(
    "labour_flows",
    "People who changed jobs between industries: whose skills fit where",
    (
        _text("origin", "Industry left, any level", refers_to="industries.industry"),
        _text("destination", "Industry joined, any level", refers_to="industries.industry"),
        _amount("people", "People who moved", "persons", nullable=False, minimum=0),
    ),
    ("origin", "destination"),
    required=False,
)
IO_INDUSTRIES = Table(
    "io_industries",
    "Industries of the input-output table: primary inputs, output and final use",
    (
        _text("io_industry", "Code in the input-output table"),
        _text("label", "Official label"),
        _text("name", "Short name for tables and reasons"),
        _amount("output", "Total output at basic prices", "£m", nullable=False, minimum=0),
        _amount("imports", "Use of imported products", "£m", nullable=False, minimum=0),
        _amount("taxes_on_products", "Taxes less subsidies on products", "£m", nullable=False),
        _amount("compensation", "Compensation of employees", "£m", nullable=False),
        _amount("surplus", "Gross operating surplus and mixed income", "£m", nullable=False),
        _amount("taxes_on_production", "Taxes less subsidies on production", "£m", nullable=False),
        _amount("value_added", "Gross value added", "£m", nullable=False),
        _amount("final_use", "Final uses at basic prices", "£m", nullable=False),
        _amount("exports", "Exports of goods and services", "£m", nullable=False),
    ),
    ("io_industry",),
    required=False,
    without=NO_LINKS,
)
IO_FLOWS = Table(
    "io_flows",
    "Domestic intermediate flows: what each industry sells to each other; absent = 0",
    (
        _text("supplier", "Selling industry", refers_to="io_industries.io_industry"),
        _text("user", "Buying industry", refers_to="io_industries.io_industry"),
        _amount("flow", "Sales at basic prices", "£m", nullable=False),
    ),
    ("supplier", "user"),
    required=False,
    without=NO_LINKS,
)
IO_IMPORTS = Table(
    "io_imports",
    "Imported intermediate flows: foreign products each industry buys; absent = 0",
    (
        _text("product", "Imported product", refers_to="io_industries.io_industry"),
        _text("user", "Buying industry", refers_to="io_industries.io_industry"),
        _amount("flow", "Purchases, cif", "£m", nullable=False),
    ),
    ("product", "user"),
    required=False,
    without=NO_LINKS,
)
IO_CONCORDANCE = Table(
    "io_concordance",
    "Which input-output industry each finest industry belongs to",
    (
        _text("industry", "Industry, finest level", refers_to="industries.industry"),
        _text("io_industry", "Input-output industry", refers_to="io_industries.io_industry"),
        Column("weight", "number", "Share of the industry", "share", minimum=0, maximum=1),
    ),
    ("industry", "io_industry"),
    required=False,
    without=NO_LINKS,
)
VALUE_ADDED = Table(
    "value_added",
    "Gross value added by year, area and group of industries, at current prices",
    (
        Column("year", "integer", "Year", minimum=1900, maximum=2100),
        _text("area", "Base area", refers_to="areas.area"),
        _text(
            "industries",
            "Industries of the group, '; ' between them: the finest published, each in one group",
            pattern=r"\w+(; \w+)*",
        ),
        _amount("value_added", "Gross value added; empty = not published", "£m"),
    ),
    ("year", "area", "industries"),
    required=False,
)
REGION_OFFER = Table(
    "region_offer",
    "What regions offer an investor: the latest figure of every indicator",
    (
        _text(
            "indicator",
            "What is told",
            values=(
                "pay", "qualified", "value_per_hour", "business_rd", "public_rd", "exports",
                "inward_fdi", "high_growth", "survival",
            ),
        ),
        _text("region", "Region of the pack; 'nation': the nation", pattern=SLUG),
        _text("place_name", "Name of the place as the source gives it"),
        Column("year", "integer", "Year, or the year it begins in", minimum=1900, maximum=2100),
        _text("period", "Year as shown, such as 2021-22"),
        _amount("value", "Figure, in its unit", "as `unit` says", nullable=False),
        _amount("low", "Low end of its 95 % interval", "as `unit` says"),
        _amount("high", "High end of its 95 % interval", "as `unit` says"),
        _text("unit", "Unit", values=("£", "£m", "%")),
    ),
    ("indicator", "region"),
    required=False,
    without="Without it pay, skills, research and exports of regions are unknown.",
)  # fmt: skip
AREA_OCCUPATIONS = Table(
    "area_occupations",
    "Persons in work by area, group of sections and major group of occupations",
    (
        _text("area", "Base area", refers_to="areas.area"),
        _text("sections", "Sections of the group, '; ' between them", pattern=r"[A-Z](; [A-Z])*"),
        _text("sections_name", "Name of the group"),
        _text("occupation", "Major group of occupations", pattern=r"[1-9]"),
        _text("occupation_name", "Its name"),
        _amount("persons", "Persons in work; empty = not published", "persons", minimum=0),
        _amount("error", "Half the width of the 95 % interval", "persons", minimum=0),
    ),
    ("area", "sections", "occupation"),
    required=False,
    without="Without it the occupations of a region are unknown.",
)
MARKETS = Table(
    "markets",
    "Overseas markets: one row per market and country in it",
    (
        _text("market", "Short name for the command line", pattern=SLUG),
        _text("market_name", "Name as shown"),
        _text("country", "ISO 3166-1 alpha-2 code", pattern=ISO2),
        _text("country_name", "Name of the country"),
        _text("country_iso3", "ISO 3166-1 alpha-3 code", pattern=r"[A-Z]{3}"),
        _amount("distance_km", "Distance to the host country, weighted by population", "km"),
        _text("languages", "Official languages, '; ' between them", nullable=True),
        Column("shares_language", "boolean", "Official language in common with the host"),
    ),
    ("market", "country"),
    required=False,
    without=NO_FIRMS,
)
FIRMS = Table(
    "firms",
    "Overseas firms, one row each",
    (
        _text("firm_id", "Identifier, stable between builds"),
        _text("firm_name", "Name"),
        _text("country", "ISO 3166-1 alpha-2 code of the head office", pattern=ISO2),
        _text("city", "City of the head office", nullable=True),
        _text("website", "Public website", nullable=True),
        _text("source", "Lists the firm stands in, '+' between them"),
        Column("year", "integer", "Year of the figures", nullable=True, minimum=1900, maximum=2100),
        _amount("employees", "Employees", "persons", minimum=0),
        _amount("sales", "Net sales", "€m", minimum=0),
        _amount("rd", "Research and development expenditure", "€m", minimum=0),
        _amount("capex", "Capital expenditure", "€m"),
        _amount("operating_profit", "Operating profit", "€m"),
        _amount("sales_growth", "Mean yearly growth of sales over the panel", "share a year"),
        _text(
            "size_class",
            "Market capitalisation class",
            nullable=True,
            values=("mega", "large", "mid", "small", "micro", "nano"),
        ),
        _amount("patents", "Patent applications at the five largest offices", "count", minimum=0),
        _amount("patents_abroad", "Of these, at offices outside home", "count", minimum=0),
        _amount("trademarks_abroad", "EU and US trade marks outside home", "count", minimum=0),
        _text("status", "May it be ranked?", values=("rankable", "holding code", "no code")),
    ),
    ("firm_id",),
    required=False,
    without=NO_FIRMS,
)
FIRM_INDUSTRIES = Table(
    "firm_industries",
    "Industries of each firm; the weights of a firm add up to 1",
    (
        _text("firm_id", "Firm", refers_to="firms.firm_id"),
        _text("industry", "Industry, four-digit level", refers_to="industries.industry"),
        Column("weight", "number", "Share of the firm's activity", "share", minimum=0, maximum=1),
        _text(
            "basis",
            "Where the code comes from",
            values=(
                "official code",
                "activity text",
                "codes of subsidiaries",
                "coded by hand",
                "corrected by user",
            ),
        ),
        Column(
            "confidence",
            "number",
            "Probability that the code is right",
            "share",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
    ),
    ("firm_id", "industry"),
    required=False,
    without=NO_FIRMS,
)
FIRM_NOTES = Table(
    "firm_notes",
    "What a person should look at before a firm is approached; filters nothing",
    (
        _text("firm_id", "Firm", refers_to="firms.firm_id"),
        _text("kind", "What the note is about",
              values=("seat", "group", "sensitive area", "industry", "figures", "home region",
                      "status")),
        _text("note", "As printed among the data notes"),
    ),
    ("firm_id", "kind", "note"),
    required=False,
)  # fmt: skip
INVESTMENTS = Table(
    "investments",
    "Investment projects of foreign firms that chose a place: what the engine is judged on",
    (
        _text("event_id", "Identifier of the project, stable between builds"),
        Column("year", "integer", "Year of the decision", minimum=1900, maximum=2100),
        _text("firm_name", "Name of the investor"),
        _text("firm_group", "Investors that count as one: related decisions stand together"),
        _text("origin", "ISO 3166-1 alpha-2 code of the country of origin", pattern=ISO2),
        _text("sector", "Sector in the words of the source"),
        _text("area", "Base area chosen; empty: several or not known", nullable=True,
              refers_to="areas.area"),
        _amount("jobs", "Jobs announced", "jobs", minimum=0),
        _amount("capex_eur_m", "Investment announced", "€m", minimum=0),
        _text("status", "What became of it", values=("announced", "cancelled")),
    ),
    ("event_id",),
    required=False,
    without="Without it choices of regions cannot be studied: name a list with --events FILE.csv.",
)  # fmt: skip
INVESTMENT_INDUSTRIES = Table(
    "investment_industries",
    "Industries of each project; the weights of a project add up to 1",
    (
        _text("event_id", "Project", refers_to="investments.event_id"),
        _text("industry", "Industry, any level", refers_to="industries.industry"),
        Column("weight", "number", "Share of the project", "share", minimum=0, maximum=1),
    ),
    ("event_id", "industry"),
    required=False,
)
DISTANCES = Table(
    "distances",
    "How far each area is from each country; from the host country: from its capital",
    (
        _text("area", "Base area", refers_to="areas.area"),
        _text("country", "ISO 3166-1 alpha-2 code", pattern=ISO2),
        _amount("distance_km", "Great-circle distance", "km", nullable=False, minimum=0),
    ),
    ("area", "country"),
    required=False,
)
FIRM_FACTS = Table(
    "firm_facts",
    "What else is known about firms: where they are already, and whom they belong to",
    (
        _text("firm_id", "Firm", refers_to="firms.firm_id"),
        _amount("in_host", "1: has a site in the host country; 0: has none", "yes or no",
                minimum=0, maximum=1),
        _amount("rival_sites", "Sites in regions that compete for projects", "count", minimum=0),
        _amount("recent_projects", "Projects abroad in the last five years", "count", minimum=0),
        _text("parent", "firm_id or name of the ultimate parent; empty: the firm", nullable=True),
    ),
    ("firm_id",),
    required=False,
)  # fmt: skip
FIRM_HOMES = Table(
    "firm_homes",
    "Home region of each firm, and how strong that region is in the firm's main industry",
    (
        _text("firm_id", "Firm", refers_to="firms.firm_id"),
        _text("region", "NUTS 2 code, 2013 edition", nullable=True),
        _text("region_name", "Name of the region", nullable=True),
        _text(
            "basis", "What tells the region", nullable=True, values=("city", "postcode", "country")
        ),
        _text("industry_level", "NACE Rev. 2 division or group compared, digits", nullable=True),
        _amount("lq", "Location quotient of the region against all countries", "ratio", minimum=0),
        _text("reason", "Why region or quotient are not known", nullable=True),
        Column(
            "year", "integer", "Year of the quotient", nullable=True, minimum=1900, maximum=2100
        ),
    ),
    ("firm_id",),
    required=False,
)
FIRM_IDENTITIES = Table(
    "firm_identities",
    "Names and identifiers by which the firms of an imported list are known, subsidiaries included",
    (
        _text("firm_id", "Firm", refers_to="firms.firm_id"),
        _text("name", "Name in a list"),
        _text("country", "ISO 3166-1 alpha-2 code of the seat", nullable=True),
        _text("city", "City of the seat", nullable=True),
        _text("website", "Public website", nullable=True),
        _text("lei", "Legal entity identifier", nullable=True),
        _text("bvd_id", "BvD id", nullable=True),
        _text("isin", "ISIN of its share", nullable=True),
        _text("registry_number", "Number in the register of the country", nullable=True),
        _text("pack_firm", "firm_id of the same firm in the pack", nullable=True),
    ),
    ("firm_id", "name", "country", "lei", "bvd_id", "registry_number"),
    required=False,
)

SITES = Table(
    "sites",
    "Universities, institutes and sites a region shows an investor; a file the agency keeps",
    (
        _text(
            "kind", "What it is",
            values=("university", "research", "training", "site", "network", "other"),
        ),
        _text("name", "Name"),
        _text("place", "Town", nullable=True),
        _text("what", "What it offers, in a few words"),
        _text("url", "Web page", nullable=True, pattern=r"https?://[^\s\"<>]+"),
        _text("source", "Where that is from, with the year"),
    ),
    ("kind", "name"),
    required=False,
)  # fmt: skip

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        AREAS, REGIONS, INDUSTRIES, EMPLOYMENT, ENTERPRISES, ESTABLISHMENTS, OCCUPATIONS,
        LABOUR_FLOWS, IO_INDUSTRIES, IO_FLOWS, IO_IMPORTS, IO_CONCORDANCE, VALUE_ADDED,
        REGION_OFFER, AREA_OCCUPATIONS, MARKETS,
        FIRMS, FIRM_INDUSTRIES, FIRM_NOTES, FIRM_HOMES, FIRM_FACTS, INVESTMENTS,
        INVESTMENT_INDUSTRIES, DISTANCES,
    )
}  # fmt: skip
"""Every table of a pack by name, in the order in which references can be checked."""
