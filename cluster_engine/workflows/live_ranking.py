"""Rank a market again and again under other weights: what is the same every time is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cluster_engine.packs.pack import Pack
from cluster_engine.registry.listing import find_roles
from cluster_engine.registry.locate import ModelStore, make_key
from cluster_engine.reports.handover import Handover
from cluster_engine.results import Explanation, Ranking, Region
from cluster_engine.targeting.draw_blocks import RankDraws
from cluster_engine.targeting.rank import RankPlan, choose_firms, draw_pool, list_firms
from cluster_engine.targeting.score import Measured, measure_market, weigh_firms
from cluster_engine.targeting.standing import find_standing
from cluster_engine.workflows.champion import find_niches
from cluster_engine.workflows.explain import ExplainRequest, explain_in_scene
from cluster_engine.workflows.hand_over import gather
from cluster_engine.workflows.progress import Note, be_silent
from cluster_engine.workflows.rank_notes import add_firm_notes, note_ranking
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.rank_stage import Scene, make_plan, set_scene
from cluster_engine.workflows.user_weights import UserWeights

if TYPE_CHECKING:
    import pandas as pd

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LiveMarket:
    """A market that is ready to be ranked under any weights.

    Attributes
    ----------
    request : RankRequest
        Region, market and firms; its weights play no part.
    scene : Scene
    measured : Measured
        Values of all firms on every criterion; weights are laid on them.
    folded_names : ndarray of str, shape (n_firms,)
        Names without regard to case, to search in.
    notes : DataFrame
        Contract FIRM_NOTES.
    told : tuple of str
        What was said while the scene was set: stale figures, what a list holds.
    """

    request: RankRequest
    scene: Scene
    measured: Measured
    folded_names: NDArray[np.str_]
    notes: pd.DataFrame
    told: tuple[str, ...]

    @property
    def version(self) -> str:
        """Model version it was measured with."""
        return str(self.scene.model.facts["version"])

    @property
    def plan(self) -> RankPlan:
        """How a list is made when the user sets nothing."""
        return self.scene.plan


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants to see of a market.

    Attributes
    ----------
    weights : UserWeights
    clusters : tuple of str
        Niche clusters to show, all that are named; empty: every firm.
    search : str
        Only firms with this in their name.
    only, hidden : collection of str or None
        firm_ids to show at most (None: any), and never.
    top : int or None
        Firms to list; None: all.
    draws : int or None
        Behind the intervals; None: as the model's settings say; 0: none.
    """

    weights: UserWeights = UserWeights()  # noqa: RUF009 - frozen
    clusters: tuple[str, ...] = ()
    search: str = ""
    only: Collection[str] | None = None
    hidden: Collection[str] = ()
    top: int | None = None
    draws: int | None = 0


def open_market(request: RankRequest, store: ModelStore) -> LiveMarket:
    """Read all that a market's lists have in common.

    Raises
    ------
    SettingsError, ModelError, DataError
        As in :func:`cluster_engine.workflows.rank.rank`.
    """
    told: list[str] = []
    bare = replace(request, weights=UserWeights(), cluster=None, top=None, may_train=False)
    scene = set_scene(bare, store, on_note=told.append)
    measured = measure_market(scene.model, scene.market, scene.chosen.tables, scene.plan.scoring)
    names = np.array([str(name).casefold() for name in measured.features.firms["firm_name"]])
    notes = scene.chosen.notes()
    # Read once, and not for every firm that is explained.
    scene = replace(scene, chosen=replace(scene.chosen, notes=lambda: notes))
    return LiveMarket(bare, scene, measured, names, notes, tuple(told))


def draw_market(market: LiveMarket, weights: UserWeights) -> RankDraws:
    """Draw the ranks of an open market's firms: what all its lists under these weights share.

    Parameters
    ----------
    market : LiveMarket
    weights : UserWeights

    Raises
    ------
    SettingsError
        A weight is unknown.
    """
    plan = _plan(market, Wish(weights, draws=None))
    scored = weigh_firms(market.measured, plan.scoring)
    ranks = find_standing(scored, market.scene.market, market.scene.chosen.tables).ranks
    return draw_pool(scored, ranks, market.scene.model, plan)


