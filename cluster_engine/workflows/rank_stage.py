"""What a ranking needs before it begins: pack, champion, plan, and the firms."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cluster_engine.packs.choices import find_market, find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.parameters import Uncertainty
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Market, Model
from cluster_engine.settings import rebuild
from cluster_engine.targeting.rank import RankPlan
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


def set_scene(
    request: RankRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
    on_matches: TakeMatches = be_silent,
    market: Market | None = None,
) -> Scene:
    """Open the pack, the champion and the firms, and read the weights, for ``rank``.

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
    """Open the pack and the champion, and read the weights, for ``rank``."""
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
