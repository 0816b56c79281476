"""Rank the firms of a market for a region with the region's champion."""

from __future__ import annotations

from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Ranking
from cluster_engine.targeting.rank import rank_firms
from cluster_engine.workflows.chosen_firms import TakeMatches
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank_notes import add_firm_notes, note_ranking
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.rank_stage import Scene, set_scene, set_stage


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
