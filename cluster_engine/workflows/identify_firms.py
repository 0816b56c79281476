"""Who is who in a user's lists: records of one firm joined, groups at their ultimate parent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.firm_records import NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.firms.duplicates import find_duplicates, prepare_facts
from cluster_engine.firms.groups import Groups, roll_up
from cluster_engine.firms.heads import Heads, gather_heads
from cluster_engine.firms.lookups import is_among
from cluster_engine.firms.merging import Merged, merge_records
from cluster_engine.firms.owners import name_parents
from cluster_engine.packs.pack import Pack
from cluster_engine.workflows.firm_list_inputs import Lists, Setting
from cluster_engine.workflows.progress import Progress, be_silent

PACK_LIST = "pack"
FROM_PACK_ID = "the pack:"
"""Begins the record_id of a firm of the pack; names of lists have no blank."""

FROM_PACK = {
    "firm_name": "name", "country": "country", "city": "city", "website": "website",
    "size_class": "size_class", "year": "year", "employees": "employees", "sales": "sales",
    "rd": "rd", "capex": "capex", "operating_profit": "operating_profit",
    "sales_growth": "sales_growth",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identified:
    """Firms of the lists.

    Attributes
    ----------
    merged : Merged
        Records of one firm joined, with those of the pack that are the same firm.
    groups : Groups
        Whom each belongs to.
    heads : Heads
        One firm per group.
    twins : Series
        firm_id in the pack by firm_id of the merged records, where the pack has the firm.
    reasons : DataFrame
        why, count: what joined records of the lists.
    """

    merged: Merged
    groups: Groups
    heads: Heads
    twins: pd.Series[str]
    reasons: pd.DataFrame


def identify_firms(
    lists: Lists, setting: Setting, *, on_progress: Progress = be_silent
) -> Identified:
    """Join the records of one firm, within lists, across lists and with the pack's, and roll up.

    A record of the pack fills the gaps of a list's; firms of the pack that no list holds are left
    out.

    Parameters
    ----------
    lists : Lists
        What was read.
    setting : Setting
        The pack, and the well-known groups.
    """
    records, roles = _gather_records(lists, setting.pack)
    facts = prepare_facts(records)
    pairs = find_duplicates(
        records,
        facts=facts,
        on_progress=lambda done, total: on_progress("Finding duplicates", done, total),
    )
    ours = pairs["record_a"].str.startswith(FROM_PACK_ID)
    theirs = pairs["record_b"].str.startswith(FROM_PACK_ID)
    # The pack's firms were told apart when it was built.
    pairs = pairs[~(ours & theirs)]
    within = pairs[~(ours | theirs)[pairs.index]]
    on_progress("Merging", 0, 4)
    merged = merge_records(records, pairs, facts=facts)
    del records, facts
    on_progress("Merging", 1, 4)
    merged, twins = _drop_pack_only(merged)
    on_progress("Merging", 2, 4)
    groups = roll_up(merged.records, relations=lists.relations, known_parents=setting.parents)
    on_progress("Merging", 3, 4)
    heads = gather_heads(merged.records, groups.links, _gather_roles(merged.members, roles))
    on_progress("Merging", 4, 4)
    why = within["why"].value_counts().rename_axis("why").reset_index(name="count")
    return Identified(merged, groups, heads, twins, why)


def _gather_records(lists: Lists, pack: Pack) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return the records of the lists and of the pack, and the role of each of the lists'."""
    own = name_parents(lists.records.take())
    roles = own.set_index("record_id")["role"].astype("category")
    known = read_pack_records(pack, frozenset(own["country"].unique()))
    return (pd.concat([own, known], ignore_index=True) if len(known) else own), roles


def _gather_roles(members: pd.DataFrame, roles: pd.Series[Any]) -> pd.Series[str]:
    """Return the roles of each firm's records, '; ' between them; index firm_id."""
    told = members.assign(role=roles.reindex(members["record_id"]).to_numpy())
    told = told[told["role"].notna()].drop_duplicates(["firm_id", "role"])
    return join_texts(told, "firm_id", "role", "; ")


def join_texts(table: pd.DataFrame, by: str, column: str, mark: str) -> pd.Series[str]:
    """Join the texts of each group; nearly all groups have one, and need no loop."""
    several = table[by].duplicated(keep=False)
    one = table[~several].set_index(by)[column]
    more = table[several].groupby(by)[column].agg(mark.join)
    joined: pd.Series[str] = pd.concat([one, more]) if len(more) else one
    return joined


def read_pack_records(pack: Pack, countries: frozenset[str]) -> pd.DataFrame:
    """Return the pack's firms of some countries as firm records; '' among them: of all."""
    if not pack.has("firms"):
        return make_records(pd.DataFrame(columns=["firm_id", *FROM_PACK]))
    firms = pack.read("firms", columns=("firm_id", *FROM_PACK))
    wanted = firms if "" in countries else firms[firms["country"].isin(countries)]
    return make_records(wanted)


def make_records(firms: pd.DataFrame) -> pd.DataFrame:
    """Return firms of a pack as firm records, record_id 'the pack:<firm_id>'."""
    columns: dict[str, object] = dict.fromkeys(TEXT_COLUMNS, "")
    columns |= dict.fromkeys(NUMBER_COLUMNS, np.nan)
    table = pd.DataFrame(columns, index=firms.index)
    told = firms[list(FROM_PACK)].rename(columns=FROM_PACK)
    texts = [name for name in told.columns if name in TEXT_COLUMNS]
    numbers = [name for name in told.columns if name in NUMBER_COLUMNS]
    texted = {name: told[name].fillna("").astype("str") for name in texts}
    counted = {name: told[name].astype("float64") for name in numbers}
    ids = FROM_PACK_ID + firms["firm_id"].astype("str")
    records = table.assign(
        **texted, **counted, record_id=ids, list=PACK_LIST, format=PACK_LIST, role="firm"
    )
    kinds = dict.fromkeys(TEXT_COLUMNS, "str") | dict.fromkeys(NUMBER_COLUMNS, "float64")
    result: pd.DataFrame = records.astype(kinds)
    return result.reset_index(drop=True)


def _drop_pack_only(merged: Merged) -> tuple[Merged, pd.Series[str]]:
    """Keep the firms that a list holds; tell which firm of the pack each of them is."""
    members = merged.members
    of_pack = members["record_id"].str.startswith(FROM_PACK_ID)
    listed = members.loc[~of_pack, "firm_id"].drop_duplicates()
    kept = merged.records[is_among(merged.records["firm_id"], listed)].reset_index(drop=True)
    inside = members[is_among(members["firm_id"], listed)]
    known = inside[of_pack[inside.index]].drop_duplicates("firm_id")
    twins = pd.Series(
        known["record_id"].str.removeprefix(FROM_PACK_ID).to_numpy(),
        index=pd.Index(known["firm_id"]),
        dtype="str",
    )
    conflicts = merged.conflicts[is_among(merged.conflicts["firm_id"], listed)]
    return Merged(kept, inside.reset_index(drop=True), conflicts.reset_index(drop=True)), twins
