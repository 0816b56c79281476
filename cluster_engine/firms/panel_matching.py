"""Find the listed twin of a firm of the R&D panel."""

from __future__ import annotations

import pandas as pd

from cluster_engine.firms.name_pairs import find_similar_pairs
from cluster_engine.firms.names import calc_match_key

ANYWHERE_LENGTH = 6
"""Shorter keys name different firms in different countries."""


def calc_panel_key(name: str, country: str) -> str:
    """Return the match key of a panel name, without the country it may end with ("MERCK DE")."""
    words = name.split()
    if len(words) > 1 and words[-1] == country:
        words.pop()
    return calc_match_key(" ".join(words))


def match_panel(panel: pd.DataFrame, listed: pd.DataFrame) -> pd.Series[str]:
    """Find the listed twin of each panel firm; '' if it has none.

    By the same key in the same country; then by a key that only one firm has, in another country
    (a moved seat); then by a key alike in the same country. A listed firm is the twin of one at
    most.

    Parameters
    ----------
    panel : DataFrame
        Columns name, country.
    listed : DataFrame
        Columns symbol, aliases ('|' between match keys), country, delisted; sorted by symbol.

    Returns
    -------
    Series
        Symbol of the twin, on the index of `panel`.
    """
    keys = pd.Series(
        [calc_panel_key(n, c) for n, c in zip(panel["name"], panel["country"], strict=True)],
        index=panel.index,
        dtype="str",
    )
    names = listed[["symbol", "aliases", "country", "delisted"]].assign(
        key=listed["aliases"].str.split("|")
    )
    names = names.explode("key").sort_values(["delisted", "symbol"])
    names = names[names["key"] != ""]
    twin = pd.Series("", index=panel.index, dtype="str")
    twin = _take(twin, _match_in_country(keys, panel["country"], names))
    twin = _take(twin, _match_anywhere(keys, names))
    return _take(twin, _match_alike(keys, panel["country"], names, twin))


def _take(twin: pd.Series[str], found: pd.Series[str]) -> pd.Series[str]:
    """Add matches for firms without one, unless the listed firm is taken already."""
    free = found[(twin.reindex(found.index) == "") & ~found.isin(set(twin) - {""})]
    free = free[~free.duplicated()]
    return free.reindex(twin.index).fillna(twin)


def _match_in_country(
    keys: pd.Series[str], country: pd.Series[str], names: pd.DataFrame
) -> pd.Series[str]:
    first = names.drop_duplicates(["key", "country"]).set_index(["key", "country"])["symbol"]
    wanted = pd.MultiIndex.from_arrays([keys, country])
    return pd.Series(first.reindex(wanted).to_numpy(), index=keys.index).dropna()


def _match_anywhere(keys: pd.Series[str], names: pd.DataFrame) -> pd.Series[str]:
    alone = names.drop_duplicates(["key", "symbol"])
    alone = alone[
        ~alone["key"].duplicated(keep=False) & (alone["key"].str.len() >= ANYWHERE_LENGTH)
    ]
    own = keys[~keys.duplicated(keep=False)]
    return own.map(alone.set_index("key")["symbol"]).dropna()


def _match_alike(
    keys: pd.Series[str], country: pd.Series[str], names: pd.DataFrame, twin: pd.Series[str]
) -> pd.Series[str]:
    open_keys = keys[twin == ""]
    both = pd.concat(
        [
            pd.DataFrame({"key": open_keys, "country": country[open_keys.index], "symbol": ""}),
            names[["key", "country", "symbol"]],
        ],
        ignore_index=True,
    )
    pairs = find_similar_pairs(both["key"].tolist(), both["country"].tolist())
    n_open = len(open_keys)
    pairs = pairs[(pairs["left"] < n_open) & (pairs["right"] >= n_open)]
    best = pairs.sort_values(["left", "similarity", "right"], ascending=[True, False, True])
    best = best.drop_duplicates("left")
    left, right = (best[side].to_numpy(dtype="int64") for side in ("left", "right"))
    symbols = both["symbol"].to_numpy()[right]
    return pd.Series(symbols, index=open_keys.index[left], dtype="str")
