"""Rank the firms of a market for a region with the region's champion."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cluster_engine.packs.choices import find_market, find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.parameters import Uncertainty
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Market, Model, Ranking
from cluster_engine.settings import rebuild
from cluster_engine.targeting.rank import RankPlan, rank_firms
from cluster_engine.workflows.champion import find_niches, get_champion
from cluster_engine.workflows.chosen_firms import (
    ChosenFirms,
    TakeMatches,
    choose_dataset_firms,
    choose_pack_firms,
    choose_user_firms,
)
from cluster_engine.workflows.firm_tables import add_firm_facts
from cluster_engine.workflows.model_scoring import read_model_scoring
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank_notes import add_firm_notes, note_ranking
from cluster_engine.workflows.rank_request import RankRequest


@dataclass(frozen=True, slots=True)
class Stage:
    """What a ranking needs before any firm is read."""

    pack: Pack
    market: Market
    model: Model
    plan: RankPlan


@dataclass(frozen=True, slots=True)
class Scene(Stage):
    """All that a ranking, or the explanation of a rank, needs."""

    chosen: ChosenFirms


def rank(
    request: RankRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
    on_matches: TakeMatches = be_silent,
) -> Ranking:
    """Rank the firms of one market.

    Parameters
    ----------
    request : RankRequest
        What to rank.
    store : ModelStore
        Where champions lie.
    on_note : callable, optional
        Called with each sentence the user should read.
    on_progress : callable, optional
        Called with (stage, done, total) while a region is trained or a list is read.
    on_matches : callable, optional
        Called with what the lists to respect found.

    Returns
    -------
    Ranking
        The best firms of the market (of the cluster asked for), best first.

    Raises
    ------
    SettingsError
        Unknown market, region or cluster.
    ModelError
        The region has no champion and may not be trained, or the champion is damaged.
    DataError
        The pack or a list is faulty.
    """
    place = request.lists.find_dataset()
    if place is not None:
        from cluster_engine.workflows.big_firms import rank_dataset_at

        stage = set_stage(request, store, on_note=on_note, on_progress=on_progress)
        found = rank_dataset_at(
            place, stage, request.engine, on_note=on_note, on_progress=on_progress
        )
        return found.ranking
    request.engine.refuse_without_dataset()
    scene = set_scene(
        request, store, on_note=on_note, on_progress=on_progress, on_matches=on_matches
    )
    return rank_scene(scene, on_note=on_note)


def rank_scene(scene: Scene, *, on_note: Note = be_silent) -> Ranking:
    """Rank the firms of a scene; see :func:`rank`."""
    ranking = rank_firms(scene.model, scene.market, scene.chosen.tables, scene.plan)
    note_ranking(ranking, scene.chosen.whose, on_note)
    return add_firm_notes(ranking, scene.chosen.notes())


def set_scene(
    request: RankRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
    on_matches: TakeMatches = be_silent,
    market: Market | None = None,
) -> Scene:
    """Open the pack, the champion and the firms, and read the weights; see :func:`rank`.

    A market that is given takes the place of the one that the request names.
    """
    stage = set_stage(request, store, on_note=on_note, on_progress=on_progress, market=market)
    pack, market = stage.pack, stage.market
    place = request.lists.find_dataset()
    if place is not None:
        chosen = choose_dataset_firms(place, market)
    elif request.lists.is_empty:
        chosen = choose_pack_firms(pack, market)
    else:
        region = stage.model.region
        chosen = choose_user_firms(
            request.lists, pack, market, region, on_note, on_progress, on_matches
        )
    if request.lists.facts is not None:
        tables, sentence = add_firm_facts(chosen.tables, request.lists.facts)
        chosen = replace(chosen, tables=tables)
        on_note(sentence)
    return Scene(pack, market, stage.model, stage.plan, chosen)


def set_stage(
    request: RankRequest, store: ModelStore, *, on_note: Note = be_silent,
    on_progress: Progress = be_silent, market: Market | None = None,
) -> Stage:  # fmt: skip
    """Open the pack and the champion, and read the weights; see :func:`rank`."""
    pack = open_pack(request.pack)
    region = find_region(pack, request.region)
    market = find_market(pack, request.market) if market is None else market
    model = get_champion(
        pack,
        region,
        store,
        may_train=request.may_train,
        on_note=on_note,
        on_progress=on_progress,
    )
    return Stage(pack, market, model, make_plan(request, model))


def make_plan(request: RankRequest, model: Model) -> RankPlan:
    """Read how the list is made: the model's settings, and what the user sets in their place."""
    trained, mover = read_model_scoring(model)
    scoring, user_weights = request.weights.apply(trained)
    uncertainty = rebuild(Uncertainty, model.facts["inputs"]["settings"]["uncertainty"])
    if request.draws is not None:
        uncertainty = replace(uncertainty, draws=request.draws)
    return RankPlan(
        scoring,
        uncertainty,
        niches=None if request.cluster is None else find_niches(model, request.cluster),
        top=request.top,
        max_per_cluster=request.max_per_cluster,
        max_per_parent=request.max_per_parent,
        user_weights=user_weights,
        learned={name: error for name, error in mover.errors.items() if name not in user_weights},
        seed=request.seed,
    )
