"""Rank the firms of a converted list without reading them all: the list of the in-memory path."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.engines.screen import (
    UPPER,
    Mark,
    ask_above,
    ask_doubtful,
    ask_sizes,
)
from cluster_engine.packs.firm_dataset import FirmDataset
from cluster_engine.results import Market, Model, Ranking
from cluster_engine.targeting.rank import (
    RankPlan,
    Standing,
    choose,
    correlate_scored,
    correlate_size,
    list_firms,
    name_niches,
)
from cluster_engine.targeting.score import Scored
from cluster_engine.targeting.uncertainty import POOL
from cluster_engine.workflows.best_firms import PAGE_COLUMNS, BestFirms, hundredths, score_rows
from cluster_engine.workflows.score_screen import Engine, survey

SPARE = 1.05
"""More firms than the pool are read at first: some stand after the mark by their exact score."""

SMALLEST_PAGE = 1_000

SIZES_WANTED = 200_000
"""Firms behind the correlation with size; more change no digit that is printed."""

Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Choice:
    """Firms read, and those kept of them; positions in order of the list."""

    scored: Scored
    kept: Positions


def rank_dataset(
    dataset: FirmDataset, market: Market, model: Model, plan: RankPlan, engine: Engine
) -> Ranking:
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
    prefix = _read_prefix(best, plan)
    choice = _choose(best, plan)
    standing = Standing(
        _find_ranks(best, choice, prefix),
        universe.n_ranked,
        universe.n_unranked,
        _correlate(best, prefix),
    )
    positions = np.arange(len(choice.scored.points))
    scored = choice.scored.take(positions, universe.lacking)
    return list_firms(scored, choice.kept, standing, model, market, plan)


def _read_prefix(best: BestFirms, plan: RankPlan) -> frozenset[str]:
    """Read the first firms of the market whatever their cluster; return those with a final place.

    Draws need the whole pool; a list needs as many firms as it has, or more under caps.
    """
    wanted = min(POOL if plan.uncertainty.draws else _first_page(plan), best.universe.n_ranked)
    best.read(max(SMALLEST_PAGE, int(wanted * SPARE)))
    while True:
        scored, _ = best.score()
        settled = best.find_settled(scored)
        if best.is_all or settled.sum() >= wanted:
            return frozenset(scored.features.firms["firm_id"][settled])
        best.read(max(SMALLEST_PAGE, wanted))


def _first_page(plan: RankPlan) -> int:
    top = plan.top or POOL
    return 2 * top if plan.max_per_cluster or plan.max_per_parent else top


def _choose(best: BestFirms, plan: RankPlan) -> _Choice:
    """Apply niches and caps; read more until enough survive or none is left that could."""
    limit = max(SMALLEST_PAGE, len(best.rows))
    niches = set(best.universe.niche) if plan.niches is None else set(plan.niches)
    while True:
        scored, tables = best.score()
        # Firms behind the mark may yet be overtaken by firms that were not read.
        order = choose(scored, best.model, tables, replace(plan, top=None))
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


def _find_ranks(
    best: BestFirms, choice: _Choice, prefix: frozenset[str]
) -> NDArray[np.int64]:
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
    screen = best.universe.screen
    marks = [Mark(float(points[place]), str(names[place])) for place in positions]
    counted = best.engine.ask(ask_above(screen, marks), "Counting ranks")
    above: NDArray[np.int64] = counted["above"].to_numpy().copy()
    doubtful = best.engine.ask(ask_doubtful(screen, PAGE_COLUMNS), "Counting ranks").to_pandas()
    if doubtful.empty:
        return above
    exact, _ = score_rows(doubtful, best.universe.profiles, best.model, best.scoring)
    doubtful = doubtful.sort_values("firm_id", kind="stable")
    upper, lower = doubtful[UPPER].to_numpy(), hundredths(exact, best.scoring)
    ids = doubtful["firm_id"].to_numpy(dtype=object)
    for place, mark in enumerate(marks):
        seemed = (upper > mark.hundredths) | ((upper == mark.hundredths) & (ids < mark.firm_id))
        stands = (lower > mark.hundredths) | ((lower == mark.hundredths) & (ids < mark.firm_id))
        above[place] -= int((seemed & ~stands).sum())
    return above


def _correlate(best: BestFirms, prefix: frozenset[str]) -> float:
    """Correlation of score and employees: over all firms, or over evenly spaced ones of many."""
    universe = best.universe
    if len(prefix) == universe.n_ranked:
        return correlate_scored(best.score()[0])
    every = -(-universe.n_ranked // SIZES_WANTED)
    table = best.engine.ask(ask_sizes(universe.screen, every), "Comparing with size")
    return correlate_size(table.to_pandas().rename(columns={UPPER: "score"}))
