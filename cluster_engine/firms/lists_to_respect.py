"""Find the firms of a user's list: clients, do-not-contact, firms that must be looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.firms.candidate_pairs import find_candidates
from cluster_engine.firms.duplicates import find_duplicates, prepare_facts
from cluster_engine.firms.near_names import find_near_names

BY_FACT = (
    ("lei", "LEI", 1.0),
    ("bvd_id", "BvD id", 1.0),
    ("register_number", "registry number", 1.0),
    ("isin", "ISIN", 1.0),
    ("host", "website", 0.9),
)
"""Facts in the order in which they decide, and how sure a match by them is (a judgement)."""
ANYWHERE = 0.7
"""Certainty of an equal name where the list tells no country (a judgement)."""
NEAR = 0.75
"""A firm whose name is so much alike is shown to the user for one that was not found."""


@dataclass(frozen=True, slots=True)
class ListMatch:
    """What of a list was found.

    Attributes
    ----------
    matched : DataFrame
        record_id (of the list), firm_id, how, certainty (0 to 1); by record_id, the surest first.
        Several firms may match one entry.
    missing : DataFrame
        record_id, name, country, nearest (firm_id of the likest name of the country; '' if none is
        much alike).
    """

    matched: pd.DataFrame
    missing: pd.DataFrame


def match_list(firms: pd.DataFrame, wanted: pd.DataFrame, *, lenient: bool = False) -> ListMatch:
    """Find firms by LEI, BvD id, registry number, ISIN or website; then by name.

    Parameters
    ----------
    firms : DataFrame
        Firm records, one per firm, with firm_id.
    wanted : DataFrame
        Firm records of the user's list.
    lenient : bool
        Whether an entry that matches nothing stands for a firm whose name differs by a slip: right
        for firms to leave out, wrong for those to keep.
    """
    own, listed = prepare_facts(firms), prepare_facts(wanted)
    ids, entries = firms["firm_id"].to_numpy(), wanted["record_id"].to_numpy()
    found = [_match_fact(own, listed, *fact) for fact in BY_FACT]
    found += [_match_anywhere(own, listed), _match_names(firms, wanted)]
    every = pd.concat(found, ignore_index=True)
    if lenient:
        rest = listed[~listed.index.isin(every["entry"])]
        every = pd.concat([every, find_near_names(own, rest)], ignore_index=True)
    every = every.drop_duplicates(["entry", "firm"])
    # What a fact decides, a name no longer widens: 'Siemens' with an LEI is one firm.
    decided = every.groupby("entry")["certainty"].transform("max") == 1.0
    kept = every[~decided | (every["certainty"] == 1.0)]
    kept = kept.sort_values(["entry", "certainty", "firm"], ascending=[True, False, True])
    matched = pd.DataFrame(
        {
            "record_id": entries[kept["entry"].to_numpy(dtype=np.int64)],
            "firm_id": ids[kept["firm"].to_numpy(dtype=np.int64)],
            "how": kept["how"].to_numpy(),
            "certainty": kept["certainty"].to_numpy(dtype=np.float64),
        }
    )
    lost = sorted(set(range(len(wanted))) - set(kept["entry"].tolist()))
    missing = wanted.iloc[lost][["record_id", "name", "country"]].reset_index(drop=True)
    return ListMatch(matched, missing.assign(nearest=_find_nearest(own, listed, ids, lost)))


def _shape(entry: object, firm: object, how: object, certainty: object) -> pd.DataFrame:
    return pd.DataFrame({"entry": entry, "firm": firm, "how": how, "certainty": certainty})


def _match_fact(
    own: pd.DataFrame, listed: pd.DataFrame, column: str, label: str, certainty: float
) -> pd.DataFrame:
    left = listed.loc[listed[column] != "", [column]].assign(entry=lambda rows: rows.index)
    right = own.loc[own[column] != "", [column]].assign(firm=lambda rows: rows.index)
    both = left.merge(right, on=column)
    return _shape(both["entry"], both["firm"], label, certainty)


def _match_names(firms: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """Match by all that is weighed between two records."""
    one = firms.drop(columns="firm_id").assign(record_id=[f"f{i}" for i in range(len(firms))])
    two = wanted.assign(record_id=[f"w{i}" for i in range(len(wanted))])
    pairs = find_duplicates(pd.concat([one, two], ignore_index=True))
    across = pairs["record_a"].str.startswith("f") & pairs["record_b"].str.startswith("w")
    kept = pairs[across]
    return _shape(
        kept["record_b"].str.slice(1).astype("int64"),
        kept["record_a"].str.slice(1).astype("int64"),
        "name: " + kept["why"],
        kept["score"].astype("float64").clip(upper=0.99),
    )


def _match_anywhere(own: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Match equal names where the list tells no country."""
    left = listed.loc[(listed["country"] == "") & (listed["key"] != ""), ["key"]]
    right = own[["key"]].assign(firm=own.index)
    both = left.assign(entry=left.index).merge(right, on="key")
    return _shape(both["entry"], both["firm"], "name, country not told", ANYWHERE)


def _find_nearest(
    own: pd.DataFrame, listed: pd.DataFrame, ids: np.ndarray, lost: list[int]
) -> list[str]:
    keys = [*listed.loc[lost, "key"], *own["key"]]
    countries = [*listed.loc[lost, "country"], *own["country"]]
    pairs = find_candidates(keys, countries)
    pairs = pairs[(pairs["left"] < len(lost)) & (pairs["right"] >= len(lost))]
    pairs = pairs[pairs["similarity"] >= NEAR].sort_values(
        ["left", "similarity", "right"], ascending=[True, False, True]
    )
    best = pairs.drop_duplicates("left").set_index("left")["right"]
    return [str(ids[int(best[i]) - len(lost)]) if i in best.index else ""
            for i in range(len(lost))]  # fmt: skip
