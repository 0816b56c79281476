"""Groups: whom a firm belongs to in the end, and where that owner sits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.firms.lookups import is_among, write_at
from cluster_engine.firms.names import calc_match_key

CONDUITS = frozenset("AI AN BM BS BZ CW GG GI IM JE KY LI MH MU PA SC VG".split())
"""Seats of letter boxes: few firms that sit here work here."""

HOLDING_SEATS = frozenset("CH CY HK IE LU MT NL SG".split())
"""Seats of holdings as well as of working firms: only a holding is suspect here."""

HOLDING_NAMES = r"(?i)\b(?:holdings?|finance|investments?|participations?|beteiligung\w*)\b"
LIKELY_LETTERS = 3
CONSOLIDATED = "consolidated subsidiary"
RELATIONS = (CONSOLIDATED, "minority", "independent")
ID_COLUMNS = ("record_id", "firm_id", "lei", "bvd_id", "registry_number")


@dataclass(frozen=True, slots=True)
class Groups:
    """Where each firm belongs.

    Attributes
    ----------
    links : DataFrame
        One row per firm, in the order given: firm_id; head_id (firm_id of the ultimate parent, its
        own if it has none, '' if the parent is not in the lists); head_name; home_country (that of
        the ultimate parent where it is known, else the seat); via (how the parent is known; '' if
        none); note (what was rewritten or is in doubt).
    cycles : tuple of tuple of str
        Firms that own each other in a ring; none of their links is followed.
    """

    links: pd.DataFrame
    cycles: tuple[tuple[str, ...], ...]


def roll_up(
    firms: pd.DataFrame,
    *,
    relations: pd.DataFrame | None = None,
    known_parents: pd.DataFrame | None = None,
) -> Groups:
    """Find the ultimate parent of every firm.

    What the firm's own list says comes first, the ultimate owner before the direct one; then
    reported relations; then the table of well-known groups, which also overrules: a firm it
    calls independent or a minority holding is its own head.

    Parameters
    ----------
    firms : DataFrame
        Firm records, one per firm, with firm_id.
    relations : DataFrame, optional
        Text columns child, parent (LEI or another identifier) and kind ('ultimate' or 'direct'), as
        in level 2 of GLEIF.
    known_parents : DataFrame, optional
        Text columns country, name, parent_country, parent_name, relation.
    """
    rows = firms.reset_index(drop=True)
    known = _read_known(rows, known_parents)
    stated = {**_read_relations(rows, relations), **_read_lists(rows)}
    stated = {firm: link for firm, link in stated.items() if link[0] != firm}
    parents = {**stated, **{firm: link for firm, link in known.items() if link is not None}}
    for firm, link in known.items():
        if link is None:
            parents.pop(firm, None)
    by_id = {firm: link[0] for firm, link in parents.items()}
    cycles = _find_cycles(_read_named(rows) | by_id)
    ringed = {firm for cycle in cycles for firm in cycle}
    parents = {firm: link for firm, link in parents.items() if firm not in ringed}
    barred = ringed | {firm for firm, link in known.items() if link is None}
    return Groups(_describe(rows, parents, barred), cycles)


def _index(rows: pd.DataFrame, wanted: pd.Series[str]) -> dict[str, str]:
    """Return the firm of every identifier that is wanted; identifiers in capitals."""
    found: dict[str, str] = {}
    asked = wanted.drop_duplicates()
    for column in reversed(ID_COLUMNS):
        ids = rows[column].str.upper()
        told = is_among(ids, asked) & (rows[column] != "").to_numpy()
        found |= dict(zip(ids[told], rows.loc[told, "firm_id"], strict=True))
    return found


def _read_lists(rows: pd.DataFrame) -> dict[str, tuple[str, str]]:
    links: dict[str, tuple[str, str]] = {}
    for kind, via in (("parent", "direct parent in list"),
                      ("ultimate", "ultimate parent in list")):  # fmt: skip
        told = rows[rows[f"{kind}_id"] != ""]
        if told.empty:
            continue
        wanted = told[f"{kind}_id"].str.upper()
        index = _index(rows, wanted)
        loose = _find_loose(rows, wanted)
        held = is_among(rows["firm_id"], index.values())
        names = dict(zip(rows.loc[held, "firm_id"], rows.loc[held, "name"], strict=True))
        for firm, parent, name in zip(told["firm_id"], wanted, told[f"{kind}_name"], strict=True):
            found = index.get(parent)
            if found is None or (parent in loose and not _is_named(name, names[found])):
                continue
            links[firm] = (found, via)
    return links


def _find_loose(rows: pd.DataFrame, wanted: pd.Series[str]) -> frozenset[str]:
    """Return the wanted identifiers that are register numbers alone.

    'HRB 1001' is a number of every court: it names a parent only together with the name.
    """
    asked = wanted.drop_duplicates()
    loose = is_among(asked, rows["registry_number"].str.upper())
    for column in ID_COLUMNS[:-1]:
        loose &= ~is_among(asked, rows[column].str.upper())
    return frozenset(asked[loose])


def _read_named(rows: pd.DataFrame) -> dict[str, str]:
    """Return parents told by the very name of another firm: only such can close a ring."""
    named = rows["ultimate_name"].mask(rows["ultimate_name"] == "", rows["parent_name"])
    told = rows.assign(owner=named.str.casefold(), own=rows["name"].str.casefold())[named != ""]
    place = dict(zip(told["own"], told["firm_id"], strict=True))
    return {
        firm: place[owner]
        for firm, owner in zip(told["firm_id"], told["owner"], strict=True)
        if place.get(owner, firm) != firm
    }


def _is_named(told: str, name: str) -> bool:
    """Whether a parent told by name may be the firm of this name: the first words agree."""
    one, two = (calc_match_key(text).split(" ")[0] for text in (told, name))
    return one == two or not told


def _read_relations(
    rows: pd.DataFrame, relations: pd.DataFrame | None
) -> dict[str, tuple[str, str]]:
    if relations is None:
        return {}
    both = pd.concat([relations["child"], relations["parent"]], ignore_index=True)
    index = _index(rows, both.astype("str").str.upper())
    links: dict[str, tuple[str, str]] = {}
    ordered = relations.sort_values(["kind", "child", "parent"])  # 'direct' before 'ultimate'
    for child, parent, kind in zip(
        ordered["child"].str.upper(), ordered["parent"].str.upper(), ordered["kind"], strict=True
    ):
        if child in index and parent in index:
            links[index[child]] = (index[parent], f"{kind} parent reported")
    return links


def _read_known(
    rows: pd.DataFrame, table: pd.DataFrame | None
) -> dict[str, tuple[str, str] | None]:
    """Return the parent of firms in the table; None for those that are their own head."""
    if table is None:
        return {}
    likely = _find_likely(rows["name"], [*table["name"], *table["parent_name"]])
    few = rows[likely]
    keys = zip(few["country"], few["name"].map(calc_match_key), strict=True)
    place = dict(zip(keys, few["firm_id"], strict=True))
    links: dict[str, tuple[str, str] | None] = {}
    for country, name, home, parent, relation in table[
        ["country", "name", "parent_country", "parent_name", "relation"]
    ].itertuples(index=False):
        firm = place.get((country, calc_match_key(name)))
        head = place.get((home, calc_match_key(parent)))
        if firm is None:
            continue
        if relation != CONSOLIDATED:
            links[firm] = None
        elif head is not None:
            links[firm] = (head, "well-known group")
    return links


def _find_likely(names: pd.Series[str], wanted: list[str]) -> pd.Series[bool]:
    """Tell the names that may be one of a few: keys of a million names take a minute."""
    first = {calc_match_key(name).split(" ")[0] for name in wanted} - {""}
    pattern = "|".join(sorted(re.escape(word[:LIKELY_LETTERS]) for word in first)) or r"(?!)"
    # Accents are taken off by the key only.
    return names.str.contains(pattern, case=False) | ~names.map(str.isascii)


def _find_cycles(parents: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    done: set[str] = set()
    cycles = []
    for start in sorted(parents):
        path: dict[str, None] = {}
        at = start
        while at in parents and at not in done and at not in path:
            path[at] = None
            at = parents[at]
        if at in path:
            ring = list(path)[list(path).index(at) :]
            cycles.append(tuple(sorted(ring)))
        done |= path.keys()
    return tuple(sorted(cycles))


def _climb(firm: str, parents: Mapping[str, tuple[str, str]]) -> str:
    while firm in parents:
        firm = parents[firm][0]
    return firm


def _describe(
    rows: pd.DataFrame, parents: Mapping[str, tuple[str, str]], barred: set[str]
) -> pd.DataFrame:
    head, via = _find_heads(rows["firm_id"], parents)
    top = _look_up(rows, head, ["name", "country", "ultimate_name", "ultimate_country"])
    # A head of the lists may itself name an owner that no list holds.
    outside = (top["ultimate_name"] != "") & ~is_among(head, barred)
    told = top[outside]
    owners, owned = told["ultimate_name"].map(calc_match_key), told["name"].map(calc_match_key)
    same_name = (owners == owned).reindex(top.index, fill_value=False)
    # 'Alpha AG' of DE owns 'Alpha Ltd' of GB; in one country they are two spellings of one firm.
    same_seat = (top["ultimate_country"] == "") | (top["ultimate_country"] == top["country"])
    outside &= ~(same_name & same_seat)
    home = top["country"].mask(outside & (top["ultimate_country"] != ""), top["ultimate_country"])
    home = home.mask(home == "", rows["country"])
    return pd.DataFrame(
        {
            "firm_id": rows["firm_id"],
            "head_id": head.mask(outside, ""),
            "head_name": top["name"].mask(outside, top["ultimate_name"]),
            "home_country": home,
            "via": via.mask(outside, "ultimate parent named in list"),
            "note": _note_seats(rows, home),
        }
    )


def _find_heads(
    firms: pd.Series[str], parents: Mapping[str, tuple[str, str]]
) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return the head of every firm and how it is known; most firms are their own."""
    below = np.flatnonzero(is_among(firms, parents))
    owned = firms.iloc[below].tolist()
    unknown = pd.Series("", index=firms.index, dtype="str")
    return (
        write_at(firms, below, (_climb(firm, parents) for firm in owned)),
        write_at(unknown, below, (parents[firm][1] for firm in owned)),
    )


