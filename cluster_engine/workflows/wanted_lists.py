"""Lists to respect: clients, do-not-contact, firms that must be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from cluster_engine.firms.lists_to_respect import match_list
from cluster_engine.firms.near_names import NEAR_NAME
from cluster_engine.results import Market
from cluster_engine.sources.lists.reader import read_firm_list

Action = Literal["kept", "left out"]
CERTAIN, LIKELY = 0.95, 0.7
"""Certainties from which a match is called certain, and likely; below, possible."""

NAMED = 8
COLUMNS = ("list", "row", "entry", "entry_country", "action", "firm_id", "firm_name", "how",
           "certainty", "nearest")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matches:
    """What one list found among the firms of a market.

    Attributes
    ----------
    firms : frozenset of str
        firm_id of every firm matched.
    rows : DataFrame
        `COLUMNS`, one row per entry and firm matched, and one per entry of this market, or of no
        country, that matches none.
    sentence : str
        What to tell the user.
    """

    firms: frozenset[str]
    rows: pd.DataFrame
    sentence: str


def match_lists(
    paths: Sequence[Path], entities: pd.DataFrame, firms: pd.DataFrame, market: Market, *,
    action: Action,
) -> list[Matches]:  # fmt: skip
    """Match every list by LEI, registry number, website or name.

    Parameters
    ----------
    paths : sequence of Path
        Lists in any format that can be read.
    entities : DataFrame
        Firm records with firm_id; a firm may have several.
    firms : DataFrame
        Contract FIRMS, of the market.
    market : Market
        Entries of other countries that match nothing are no news.
    action : {'kept', 'left out'}
        What happens to the firms matched.
    """
    return [_match(path, entities, firms, market, action) for path in paths]


def _match(
    path: Path, entities: pd.DataFrame, firms: pd.DataFrame, market: Market, action: Action
) -> Matches:
    wanted = read_firm_list(path).records
    # To leave out one too many is the safe side; to keep one too many is not.
    lenient = action == "left out"
    found = match_list(entities.reset_index(drop=True), wanted, lenient=lenient)
    names = firms.set_index("firm_id")["firm_name"]
    entry = wanted.set_index("record_id")[["row", "name", "country"]]
    best = found.matched.sort_values(
        ["record_id", "certainty", "firm_id"], ascending=[True, False, True]
    ).drop_duplicates(["record_id", "firm_id"])
    here = found.missing["country"].isin([*market.countries, ""])
    lost = found.missing[here]
    rows = pd.concat(
        [
            _shape(path, best["record_id"], entry, action).assign(
                firm_id=best["firm_id"].to_numpy(),
                firm_name=names.reindex(best["firm_id"]).to_numpy(),
                how=best["how"].to_numpy(), certainty=best["certainty"].round(2).to_numpy(),
                nearest="",
            ),
            _shape(path, lost["record_id"], entry, "not found").assign(
                firm_id="", firm_name="", how="", certainty=0.0,
                nearest=names.reindex(lost["nearest"]).fillna("").to_numpy(),
            ),
        ]
    )[list(COLUMNS)]  # fmt: skip
    ordered = rows.sort_values(["row", "certainty", "firm_id"], ascending=[True, False, True])
    sentence = _tell(path, best, lost, len(wanted), action) + _tell_near(best, entry, names)
    return Matches(frozenset(best["firm_id"]), ordered.reset_index(drop=True), sentence)


def _shape(
    path: Path, record_ids: pd.Series[str], entry: pd.DataFrame, action: str
) -> pd.DataFrame:
    told = entry.reindex(record_ids).reset_index(drop=True)
    return pd.DataFrame(
        {
            "list": path.name,
            "row": told["row"].astype("Int64"),
            "entry": told["name"],
            "entry_country": told["country"],
            "action": action,
        }
    )


def _tell(
    path: Path, best: pd.DataFrame, lost: pd.DataFrame, n_entries: int, action: Action
) -> str:
    sure = best["certainty"]
    parts = [
        f"{int(count)} {label}"
        for count, label in (
            ((sure >= CERTAIN).sum(), "certain"),
            (((sure >= LIKELY) & (sure < CERTAIN)).sum(), "likely"),
            ((sure < LIKELY).sum(), "only possible"),
        )
        if count
    ]
    n_firms = best["firm_id"].nunique()
    how = f" ({', '.join(parts)})" if parts else ""
    text = (
        f"{path.name}: {best['record_id'].nunique()} of {n_entries} entries match "
        f"{n_firms} firm{'s' if n_firms != 1 else ''}{how}: {action}."
    )
    if len(lost):
        shown = ", ".join(lost["name"].head(NAMED))
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        text += f" Not found: {shown}{more}."
    return text


def _tell_near(best: pd.DataFrame, entry: pd.DataFrame, names: pd.Series[str]) -> str:
    """Name the firms that an entry may mean though its name differs by a slip."""
    near = best[best["how"].str.startswith(NEAR_NAME)]
    if near.empty:
        return ""
    shown = [
        f"{names[firm]} ({sure:.0%} sure) for '{entry.loc[record, 'name']}'"
        for record, firm, sure in near[["record_id", "firm_id", "certainty"]]
        .head(NAMED)
        .itertuples(index=False, name=None)
    ]
    more = f" and {len(near) - NAMED} more" if len(near) > NAMED else ""
    return f" Left out though the name differs by a letter or two: {'; '.join(shown)}{more}."