def rank_again(
    market: LiveMarket, wish: Wish, *, drawn: RankDraws | None = None, on_note: Note = be_silent
) -> Ranking:
    """Rank an open market; the same list as ``rank`` gives.

    Parameters
    ----------
    market : LiveMarket
    wish : Wish
    drawn : RankDraws, optional
        Of :func:`draw_market` under the same weights, as many as wished for; made here without.
    on_note : callable, optional
        Called with each sentence the reader should see.

    Raises
    ------
    SettingsError
        A weight or a cluster is unknown.
    """
    plan = _plan(market, wish)
    scene = market.scene
    scored = weigh_firms(market.measured, plan.scoring)
    tables = scene.chosen.tables
    kept = choose_firms(scored, scene.model, tables, plan, among=_mask(market, wish))
    standing = find_standing(scored, scene.market, tables)
    ranking = list_firms(scored, kept, standing, scene.model, scene.market, plan, drawn=drawn)
    note_ranking(ranking, scene.chosen.whose, on_note)
    return add_firm_notes(ranking, market.notes)


def explain_again(
    market: LiveMarket, firm_id: str, weights: UserWeights, *, draws: int | None = None,
    drawn: RankDraws | None = None,
) -> Explanation:  # fmt: skip
    """Explain a firm's rank in an open market, under the reader's weights.

    Parameters
    ----------
    market : LiveMarket
    firm_id : str
        Or a name, or part of one.
    weights : UserWeights
    draws : int, optional
        As in :class:`Wish`.
    drawn : RankDraws, optional
        As in :func:`rank_again`.

    Raises
    ------
    SettingsError
        The firm is not in the market, or cannot be ranked.
    """
    request = replace(market.request, weights=weights, draws=draws)
    plan = make_plan(request, market.scene.model)
    asked = ExplainRequest(firm_id, request)
    scored = weigh_firms(market.measured, plan.scoring)
    return explain_in_scene(asked, replace(market.scene, plan=plan), scored=scored, drawn=drawn)


def hand_over(market: LiveMarket, weights: UserWeights, ranking: Ranking) -> Handover:
    """Gather what goes with a ranking of an open market when it leaves the house.

    Parameters
    ----------
    market : LiveMarket
    weights : UserWeights
        Those it was ranked under.
    ranking : Ranking
    """
    plan = make_plan(replace(market.request, weights=weights), market.scene.model)
    return gather(replace(market.scene, plan=plan), ranking)


def find_champion_version(pack: Pack, region: Region, store: ModelStore) -> str | None:
    """Version of a region's champion, without reading it; None where there is none."""
    key = make_key(pack.manifest.name, region.slug)
    for version, roles in find_roles(store, key).items():
        if "champion" in roles:
            return version
    return None


def _plan(market: LiveMarket, wish: Wish) -> RankPlan:
    request = replace(market.request, weights=wish.weights, top=wish.top, draws=wish.draws)
    plan = make_plan(request, market.scene.model)
    niches = [name for asked in wish.clusters for name in find_niches(market.scene.model, asked)]
    return replace(plan, niches=frozenset(niches)) if niches else plan


def _mask(market: LiveMarket, wish: Wish) -> Flags | None:
    ids = market.measured.features.firms["firm_id"]
    tests: list[Callable[[], Flags]] = []
    if wish.only is not None:
        tests.append(lambda: ids.isin(list(wish.only or ())).to_numpy())
    if wish.hidden:
        tests.append(lambda: ~ids.isin(list(wish.hidden)).to_numpy())
    if wish.search:
        wanted = wish.search.casefold()
        tests.append(lambda: np.char.find(market.folded_names, wanted) >= 0)
    if not tests or not len(ids):
        return None
    found: Flags = np.logical_and.reduce([test() for test in tests])
    return found
