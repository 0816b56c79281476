"""Records of one firm, within a list and across lists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cluster_engine.firms.candidate_pairs import Progress
from cluster_engine.firms.described_names import describe_names
from cluster_engine.firms.identifiers import find_host, is_isin, is_lei
from cluster_engine.firms.pair_features import calc_name_features
from cluster_engine.firms.pair_points import read_words
from cluster_engine.firms.pair_score import (
    FACT_POINTS,
    SIZE_RATIO,
    calc_scores,
    explain_scores,
)
from cluster_engine.firms.weighed_names import WeighedPairs, weigh_names

SAME_FIRM = 0.5
"""Probability from which two records are one firm."""
CERTAIN = 1.0
CHUNK = 100_000
"""So many pairs are scored in one go, to bound memory."""
MOST_ON_A_SITE = 20
"""A website of more names than this is that of a portal or a group, or a fault of the list."""
ELSEWHERE_LENGTH = 6
"""Shorter names are borne by different firms in different countries."""
IDENTIFIERS = ("lei", "bvd_id", "isin", "registry")
LABELS = {"lei": "same LEI", "bvd_id": "same BvD id", "isin": "same ISIN",
          "registry": "same registry number"}  # fmt: skip
# An ISIN is of a share: one firm has several.
LOCAL_REGISTERS = ("CA", "DE", "US")
"""Countries in which register numbers repeat from one court, province or state to the next."""

DECISIVE = ("lei", "bvd_id", "registry")


def find_duplicates(
    records: pd.DataFrame,
    *,
    facts: pd.DataFrame | None = None,
    on_progress: Progress | None = None,
) -> pd.DataFrame:
    """Find the pairs of records that are one firm.

    Equal LEI, BvD id, ISIN or registry number decide; so does a different one, against. All else
    is weighed: names, country, city, website, legal form and size.

    Parameters
    ----------
    records : DataFrame
        Firm records.
    facts : DataFrame, optional
        From :func:`prepare_facts`, if it was worked out before.
    on_progress : callable, optional
        Called with names compared and names in all.

    Returns
    -------
    DataFrame
        record_a, record_b (record_a first in `records`), score (probability), why; sorted by
        place in `records`. Not every pair of a group of equals stands there, but enough to join it.
    """
    if records.empty:
        return pd.DataFrame(columns=["record_a", "record_b", "score", "why"])
    told = prepare_facts(records) if facts is None else facts
    pairs = _weigh_all(told, on_progress)
    names = records["record_id"].to_numpy()
    return pd.DataFrame(
        {
            "record_a": names[pairs["left"].to_numpy(dtype=np.int64)],
            "record_b": names[pairs["right"].to_numpy(dtype=np.int64)],
            "score": pairs["score"].to_numpy(dtype=np.float64),
            "why": pairs["why"].to_numpy(),
        }
    )


def _weigh_all(facts: pd.DataFrame, on_progress: Progress | None) -> pd.DataFrame:
    """Return left, right, score, why of the pairs that are one firm."""
    exact = _pair_identifiers(facts)
    alike = weigh_names(facts["key"], facts["country"], lowest=-_find_most_points(facts),
                        on_progress=on_progress)  # fmt: skip
    scored = pd.concat(
        [_score(facts, alike), _score(facts, _pair_elsewhere(facts))], ignore_index=True
    )
    pairs = pd.concat([exact, scored], ignore_index=True)
    pairs = pairs.drop_duplicates(["left", "right"]).sort_values(["left", "right"])
    result: pd.DataFrame = pairs
    return result


def prepare_facts(records: pd.DataFrame) -> pd.DataFrame:
    """Reduce records to what is compared; identifiers whose check digits fail are left out.

    Returns
    -------
    DataFrame
        lei, bvd_id, isin, register_number (as told), registry (what tells firms apart), host,
        key, form, country, city, employees, sales; index 0 … n-1.
    """
    rows = records.reset_index(drop=True)
    described = describe_names(rows["name"])
    hosts = {site: find_host(site) for site in set(rows["website"])}
    lei, isin = rows["lei"].str.upper(), rows["isin"].str.upper()
    number = rows["registry_number"].str.replace(r"[\s.\-/]", "", regex=True).str.upper()
    known = (number != "") & (rows["country"] != "")
    # Where every court or state counts for itself, a number holds only with the name's first word.
    word = described["key"].str.split(" ").str[0].where(rows["country"].isin(LOCAL_REGISTERS), "")
    return pd.DataFrame(
        {
            "lei": lei.where(lei.map({text: is_lei(text) for text in set(lei)}), ""),
            "bvd_id": rows["bvd_id"].str.upper(),
            "isin": isin.where(isin.map({text: is_isin(text) for text in set(isin)}), ""),
            "register_number": (rows["country"] + ":" + number).where(known, ""),
            "registry": (rows["country"] + ":" + number + ":" + word).where(known, ""),
            "host": [hosts[site] for site in rows["website"]],
            "key": described["key"],
            "form": described["form"],
            "country": rows["country"],
            "city": rows["city"].str.casefold(),
            "employees": rows["employees"],
            "sales": rows["sales"],
        }
    )


def _pair_identifiers(facts: pd.DataFrame) -> pd.DataFrame:
    pieces = []
    for name in IDENTIFIERS:
        pairs = _chain(facts.loc[facts[name] != "", name])
        pieces.append(pairs.assign(score=CERTAIN, why=LABELS[name]))
    pairs = pd.concat(pieces, ignore_index=True)
    # Two LEIs under one ISIN are a fault of a list: reported when records are merged, not joined.
    clash = _clash(facts, pairs, DECISIVE) & (pairs["why"] == LABELS["isin"]).to_numpy()
    kept: pd.DataFrame = pairs[~clash]
    return kept


def _chain(values: pd.Series[str]) -> pd.DataFrame:
    """Pair each place with the first one of the same value."""
    first = values.drop_duplicates()
    place = pd.Series(first.index.to_numpy(), index=first.to_numpy())
    left, right = values.map(place).to_numpy(dtype=np.int64), values.index.to_numpy(dtype=np.int64)
    again = left != right
    return pd.DataFrame({"left": left[again], "right": right[again]})


def _pair_elsewhere(facts: pd.DataFrame) -> WeighedPairs:
    """Pair equal names of two countries, or of an unknown one; and names on one website."""
    long = facts[facts["key"].str.len() >= ELSEWHERE_LENGTH]
    names = long.drop_duplicates(["key", "country"])["key"]
    sites = facts.loc[facts["host"] != "", "host"]
    size = sites.groupby(sites).transform("size")
    pairs = pd.concat([_chain(names), _chain(sites[size <= MOST_ON_A_SITE])], ignore_index=True)
    keys = facts["key"].to_numpy()
    told = (keys[pairs["left"]] != "") & (keys[pairs["right"]] != "")
    left, right = (pairs.loc[told, side].to_numpy() for side in ("left", "right"))
    equal = (keys[left] == keys[right]).astype(np.float32)
    # Alike by website, not by name: how many bear the first word was not counted.
    many = np.full(len(left), MOST_ON_A_SITE, dtype=np.int64)
    features = calc_name_features(keys[left], keys[right], equal, many, read_words().weigh)
    return WeighedPairs(left, right, features)


def _clash(facts: pd.DataFrame, pairs: pd.DataFrame, columns: Sequence[str]) -> pd.Series[bool]:
    clash = pd.Series(False, index=pairs.index)
    for name in columns:
        one, two = (facts[name].to_numpy()[pairs[side]] for side in ("left", "right"))
        clash |= (one != "") & (two != "") & (one != two)
    return clash


def _find_most_points(facts: pd.DataFrame) -> float:
    """Return what facts can add to the points of names: nothing where no record has any."""
    return sum(
        FACT_POINTS[label]
        for label, column in (("same website", "host"), ("same city", "city"))
        if (facts[column] != "").any()
    )


def _score(facts: pd.DataFrame, pairs: WeighedPairs) -> pd.DataFrame:
    """Return left, right, score and why of the pairs that are one firm; some at a time."""
    parts = [slice(at, at + CHUNK) for at in range(0, max(len(pairs.left), 1), CHUNK)]
    return pd.concat([_score_part(facts, pairs, part) for part in parts], ignore_index=True)


def _score_part(facts: pd.DataFrame, pairs: WeighedPairs, part: slice) -> pd.DataFrame:
    left, right, features = pairs.left[part], pairs.right[part], pairs.features[part]
    compared = _compare_facts(facts.iloc[left], facts.iloc[right])
    score = calc_scores(features, compared)
    places = pd.DataFrame({"left": left, "right": right})
    one = (score >= SAME_FIRM) & ~_clash(facts, places, DECISIVE).to_numpy()
    why = explain_scores(features[one], compared[one])
    return places[one].assign(score=score[one], why=pd.Series(why, index=places.index[one]))


def _compare_facts(one: pd.DataFrame, two: pd.DataFrame) -> pd.DataFrame:
    def pair(name: str) -> tuple[object, object]:
        return one[name].to_numpy(), two[name].to_numpy()

    columns: dict[str, object] = {}
    for name, same, other in (
        ("host", "same website", "other website"),
        ("city", "same city", "other city"),
        ("country", "", "other country"),
        ("form", "", "other legal form"),
    ):
        a, b = (np.asarray(side, dtype=object) for side in pair(name))
        told = (a != "") & (b != "")
        if same:
            columns[same] = told & (a == b)
        columns[other] = told & (a != b)
    a, b = (np.asarray(side, dtype=object) for side in pair("country"))
    columns["country unknown"] = (a == "") | (b == "")
    far = np.zeros(len(one), dtype=bool)
    for name in ("employees", "sales"):
        x, y = (np.asarray(side, dtype=np.float64) for side in pair(name))
        far |= np.maximum(x, y) > SIZE_RATIO * np.maximum(np.minimum(x, y), 1.0)
    columns["other size"] = far
    return pd.DataFrame(columns)
