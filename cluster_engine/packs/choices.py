"""Find a region or market by what people call it, and help when they misspell it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from cluster_engine.errors import SettingsError
from cluster_engine.packs.pack import Pack
from cluster_engine.results import Market, Region

if TYPE_CHECKING:
    import pandas as pd

MAX_LISTED = 60


def make_slug(text: str) -> str:
    """Turn any name into the form used on the command line: lower case, hyphens.

    Examples
    --------
    >>> make_slug("Bedfordshire and Hertfordshire")
    'bedfordshire-and-hertfordshire'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def refuse_unknown(kind: str, asked: str, known: Iterable[str]) -> SettingsError:
    """Make the error for an unknown name: the known ones, the nearest spelling first."""

    def closeness(name: str) -> float:
        return SequenceMatcher(None, make_slug(asked), name).ratio()

    ranked = sorted(set(known), key=lambda name: (-closeness(name), name))
    shown = ranked[:MAX_LISTED]
    rest = f" … and {len(ranked) - len(shown)} more" if len(ranked) > len(shown) else ""
    lead = f"Did you mean '{ranked[0]}'? " if ranked and closeness(ranked[0]) > 0.6 else ""
    return SettingsError(
        f"There is no {kind} '{asked}'.", hint=f"{lead}Known: {', '.join(shown)}{rest}."
    )


def find_region(pack: Pack, asked: str | None = None) -> Region:
    """Find a region of the pack by short name, full name or code of a base area.

    Parameters
    ----------
    pack : Pack
        The pack.
    asked : str or None
        None: the pack's default region.

    Raises
    ------
    SettingsError
        No such region; the known ones are listed.
    """
    wanted = asked or pack.manifest.default_region
    table = pack.read("regions")
    slug = _find_area_region(pack, wanted, table) or make_slug(wanted)
    rows = table[table["region"] == slug]
    if rows.empty:
        by_name = table[table["region_name"].map(make_slug) == slug]
        rows = by_name if by_name["region"].nunique() == 1 else rows
    if rows.empty:
        raise refuse_unknown("region", wanted, table["region"])
    first = rows.iloc[0]
    areas = tuple(sorted(rows["area"]))
    return Region(str(first["region"]), str(first["region_name"]), str(first["kind"]), areas)


def _find_area_region(pack: Pack, wanted: str, regions: pd.DataFrame) -> str | None:
    areas = pack.read("areas")
    code = wanted.upper()
    hit = areas[(areas["area"] == code) | (areas["other_code"] == code)]
    if hit.empty:
        return None
    own = regions[(regions["kind"] == "area") & (regions["area"] == hit.iloc[0]["area"])]
    return None if own.empty else str(own.iloc[0]["region"])


def find_market(pack: Pack, asked: str) -> Market:
    """Find a market by short name, full name or ISO code of its one country.

    Raises
    ------
    SettingsError
        No such market; the known ones are listed.
    """
    table = pack.read("markets")
    slug = make_slug(asked)
    rows = table[table["market"] == slug]
    if rows.empty:
        sizes = table.groupby("market")["country"].transform("size")
        code = asked.upper()
        one = (sizes == 1) & ((table["country"] == code) | (table["country_iso3"] == code))
        rows = table[one | (table["market_name"].map(make_slug) == slug)]
    if rows.empty:
        raise refuse_unknown("market", asked, table["market"])
    first = rows.iloc[0]
    countries = dict(zip(rows["country"], rows["country_name"], strict=True))
    return Market(str(first["market"]), str(first["market_name"]), countries)
