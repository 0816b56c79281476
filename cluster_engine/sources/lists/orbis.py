"""Orbis exports: wide years, rows that continue the firm above, related entities.

A blank first column means that the row continues the firm above. Related entities stand in rows
whose name begins with 'SUB - ', 'SH - ', 'GUO - ' or 'BRANCH - ', or in columns headed so.
"""

from __future__ import annotations

import re

import pandas as pd

from cluster_engine.sources.lists.cells import read_grid
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.profiles import Profile, find_columns
from cluster_engine.sources.lists.request import Reading, Request, read_by_profile
from cluster_engine.sources.lists.texts import look_up, make_key

OWNED = ("subsidiary", "branch")
"""Roles whose parent is the firm above."""

IN_FIRM = "ultimate owner"
"""Told in columns of the firm itself, so that no record of its own is made of them."""


def read_orbis(request: Request) -> Reading:
    """Read an Orbis export: firms first, then related entities with the firm they belong to."""
    log, profile = request.log, request.profile
    grid = read_grid(request.opened, log, on_progress=request.on_progress)
    columns = find_columns([str(name) for name in grid.cells.columns], profile.columns)
    if "name" not in columns:
        return Reading(read_by_profile(request, grid))
    role = _find_roles(grid.cells[columns["name"]], profile)
    firms = _find_firm_rows(grid, columns["name"], role)
    owner = pd.Series(grid.cells.index, index=grid.cells.index).where(firms).ffill()
    main = _join_continuations(grid, firms, owner, role, columns)
    log.add_fix("rows that continue the firm above", int((~firms & role.eq("")).sum()))
    parts = [read_by_profile(request, main)]
    for prefix, name in profile.prefixes.items():
        related = _take_rows(grid, role.eq(name), columns["name"], prefix)
        parts.append(_read_related(request, related, name, owner, parts[0]))
        if name != IN_FIRM:
            related = _take_columns(grid, prefix, request)
            parts.append(_read_related(request, related, name, owner, parts[0]))
    parts[0] = _add_ultimates(parts[0], parts[1:], owner)
    records = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return Reading(_number_again(records, request.list_name))


def _find_roles(names: pd.Series[str], profile: Profile) -> pd.Series[str]:
    """Return the role that the prefix of a name tells; '' for a firm of its own."""
    role = pd.Series("", index=names.index, dtype="str")
    for prefix, name in profile.prefixes.items():
        role = role.mask(names.str.match(rf"\s*{prefix}\s+-\s+"), name)
    return role


def _find_firm_rows(grid: Grid, name: str, role: pd.Series[str]) -> pd.Series[bool]:
    first = grid.cells.iloc[:, 0].str.strip().ne("")
    named = grid.cells[name].str.strip().ne("")
    return named & role.eq("") & first


def _join_continuations(
    grid: Grid, firms: pd.Series[bool], owner: pd.Series[float], role: pd.Series[str],
    columns: dict[str, str],
) -> Grid:  # fmt: skip
    """Return the rows of firms, with the codes and names of continuation rows added to them."""
    cells = grid.cells[firms]
    more = ~firms & role.eq("") & owner.notna()
    for target in ("codes", "name"):
        if target not in columns or not more.any():
            continue
        column = columns[target]
        extra = grid.cells.loc[more, column]
        extra = extra[extra.str.strip().ne("")]
        joined = extra.groupby(owner[extra.index]).agg("; ".join)
        if joined.empty:
            continue
        added = joined.reindex(cells.index, fill_value="")
        if target == "codes":
            both = (cells[column] + "; " + added).where(added.ne(""), cells[column])
            cells = cells.assign(**{column: both})
        else:
            cells = cells.assign(**{"other names": added})
    typed = None if grid.typed is None else grid.typed[firms]
    if typed is not None and "other names" in cells and "other names" not in typed:
        typed = typed.assign(**{"other names": False})
    return Grid(cells, typed)


def _take_rows(grid: Grid, rows: pd.Series[bool], name: str, prefix: str) -> Grid:
    cells = grid.cells[rows]
    bare = cells[name].str.replace(rf"^\s*{prefix}\s+-\s+", "", regex=True)
    return Grid(cells.assign(**{name: bare}), None if grid.typed is None else grid.typed[rows])


def _take_columns(grid: Grid, prefix: str, request: Request) -> Grid:
    """Return the columns headed by a prefix, under the names they have for a firm."""
    pattern = re.compile(rf"(?i)^{prefix}\s+-\s+")
    named = {str(c): pattern.sub("", str(c)) for c in grid.cells.columns if pattern.match(str(c))}
    named = {
        old: "Company name" if make_key(new) in {"name", "company name"} else new
        for old, new in named.items()
    }
    if "Company name" not in named.values():
        return Grid(grid.cells.iloc[:0])
    cells = grid.cells[list(named)].rename(columns=named)
    rows = cells["Company name"].str.strip().ne("")
    rows &= ~cells["Company name"].str.strip().str.lower().isin(request.profile.missing)
    typed = None if grid.typed is None else grid.typed[list(named)].rename(columns=named)[rows]
    return Grid(cells[rows], typed)


def _read_related(
    request: Request, grid: Grid, role: str, owner: pd.Series[float], firms: pd.DataFrame
) -> pd.DataFrame:
    if grid.cells.empty:
        return firms.iloc[:0]
    records = read_by_profile(request, grid, role=role)
    if role not in OWNED or records.empty:
        return _note_owner(records, owner, firms)
    above = firms.drop_duplicates("row").set_index("row")
    rows = records["row"].map(owner)
    fields = {"parent_name": "name", "parent_country": "country", "parent_id": "bvd_id"}
    filled = {target: look_up(rows, above[source]) for target, source in fields.items()}
    own = look_up(rows, above["record_id"])
    filled["parent_id"] = filled["parent_id"].mask(filled["parent_id"].eq(""), own)
    return records.assign(**filled)


def _note_owner(
    records: pd.DataFrame, owner: pd.Series[float], firms: pd.DataFrame
) -> pd.DataFrame:
    """Say which firm an owner was listed for."""
    names = firms.drop_duplicates("row").set_index("row")["name"]
    told = "listed as an owner of " + look_up(records["row"].map(owner), names)
    return records.assign(notes=told)


def _add_ultimates(
    firms: pd.DataFrame, parts: list[pd.DataFrame], owner: pd.Series[float]
) -> pd.DataFrame:
    """Give each firm the ultimate owner in a row below it, where its own row has none."""
    owners = pd.concat([part[part["role"] == IN_FIRM] for part in parts if len(part)] or parts[:1])
    if owners.empty:
        return firms
    above = (
        owners.assign(above=owners["row"].map(owner)).drop_duplicates("above").set_index("above")
    )
    filled = {}
    for target, source in (
        ("ultimate_name", "name"), ("ultimate_id", "bvd_id"), ("ultimate_country", "country"),
    ):  # fmt: skip
        told = look_up(firms["row"], above[source])
        filled[target] = firms[target].mask(firms[target].eq(""), told)
    return firms.assign(**filled)


def _number_again(records: pd.DataFrame, list_name: str) -> pd.DataFrame:
    """Make record ids unique: one row may tell of a firm, its owner and its subsidiary."""
    place = records.groupby("row", sort=False).cumcount()
    rows = records["row"].astype("int64").astype("str")
    suffix = ("." + place.astype("str")).where(place > 0, "")
    return records.assign(record_id=list_name + ":" + rows + suffix)
