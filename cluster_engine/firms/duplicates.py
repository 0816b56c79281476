"""Records of one firm, within a list and across lists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cluster_engine.firms.candidate_pairs import Progress, find_candidates
from cluster_engine.firms.identifiers import find_host, is_isin, is_lei
from cluster_engine.firms.names import calc_match_key, find_form_family
from cluster_engine.firms.pair_score import SIZE_RATIO, calc_name_features, calc_scores

SAME_FIRM = 0.5
"""Probability from which two records are one firm."""
CERTAIN = 1.0
MOST_ON_A_SITE = 20
"""A website of more names than this is that of a portal or a group, or a fault of the list."""
ELSEWHERE_LENGTH = 6
"""Shorter names are borne by different firms in different countries."""
IDENTIFIERS = ("lei", "bvd_id", "isin", "registry")
LABELS = {"lei": "same LEI", "bvd_id": "same BvD id", "isin": "same ISIN",
          "registry": "same registry number"}  # fmt: skip
# An ISIN is of a share: one firm has several.
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
    alike = find_candidates(facts["key"].tolist(), facts["country"].tolist(),
                            on_progress=on_progress)  # fmt: skip
    looked_at = pd.concat([alike, _pair_elsewhere(facts)], ignore_index=True)
    looked_at = looked_at.drop_duplicates(["left", "right"])
    scored = _score(facts, looked_at)
    pairs = pd.concat([exact, scored[scored["score"] >= SAME_FIRM]], ignore_index=True)
    pairs = pairs.drop_duplicates(["left", "right"]).sort_values(["left", "right"])
    result: pd.DataFrame = pairs
    return result


def prepare_facts(records: pd.DataFrame) -> pd.DataFrame:
    """Reduce records to what is compared; identifiers whose check digits fail are left out.

    Returns
    -------
    DataFrame
        lei, bvd_id, isin, registry, host, key, form, country, city, employees, sales; index
        0 … n-1.
    """
    rows = records.reset_index(drop=True)
    keys = {name: calc_match_key(name) for name in set(rows["name"]) if name}
    forms = {name: find_form_family(name) for name in keys}
    hosts = {site: find_host(site) for site in set(rows["website"])}
    lei, isin = rows["lei"].str.upper(), rows["isin"].str.upper()
    number = rows["registry_number"].str.replace(r"[\s.\-/]", "", regex=True).str.upper()
    known = (number != "") & (rows["country"] != "")
    return pd.DataFrame(
        {
            "lei": lei.where(lei.map({text: is_lei(text) for text in set(lei)}), ""),
            "bvd_id": rows["bvd_id"].str.upper(),
            "isin": isin.where(isin.map({text: is_isin(text) for text in set(isin)}), ""),
            "registry": (rows["country"] + ":" + number).where(known, ""),
            "host": [hosts[site] for site in rows["website"]],
            "key": [keys.get(name, "") for name in rows["name"]],
            "form": [forms.get(name, "") for name in rows["name"]],
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


def _pair_elsewhere(facts: pd.DataFrame) -> pd.DataFrame:
    """Pair equal names of two countries, or of an unknown one; and names on one website."""
    long = facts[facts["key"].str.len() >= ELSEWHERE_LENGTH]
    names = long.drop_duplicates(["key", "country"])["key"]
    sites = facts.loc[facts["host"] != "", "host"]
    size = sites.groupby(sites).transform("size")
    pairs = pd.concat([_chain(names), _chain(sites[size <= MOST_ON_A_SITE])], ignore_index=True)
    left, right = (facts["key"].to_numpy()[pairs[side]] for side in ("left", "right"))
    told = (left != "") & (right != "")
    kept: pd.DataFrame = pairs[told]
    return kept.assign(similarity=(left == right)[told].astype("float64"))


def _clash(facts: pd.DataFrame, pairs: pd.DataFrame, columns: Sequence[str]) -> pd.Series[bool]:
    clash = pd.Series(False, index=pairs.index)
    for name in columns:
        one, two = (facts[name].to_numpy()[pairs[side]] for side in ("left", "right"))
        clash |= (one != "") & (two != "") & (one != two)
    return clash


def _score(facts: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    left, right = (pairs[side].to_numpy(dtype=np.int64) for side in ("left", "right"))
    keys = facts["key"].to_numpy()
    first = facts["country"] + " " + facts["key"].str.split(n=1).str[0].fillna("")
    different = facts.drop_duplicates(["country", "key"])
    borne = first.map(first[different.index].value_counts()).to_numpy(dtype=np.int64)
    similarity = pairs["similarity"].to_numpy(dtype=np.float64)
    names = calc_name_features(keys[left].tolist(), keys[right].tolist(), similarity, borne[left])
    score, why = calc_scores(names, _compare_facts(facts.iloc[left], facts.iloc[right]))
    clash = _clash(facts, pairs, DECISIVE).to_numpy()
    return pairs.assign(score=np.where(clash, 0.0, score), why=why)


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
