"""What the pack `czech-regions` says of itself: sources, nature and caveats of each table."""

from __future__ import annotations

from cluster_engine.packs.manifest import FORMAT, Manifest, Nature, Source, TableEntry
from cluster_engine.workflows.great_britain import SOURCES as BRITISH_SOURCES

SOURCES = (
    Source(
        "sbs",
        "Structural business statistics by NUTS 2 region (sbs_r_nuts06_r2): persons employed",
        "Eurostat",
        "2015",
        "CC BY 4.0 (Commission Decision 2011/833/EU on reuse)",
        "https://ec.europa.eu/eurostat/databrowser/view/sbs_r_nuts06_r2",
    ),
    Source(
        "incentives",
        "Investment incentives: decisions issued",
        "CzechInvest",
        "1998-2007",
        "public list of state aid granted; no licence is stated, see data/SOURCES.md",
        "https://www.czechinvest.org/",
    ),
    next(source for source in BRITISH_SOURCES if source.id == "htec"),
    Source(
        "authored",
        "Names, Czech words, points for distances and other tables written for this pack",
        "cluster-engine contributors",
        "2026",
        "as the project",
        "data/curated",
    ),
)

_TABLES: tuple[tuple[str, Nature, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "areas",
        "official",
        ("sbs", "authored"),
        ("NUTS 2 codes of the source; '<country>-rest' is no place but what areas withhold.",),
    ),
    ("regions", "authored", ("sbs", "authored"), ("Each Czech area, and each country.",)),
    ("industries", "official", ("htec", "authored"), ("Names are ours, not the official labels.",)),
    (
        "employment",
        "derived",
        ("sbs",),
        (
            "Persons employed in the business economy: no farms, finance, public services, "
            "education or health.",
            "Divisions; groups in trade. What an area's groups withhold stands in 450, 460, 470.",
            "2015 is later than the investments 1998-2007: the plants they built are in it.",
        ),
    ),
    (
        "investments",
        "derived",
        ("incentives", "authored"),
        (
            "Projects that got an incentive: large ones in manufacturing, outside Prague mostly.",
            "firm_group is the first distinctive word of the name: a rule of thumb.",
            "The origin is that of the decision: the Netherlands, Luxembourg and Cyprus may only "
            "be where a holding sits.",
        ),
    ),
    (
        "investment_industries",
        "modelled",
        ("authored",),
        ("A dozen Czech sector words spread over divisions by judgement, see data/curated.",),
    ),
    (
        "distances",
        "derived",
        ("authored",),
        ("Great circle to the nearest border crossing of a neighbour or to an economic centre.",),
    ),
)


def describe_pack(remarks: dict[str, tuple[str, ...]]) -> Manifest:
    """Return the manifest, without rows and checksums.

    Parameters
    ----------
    remarks : dict of str to tuple of str
        For each table, what was counted.
    """
    return Manifest(
        format=FORMAT,
        name="czech-regions",
        title="Czech regions: persons employed in Europe 2015, foreign investments 1998-2007",
        host_country="CZ",
        currency="CZK",
        classification="NACE Rev. 2",
        default_region="moravia-silesia",
        default_year=2015,
        remarks=(
            "A second economy to evaluate on: no input-output table, no firms, one year.",
            "Figures are restructured from the sources named; data/SOURCES.md tells how.",
        ),
        sources=SOURCES,
        tables=tuple(
            TableEntry(name, f"{name}.parquet", 0, "", nature, sources, (*caveats, *remarks[name]))
            for name, nature, sources, caveats in _TABLES
        ),
    )
