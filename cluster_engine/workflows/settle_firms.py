"""Last look at the firms of a pack: left-over duplicates, groups, seats, sensitive areas."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.firm_schemas import FIRM_NOTES
from cluster_engine.firms.duplicates import find_duplicates
from cluster_engine.firms.groups import Groups, roll_up
from cluster_engine.firms.names import calc_match_key
from cluster_engine.firms.sensitive_areas import flag_sensitive_areas, note_areas
from cluster_engine.workflows.identify_firms import FROM_PACK, make_records

SAME_FIRM = 0.8
"""Probability from which two firms of a built pack are joined. Higher than for lists: what is left
after the listings were merged is mostly sisters of one group, which are firms of their own."""

BEGINNING = 6
"""Letters of the names that must agree: Mitsubishi and Mitsui are not one firm."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Firms that stay.

    Attributes
    ----------
    firms : DataFrame
        Rows of the firms given.
    notes : DataFrame
        Contract FIRM_NOTES.
    counts : Counter
        Firms left out, by reason, and notes written.
    """

    firms: pd.DataFrame
    notes: pd.DataFrame
    counts: Counter[str]


def settle_firms(
    firms: pd.DataFrame, industries: pd.DataFrame, parents: pd.DataFrame, areas: pd.DataFrame
) -> Settled:
    """Leave out firms that stand twice and consolidated subsidiaries; write notes on the others.

    Parameters
    ----------
    firms : DataFrame
        Columns of the contract FIRMS, and summary.
    industries : DataFrame
        firm_id, industry, weight.
    parents, areas : DataFrame
        Well-known groups; sensitive areas.
    """
    twice = find_repeated(firms)
    once = firms[~firms["firm_id"].isin(twice)]
    records = make_records(once[["firm_id", *FROM_PACK]]).assign(firm_id=once["firm_id"].to_numpy())
    groups = roll_up(records, known_parents=parents)
    links = groups.links
    below = links[(links["head_id"] != links["firm_id"]) & (links["head_id"] != "")]
    kept = once[~once["firm_id"].isin(below["firm_id"])]
    told = kept[["firm_id", "summary"]].rename(columns={"summary": "description"})
    flagged = note_areas(flag_sensitive_areas(told, industries, areas))
    notes = pd.concat([_note_groups(groups, below, records), flagged], ignore_index=True)
    notes = notes[notes["firm_id"].isin(kept["firm_id"])]
    counts = Counter(
        {
            "dropped: stood twice under two spellings": len(twice),
            "dropped: consolidated by a parent on the list": len(below),
            "noted: seat that may be a holding's": int((notes["kind"] == "seat").sum()),
            "noted: sensitive area": int((notes["kind"] == "sensitive area").sum()),
        }
    )
    columns = list(FIRM_NOTES.column_names)
    ordered = notes[columns].drop_duplicates().sort_values(columns, ignore_index=True)
    return Settled(kept, ordered, counts)


def find_repeated(firms: pd.DataFrame) -> frozenset[str]:
    """Return the firm_id of firms that stand again, less fully told, under another spelling."""
    records = make_records(firms[["firm_id", *FROM_PACK]])
    pairs = find_duplicates(records)
    facts = pd.DataFrame(
        {
            "firm_id": firms["firm_id"].to_numpy(),
            "country": records["country"].to_numpy(),
            "start": [
                calc_match_key(name).replace(" ", "")[:BEGINNING] for name in records["name"]
            ],
            "site": records["website"].to_numpy(),
            "told": records[["employees", "sales", "rd"]].notna().sum(axis=1).to_numpy() * 4
            + (records["website"] != "").to_numpy() * 2
            + np.array([not name.isupper() for name in records["name"]]),
        },
        index=records["record_id"],
    )
    one = facts.reindex(pairs["record_a"]).reset_index(drop=True)
    two = facts.reindex(pairs["record_b"]).reset_index(drop=True)
    same = (pairs["score"].reset_index(drop=True) >= SAME_FIRM) & (one["country"] == two["country"])
    same &= one["start"] == two["start"]
    # Sisters of a group have a website each, or share one; a share list's spelling has none.
    same &= (one["site"] == "") | (two["site"] == "")
    lesser = one["firm_id"].where(one["told"] < two["told"], two["firm_id"])
    return frozenset(lesser[same])


def _note_groups(groups: Groups, below: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    links = groups.links
    seats = links[links["note"] != ""]
    names = records.set_index("firm_id")["name"]
    listed = below.assign(name=names.reindex(below["firm_id"]).to_numpy())
    inside = listed.sort_values("name").groupby("head_id")["name"].agg(", ".join)
    told = [
        pd.DataFrame({"firm_id": seats["firm_id"], "kind": "seat", "note": seats["note"]}),
        pd.DataFrame(
            {"firm_id": inside.index, "kind": "group", "note": "includes " + inside.to_numpy()}
        ),
    ]
    return pd.concat(told, ignore_index=True)
