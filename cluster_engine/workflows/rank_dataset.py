"""Rank the firms of a converted list without reading them all: the list of the in-memory path."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.engines.questions import ask_above
from cluster_engine.engines.screen import LOWER, UPPER, Mark
from cluster_engine.packs.firm_dataset import FirmDataset
from cluster_engine.results import Market, Model, Ranking
from cluster_engine.targeting.rank import RankPlan, list_firms
from cluster_engine.targeting.selection import take_best
from cluster_engine.targeting.standing import Standing, correlate_size
from cluster_engine.targeting.uncertainty import POOL
from cluster_engine.workflows.best_firms import POINTS, BestFirms, Positions
from cluster_engine.workflows.firm_engine import Engine
from cluster_engine.workflows.score_screen import narrow, survey

SPARE = 1.05
"""More firms than the pool are read at first: some stand after the mark by their exact score."""

SMALLEST_PAGE = 2_000

LARGEST_PAGE = 1_000_000
"""Firms of one page at most: a list that reaches further down is taken from the niche clusters that
still have room."""

ESTIMATE_SPARE = 1.15
"""The sample that tells how far down a list reaches is a sample."""


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
    dataset: FirmDataset,
    market: Market,
    model: Model,
    plan: RankPlan,
    engine: Engine,
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
    n_prefix = _read_prefix(best, plan)
    kept = _choose(best, plan)
    ranks = _find_ranks(best, kept, n_prefix)
    # Draws are made among the first of the market, listed or not.
    n_pool = min(POOL, n_prefix) if plan.uncertainty.draws else 0
    wanted = np.union1d(kept, np.arange(n_pool))
    scored = best.score(wanted)
    # Scored firms are in order of firm_id.
    places = np.argsort(best.names(wanted), kind="stable")
    order = np.empty(len(places), np.intp)
    order[places] = np.arange(len(places))
    standing = Standing(
        ranks[wanted[places]],
        universe.n_ranked,
        universe.n_unranked,
        _correlate(best),
    )
    kept = order[np.searchsorted(wanted, kept)]
    scored = scored.take(np.arange(len(wanted)), universe.lacking)
    plan = replace(plan, spread=engine.spread)
    ranking = list_firms(scored, kept, standing, model, market, plan)
    return RankedFirms(ranking, scored.features.firms.iloc[kept])


def _read_prefix(best: BestFirms, plan: RankPlan) -> int:
    """Read the first firms of the market whatever their cluster; return how many are settled.

    Draws need the whole pool; a list as many firms as it reaches down, if that is not too far.
    """
    depth = int(best.universe.estimate_depth(plan) * ESTIMATE_SPARE)
    wanted = POOL if plan.uncertainty.draws else 0
    if depth <= LARGEST_PAGE:
        wanted = max(wanted, depth)
    wanted = min(wanted, best.universe.n_ranked)
    if not wanted:
        return 0
    limit = max(SMALLEST_PAGE, int(wanted * SPARE))
    guess = best.universe.sample.guess_score(wanted)
    best.read(limit if guess is None else 2 * limit, at_least=guess)
    while not best.is_all and best.count_settled() < wanted:
        best.read(max(SMALLEST_PAGE, wanted))
    return best.count_settled()


def _choose(best: BestFirms, plan: RankPlan) -> Positions:
    """Apply niches and caps; read more until enough survive or none is left that could.

    Returns positions among the firms read, best first.
    """
    limit = max(SMALLEST_PAGE, len(best))
    niches = set(best.universe.niche) if plan.niches is None else set(plan.niches)
    while True:
        # Firms behind the mark may yet be overtaken by firms that were not read.
        kept = _apply_caps(best, plan)
        niches -= _find_full(best, kept, plan)
        if best.is_all or len(kept) == plan.top or not niches:
            return kept
        best.read(limit, niches)
        limit *= 2


def _apply_caps(best: BestFirms, plan: RankPlan) -> Positions:
    order = np.arange(best.count_settled())
    groups = []
    if len(order) and (plan.niches is not None or plan.max_per_cluster is not None):
        niche = best.name_niches()
        if plan.niches is not None:
            order = order[np.isin(niche[order], list(plan.niches))]
        if plan.max_per_cluster is not None:
            groups.append((niche, plan.max_per_cluster))
    if len(order) and plan.max_per_parent is not None:
        groups.append((best.name_parents(), plan.max_per_parent))
    return take_best(order, groups, plan.top)


def _find_full(best: BestFirms, kept: Positions, plan: RankPlan) -> set[str]:
    """Niche clusters of which the list holds as many firms as it may."""
    if plan.max_per_cluster is None or not len(kept):
        return set()
    counts = pd.Series(best.name_niches()[kept]).value_counts()
    return set(counts.index[counts >= plan.max_per_cluster]) - {""}


def _find_ranks(best: BestFirms, kept: Positions, n_prefix: int) -> NDArray[np.int64]:
    """Ranks among all firms of the market; of firms that are not kept, perhaps none."""
    ranks = np.full(len(best), np.iinfo(np.int64).max)
    ranks[:n_prefix] = np.arange(1, n_prefix + 1)
    deep = kept[kept >= n_prefix]
    if len(deep):
        ranks[deep] = _count_before(best, deep) + 1
    return ranks


def _count_before(best: BestFirms, positions: Positions) -> NDArray[np.int64]:
    """Firms of the market that stand before some of those read."""
    points = best.points(positions)
    marks = [Mark(*place) for place in zip(points, best.names(positions), strict=True)]
    screen = narrow(best.engine, best.universe.screen, float(points.min()))
    counted = best.engine.ask(ask_above(screen, marks), "Counting ranks")
    above: NDArray[np.int64] = counted["above"].to_numpy()[: len(marks)].copy()
    if not counted["above"][len(marks)].as_py():
        return above
    doubtful = best.ask_doubtful(screen, "Counting ranks")
    upper, exact = (doubtful[name].to_numpy() for name in (UPPER, POINTS))
    ids = doubtful["firm_id"].to_numpy()
    for place, mark in enumerate(marks):
        seemed = (upper > mark.hundredths) | ((upper == mark.hundredths) & (ids < mark.firm_id))
        stands = (exact > mark.hundredths) | ((exact == mark.hundredths) & (ids < mark.firm_id))
        above[place] -= int((seemed & ~stands).sum())
    return above


def _correlate(best: BestFirms) -> float:
    """Correlation of score and employees: over all firms, or over evenly spaced ones of many."""
    sample = best.universe.sample.firms
    points = sample[UPPER]
    if "firm_id" in sample and (points != sample[LOWER]).any():
        # All firms are here: the figure must be that of the in-memory path, to the last digit.
        doubtful = best.ask_doubtful(best.universe.screen, "Comparing with size")
        exact = doubtful.to_pandas().set_index("firm_id")[POINTS]
        points = sample["firm_id"].map(exact).fillna(points)
    known = sample.assign(score=points)
    return correlate_size(known[known["employees"].notna()])
