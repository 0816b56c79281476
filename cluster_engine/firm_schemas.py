"""What the tables of markets, firms, past investments and sites must look like."""

from __future__ import annotations

from cluster_engine.contracts import SLUG, Column, Table
from cluster_engine.contracts import amount_column as _amount
from cluster_engine.contracts import text_column as _text

LOW_CONFIDENCE = 0.55
"""Probability of the two-digit industry under which the data notes warn of it (a judgement).

The probabilities are calibrated: `docs/firm-coding.md` sets them beside the shares that were right.
"""

NO_FIRMS = "Without it there is nobody to rank: sectors and past investments can still be studied."
ISO2 = r"[A-Z]{2}"

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
