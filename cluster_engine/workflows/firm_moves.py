"""Which firms entered, left and moved between two versions, and what each move comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.results import Market
from cluster_engine.targeting.attribution import split_change
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.score import Scored
from cluster_engine.targeting.swaps import CODES, FIRM_LIST, Bench
from cluster_engine.workflows.model_causes import CAUSES, UNSEPARATED, WAYS, Swap

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

PART_DIGITS = 10
"""Parts are kept so that they add up to the change within 1e-9."""


def _name(prefix: str, what: str) -> str:
    return prefix + what.replace("'s", "").replace(" ", "_")


FROM_COLUMNS = tuple(_name("from_", cause) for cause in CAUSES)
PLACES_COLUMNS = tuple(_name("places_", cause) for cause in CAUSES)
BY_COLUMNS = tuple(_name("by_", way) for way in WAYS)

COLUMNS = (
    "market", "market_name", "firm_id", "firm_name", "country", "status", "old_rank", "new_rank",
    "places", "old_score", "new_score", "change", *FROM_COLUMNS, *PLACES_COLUMNS, *BY_COLUMNS,
    "largest",
)  # fmt: skip
"""places: up is positive. change: of the score; from_ and by_ add up to it, each by itself, and
places_ to places. largest: the criterion whose points changed most."""

KEYS = ("market", "firm_id")

STATUSES = ("entered", "left", "moved", "stayed", "new", "gone")
"""The last two: among the first N, and not to be ranked at all in the other list of firms."""


@dataclass
class Contest:
    """The firms of markets, scored by mixtures of two versions.

    Attributes
    ----------
    bench : Bench
    swaps : tuple of Swap
    markets : sequence of Market
    top : int
        Length of a list.
    """

    bench: Bench
    swaps: tuple[Swap, ...]
    markets: Sequence[Market]
    top: int
    _members: dict[frozenset[str], list[Integers]] = field(default_factory=dict, repr=False)

    @property
    def things(self) -> frozenset[str]:
        """All that is swapped."""
        return frozenset(thing for swap in self.swaps for thing in swap.things)

    def stand(self, swapped: frozenset[str]) -> tuple[Scored, list[Integers], list[Integers]]:
        """Score all firms; positions of each market's firms, and their ranks in it from 1."""
        scored = self.bench.score(swapped)
        members = self._find_members(scored, swapped)
        return scored, members, [_rank(scored.score[places]) for places in members]

    def _find_members(self, scored: Scored, swapped: frozenset[str]) -> list[Integers]:
        key = find_roster(swapped)
        if key not in self._members:
            country = scored.features.firms["country"].to_numpy(dtype=object)
            places = {str(code): np.flatnonzero(country == code) for code in set(country)}
            nothing = np.zeros(0, np.intp)
            self._members[key] = [
                np.sort(np.concatenate([places.get(c, nothing) for c in market.countries]))
                for market in self.markets
            ]
        return self._members[key]


def find_roster(swapped: frozenset[str]) -> frozenset[str]:
    """What decides which firms can be ranked at all, of the things that are swapped."""
    return swapped & {FIRM_LIST, CODES}


def list_moves(contest: Contest) -> pd.DataFrame:
    """One row per market and firm that is among the first N of either version: ``COLUMNS``.

    Firms that both versions can rank in the market have their change split; the parts add up.
    """
    old, new = _list_standing(contest, frozenset()), _list_standing(contest, contest.things)
    table = old.add_suffix("_old").join(new.add_suffix("_new"), how="outer")
    first = table[["rank_old", "rank_new"]].min(axis=1) <= contest.top
    table = table[first]
    both = table["rank_old"].notna() & table["rank_new"].notna()
    rows = _describe(table, contest)
    parts = _split(contest, pd.MultiIndex.from_tuples(table.index[both], names=KEYS), rows[both])
    rows = rows.assign(largest=_find_largest(table))
    for name in (*FROM_COLUMNS, *PLACES_COLUMNS, *BY_COLUMNS):
        rows[name] = parts[name].reindex(rows.index)
    order = rows.reset_index(drop=True)
    order = order.assign(place=order["new_rank"].fillna(len(table) + 1), before=order["old_rank"])
    order = order.sort_values(["market", "place", "before", "firm_id"], kind="stable")
    return order.reset_index(drop=True)[list(COLUMNS)]


def _rank(scores: Floats) -> Integers:
    """Rank scores from 1; equal ones in the order of the firms."""
    ranks = np.empty(len(scores), np.intp)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def _list_standing(contest: Contest, swapped: frozenset[str]) -> pd.DataFrame:
    """Rank, score, points and names of every firm, by market and firm_id."""
    scored, members, ranks = contest.stand(swapped)
    firms = pd.concat(
        [scored.features.firms[["firm_id", "firm_name", "country"]], scored.points], axis=1
    )
    names = [market.slug for market in contest.markets]
    tables = [
        firms.iloc[places].assign(rank=rank, market=name)
        for name, places, rank in zip(names, members, ranks, strict=True)
    ]
    # Only the first N of either are shown, but where the others stood must be known, too.
    return pd.concat(tables).set_index(list(KEYS))


