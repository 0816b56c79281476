"""Wikidata query results: items with labels, several rows where a value has several."""

from __future__ import annotations

import pandas as pd

from cluster_engine.sources.lists.cells import read_grid
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.profiles import find_columns
from cluster_engine.sources.lists.request import Reading, Request, read_by_profile
from cluster_engine.sources.lists.texts import clean_texts, look_up

_ITEM = r"(Q\d+)\s*$"


def read_wikidata(request: Request) -> Reading:
    """Read one record for each item; names of its further rows become other names."""
    grid = read_grid(request.opened, request.log, on_progress=request.on_progress)
    columns = find_columns([str(name) for name in grid.cells.columns], request.profile.columns)
    if "item" not in columns:
        return Reading(read_by_profile(request, grid))
    items = clean_texts(grid.cells[columns["item"]]).str.extract(_ITEM, expand=False).fillna("")
    twice = items.duplicated() & items.ne("")
    request.log.add_drop("further row of the same item", grid.cells.index[twice].tolist())
    cells = _blank_unknown(grid.cells[~twice])
    typed = None if grid.typed is None else grid.typed[~twice]
    records = read_by_profile(request, Grid(cells, typed))
    if records.empty:
        return Reading(records)
    own = items[~twice].to_numpy()
    ids = pd.Series(records["record_id"].to_numpy(), index=own)
    parents = records["parent_id"].str.extract(_ITEM, expand=False).fillna("")
    known = look_up(parents, ids[~ids.index.duplicated()])
    names = look_up(pd.Series(own), _collect_names(grid, columns, items, twice))
    other = records["other_names"].where(records["other_names"].ne(""), names)
    notes = ("Wikidata " + pd.Series(own)).where(pd.Series(own) != "", "")
    return Reading(records.assign(parent_id=known, other_names=other, notes=notes))


def _blank_unknown(cells: pd.DataFrame) -> pd.DataFrame:
    """Blank what Wikidata writes for 'some value': an address of a node without a name."""
    return cells.replace(
        r"^(?:t\d{6,}|_:\S+|https?://www\.wikidata\.org/\.well-known/\S+)$", "", regex=True
    )


def _collect_names(
    grid: Grid, columns: dict[str, str], items: pd.Series[str], twice: pd.Series[bool]
) -> pd.Series[str]:
    """Return the other labels of each item, '; ' between them."""
    if "name" not in columns:
        return pd.Series([], dtype="str")
    names = clean_texts(grid.cells[columns["name"]])
    first = names[~twice].groupby(items[~twice]).first()
    more = names[twice & names.ne(items.map(first))]
    return more.groupby(items[more.index]).agg(lambda found: "; ".join(dict.fromkeys(found)))
