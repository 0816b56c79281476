"""What the default pack says of itself: sources, and the nature and caveats of each table."""

from __future__ import annotations

from cluster_engine.packs.manifest import FORMAT, Manifest, Nature, Source, TableEntry

OGL = "Open Government Licence v3.0"
YEAR = 2021
HOST_ISO3 = "GBR"

SOURCES = (
    Source(
        "bres",
        "Business Register and Employment Survey, open access: employment by area and SIC 2007",
        "Office for National Statistics, from Nomis",
        "2015-2021",
        OGL,
        "https://www.nomisweb.co.uk/sources/bres",
    ),
    Source(
        "business-counts",
        "UK Business Counts: enterprises by industry and employment size band",
        "Office for National Statistics, from Nomis",
        "2021",
        OGL,
        "https://www.nomisweb.co.uk/sources/ukbc",
    ),
    Source(
        "ioat",
        "UK input-output analytical tables 2019, industry by industry and product by product",
        "Office for National Statistics",
        "2019, published March 2023, consistent with Blue Book 2022",
        OGL,
        "https://www.ons.gov.uk/economy/nationalaccounts/supplyandusetables",
    ),
    Source(
        "regional-gva",
        "Regional gross value added (balanced) by industry: ITL2 areas, current prices",
        "Office for National Statistics",
        "1998-2022, of which the latest ten years",
        OGL,
        "https://www.ons.gov.uk/economy/grossvalueaddedgva/datasets/"
        "nominalandrealregionalgrossvalueaddedbalancedbyindustry",
    ),
    Source(
        "local-statistics",
        "Explore Local Statistics: pay, qualifications, productivity, research and development, "
        "exports, foreign direct investment, business demography, by region",
        "Office for National Statistics",
        "2019-2025, the latest year of each figure",
        OGL,
        "https://www.ons.gov.uk/explore-local-statistics/",
    ),
    Source(
        "aps",
        "Annual Population Survey: occupation (SOC 2020) by industry and area",
        "Office for National Statistics, from Nomis",
        "July 2022 to June 2023",
        OGL,
        "https://www.nomisweb.co.uk/sources/aps",
    ),
    Source(
        "sic2007",
        "UK Standard Industrial Classification 2007, summary of structure",
        "Office for National Statistics",
        "SIC 2007",
        OGL,
        "https://www.ons.gov.uk/methodology/classificationsandstandards/"
        "ukstandardindustrialclassificationofeconomicactivities/uksic2007",
    ),
    Source(
        "htec",
        "High-tech industry and knowledge-intensive services: aggregation by NACE Rev. 2",
        "Eurostat",
        "NACE Rev. 2",
        "CC BY 4.0 (Commission Decision 2011/833/EU on reuse)",
        "https://ec.europa.eu/eurostat/cache/metadata/en/htec_esms.htm",
    ),
    Source(
        "geodist",
        "GeoDist: distances and languages",
        "CEPII (Mayer & Zignago 2011)",
        "2011",
        "Open Licence 2.0 (Etalab), see data/SOURCES.md",
        "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=6",
    ),
    Source(
        "cordip",
        "COR&DIP: the 2,000 companies with the largest R&D expenditure",
        "European Commission, Joint Research Centre, and OECD",
        "2015-2018",
        "© European Union and OECD, reuse with acknowledgement, see data/SOURCES.md",
        "https://iri.jrc.ec.europa.eu/",
    ),
    Source(
        "financedatabase",
        "FinanceDatabase: listed companies of the world",
        "FinanceDatabase (J. Bouma and contributors)",
        "rolling",
        "MIT",
        "https://github.com/JerBouma/FinanceDatabase",
    ),
    Source(
        "geonames",
        "GeoNames gazetteer: populated places from 500 people, divisions of the second level",
        "GeoNames",
        "2023 and 2026, see data/SOURCES.md",
        "CC BY 4.0",
        "https://www.geonames.org/",
    ),
    Source(
        "regional-sbs",
        "Structural business statistics by NUTS 2 region and NACE Rev. 2 (sbs_r_nuts06_r2)",
        "Eurostat",
        "2015",
        "CC BY 4.0 (Commission Decision 2011/833/EU on reuse)",
        "https://ec.europa.eu/eurostat/databrowser/view/sbs_r_nuts06_r2",
    ),
    Source(
        "authored",
        "Short names, regions, markets and other tables written for this pack",
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
        ("bres",),
        (
            "NUTS 2016 codes, as the source gives them; other_code is the ITL 2021 code of the "
            "same area, 'TL' for 'UK'. Northern Ireland is not covered.",
        ),
    ),
    (
        "regions",
        "authored",
        ("bres", "authored"),
        ("The base economy is Great Britain as a whole, which is therefore no region.",),
    ),
    ("industries", "official", ("sic2007", "bres", "htec", "authored"), ()),
    (
        "employment",
        "official",
        ("bres",),
        (
            "Employment: employees and working owners.",
            "Cells are rounded, coarser as they grow: to 5 below 50 jobs, 25 below 250, 50 below "
            "500, 100 below 1,000, 250 below 2,500, 500 below 5,000, 1,000 above; sums of cells "
            "carry that error. Cells under about 100 jobs are noisy: BRES is a sample survey.",
            "Farms stand in 01000 only; 01110 to 01500 are 0 throughout.",
        ),
    ),
    (
        "enterprises",
        "derived",
        ("business-counts",),
        ("Enterprises, not sites: a sector of chains looks more concentrated than it is.",),
    ),
    (
        "io_industries",
        "official",
        ("ioat", "authored"),
        (
            "United Kingdom, Northern Ireland included. £m at basic prices; imports cif.",
            "final_use is total use less intermediate use; exports are those of goods and "
            "services. T97, households as employers, buys nothing.",
        ),
    ),
    ("io_flows", "official", ("ioat",), ("Domestic use, industry by industry.",)),
    (
        "io_imports",
        "official",
        ("ioat",),
        ("Product by industry; product codes are written as the codes of the industries.",),
    ),
    ("io_concordance", "derived", ("ioat", "sic2007"), ("Longest prefix wins; weight 1.",)),
    (
        "value_added",
        "official",
        ("regional-gva",),
        (
            "£m at current basic prices, rounded to whole £m: figures of a few £m are coarse.",
            "Not the frame of the employment: value added covers all who work, and is allocated to "
            "areas by the ONS; jobs leave out the self-employed without VAT or PAYE. A quotient of "
            "the two is an order of magnitude, the more so the smaller the cell.",
        ),
    ),
    (
        "region_offer",
        "official",
        ("local-statistics",),
        ("Of different years; exports and the position of foreign investment are estimates.",),
    ),
    (
        "area_occupations",
        "official",
        ("aps",),
        (
            "A survey of residents, rounded to 100. Nine groups of sections and nine major groups "
            "of occupations: coarse.",
        ),
    ),
    ("markets", "derived", ("geodist", "authored"), ()),
    (
        "firms",
        "derived",
        ("cordip", "financedatabase", "authored"),
        (
            "Firms of the source 'authored' are widely known, unlisted and outside the panel: "
            "name, city and industry are general knowledge, not checked against a register.",
        ),
    ),
    (
        "firm_industries",
        "modelled",
        ("cordip", "financedatabase", "sic2007"),
        (
            "Codes with the basis 'activity text' are assigned by a model, with its confidence.",
            "Codes with the basis 'coded by hand' are our reading of a firm's main products; their "
            "confidence of 0.95 is our judgement, not a measurement.",
        ),
    ),
    (
        "firm_notes",
        "modelled",
        ("authored", "financedatabase", "geonames", "regional-sbs"),
        (
            "Hints from seats, names, codes and words: a reason to look, never to leave out, and "
            "no legal advice.",
        ),
    ),
    (
        "firm_homes",
        "derived",
        ("geonames", "regional-sbs", "authored"),
        (
            "NUTS 2 regions of the 2013 edition, by the city of the head office; of several places "
            "of one name the clearly largest. Not where the firm's plants are.",
            "Where no source tells the city of a widely known firm, it is general knowledge.",
            "Location quotients of 2015 against all countries of the table that publish the "
            "industry (EU with the UK, Norway, Iceland), in persons employed of the business "
            "economy (NACE B to N without K, and S95).",
        ),
    ),
)


