"""Records of one firm become one record, with an id that the next build gives it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pandas as pd

from cluster_engine.firm_records import COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.firms.duplicates import prepare_facts
from cluster_engine.firms.name_pairs import group_pairs

ID_SOURCES = ("lei", "bvd_id", "registry", "isin")
CONFLICT_COLUMNS = ("lei", "bvd_id", "registry", "country")
OWN_COLUMNS = ("record_id", "list", "format", "notes", "estimated")
FIGURES = tuple(name for name in NUMBER_COLUMNS if name != "row")
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
    place = pd.Series(rows.index, index=rows["record_id"])
    links = pd.DataFrame({"left": place.reindex(pairs["record_a"]).to_numpy(),
                          "right": place.reindex(pairs["record_b"]).to_numpy()})  # fmt: skip
    group = pd.Series(group_pairs(len(rows), links), index=rows.index)
    told = prepare_facts(rows) if facts is None else facts
    firm = group.map(_name_groups(told, rows, group))
    named = rows.assign(firm_id=firm)
    several = firm.duplicated(keep=False)
    parts = [named[~several], _join_rows(named[several])]
    merged = pd.concat([part for part in parts if len(part)])[["firm_id", *COLUMNS]]
    merged = merged.sort_values("firm_id", ignore_index=True)
    members = pd.DataFrame({"record_id": rows["record_id"], "firm_id": firm})
    return Merged(merged, members, _find_conflicts(told.assign(firm_id=firm, year=rows["year"])))


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
    count = order[list(FIGURES)].notna().sum(axis=1)
    ranked = order.assign(count=count, latest=order["year"].fillna(0)).sort_values(
        ["firm_id", "latest", "count", "record_id"], ascending=[True, False, False, True]
    )
    best = ranked.drop_duplicates("firm_id").set_index("firm_id")
    return best[[*FIGURES, "estimated"]]


def _gather_notes(order: pd.DataFrame) -> pd.DataFrame:
    told = order[order["notes"] != ""]
    notes = told.groupby("firm_id")["notes"].agg(lambda x: "; ".join(dict.fromkeys(x)))
    return pd.DataFrame({"notes": notes.reindex(sorted(set(order["firm_id"]))).fillna("")})


def _name_groups(facts: pd.DataFrame, rows: pd.DataFrame, group: pd.Series[int]) -> dict[int, str]:
    """Return an id per group: its strongest identifier; else a digest of country and name."""
    best = pd.Series("", index=sorted(set(group)), dtype="str")
    for name in ID_SOURCES:
        told = facts.loc[facts[name] != "", name].str.lower()
        first = told.groupby(group[told.index]).min()
        ids = name.split("_")[0] + "-" + first.str.replace(r"[^a-z0-9]+", "-", regex=True)
        best = best.mask(best == "", ids.reindex(best.index).fillna(""))
    label = facts["country"] + "|" + facts["key"] + "|"
    town = rows["city"].str.casefold()
    plain = (label + town).groupby(group).min()
    digest = plain[best == ""].map(_digest)
    best = best.mask(best == "", digest.reindex(best.index))
    again = best.groupby(best).cumcount()
    named = best + again.map(lambda n: f"-{n + 1}" if n else "")
    return {int(at): str(text) for at, text in named.items()}  # type: ignore[call-overload]


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


def _find_conflicts(facts: pd.DataFrame) -> pd.DataFrame:
    pieces = []
    several = facts[facts["firm_id"].duplicated(keep=False)]
    for name in CONFLICT_COLUMNS:
        values = several.loc[several[name] != "", ["firm_id", name]].drop_duplicates()
        twice = values[values["firm_id"].duplicated(keep=False)].sort_values(["firm_id", name])
        text = twice.groupby("firm_id")[name].agg("; ".join)
        pieces.append(
            pd.DataFrame({"firm_id": text.index, "column": name, "values": text.to_numpy()})
        )
    pieces += [_find_far_figures(several, name) for name in ("employees", "sales")]
    return pd.concat(pieces, ignore_index=True).sort_values(["firm_id", "column"],
                                                            ignore_index=True)  # fmt: skip
