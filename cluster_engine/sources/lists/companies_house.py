"""Companies House: companies of the host region that belong to owners abroad.

The register holds five million companies; it is read some ten thousand rows at a time, and only
companies in the region with an owner or an origin abroad are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from cluster_engine.sources.lists.cells import iter_grids
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.mapping import ColumnChoice, ListMapping
from cluster_engine.sources.lists.people import Owner, find_register_country, read_overseas_owners
from cluster_engine.sources.lists.profiles import find_columns
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.records import RecordRule, make_empty_records, make_records
from cluster_engine.sources.lists.request import Reading, Request, require_columns

CODES = ("sic_1", "sic_2", "sic_3", "sic_4")
_AREA = re.compile(r"\s*([A-Za-z]{1,2})\d")


def find_postcode_area(postcode: str) -> str:
    """Return the letters that open a British postcode.

    Examples
    --------
    >>> find_postcode_area("b1 1aa"), find_postcode_area("CV4 7AL"), find_postcode_area("")
    ('B', 'CV', '')
    """
    match = _AREA.match(postcode)
    return match[1].upper() if match else ""


def iter_companies(request: Request) -> Iterator[pd.DataFrame]:
    """Read the companies that are kept, in parts.

    Yields
    ------
    DataFrame
        Firm records with their owners as parents.
    """
    owners: dict[str, Owner] = {}
    people = request.companions.people
    if people is not None:
        people_log = ReadLog(people.name)
        owners = read_overseas_owners(people, people_log)
        for doubt in people_log.freeze(format_name="", rows_kept=0, missing={}).doubts:
            request.log.add_doubt(doubt.what, doubt.examples, count=doubt.count)
    found = find_columns(request.opened.header, request.profile.columns)
    require_columns(found, ("name", "registry_number"), request)
    choices = {t: ColumnChoice(c) for t, c in found.items() if t not in {*CODES, "origin"}}
    choices["codes"] = ColumnChoice("codes")
    mapping = ListMapping(
        choices,
        code_system=request.profile.code_system,
        country="GB",
        missing=tuple(request.profile.missing),
    )
    level = request.profile.code_level
    rule = RecordRule(
        request.list_name,
        request.format_name,
        mapping,
        "subsidiary",
        level,
        request.profile.day_first,
    )
    for grid in iter_grids(
        request.opened, request.log, columns=list(found.values()), on_progress=request.on_progress
    ):
        kept = _keep(grid, found, owners, request)
        if not kept.cells.empty:
            joined = _join_codes(kept, found)
            yield _add_owners(make_records(joined, rule, request.log), kept, found, owners)


def _keep(grid: Grid, found: dict[str, str], owners: dict[str, Owner], request: Request) -> Grid:
    cells = grid.cells
    inside = pd.Series(True, index=cells.index)
    areas = request.companions.postcode_areas
    if areas and "postcode" in found:
        inside = cells[found["postcode"]].map(find_postcode_area).isin(areas)
    abroad = cells[found["registry_number"]].str.strip().isin(owners)
    if "origin" in found:
        told = {text: find_register_country(text) for text in cells[found["origin"]].unique()}
        abroad |= ~cells[found["origin"]].map(told).isin(["GB", ""])
    request.log.add_drop("outside the host region", cells.index[~inside].tolist())
    request.log.add_drop("no owner abroad is known", cells.index[inside & ~abroad].tolist())
    return Grid(cells[inside & abroad])


def _join_codes(grid: Grid, found: dict[str, str]) -> Grid:
    cells = grid.cells
    joined = pd.Series("", index=cells.index, dtype="str")
    for target in CODES:
        if target in found:
            # Only the digits: a label may hold the mark that divides codes.
            code = cells[found[target]].str.extract(r"^\s*(\d{4,5})\b", expand=False).fillna("")
            joined = joined + code.where(code.eq(""), "; " + code)
    return Grid(cells.assign(codes=joined.str.removeprefix("; ")))


def _add_owners(
    records: pd.DataFrame, grid: Grid, found: dict[str, str], owners: dict[str, Owner]
) -> pd.DataFrame:
    held = [owners.get(number) for number in records["registry_number"]]
    origin = [""] * len(records)
    if "origin" in found:
        origin = [find_register_country(text) for text in grid.cells[found["origin"]]]
    return records.assign(
        parent_name=[owner.name if owner else "" for owner in held],
        parent_id=[owner.registry_number if owner else "" for owner in held],
        parent_country=[
            owner.country if owner else ("" if told == "GB" else told)
            for owner, told in zip(held, origin, strict=True)
        ],
        notes=["; ".join(owner.natures[:3]) if owner else "overseas company" for owner in held],
    )


def read_companies_house(request: Request) -> Reading:
    """Read the companies of the host region that belong to owners abroad."""
    parts = list(iter_companies(request))
    return Reading(pd.concat(parts, ignore_index=True) if parts else make_empty_records())