def describe_pack(
    remarks: dict[str, tuple[str, ...]],
    *,
    year: int = YEAR,
    sources: tuple[Source, ...] = SOURCES,
) -> Manifest:
    """Return the manifest of the default pack, without rows and checksums.

    Parameters
    ----------
    remarks : dict of str to tuple of str
        For each table that was built, what was counted; tables without an entry are left out.
    year : int
        Year of the jobs unless another is asked for.
    sources : tuple of Source
        Where the figures come from; those no table uses are left out.

    Returns
    -------
    Manifest
    """
    tables = tuple(
        TableEntry(name, f"{name}.parquet", 0, "", nature, sources, (*caveats, *remarks[name]))
        for name, nature, sources, caveats in _TABLES
        if name in remarks
    )
    used = {source for table in tables for source in table.sources}
    return Manifest(
        format=FORMAT,
        name="great-britain",
        title="Great Britain: 40 ITL2 areas, five-digit industries, overseas firms",
        host_country="GB",
        currency="GBP",
        classification="UK SIC 2007",
        default_region="west-midlands",
        default_year=year,
        remarks=(
            "Employment covers Great Britain; the input-output table covers the United Kingdom.",
            "Figures are restructured from the sources named; data/SOURCES.md tells how.",
        ),
        sources=tuple(source for source in sources if source.id in used),
        tables=tables,
    )
