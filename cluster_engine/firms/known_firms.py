"""Firms that are widely known and stand in no source: unlisted, and outside the panel."""

from __future__ import annotations

import re

import pandas as pd

from cluster_engine.firms.firm_codes import HAND_CONFIDENCE
from cluster_engine.firms.names import calc_match_key, fold

SOURCE = "authored"


def add_known_firms(
    firms: pd.DataFrame, codes: pd.DataFrame, known: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Add the firms of a list written by hand that are not there yet.

    Parameters
    ----------
    firms, codes : DataFrame
        As `firm_codes.keep_coded` returns.
    known : DataFrame
        Text columns country, name, city, industry.

    Returns
    -------
    firms, codes : DataFrame
        With the new ones; nothing but name, city and code is known of them.
    n_added : int
    """
    have = set(zip(firms["country"], firms["firm_name"].map(calc_match_key), strict=True))
    keys = zip(known["country"], known["name"].map(calc_match_key), strict=True)
    new = known[[key not in have for key in keys]].reset_index(drop=True)
    start = (int(firms.index.max()) if len(firms) else -1) + 1
    added = pd.DataFrame(
        {
            "firm_id": "kn-" + new["country"].str.lower() + "-" + new["name"].map(_slug),
            "firm_name": new["name"],
            "country": new["country"],
            "city": new["city"],
            "industry": "",
            "read": new["industry"],
            "source": SOURCE,
            "summary": "",
            "gics": "",
            "key": new["name"].map(calc_match_key),
            "delisted": False,
            "finance": False,
            "status": "rankable",
        }
    ).set_index(pd.RangeIndex(start, start + len(new)))
    coded = pd.DataFrame(
        {"row": added.index, "industry": added["read"], "weight": 1.0,
         "confidence": HAND_CONFIDENCE}
    )  # fmt: skip
    if added.empty:
        return firms, codes, 0
    return (
        pd.concat([firms, added.reindex(columns=firms.columns)]),
        pd.concat([codes, coded[["row", "industry", "weight", "confidence"]]], ignore_index=True),
        len(added),
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name).lower()).strip("-")
