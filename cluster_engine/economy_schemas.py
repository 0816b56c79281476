"""What the tables of an economy must look like: areas, industries, jobs, trade, value added."""

from __future__ import annotations

from cluster_engine.contracts import SLUG, Column, Table
from cluster_engine.contracts import amount_column as _amount
from cluster_engine.contracts import text_column as _text

NO_LINKS = (
    "Without it links between industries are unknown: no gaps, clusters, training or ranking."
)

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
