"""GLEIF golden copy: level 1 tells who is who, level 2 who consolidates whom.

Three million rows do not fit in memory as text: the file is read some ten thousand rows at a time,
only the columns needed, and rows of other countries are left out on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.lists.cells import iter_grids, open_list
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.mapping import ColumnChoice, ListMapping
from cluster_engine.sources.lists.profiles import find_columns, load_profile
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.records import RecordRule, make_empty_records, make_records
from cluster_engine.sources.lists.request import Reading, Request, require_columns
from cluster_engine.sources.lists.texts import look_up

DIRECT = "IS_DIRECTLY_CONSOLIDATED_BY"
ULTIMATE = "IS_ULTIMATELY_CONSOLIDATED_BY"
ROLES = {"BRANCH": "branch"}
_AUX = ("category", "registration", "legal_country")


@dataclass(frozen=True, slots=True)
class Relations:
    """Who consolidates whom, by LEI.

    Attributes
    ----------
    direct, ultimate : dict of str to str
        Parent by child, active relationships only.
    """

    direct: dict[str, str] = field(default_factory=dict)
    ultimate: dict[str, str] = field(default_factory=dict)


def read_relations(path: Path, log: ReadLog) -> Relations:
    """Read level 2.

    Parameters
    ----------
    path : Path
        The relationship records, CSV, plain or packed.
    log : ReadLog
        Notes what is wrong.

    Raises
    ------
    DataError
        A column is missing, or the file cannot be read.
    """
    wanted = load_profile("gleif").relations
    opened = open_list(path, log, known=frozenset(a for names in wanted.values() for a in names))
    found = find_columns(opened.header, wanted)
    missing = sorted(set(wanted) - set(found))
    if missing:
        rule = "The file must be the relationship records (level 2) of GLEIF."
        problem = Problem(path.name, 1, None, f"no column for {', '.join(missing)}", rule)
        raise DataError([problem], hint="Download the golden copy 'RR' as CSV.")
    relations = Relations()
    tables = {DIRECT: relations.direct, ULTIMATE: relations.ultimate}
    for grid in iter_grids(opened, log, columns=list(found.values())):
        cells = grid.cells
        active = cells[found["status"]].eq("ACTIVE")
        for kind, table in tables.items():
            rows = active & cells[found["type"]].eq(kind)
            children, parents = cells.loc[rows, found["child"]], cells.loc[rows, found["parent"]]
            table.update(
                (child, parent)
                for child, parent in zip(children, parents, strict=True)
                if child != parent
            )
    return relations


def iter_gleif(request: Request) -> Iterator[pd.DataFrame]:
    """Read level 1 in parts, each with its parents' LEIs; names of parents are not known yet.

    Yields
    ------
    DataFrame
        Firm records.
    """
    relations = Relations()
    if request.companions.relations is not None:
        relations = read_relations(
            request.companions.relations, ReadLog(request.companions.relations.name)
        )
    profile = request.profile
    found = find_columns(request.opened.header, profile.columns)
    choices = {t: ColumnChoice(c) for t, c in found.items() if t not in _AUX}
    if "country" not in choices and "legal_country" in found:
        choices["country"] = ColumnChoice(found["legal_country"])
    require_columns({t: c.column for t, c in choices.items()}, ("lei", "name", "country"), request)
    mapping = ListMapping(choices)
    rule = RecordRule(request.list_name, request.format_name, mapping)
    for grid in iter_grids(
        request.opened, request.log, columns=list(found.values()), on_progress=request.on_progress
    ):
        kept = _keep_countries(grid, choices["country"].column, request)
        if not kept.cells.empty:
            records = make_records(kept, rule, request.log)
            yield _add_relations(records, kept, found, relations)


def _keep_countries(grid: Grid, column: str, request: Request) -> Grid:
    wanted = request.companions.countries
    if not wanted:
        return grid
    keep = grid.cells[column].isin(wanted)
    request.log.add_drop("seat in another country", grid.cells.index[~keep].tolist())
    return Grid(grid.cells[keep])


def _add_relations(
    records: pd.DataFrame, grid: Grid, found: dict[str, str], relations: Relations
) -> pd.DataFrame:
    filled: dict[str, Any] = {}
    lei = records["lei"]
    if relations.direct or relations.ultimate:
        filled["parent_id"] = look_up(lei, relations.direct)
        filled["ultimate_id"] = look_up(lei, relations.ultimate)
    if "category" in found:
        role = look_up(grid.cells[found["category"]], ROLES)
        filled["role"] = role.where(role.ne(""), "firm").to_numpy()
    if "registration" in found:
        state = grid.cells[found["registration"]].str.strip()
        note = ("LEI registration " + state.str.lower()).where(~state.isin(["ISSUED", ""]), "")
        filled["notes"] = note.to_numpy()
    return records.assign(**filled)


def read_gleif(request: Request) -> Reading:
    """Read level 1 and, if given, level 2; parents in the list get their names and countries."""
    parts = list(iter_gleif(request))
    if not parts:
        return Reading(make_empty_records())
    records = pd.concat(parts, ignore_index=True)
    parts.clear()
    own = records.loc[records["lei"].ne(""), ["lei", "name", "country"]].drop_duplicates("lei")
    filled = {}
    for kind in ("parent", "ultimate"):
        needed = own[own["lei"].isin(set(records[f"{kind}_id"]) - {""})].set_index("lei")
        for target in ("name", "country"):
            filled[f"{kind}_{target}"] = look_up(records[f"{kind}_id"], needed[target])
    return Reading(records.assign(**filled))
