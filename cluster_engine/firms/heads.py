"""One row per ultimate parent: the members of a group become one firm."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.firm_records import NUMBER_COLUMNS
from cluster_engine.firms.names import calc_match_key

FIRM_ROLES = frozenset({"firm", "investor", "ultimate owner", ""})
"""Roles of records that stand for a firm; others only say who belongs to whom."""

UNUSED = ("record_id", "row", "list", "format", "role", "other_names", "state", "code_system",
          "codes", "founded", "status", "parent_id", "parent_name", "parent_country",
          "ultimate_id", "ultimate_name", "ultimate_country", "estimated", "notes")  # fmt: skip
"""Columns of records that say nothing of a head: a million firms need not carry them on."""
NOTED = ("status", "notes")
"""Of these, what notes are written from."""

FIGURES = tuple(name for name in NUMBER_COLUMNS if name not in ("row", "year"))
FROM_SUBSIDIARIES = 0.8
"""Trust in the codes of subsidiaries as those of the group (a judgement)."""

BASIS = "codes of subsidiaries"
HASH_LENGTH = 12
CEASED = re.compile(
    r"(?i)\b(?:dissol\w+|liquidat\w+|insolv\w+|bankrupt\w*|struck off|ceased?|inactive|wound up|"
    r"removed|aufgelöst|gelöscht|liquidation|insolvenz\w*|radiée?|dissoute?|disuelta|extinguida)\b"
)
"""Statuses of firms that no longer trade, in the languages of the column profiles."""
NO_TRADE = "status says the firm no longer trades"
NOTE_COLUMNS = ("firm_id", "kind", "note")


@dataclass(frozen=True, slots=True)
class Heads:
    """Firms at the level of the ultimate parent.

    Attributes
    ----------
    firms : DataFrame
        Firm records with firm_id, without the columns of `UNUSED`, one per group; country is the
        home country.
    members : DataFrame
        member_id (firm_id before), firm_id: every member that was kept, its head included.
    notes : DataFrame
        firm_id, kind, note.
    left_out : DataFrame
        name, reason: groups that hold no firm, or whose country nobody tells.
    """

    firms: pd.DataFrame
    members: pd.DataFrame
    notes: pd.DataFrame
    left_out: pd.DataFrame


def gather_heads(firms: pd.DataFrame, links: pd.DataFrame, roles: pd.Series[str]) -> Heads:
    """Make one firm of every group.

    The head speaks for its group where a list holds it; where none does, the member with the most
    sales, employees or codes lends its facts to the parent's name and country, and a note says so.

    Parameters
    ----------
    firms : DataFrame
        Firm records, one per firm, with firm_id.
    links : DataFrame
        From :func:`groups.roll_up`, rows as in `firms`.
    roles : Series
        Roles of the records behind each firm, '; ' between them; index firm_id.
    """
    rows = firms.reset_index(drop=True)
    linked = links.reset_index(drop=True)
    told = roles.reindex(rows["firm_id"]).fillna("").reset_index(drop=True)
    outside = linked["head_id"] == ""
    away = linked[outside]
    label = "outside:" + away["home_country"] + "|" + away["head_name"].map(calc_match_key)
    group = linked["head_id"].mask(outside, label.reindex(linked.index, fill_value=""))
    # Nearly all firms stand alone, and need none of what groups do.
    several = (outside | group.duplicated(keep=False)).to_numpy()
    narrow = rows.drop(columns=[name for name in UNUSED if name not in NOTED])
    if not several.any():
        return _keep_alone(narrow, linked, told)
    alone = _keep_alone(narrow[~several], linked[~several], told[~several])
    grouped = _gather_groups(
        rows[several].reset_index(drop=True),
        linked[several].reset_index(drop=True),
        group[several].reset_index(drop=True),
        told[several].reset_index(drop=True),
    )
    return _join(grouped, alone)


def _keep_alone(rows: pd.DataFrame, linked: pd.DataFrame, roles: pd.Series[str]) -> Heads:
    """Return firms without a group as they are."""
    reason = _name_reasons(_is_firm(roles), rows["country"])
    kept = (reason == "").to_numpy()
    firms = rows.loc[kept].drop(columns=list(NOTED))
    if not firms["firm_id"].is_monotonic_increasing:
        firms = firms.sort_values("firm_id")
    ids = rows.loc[kept, "firm_id"].reset_index(drop=True)
    left = pd.DataFrame({"name": rows["name"], "reason": reason})[~kept]
    found = [
        (firm, kind, note)
        for kind, notes in (
            ("status", _read_status(rows["status"])),
            ("seat", linked["note"]),
            ("group", _read_owners(rows["notes"])),
        )
        for firm, note in zip(
            rows["firm_id"][kept & (notes != "")], notes[kept & (notes != "")], strict=True
        )
    ]
    return Heads(
        firms.reset_index(drop=True),
        pd.DataFrame({"member_id": ids, "firm_id": ids}),
        pd.DataFrame(found, columns=list(NOTE_COLUMNS), dtype="str"),
        left.reset_index(drop=True),
    )


def _gather_groups(
    rows: pd.DataFrame, linked: pd.DataFrame, group: pd.Series[str], roles: pd.Series[str]
) -> Heads:
    places = _choose_leads(rows, linked, group)
    lead = places["lead"]
    filled, lent = _borrow(rows.loc[lead], rows.loc[places["lender"]])
    firm_id = rows["firm_id"].loc[lead].set_axis(lead.index)
    firm_id = firm_id.where(~lead.index.str.startswith("outside:"),
                            ["group-" + _digest(key) for key in lead.index])  # fmt: skip
    heads = _describe_heads(filled, linked.loc[lead], firm_id)
    reason = _find_reasons(heads, group, roles)
    kept = heads[reason.to_numpy() == ""]
    members = pd.DataFrame({"member_id": rows["firm_id"], "firm_id": group.map(firm_id)})
    members = members[members["firm_id"].isin(kept["firm_id"])]
    left = pd.DataFrame({"name": heads["name"].to_numpy(), "reason": reason.to_numpy()})
    return Heads(
        kept.drop(columns=list(UNUSED)),
        members,
        _write_notes(
            rows, linked, group, places.assign(lent=lent, firm_id=firm_id), set(kept["firm_id"])
        ),
        left[left["reason"] != ""],
    )


def _join(groups: Heads, alone: Heads) -> Heads:
    def stack(name: str) -> pd.DataFrame:
        parts: list[pd.DataFrame] = [getattr(heads, name) for heads in (groups, alone)]
        return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)

    return Heads(
        stack("firms").sort_values("firm_id", ignore_index=True),
        stack("members").sort_values("member_id", ignore_index=True),
        stack("notes").sort_values(list(NOTE_COLUMNS), ignore_index=True),
        stack("left_out").sort_values(["reason", "name"], ignore_index=True),
    )


def _choose_leads(rows: pd.DataFrame, linked: pd.DataFrame, group: pd.Series[str]) -> pd.DataFrame:
    """Return by group the places of the member that speaks for it and of the one it borrows from.

    Columns lead and lender; the lender is the largest member beside a head, or the lead itself.
    """
    order = pd.DataFrame(
        {
            "group": group,
            "is_head": linked["head_id"] == rows["firm_id"],
            "sales": rows["sales"].fillna(-1.0),
            "employees": rows["employees"].fillna(-1.0),
            "coded": rows["codes"] != "",
            "firm_id": rows["firm_id"],
        }
    )
    by = ["group", "is_head", "sales", "employees", "coded", "firm_id"]
    lead = order.sort_values(by, ascending=[True, False, False, False, False, True])
    lender = order.sort_values(by, ascending=[True, True, False, False, False, True])
    first, second = (part.drop_duplicates("group") for part in (lead, lender))
    return pd.DataFrame(
        {"lead": first.index.to_numpy(), "lender": second.index.to_numpy()},
        index=pd.Index(first["group"]),
    )


def _borrow(own: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Fill the figures, city, website and text of heads of which a list tells the name alone."""
    bare = own[list(FIGURES)].isna().all(axis=1).to_numpy()
    lent = bare & other[list(FIGURES)].notna().any(axis=1).to_numpy()
    theirs = other.set_axis(own.index)
    filled = {name: own[name].mask(lent, theirs[name]) for name in (*FIGURES, "year", "estimated")}
    same_seat = own["country"] == theirs["country"]
    for name, may in (("website", True), ("description", True), ("city", same_seat)):
        filled[name] = own[name].mask((own[name] == "") & may, theirs[name])
    return own.assign(**filled), lent


