"""Records of one firm become one record, with an id that the next build gives it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.firm_records import COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.firms.duplicates import prepare_facts
from cluster_engine.firms.lookups import write_at
from cluster_engine.firms.name_pairs import group_pairs

ID_SOURCES = ("lei", "bvd_id", "registry", "isin")
CONFLICT_COLUMNS = ("lei", "bvd_id", "registry", "country")
OWN_COLUMNS = ("record_id", "list", "format", "notes", "estimated")
FIGURES = tuple(name for name in NUMBER_COLUMNS if name != "row")
FAR_COLUMNS = ("employees", "sales")
FAR_FIGURES = 0.1
"""Two lists round one figure differently; more than a tenth apart they tell of two things."""
HASH_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Merged:
    """Firms, each once.

    Attributes
    ----------
    records : DataFrame
        Firm records, one per firm, with the column firm_id before all others; sorted by firm_id.
    members : DataFrame
        record_id, firm_id: where each record went; in the order of the records.
    conflicts : DataFrame
        firm_id, column, values ('; ' between them): facts in which the joined records differ.
    """

    records: pd.DataFrame
    members: pd.DataFrame
    conflicts: pd.DataFrame


def merge_records(
    records: pd.DataFrame, pairs: pd.DataFrame, *, facts: pd.DataFrame | None = None
) -> Merged:
    """Join the records that pairs tie together.

    The fullest record speaks for the firm; the others fill its gaps. Figures are never mixed: all
    come from one record, the latest year first, then the most figures.

    Parameters
    ----------
    records : DataFrame
        Firm records, each record_id once.
    pairs : DataFrame
        Columns record_a, record_b; as `duplicates.find_duplicates`.
    facts : DataFrame, optional
        From `duplicates.prepare_facts`, if it was worked out before.
    """
    if records.empty:
        empty = pd.DataFrame(columns=["record_id", "firm_id"])
        conflicts = pd.DataFrame(columns=["firm_id", "column", "values"])
        return Merged(records.assign(firm_id=pd.Series(dtype="str")), empty, conflicts)
    rows = records.reset_index(drop=True)
    place = pd.Index(rows["record_id"])
    links = pd.DataFrame({"left": place.get_indexer(pd.Index(pairs["record_a"])),
                          "right": place.get_indexer(pd.Index(pairs["record_b"]))})  # fmt: skip
    del place
    group = pd.Series(group_pairs(len(rows), links), index=rows.index)
    told = prepare_facts(rows) if facts is None else facts
    firm = _name_groups(told, rows["city"], group)
    members = pd.DataFrame({"record_id": rows["record_id"], "firm_id": firm})
    conflicts = _find_conflicts(told.assign(year=rows["year"]), firm)
    return Merged(_merge_rows(rows, firm), members, conflicts)


def _merge_rows(rows: pd.DataFrame, firm: pd.Series[str]) -> pd.DataFrame:
    """Return one row for each firm, in order of firm_id.

    Nearly all firms have one record: those are taken once, in order, and the few joined ones
    written over the first record of theirs. A million firms fit only once or twice into memory.
    """
    several = firm.duplicated(keep=False).to_numpy()
    first = np.flatnonzero(~firm.duplicated().to_numpy())
    order = first[np.argsort(firm.iloc[first].to_numpy(dtype=object), kind="stable")]
    joined = _join_rows(rows[several].assign(firm_id=firm[several]))
    at = np.flatnonzero(several[order])
    columns: dict[str, object] = {"firm_id": firm.take(order).reset_index(drop=True)}
    for name in COLUMNS:
        column = rows[name].take(order).reset_index(drop=True)
        if len(at):
            column.iloc[at] = joined[name].to_numpy()
        columns[name] = column
    return pd.DataFrame(columns)


def _join_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each firm_id."""
    texts = [name for name in TEXT_COLUMNS if name not in OWN_COLUMNS]
    order = rows.assign(filled=(rows[texts] != "").sum(axis=1)).sort_values(
        ["firm_id", "filled", "record_id"], ascending=[True, False, True]
    )
    told = order[["firm_id", *texts]].replace("", None).groupby("firm_id", sort=True).first()
    own = order.drop_duplicates("firm_id").set_index("firm_id")
    own = own[["record_id", "list", "format", "row"]]
    return own.join(told.fillna("")).join(_choose_figures(order)).join(
        _gather_notes(order)).reset_index()  # fmt: skip


