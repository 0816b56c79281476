"""Put the R&D panel and the listed companies together, each firm once, and leave outsiders out."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from cluster_engine.firms.names import tidy_capitals
from cluster_engine.firms.panel_matching import match_panel

HOST_COUNTRY = "GB"
CONDUITS = frozenset({"AI", "AN", "BZ", "CW", "KY", "MH", "VG"})
"""Seats of letter boxes: a firm whose text names no other head office is a shell."""

LONGEST_ACRONYM = 5


def join_firms(panel: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Put panel firms, with the facts of their listed twin, above the other listed firms.

    Parameters
    ----------
    panel : DataFrame
        As `rd_panel.RdPanel.firms`.
    listed : DataFrame
        As `listed.ListedUniverse.firms`.

    Returns
    -------
    DataFrame
        Figures of the panel; firm_id, firm_name, country, city, website, size_class, source; and,
        for coding, industry (official; '' if none), gics, summary, key, delisted, finance.
    """
    twin = match_panel(panel, listed)
    facts = listed.set_index("symbol")
    own = facts.reindex(twin.where(twin != "", None)).set_index(panel.index)
    same_country = own["country"] == panel["country"]
    top = panel.assign(
        firm_id="rd-" + panel["company_id"].str.zfill(4),
        firm_name=_name_panel(panel["name"], own["name"], listed["name"]),
        city=own["city"].where(same_country),
        website=own["website"],
        size_class=own["size_class"].where(~own["delisted"].eq(True)),
        gics=own["gics"].fillna(""),
        summary=own["summary"].fillna(""),
        key=own["key"].fillna(""),
        delisted=False,
        source=np.where(twin != "", "rd-panel+listed", "rd-panel"),
    )
    rest = listed[~listed["symbol"].isin(set(twin))]
    bottom = rest.assign(
        firm_id=_slug_ids(rest["symbol"]),
        firm_name=rest["name"],
        industry="",
        finance=False,
        source="listed",
    )
    return pd.concat([top, bottom], ignore_index=True).drop(columns=["company_id", "name"])


def _name_panel(
    capitals: pd.Series[str], twin: pd.Series[str], listed: pd.Series[str]
) -> pd.Series[str]:
    words = Counter(
        word for name in listed if not name.isupper() for word in re.findall(r"\b[A-Z]\w+\b", name)
    )
    known = frozenset(
        word
        for word, n in words.items()
        if word.isupper() and len(word) <= LONGEST_ACRONYM and n > words[word.title()]
    )
    tidy = pd.Series([tidy_capitals(name, known=known) for name in capitals], index=capitals.index)
    return twin.where(twin.notna() & (twin != ""), tidy)


def _slug_ids(symbols: pd.Series[str]) -> pd.Series[str]:
    slug = symbols.str.lower().str.replace(r"[^a-z0-9]+", "-", regex=True).str.strip("-")
    again = slug.groupby(slug).cumcount()
    return "li-" + slug + again.map(lambda n: f"-{n + 1}" if n else "")


def drop_outsiders(firms: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Leave out firms of the host country and those that are no operating company by their facts.

    Parameters
    ----------
    firms : DataFrame
        As `firm_codes.add_hand_codes` returns.

    Returns
    -------
    firms : DataFrame
        The others, index 0 … n-1.
    counts : Counter
        Firms left out, by reason.
    """
    rules: tuple[tuple[str, pd.Series[bool]], ...] = (
        ("head office in the host country", firms["country"] == HOST_COUNTRY),
        ("bank, insurer, fund or property by official code", firms["finance"]),
        ("no longer listed", firms["delisted"]),
        ("conduit seat", firms["country"].isin(CONDUITS) & (firms["source"] == "listed")),
        (
            "no description",
            (firms["summary"] == "") & (firms["read"] == "") & (firms["source"] == "listed"),
        ),
    )
    reason = pd.Series("", index=firms.index, dtype="str")
    for label, holds in rules:
        reason = reason.mask((reason == "") & holds, label)
    kept = firms[reason == ""].reset_index(drop=True)
    return kept, Counter(reason[reason != ""].tolist())
