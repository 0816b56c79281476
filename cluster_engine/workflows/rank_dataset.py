"""Rank the firms of a converted list without reading them all: the list of the in-memory path."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from cluster_engine.engines.screen import (
    LOWER,
    UPPER,
    Mark,
    ask_above,
    ask_doubtful,
    ask_sample,
)
from cluster_engine.packs.firm_dataset import FirmDataset
from cluster_engine.results import Market, Model, Ranking
from cluster_engine.targeting.rank import (
    RankPlan,
    choose_firms,
    list_firms,
    name_niches,
)
from cluster_engine.targeting.score import Scored
from cluster_engine.targeting.standing import Standing, correlate_scored, correlate_size
from cluster_engine.targeting.uncertainty import POOL
from cluster_engine.workflows.best_firms import PAGE_COLUMNS, BestFirms, hundredths, score_rows
from cluster_engine.workflows.score_screen import Engine, Universe, survey

SPARE = 1.05
"""More firms than the pool are read at first: some stand after the mark by their exact score."""

SMALLEST_PAGE = 2_000

LARGEST_PAGE = 100_000
"""Firms of one page at most: a list that reaches further down is taken from the niche clusters that
still have room."""

ESTIMATE_SPARE = 1.15
"""The sample that tells how far down a list reaches is a sample."""

SAMPLE = 200_000
"""Firms behind the correlation with size; more change no digit that is printed."""

Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Choice:
    """Firms read, and those kept of them; positions in order of the list."""

    scored: Scored
    kept: Positions


@dataclass(frozen=True, slots=True)
class RankedFirms:
    """A ranking, and what is known of the firms on it.

    Attributes
    ----------
    ranking : Ranking
    firms : DataFrame
        Columns of FIRMS as far as exports need them; any order.
    """

    ranking: Ranking
    firms: pd.DataFrame


def rank_dataset(
    dataset: FirmDataset, market: Market, model: Model, plan: RankPlan, engine: Engine
) -> RankedFirms:
    """Rank the firms of one market; see :func:`cluster_engine.targeting.rank.rank_firms`.

    Parameters
    ----------
    dataset : FirmDataset
    market, model, plan
        As in the in-memory path.
    engine : Engine
        Reads the files of the market.
    """
    universe = survey(dataset, market, model, plan.scoring, engine)
    best = BestFirms(engine, universe, model, plan.scoring)
    every = max(-(-universe.n_ranked // SAMPLE), 1)
    sample = engine.ask(ask_sample(universe.screen, every), "Looking at a sample").to_pandas()
    prefix = _read_prefix(best, plan, estimate_depth(sample, every, universe, plan))
    choice = _choose(best, plan)
    standing = Standing(
        _find_ranks(best, choice, prefix),
        universe.n_ranked,
        universe.n_unranked,
        _correlate(best, prefix, sample),
    )
    positions = np.arange(len(choice.scored.points))
    scored = choice.scored.take(positions, universe.lacking)
    plan = replace(plan, spread=engine.spread)
    ranking = list_firms(scored, choice.kept, standing, model, market, plan)
    return RankedFirms(ranking, scored.features.firms.iloc[choice.kept])


def estimate_depth(sample: pd.DataFrame, every: int, universe: Universe, plan: RankPlan) -> int:
    """Rank of the last firm of the list, as a sample tells: every firm stands for so many.

    Parents are not looked at: few have several firms among the best.
    """
    place = {profile: number for number, profile in
             enumerate(universe.screen.profiles["profile"].to_pylist())}  # fmt: skip
    best = sample.sort_values(UPPER, ascending=False, kind="stable")
    niches = universe.niche[best["profile"].map(place).to_numpy(dtype=np.intp)]
    room: dict[object, int] = {}
    kept = 0
    for number, niche in enumerate(niches, 1):
        if plan.niches is not None and niche not in plan.niches:
            continue
        taken = every
        if plan.max_per_cluster is not None and niche != "":
            taken = min(every, room.setdefault(niche, plan.max_per_cluster))
            room[niche] -= taken
        kept += taken
        if plan.top is not None and kept >= plan.top:
            return number * every
    return universe.n_ranked


def _read_prefix(best: BestFirms, plan: RankPlan, depth: int) -> frozenset[str]:
    """Read the first firms of the market whatever their cluster; return those with a final place.

    Draws need the whole pool; a list as many firms as it reaches down, if that is not too far.
    """
    depth = int(depth * ESTIMATE_SPARE)
    wanted = POOL if plan.uncertainty.draws else 0
    if depth <= LARGEST_PAGE:
        wanted = max(wanted, depth)
    wanted = min(wanted, best.universe.n_ranked)
    if not wanted:
        return frozenset()
    best.read(max(SMALLEST_PAGE, int(wanted * SPARE)))
    while True:
        scored, _ = best.score()
        settled = best.find_settled(scored)
        if best.is_all or settled.sum() >= wanted:
            return frozenset(scored.features.firms["firm_id"][settled])
        best.read(max(SMALLEST_PAGE, wanted))


def _choose(best: BestFirms, plan: RankPlan) -> _Choice:
    """Apply niches and caps; read more until enough survive or none is left that could."""
    limit = max(SMALLEST_PAGE, len(best.rows))
    niches = set(best.universe.niche) if plan.niches is None else set(plan.niches)
    while True:
        scored, tables = best.score()
        # Firms behind the mark may yet be overtaken by firms that were not read.
        order = choose_firms(scored, best.model, tables, replace(plan, top=None))
        kept = order[best.find_settled(scored)[order]][: plan.top]
        niches -= _find_full(scored, kept, best, plan)
        if best.is_all or len(kept) == plan.top or not niches:
            return _Choice(scored, kept)
        best.read(limit, niches)
        limit *= 2


def _find_full(scored: Scored, kept: Positions, best: BestFirms, plan: RankPlan) -> set[str]:
    """Niche clusters of which the list holds as many firms as it may."""
    if plan.max_per_cluster is None:
        return set()
    counts = pd.Series(name_niches(scored, best.model)[kept]).value_counts()
    return set(counts.index[counts >= plan.max_per_cluster]) - {""}


def _find_ranks(best: BestFirms, choice: _Choice, prefix: frozenset[str]) -> NDArray[np.int64]:
    """Ranks among all firms of the market; of firms that are not kept, perhaps none."""
    names = choice.scored.features.firms["firm_id"]
    is_first = names.isin(prefix).to_numpy(dtype=bool)
    ranks = np.full(len(names), np.iinfo(np.int64).max)
    order = choice.scored.order
    first = order[is_first[order]]
    ranks[first] = np.arange(1, len(first) + 1)
    deep = choice.kept[~is_first[choice.kept]]
    if len(deep):
        ranks[deep] = _count_before(best, choice.scored, deep) + 1
    return ranks


def _count_before(best: BestFirms, scored: Scored, positions: Positions) -> NDArray[np.int64]:
    """Firms of the market that stand before some of those read."""
    points = hundredths(scored, best.scoring)
    names = scored.features.firms["firm_id"].to_numpy(dtype=object)
    marks = [Mark(float(points[place]), str(names[place])) for place in positions]
    lowest = min(mark.hundredths for mark in marks)
    screen = best.universe.screen
    # Firms of the other profiles cannot reach even the last of these places.
    screen = screen.keep(pa.array(screen.profiles["most"].to_numpy() >= lowest))
    counted = best.engine.ask(ask_above(screen, marks), "Counting ranks")
    above: NDArray[np.int64] = counted["above"].to_numpy()[: len(marks)].copy()
    if not counted["above"][len(marks)].as_py():
        return above
    doubtful = best.engine.ask(ask_doubtful(screen, PAGE_COLUMNS), "Counting ranks").to_pandas()
    exact, _ = score_rows(doubtful, best.universe.profiles, best.model, best.scoring)
    doubtful = doubtful.sort_values("firm_id", kind="stable")
    upper, lower = doubtful[UPPER].to_numpy(), hundredths(exact, best.scoring)
    ids = doubtful["firm_id"].to_numpy(dtype=object)
    for place, mark in enumerate(marks):
        seemed = (upper > mark.hundredths) | ((upper == mark.hundredths) & (ids < mark.firm_id))
        stands = (lower > mark.hundredths) | ((lower == mark.hundredths) & (ids < mark.firm_id))
        above[place] -= int((seemed & ~stands).sum())
    return above


def _correlate(best: BestFirms, prefix: frozenset[str], sample: pd.DataFrame) -> float:
    """Correlation of score and employees: over all firms, or over evenly spaced ones of many."""
    if len(prefix) == best.universe.n_ranked:
        return correlate_scored(best.score()[0])
    points = sample[UPPER]
    if "firm_id" in sample and (points != sample[LOWER]).any():
        # All firms are here: the figure must be that of the in-memory path, to the last digit.
        query = ask_doubtful(best.universe.screen, PAGE_COLUMNS)
        doubtful = best.engine.ask(query, "Comparing with size").to_pandas()
        scored, _ = score_rows(doubtful, best.universe.profiles, best.model, best.scoring)
        exact = pd.Series(
            hundredths(scored, best.scoring), index=scored.features.firms["firm_id"].to_numpy()
        )
        points = sample["firm_id"].map(exact).fillna(points)
    known = sample.assign(score=points)
    return correlate_size(known[known["employees"].notna()])