def _describe(table: pd.DataFrame, contest: Contest) -> pd.DataFrame:
    names = {market.slug: market.name for market in contest.markets}
    index = table.index.to_frame(index=False).set_index(table.index)
    old, new = table["rank_old"], table["rank_new"]
    top = contest.top
    status = np.select(
        [old.isna(), new.isna(), (old > top), (new > top), old != new],
        ["new", "gone", "entered", "left", "moved"],
        "stayed",
    )
    return index.assign(
        market_name=index["market"].map(names),
        firm_name=table["firm_name_new"].fillna(table["firm_name_old"]),
        country=table["country_new"].fillna(table["country_old"]),
        status=status,
        old_rank=old.astype("Int64"),
        new_rank=new.astype("Int64"),
        places=(old - new).astype("Int64"),
        old_score=table["score_old"],
        new_score=table["score_new"],
        change=(table["score_new"] - table["score_old"]).round(PART_DIGITS),
    )


def _find_largest(table: pd.DataFrame) -> pd.Series[str]:
    """Criterion whose points changed most, with the change; empty where none did."""
    names = [f"points_{criterion.name}" for criterion in CRITERIA]
    gap = np.column_stack([table[f"{name}_new"] - table[f"{name}_old"] for name in names])
    size = np.nan_to_num(np.abs(gap.astype(np.float64)))
    most = size.argmax(axis=1)
    told = [
        f"{CRITERIA[place].label} {gap[row, place]:+.2f}" if size[row, place] >= 0.005 else ""
        for row, place in enumerate(most)
    ]
    return pd.Series(told, index=table.index, dtype=object)


def _split(contest: Contest, wanted: pd.MultiIndex, rows: pd.DataFrame) -> pd.DataFrame:
    """Parts of the changes of score and rank, one row per wanted market and firm."""
    asked = _list_asked(contest, wanted)
    seats: dict[frozenset[str], list[Integers]] = {}

    def evaluate(chosen: frozenset[Swap]) -> Floats:
        swapped = frozenset(thing for swap in chosen for thing in swap.things)
        scored, members, ranks = contest.stand(swapped)
        roster = find_roster(swapped)
        if roster not in seats:
            ids = pd.Index(scored.features.firms["firm_id"].to_numpy(dtype=object))
            seats[roster] = [
                ids[places].get_indexer(firms) for firms, places in zip(asked, members, strict=True)
            ]
        found = [
            _pick(seat, scored.score[places], rank)
            for seat, places, rank in zip(seats[roster], members, ranks, strict=True)
        ]
        return np.concatenate(found, axis=1)

    shares = split_change(contest.swaps, evaluate)
    order = np.concatenate([wanted.get_indexer(_pairs(m.slug, ids))
                            for m, ids in zip(contest.markets, asked, strict=True)])  # fmt: skip
    parts = pd.DataFrame(0.0, index=wanted, columns=[*FROM_COLUMNS, *PLACES_COLUMNS, *BY_COLUMNS])
    for swap, (scores, ranks) in shares.items():
        back = np.argsort(order)
        parts[_name("from_", swap.cause)] += scores[back]
        parts[_name("by_", swap.way)] += scores[back]
        parts[_name("places_", swap.cause)] -= ranks[back]
    return _mend(parts, rows).round(PART_DIGITS) + 0.0


def _list_asked(contest: Contest, wanted: pd.MultiIndex) -> list[pd.Index]:
    by_market = wanted.to_frame(index=False).groupby("market")["firm_id"].agg(list)
    return [pd.Index(by_market.get(market.slug, []), dtype=object) for market in contest.markets]


def _pairs(market: str, firms: pd.Index) -> pd.MultiIndex:
    return pd.MultiIndex.from_product([[market], firms])


def _pick(places: Integers, scores: Floats, ranks: Integers) -> Floats:
    """Score and rank at positions; NaN where there is none, shape (2, n_places)."""
    if not len(scores):
        return np.full((2, len(places)), np.nan)
    both = np.vstack([scores, ranks.astype(np.float64)])[:, places]
    return np.where(places < 0, np.nan, both)


def _mend(parts: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Put down as not separable what a mixture could not rank: its codes are of one side only."""
    lost = parts.isna().any(axis=1)
    if not lost.any():
        return parts
    parts = parts.mask(lost, 0.0)
    parts.loc[lost, _name("from_", UNSEPARATED)] = rows.loc[lost, "change"]
    parts.loc[lost, _name("places_", UNSEPARATED)] = rows.loc[lost, "places"].astype("float64")
    parts.loc[lost, BY_COLUMNS[0]] = rows.loc[lost, "change"]
    return parts
