"""Former names of firms: lists of different years call one company by different names."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from cluster_engine.firms.names import calc_match_key

FORMER = re.compile(r"formerly known as (?P<former>.{3,80}?) and changed its name")
SHORTEST_KEY = 5
"""Shorter keys name different firms."""


def key_renamed_firms(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the match key of the former name by country and match key of the name.

    Parameters
    ----------
    table : DataFrame
        Text columns country, former_name, name.
    """
    return {
        (country, calc_match_key(name)): calc_match_key(former)
        for country, name, former in zip(
            table["country"], table["name"], table["former_name"], strict=True
        )
    }


def key_named_firms(table: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """Return country and match key of each firm (text columns country, name)."""
    return frozenset(
        (country, calc_match_key(name))
        for country, name in zip(table["country"], table["name"], strict=True)
    )


def find_former_keys(
    listings: pd.DataFrame, renamed: Mapping[tuple[str, str], str]
) -> pd.Series[str]:
    """Find the match key of the name a firm had before; '' where none is known.

    Parameters
    ----------
    listings : DataFrame
        Text columns country, key, summary.
    renamed : mapping of (str, str) to str
        From :func:`key_renamed_firms`.
    """
    told = [
        match["former"] if (match := FORMER.search(text)) else "" for text in listings["summary"]
    ]
    keys = [
        renamed.get((country, key)) or (calc_match_key(name) if name else "")
        for country, key, name in zip(listings["country"], listings["key"], told, strict=True)
    ]
    former = pd.Series(keys, index=listings.index, dtype="str")
    return former.mask((former.str.len() < SHORTEST_KEY) | (former == listings["key"]), "")


def pair_by_former_name(listings: pd.DataFrame) -> pd.DataFrame:
    """Pair a listing with one of the same country that still bears its former name.

    Parameters
    ----------
    listings : DataFrame
        Text columns country, key, former.

    Returns
    -------
    DataFrame
        Columns left, right: positions of listings of one company.
    """
    owner = listings.reset_index()[["index", "country", "key"]].drop_duplicates(["country", "key"])
    renamed = listings.reset_index().loc[lambda rows: rows["former"] != ""]
    pairs = renamed.merge(
        owner, left_on=["country", "former"], right_on=["country", "key"], suffixes=("", "_former")
    )
    return pd.DataFrame({"left": pairs["index_former"], "right": pairs["index"]})
