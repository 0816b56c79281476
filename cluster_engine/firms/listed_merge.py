"""Join the listings of one company: share classes, places of trading, depositary receipts."""

from __future__ import annotations

import pandas as pd

from cluster_engine.firms.former_names import pair_by_former_name
from cluster_engine.firms.name_pairs import (
    MIN_FUZZY_LENGTH,
    find_abbreviations,
    find_similar_pairs,
    group_pairs,
)
from cluster_engine.firms.names import strip_debris, tidy_capitals

ODD_NAME = (
    r"(?i)\d%|preferred|perpetual|\bADR\b|\bGDR\b|\bDRN\b|SPONS|series\s[A-Z]\b|\bunits?\b"
    r"|[A-Z]{2}-?,\d"
)
"""Names of a share and not of a company."""


def merge_listings(listings: pd.DataFrame) -> pd.DataFrame:
    """Reduce listings to companies.

    Two listings of one country are one company if their names, the names their descriptions begin
    with, or one and the other have the same key; if the keys are alike; or if they are the only two
    names on one website and one name continues the other.

    Parameters
    ----------
    listings : DataFrame
        Columns symbol, name, key, subject_name, subject, country, city, site, website, market_cap,
        industry, summary, delisted, borrowed, former; index 0 … n-1.

    Returns
    -------
    DataFrame
        Columns of `ListedUniverse.firms`, sorted by symbol.
    """
    found = (
        _pair_alike(listings),
        _pair_abbreviated(listings),
        _pair_by_name(listings),
        _pair_by_website(listings),
        pair_by_former_name(listings),
    )
    ordered = listings.assign(
        group=group_pairs(len(listings), pd.concat(found)),
        quality=_calc_quality(listings),
        active=listings["delisted"].str.lower() != "true",
    ).sort_values(["group", "active", "quality", "symbol"], ascending=[True, False, False, True])
    blocks = ordered.groupby("group", sort=True)
    best = blocks[["symbol", "key", "country", "active"]].first()
    facts = (
        ordered[["group", "city", "website", "market_cap", "industry", "summary"]]
        .replace("", None).groupby("group", sort=True).first().fillna("")
    )  # fmt: skip
    others = [
        ordered[["group", name]].rename(columns={name: "key"}) for name in ("subject", "former")
    ]
    keys = pd.concat([ordered[["group", "key"]], *others]).drop_duplicates()
    keys = keys[keys["key"] != ""].sort_values(["group", "key"])
    firms = best.join(facts).assign(
        name=_choose_names(ordered),
        aliases=keys.groupby("group", sort=True)["key"].agg("|".join),
        size_class=facts["market_cap"].str.replace(" Cap", "").str.lower(),
        gics=facts["industry"],
        delisted=~best["active"],
    )
    columns = ["symbol", "name", "key", "aliases", "country", "city", "website", "size_class",
               "gics", "summary", "delisted"]  # fmt: skip
    return firms[columns].sort_values("symbol", ignore_index=True)


def _calc_quality(listings: pd.DataFrame) -> pd.Series[float]:
    """Points for how much a listing tells; the best one of a company speaks for it."""
    quality = (
        4.0 * (listings["industry"] != "")
        + 2.0 * (listings["summary"] != "")
        + 1.0 * (listings["city"] != "")
        + 1.0 * (listings["market_cap"] != "")
        # Who tells a former name bears the newer one.
        + 5.0 * (listings["former"] != "")
        - 4.0 * listings["name"].str.isupper()
        - 6.0 * listings["name"].str.contains(ODD_NAME)
        - 8.0 * listings["borrowed"]
        - 5.0 * (listings["key"] != listings["subject"])
    )
    return quality.astype("float64")


def _pair_alike(listings: pd.DataFrame) -> pd.DataFrame:
    """Pair listings with keys alike, unless their descriptions name two companies.

    'Jiangsu Zhongtian Technology' and 'Jiangsu Hongtian Technology' are as alike as two spellings
    of one name; what their descriptions begin with tells them apart.
    """
    pairs = find_similar_pairs(listings["key"].tolist(), listings["country"].tolist())
    told = listings["subject"].str.replace(" ", "").to_numpy()
    left, right = (pairs[side].to_numpy(dtype="int64") for side in ("left", "right"))
    two = (told[left] != "") & (told[right] != "") & (told[left] != told[right])
    kept: pd.DataFrame = pairs.loc[~two, ["left", "right"]]
    return kept


def _pair_abbreviated(listings: pd.DataFrame) -> pd.DataFrame:
    """Pair names of share lists, in capitals and cut word by word, with full names."""
    capitals = listings["name"].str.isupper() & (listings["website"] == "")
    subjects = listings[["subject", "country"]].rename(columns={"subject": "key"})
    both = pd.concat([listings[["key", "country"]], subjects])
    full: pd.DataFrame = both.loc[both["key"] != ""]
    return find_abbreviations(
        listings.loc[capitals, ["key", "country"]], full[~capitals.loc[full.index].to_numpy()]
    )


def _pair_by_name(listings: pd.DataFrame) -> pd.DataFrame:
    subject = listings["subject"].mask(listings["subject"] == "", listings["key"])
    spaced = pd.concat([listings["key"], subject])
    joined = spaced.str.replace(" ", "")
    label = joined.where(joined.str.len() >= MIN_FUZZY_LENGTH, spaced)
    block = pd.DataFrame({"right": label.index, "label": label.to_numpy()})
    block["country"] = listings["country"].loc[block["right"]].to_numpy()
    block = block[block["label"] != ""].sort_values(["country", "label", "right"])
    block["left"] = block.groupby(["country", "label"])["right"].transform("first")
    return block[["left", "right"]]


def _pair_by_website(listings: pd.DataFrame) -> pd.DataFrame:
    rows = listings[listings["site"] != ""].sort_values(["country", "site", "key"])
    names = rows.drop_duplicates(["country", "site", "key"])
    size = names.groupby(["country", "site"])["key"].transform("size")
    two = names[size == 2].assign(row=names.index[size == 2])
    left, right = two.iloc[::2], two.iloc[1::2]
    joined = [
        long.startswith(short + " ") for short, long in zip(left["key"], right["key"], strict=True)
    ]
    return pd.DataFrame(
        {"left": left["row"].to_numpy()[joined], "right": right["row"].to_numpy()[joined]}
    )


def _choose_names(ordered: pd.DataFrame) -> pd.Series[str]:
    """Choose the full name in proper case: of a listing, or as a description writes it."""
    stripped = pd.Series([strip_debris(name) for name in ordered["name"]], index=ordered.index)
    odd = ordered["name"].str.isupper() | ordered["name"].str.contains(ODD_NAME)
    told = pd.Series(
        [tidy_capitals(strip_debris(name)) for name in ordered["subject_name"]], index=ordered.index
    )
    same = ordered["subject"].str.slice(0, 4) == ordered["key"].str.slice(0, 4)
    plain = pd.Series([tidy_capitals(name) for name in stripped], index=ordered.index)
    candidates = pd.DataFrame(
        {
            "group": ordered["group"],
            "mixed": stripped.mask(odd | ~(same | (ordered["subject"] == "")), None),
            "told": told.where(same & (told != ""), None),
            "plain": plain,
        }
    )
    first = candidates.groupby("group", sort=True).first()
    return first["mixed"].fillna(first["told"]).fillna(first["plain"])
