"""Put the firms of a market in order, each with its reasons and how sure its rank is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.results import Market, Model, Ranking
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.draw_blocks import DrawPlan, RankDraws
from cluster_engine.targeting.features import FirmTables
from cluster_engine.targeting.intervals import RankIntervals, summarise_draws
from cluster_engine.targeting.notes import write_notes
from cluster_engine.targeting.reasons import CLOSE_TO_NICHE, N_REASONS, write_reasons
from cluster_engine.targeting.score import Scored, list_missing, score_market
from cluster_engine.targeting.selection import take_best
from cluster_engine.targeting.standing import Standing, find_standing
from cluster_engine.targeting.uncertainty import DEFAULT_TOP, POOL, Spread, draw_ranks

Integers = NDArray[np.intp]

POINT_COLUMNS = tuple(f"points_{criterion.name}" for criterion in CRITERIA)

COLUMNS = (
    "rank", "firm_id", "firm_name", "country", "city", "industry_code", "industry",
    "niche_cluster", "score", "rank_low", "rank_high", "p_top",
    *(f"reason_{place + 1}" for place in range(N_REASONS)),
    *POINT_COLUMNS, "band", "data_notes",
)  # fmt: skip
"""Columns of a shortlist, in this order."""


@dataclass(frozen=True, slots=True)
class RankPlan:
    """How a list is made.

    Attributes
    ----------
    scoring : Scoring
        Base, limits and weights.
    uncertainty : Uncertainty
        What is drawn; with no draws the columns of uncertainty stay empty.
    niches : collection of str or None
        Keep only firms of these niche clusters, at the rank they have among all.
    top : int or None
        Keep only so many of the best.
    max_per_cluster, max_per_parent : int or None
        Firms of one niche cluster, and of one ultimate parent; None: any number.
    user_weights : collection of str
        Weights that the user has set.
    learned : mapping of str to float
        Weights that were learned from events, with their standard errors.
    seed : int
        Of the draws.
    spread : callable or None
        Where blocks of draws are made; None: in this process.
    """

    scoring: Scoring
    uncertainty: Uncertainty
    niches: Collection[str] | None = None
    top: int | None = None
    max_per_cluster: int | None = None
    max_per_parent: int | None = 1
    user_weights: Collection[str] = ()
    learned: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    spread: Spread | None = None

    def plan_draws(self, model: Model) -> DrawPlan:
        """What to draw for a model."""
        return DrawPlan(
            self.scoring,
            self.uncertainty,
            model.reference,
            tuple(sorted(self.user_weights)),
            float(model.facts["inputs"]["settings"]["regional"]["delta"]),
            self.seed,
            self.learned,
        )


def rank_firms(model: Model, market: Market, tables: FirmTables, plan: RankPlan) -> Ranking:
    """Rank the firms of one market for the region of a model. Nothing is fitted here.

    Parameters
    ----------
    model : Model
        The champion.
    market : Market
        Where the firms are; those of other countries are left out.
    tables : FirmTables
        The firms.
    plan : RankPlan

    Returns
    -------
    Ranking
        The firms kept, best first; equal scores in order of firm_id.
    """
    scored = score_market(model, market, tables, plan.scoring)
    kept = choose_firms(scored, model, tables, plan)
    return list_firms(scored, kept, find_standing(scored, market, tables), model, market, plan)


def choose_firms(
    scored: Scored,
    model: Model,
    tables: FirmTables,
    plan: RankPlan,
    *,
    among: NDArray[np.bool_] | None = None,
) -> Integers:
    """Positions of the firms that the caps and the niches asked for leave, best first.

    Parameters
    ----------
    scored : Scored
        All firms of the market.
    model, tables, plan
        As in :func:`rank_firms`.
    among : ndarray of bool, shape (n_firms,), optional
        Firms that may be listed; all without it. Their ranks stay those among all.
    """
    order = scored.order if among is None else scored.order[among[scored.order]]
    groups = []
    if plan.niches is not None or plan.max_per_cluster is not None:
        niche = name_niches(scored, model)
        if plan.niches is not None:
            order = order[np.isin(niche[order], list(plan.niches))]
        if plan.max_per_cluster is not None:
            groups.append((niche, plan.max_per_cluster))
    if plan.max_per_parent is not None and tables.firm_facts is not None:
        groups.append((name_parents(scored, tables.firm_facts), plan.max_per_parent))
    return take_best(order, groups, plan.top)


def list_firms(
    scored: Scored, kept: Integers, standing: Standing, model: Model, market: Market,
    plan: RankPlan, *, drawn: RankDraws | None = None,
) -> Ranking:  # fmt: skip
    """Write the rows of the firms kept, at the ranks they have among all.

    Parameters
    ----------
    scored : Scored
        All firms of the market, or at least the best of them.
    kept : ndarray of int, shape (n_kept,)
        Positions, best first.
    standing : Standing
    model, market, plan
        As in :func:`rank_firms`.
    drawn : RankDraws, optional
        Of :func:`draw_pool` under the same plan; without it the firms kept are drawn here.
    """
    firms = scored.features.firms
    # Words are written for the firms kept: in a large market they take longer than the scores.
    chosen = firms.iloc[kept]
    sectors = model.sectors.set_index("industry").reindex(chosen["main_industry"])
    table = pd.concat([chosen, scored.points.iloc[kept]], axis=1)
    table = table.assign(rank=standing.ranks[kept], niche_cluster=name_niche(sectors))
    sure = _find_intervals(scored, kept, standing.ranks, model, plan, drawn)
    return Ranking(
        region=model.region,
        market=market,
        rows=_write_rows(table, sectors, scored, model, sure),
        base=plan.scoring.base,
        n_ranked=standing.n_ranked,
        n_unranked=standing.n_unranked,
        size_correlation=standing.size_correlation,
        version=str(model.facts["version"]),
        year=int(model.facts["year"]),
        missing=tuple(list_missing(scored, model.reference)),
        user_weights={name: plan.scoring.weights[name] for name in sorted(plan.user_weights)},
        learned_weights={name: plan.scoring.weights[name] for name in sorted(plan.learned)},
        draws=plan.uncertainty.draws,
        seed=plan.seed,
        top=DEFAULT_TOP if plan.top is None else plan.top,
    )


def find_sectors(scored: Scored, model: Model) -> pd.DataFrame:
    """Row of the model's sector table for every firm's main industry."""
    main = scored.features.firms["main_industry"]
    return model.sectors.set_index("industry").reindex(main)


def name_niches(scored: Scored, model: Model) -> NDArray[np.object_]:
    """Niche cluster of every firm, or the one it is close to; '' for none."""
    names = pd.Series(name_niche(model.sectors), index=model.sectors["industry"])
    return names.reindex(scored.features.firms["main_industry"]).to_numpy(dtype=object)


def name_parents(scored: Scored, facts: pd.DataFrame) -> NDArray[np.object_]:
    """Ultimate parent of every firm; a firm without one stands for itself."""
    ids = scored.features.firms["firm_id"]
    parents = facts.drop_duplicates("firm_id").set_index("firm_id")["parent"].reindex(ids)
    return parents.where(parents.notna().to_numpy(), ids.to_numpy()).to_numpy(dtype=object)


def draw_pool(scored: Scored, ranks: NDArray[np.int64], model: Model, plan: RankPlan) -> RankDraws:
    """Draw the ranks of all firms of the pool: what all lists under the same weights share.

    Parameters
    ----------
    scored : Scored
        All firms of the market.
    ranks : ndarray of int, shape (n_firms,)
        As printed.
    model, plan
        As in :func:`rank_firms`; neither caps, niches nor the length of the list play a part.

    Returns
    -------
    RankDraws
        Of the firms at rank ``POOL`` or better, in order of firm_id.
    """
    pool = np.flatnonzero(ranks <= POOL)
    if not len(pool):
        none = np.zeros((0, plan.uncertainty.draws), np.uint16)
        return RankDraws(none.astype(np.float32), none, none)
    return _draw(scored, pool, np.arange(len(pool)), model, plan)


def _draw(
    scored: Scored, pool: Integers, inside: Integers, model: Model, plan: RankPlan
) -> RankDraws:
    """Draw firms at positions ``inside`` of the pool among the whole pool."""
    if len(pool) < len(scored.features.firms):
        scored = scored.take(pool, list_missing(scored, model.reference))
    return draw_ranks(scored, model.sectors, inside, plan.plan_draws(model), spread=plan.spread)


def _find_intervals(
    scored: Scored, kept: Integers, ranks: NDArray[np.int64], model: Model, plan: RankPlan,
    drawn: RankDraws | None,
) -> RankIntervals | None:  # fmt: skip
    """Intervals of the firms kept that are in the pool; these are the first of them."""
    pool = np.flatnonzero(ranks <= POOL)
    inside = np.searchsorted(pool, kept[ranks[kept] <= POOL])
    if not plan.uncertainty.draws or not len(inside):
        return None
    return summarise_draws(
        _draw(scored, pool, inside, model, plan) if drawn is None else drawn.take(inside),
        ranks[pool[inside]],
        top=DEFAULT_TOP if plan.top is None else plan.top,
        level=plan.uncertainty.level,
        tie_probability=plan.uncertainty.tie_probability,
    )


def _write_rows(
    kept: pd.DataFrame,
    sectors: pd.DataFrame,
    scored: Scored,
    model: Model,
    sure: RankIntervals | None,
) -> pd.DataFrame:
    missing = list_missing(scored, model.reference)
    positions = kept.index.to_numpy()
    unknown: Mapping[str, NDArray[np.bool_]] = {
        part: mask[positions] for part, mask in scored.unknown.items() if part not in missing
    }
    table = kept.reset_index(drop=True)
    table = table.assign(
        industry_code=table["main_industry"],
        industry=sectors["name"].to_numpy(),
        city=table["city"].fillna(""),
        rank_low=_fill_up(None if sure is None else sure.low, len(table)),
        rank_high=_fill_up(None if sure is None else sure.high, len(table)),
        p_top=_fill_up(None if sure is None else sure.p_top, len(table), "float64"),
        band=_fill_up(None if sure is None else sure.band, len(table)),
        data_notes=write_notes(table, unknown),
        employees_used=~scored.unknown["employees"][positions],
    )
    reasons = write_reasons(table, sectors, model)
    return pd.concat([table, reasons], axis=1)[list(COLUMNS)]


def _fill_up(
    values: NDArray[Any] | None, length: int, dtype: Literal["Int64", "float64"] = "Int64"
) -> pd.Series:
    """Known for the first firms of a list, empty for the others."""
    known = pd.Series([] if values is None else values, dtype=dtype)
    return known.reindex(range(length))


def name_niche(sectors: pd.DataFrame) -> NDArray[np.object_]:
    """Niche cluster a sector is in, or else the one it is close to."""
    close = sectors["nearest_niche_name"].where(sectors["niche_affinity"] >= CLOSE_TO_NICHE, "")
    return sectors["niche_name"].fillna(close).to_numpy(dtype=object)