def _look_up(rows: pd.DataFrame, head: pd.Series[str], columns: list[str]) -> pd.DataFrame:
    """Return facts of every firm's head, in the order of the firms."""
    moved = np.flatnonzero((head != rows["firm_id"]).to_numpy())
    place = pd.Index(rows["firm_id"]).get_indexer(pd.Index(head.iloc[moved]))
    return pd.DataFrame(
        {name: write_at(rows[name], moved, rows[name].iloc[place]) for name in columns}
    )


def _note_seats(rows: pd.DataFrame, home: pd.Series[str]) -> pd.Series[str]:
    """Say what was done with seats of letter boxes and holdings; '' for all other seats."""
    notes = pd.Series("", index=rows.index, dtype="str")
    seats = rows["country"]
    odd = is_among(seats, CONDUITS | HOLDING_SEATS) | is_among(home, CONDUITS)
    few = rows[odd]
    holding = few["name"].str.contains(HOLDING_NAMES)
    found = []
    for seat, country, held in zip(few["country"], home[odd], holding, strict=True):
        suspect = seat in CONDUITS or (held and seat in HOLDING_SEATS)
        if seat != country and seat in CONDUITS | HOLDING_SEATS:
            found.append(f"seat {seat} rewritten to {country}, that of the ultimate parent")
        elif suspect or country in CONDUITS:
            found.append(f"seat {country} may be that of a holding: parent not known")
        else:
            found.append("")
    return write_at(notes, np.flatnonzero(odd), found)