def _describe_heads(
    own: pd.DataFrame, links: pd.DataFrame, firm_id: pd.Series[str]
) -> pd.DataFrame:
    outside = (links["head_id"] == "").to_numpy()
    moved = (links["home_country"] != own["country"]).to_numpy()
    return own.assign(
        firm_id=firm_id.to_numpy(),
        name=own["name"].mask(outside, links["head_name"]),
        country=links["home_country"],
        # Seat and address of a subsidiary, or of a letter box, are not those of the group.
        **{
            name: own[name].mask(moved | outside, "")
            for name in ("city", "state", "postcode", "registry_number")
        },
        **{name: own[name].mask(outside, "") for name in ("lei", "bvd_id", "isin")},
    ).reset_index(drop=True)


def _find_reasons(
    heads: pd.DataFrame, group: pd.Series[str], roles: pd.Series[str]
) -> pd.Series[str]:
    """Say why a group is no firm of the list; '' keeps it. Rows as in `heads`."""
    # A subsidiary whose owner abroad is named stands for that owner.
    has_firm = _is_firm(roles) | group.str.startswith("outside:").to_numpy()
    any_firm = pd.Series(has_firm).groupby(group.to_numpy(), sort=True).any().to_numpy()
    return _name_reasons(any_firm, heads["country"])


