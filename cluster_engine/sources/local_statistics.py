"""What regions offer: files of 'Explore Local Statistics' (ONS), some indicators each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells

AREA, INDICATOR, PERIOD, VALUE, UNIT = "areacd", "indicator", "period", "observation", "unit"
LOW, HIGH, STATUS = "lci_95", "uci_95", "status"
COLUMNS = (AREA, "areanm", INDICATOR, PERIOD, VALUE, UNIT, LOW, HIGH, STATUS)

NOT_PUBLISHED = ("", "x", "c", "[x]", "[c]")
"""What stands in this source where a figure is not published: not known, never 0."""

UNRELIABLE = "u"
"""Status of a figure the ONS calls unreliable: left out as well."""

DATE = re.compile(r"(\d{4})-(\d\d)-\d\d(/P1Y)?")

INDICATORS: Mapping[str, str] = {
    "Gross median weekly pay": "pay",
    "Level 3 or above qualifications (Great Britain)": "qualified",
    "Gross value added per hour worked": "value_per_hour",
    "Business expenditure on research and development": "business_rd",
    "Public-funded expenditure on research and development": "public_rd",
    "Value of UK exports": "exports",
    "Inward foreign direct investment": "inward_fdi",
    "High growth businesses": "high_growth",
    "Five-year survival rate": "survival",
}
"""Indicators taken, and their short names."""

REGION_CODES: Mapping[str, str] = {
    **{f"E1200000{place}": f"TL{letter}" for place, letter in enumerate("CDEFGHIJK", 1)},
    "W92000004": "TLL",
    "S92000003": "TLM",
}
"""Code of an English region, of Wales and Scotland, to the ITL 1 area that is the same place."""

NATIONS = ("K02000001", "K03000001", "K99000002")
"""The United Kingdom; where the source has no figure for it, Great Britain; else the United Kingdom
without what belongs to no region."""


@dataclass(frozen=True, slots=True)
class RegionOffer:
    """The pack table `region_offer`, and what should be known about it."""

    table: pd.DataFrame
    remarks: tuple[str, ...]


def read_region_offer(paths: Sequence[Path], *, regions: pd.DataFrame) -> RegionOffer:
    """Read the latest figure of every indicator for the regions of a pack and the nation.

    Parameters
    ----------
    paths : sequence of Path
        CSV as downloaded, plain or gzipped.
    regions : DataFrame
        region and area of the pack; areas in NUTS codes, 'UK' for 'TL'.

    Returns
    -------
    RegionOffer
        indicator, region ('nation' for the nation), place_name, year, period, value, low, high,
        unit; sorted by the first two. Regions that are no ITL 1 area have no row.

    Raises
    ------
    DataError
        A missing column, a figure or period that cannot be read, a figure that stands twice, or an
        indicator that is not there.
    """
    slugs = _find_regions(regions)
    found = pd.concat([_read_file(path, slugs) for path in paths], ignore_index=True)
    missing = sorted(set(INDICATORS.values()) - set(found["indicator"]))
    if missing:
        problem = Problem(
            ", ".join(path.name for path in paths), None, INDICATOR, ", ".join(missing),
            "Every indicator of the offer must be there. Not",
        )  # fmt: skip
        raise DataError([problem], hint="Download them from Explore Local Statistics.")
    latest = found.groupby("indicator")["year"].transform("max")
    table = found[found["year"] == latest].sort_values(["indicator", "region"])
    counts = table.groupby("indicator").agg(year=("period", "first"), n=("value", "count"))
    remarks = (
        "Latest figures, places with one: "
        + "; ".join(f"{name} {row.year} ({row.n})" for name, row in counts.iterrows())
        + ".",
        "For English regions, Wales, Scotland, and the nation (United Kingdom; qualifications: "
        "Great Britain; value added: without what belongs to no region). Other areas have none.",
    )
    return RegionOffer(table.reset_index(drop=True), remarks)


def _find_regions(regions: pd.DataFrame) -> dict[str, str]:
    """Every code of a source to the region that holds just the areas of that ITL 1 area."""
    all_areas = set(regions["area"])
    by_areas = {
        frozenset(group["area"]): str(region)
        for region, group in regions[regions["kind"] != "area"].groupby("region")
    }
    slugs = dict.fromkeys(NATIONS, "nation")
    for code, itl in REGION_CODES.items():
        inside = frozenset(area for area in all_areas if area.startswith(f"UK{itl[2]}"))
        if inside in by_areas:
            slugs |= {code: by_areas[inside], itl: by_areas[inside]}
    return slugs


def _read_file(path: Path, slugs: Mapping[str, str]) -> pd.DataFrame:
    rows = strip_cells(read_delimited(path, COLUMNS))
    wanted = rows[INDICATOR].isin(list(INDICATORS)) & rows[AREA].isin(list(slugs))
    rows = rows[wanted]
    _refuse_faults(rows, path.name)
    unknown = rows[VALUE].isin(NOT_PUBLISHED) | rows[STATUS].eq(UNRELIABLE)
    rows = rows[~unknown]
    table = pd.DataFrame(
        {
            "indicator": rows[INDICATOR].map(INDICATORS),
            "region": rows[AREA].map(slugs),
            "place_name": rows["areanm"],
            "year": rows[PERIOD].str[:4].astype("int64"),
            "period": [_write_period(period) for period in rows[PERIOD]],
            "value": rows[VALUE].astype(float),
            "low": pd.to_numeric(rows[LOW], errors="coerce"),
            "high": pd.to_numeric(rows[HIGH], errors="coerce"),
            "unit": rows[UNIT].replace({"£ million": "£m"}),
        }
    )
    order = {code: place for place, code in enumerate(NATIONS)}
    first = table.assign(order=rows[AREA].map(order).fillna(0)).sort_values("order", kind="stable")
    return first.drop_duplicates(["indicator", "region", "year"]).drop(columns="order")


def _refuse_faults(rows: pd.DataFrame, file: str) -> None:
    number = pd.to_numeric(rows[VALUE], errors="coerce")
    wrong = rows.loc[number.isna() & ~rows[VALUE].isin(NOT_PUBLISHED), VALUE]
    undated = rows.loc[~rows[PERIOD].str.fullmatch(DATE), PERIOD]
    twice = rows.loc[rows.duplicated([AREA, INDICATOR, PERIOD]), AREA]
    problems = [
        *list_faults(wrong, file, "It must be a number, or x or c for 'not published'."),
        *list_faults(undated, file, "It must be a date, and /P1Y for a year from then on."),
        *list_faults(twice, file, "One figure per area, indicator and period.", note=" again"),
    ]
    if problems:
        raise DataError(problems, hint="Take the file as Explore Local Statistics gives it.")


def _write_period(period: str) -> str:
    """'2023' for a year, '2021-22' for one that begins in April, '2025' for a day."""
    year, month, length = DATE.fullmatch(period).groups()  # type: ignore[union-attr]
    if length and month != "01":
        return f"{year}-{(int(year) + 1) % 100:02d}"
    return year