def _choose_figures(order: pd.DataFrame) -> pd.DataFrame:
    # A record that tells no figure, such as a project, does not hide those of another.
    count = order[[name for name in FIGURES if name != "year"]].notna().sum(axis=1)
    latest = order["year"].fillna(0).where(count > 0, -1)
    ranked = order.assign(count=count, latest=latest).sort_values(
        ["firm_id", "latest", "count", "record_id"], ascending=[True, False, False, True]
    )
    best = ranked.drop_duplicates("firm_id").set_index("firm_id")
    return best[[*FIGURES, "estimated"]]


def _gather_notes(order: pd.DataFrame) -> pd.DataFrame:
    told = order[order["notes"] != ""]
    notes = told.groupby("firm_id")["notes"].agg(lambda x: "; ".join(dict.fromkeys(x)))
    return pd.DataFrame({"notes": notes.reindex(sorted(set(order["firm_id"]))).fillna("")})


def _name_groups(
    facts: pd.DataFrame, city: pd.Series[str], group: pd.Series[int]
) -> pd.Series[str]:
    """Return the id of each record's group: its strongest identifier; else a digest of its names.

    Of two groups with one id the second, in the order of the groups, is numbered.
    """
    number, groups = pd.factorize(group, sort=True)
    best = pd.Series("", index=range(len(groups)), dtype="str")
    for name in ID_SOURCES:
        told = np.flatnonzero((facts[name] != "").to_numpy())
        if not len(told):
            continue
        first = facts[name].iloc[told].str.lower().groupby(number[told]).min()
        ids = name.split("_")[0] + "-" + first.str.replace(r"[^a-z0-9]+", "-", regex=True)
        best = best.mask(best == "", ids.reindex(best.index).fillna(""))
    rest = np.flatnonzero((best == "").to_numpy())
    if len(rest):
        best = write_at(best, rest, _digest_labels(facts, city, number).reindex(rest))
    again = best.groupby(best).cumcount().to_numpy()
    twice = np.flatnonzero(again)
    best = write_at(best, twice, (f"{best.iloc[at]}-{again[at] + 1}" for at in twice))
    return best.take(number).reset_index(drop=True)


def _digest_labels(
    facts: pd.DataFrame, city: pd.Series[str], number: NDArray[np.int64]
) -> pd.Series[str]:
    """Return a digest of country, name and town by number of the group; the first label speaks."""
    label = facts["country"] + "|" + facts["key"] + "|" + city.str.casefold()
    own = pd.Series(number, index=label.index)
    several = own.duplicated(keep=False)
    # The smallest label of a group; most have one, and need no search.
    alone = label[~several].set_axis(own[~several])
    shared = label[several].groupby(own[several]).min()
    return pd.concat([alone, shared]).map(_digest)


def _digest(text: str) -> str:
    return "name-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:HASH_LENGTH]


def _find_far_figures(several: pd.DataFrame, name: str) -> pd.DataFrame:
    """Figures of one firm and year that differ by more than rounding."""
    told = several[several[name].notna()]
    groups = told.groupby(["firm_id", told["year"].fillna(0)])[name]
    ends = groups.agg(["min", "max"]).reset_index()
    far = ends[ends["max"] > ends["min"] * (1 + FAR_FIGURES)].drop_duplicates("firm_id")
    values = [f"{low:g}; {high:g}" for low, high in zip(far["min"], far["max"], strict=True)]
    return pd.DataFrame({"firm_id": far["firm_id"], "column": name, "values": values})


def _find_conflicts(facts: pd.DataFrame, firm: pd.Series[str]) -> pd.DataFrame:
    pieces = []
    shared = firm.duplicated(keep=False)
    told = [*CONFLICT_COLUMNS, *FAR_COLUMNS, "year"]
    several = facts.loc[shared, told].assign(firm_id=firm[shared])
    for name in CONFLICT_COLUMNS:
        values = several.loc[several[name] != "", ["firm_id", name]].drop_duplicates()
        twice = values[values["firm_id"].duplicated(keep=False)].sort_values(["firm_id", name])
        text = twice.groupby("firm_id")[name].agg("; ".join)
        pieces.append(
            pd.DataFrame({"firm_id": text.index, "column": name, "values": text.to_numpy()})
        )
    pieces += [_find_far_figures(several, name) for name in FAR_COLUMNS]
    return pd.concat(pieces, ignore_index=True).sort_values(["firm_id", "column"],
                                                            ignore_index=True)  # fmt: skip