def _is_firm(roles: pd.Series[str]) -> NDArray[np.bool_]:
    """Whether one of the roles, '; ' between them, is that of a firm."""
    codes, different = pd.factorize(roles)
    firm = np.array([bool(FIRM_ROLES & set(text.split("; "))) for text in different], dtype=bool)
    return firm[codes]


def _name_reasons(has_firm: NDArray[np.bool_], country: pd.Series[str]) -> pd.Series[str]:
    reason = pd.Series("", index=country.index, dtype="str")
    reason = reason.mask(~has_firm, "only a shareholder, branch or subsidiary")
    return reason.mask((reason == "") & (country == ""), "home country not known")


def _read_status(states: pd.Series[str]) -> pd.Series[str]:
    """Return a note where the status says that a firm no longer trades; '' elsewhere."""
    notes = {
        state: f"{NO_TRADE}: {state}" if CEASED.search(state) else "" for state in states.unique()
    }
    return states.map(notes).astype("str")


def _read_owners(notes: pd.Series[str]) -> pd.Series[str]:
    """Return what was said of an owner that is no group; '' elsewhere."""
    said = notes.str.extract(r"(its owner is[^;]*)", expand=False)
    return said.fillna("")


def _write_notes(
    rows: pd.DataFrame,
    linked: pd.DataFrame,
    group: pd.Series[str],
    places: pd.DataFrame,
    kept: set[str],
) -> pd.DataFrame:
    size = group.value_counts()
    names = rows["name"].to_numpy()
    states = _read_status(rows["status"]).to_numpy()
    seats, owners = linked["note"].to_numpy(), _read_owners(rows["notes"]).to_numpy()
    found: list[tuple[str, str, str]] = []
    for key, lead, lender, lent, firm in places.itertuples():
        if firm not in kept:
            continue
        if states[lead]:
            found.append((firm, "status", states[lead]))
        if seats[lead]:
            found.append((firm, "seat", seats[lead]))
        if key.startswith("outside:"):
            found.append((firm, "group", f"listed by its subsidiary {names[lead]}"))
            found.append((firm, "figures", f"figures of its subsidiary {names[lead]}"))
        elif size[key] > 1:
            found.append((firm, "group", f"stands for {size[key]} entities of the lists"))
        if lent:
            found.append((firm, "figures", f"figures of its subsidiary {names[lender]}"))
        if owners[lead]:
            found.append((firm, "group", owners[lead]))
    return pd.DataFrame(found, columns=list(NOTE_COLUMNS), dtype="str")


def lift_industries(industries: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Give every head its own industries; where it has none, those of its subsidiaries.

    Parameters
    ----------
    industries : DataFrame
        firm_id, industry, weight, basis, confidence, of members.
    members : DataFrame
        member_id, firm_id.

    Returns
    -------
    DataFrame
        The same columns, of heads; the weights of a firm add up to 1.
    """
    named = industries.rename(columns={"firm_id": "member_id"}).merge(members, on="member_id")
    own = named["member_id"] == named["firm_id"]
    has_own = own.groupby(named["firm_id"]).transform("any")
    below = named[~has_own]
    n_members = below.groupby("firm_id")["member_id"].transform("nunique")
    below = below.assign(weight=below["weight"] / n_members)
    summed = below.groupby(["firm_id", "industry"], as_index=False).agg(
        weight=("weight", "sum"), confidence=("confidence", "mean")
    )
    lifted = summed.assign(
        basis=BASIS, confidence=summed["confidence"].fillna(1.0) * FROM_SUBSIDIARIES
    )
    columns = ["firm_id", "industry", "weight", "basis", "confidence"]
    both = pd.concat([part for part in (named.loc[own, columns], lifted[columns]) if len(part)]
                     or [named.loc[own, columns]])  # fmt: skip
    result: pd.DataFrame = both.sort_values(
        ["firm_id", "weight", "industry"], ascending=[True, False, True], ignore_index=True
    )
    return result


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:HASH_LENGTH]
