"""Rank the firms of a market for a region with the region's champion."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_engine.packs.choices import find_market, find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Ranking
from cluster_engine.settings import read_scoring
from cluster_engine.targeting.rank import rank_firms
from cluster_engine.workflows.champion import find_niches, get_champion
from cluster_engine.workflows.progress import Note, Progress, be_silent

SIZE_WARNING = 0.7
"""Correlation with size from which the list is called mostly a sort by size."""


@dataclass(frozen=True, slots=True)
class RankRequest:
    """What to rank.

    Attributes
    ----------
    market : str
        As the user wrote it.
    region, pack : str or None
        None: the defaults.
    cluster : str or None
        Only firms of this niche cluster.
    top : int or None
        Only so many of the best.
    may_train : bool
        Whether a region without a champion is trained first.
    """

    market: str
    region: str | None = None
    pack: str | None = None
    cluster: str | None = None
    top: int | None = None
    may_train: bool = True


def rank(
    request: RankRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
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
        Called with (stage, done, total) while a region is trained.

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
        The pack is faulty.
    """
    pack = open_pack(request.pack)
    region = find_region(pack, request.region)
    market = find_market(pack, request.market)
    model = get_champion(
        pack,
        region,
        store,
        may_train=request.may_train,
        on_note=on_note,
        on_progress=on_progress,
    )
    firms = pack.read("firms")
    firms = firms[firms["country"].isin(market.countries)]
    codes = pack.read("firm_industries")
    codes = codes[codes["firm_id"].isin(firms["firm_id"])]
    scoring = read_scoring(model.facts["inputs"]["settings"]["scoring"])
    niches = None if request.cluster is None else find_niches(model, request.cluster)
    ranking = rank_firms(model, market, firms, codes, scoring, niches=niches, top=request.top)
    _note_ranking(ranking, on_note)
    return ranking


def _note_ranking(ranking: Ranking, on_note: Note) -> None:
    if ranking.n_ranked == 0:
        on_note(f"The pack has no firm from {ranking.market.name} that can be ranked.")
    if ranking.n_unranked:
        on_note(
            f"Firms of this market left out: {ranking.n_unranked}. Their only industry code is "
            "that of a holding, which says nothing about what they make."
        )
    if ranking.size_correlation >= SIZE_WARNING:
        on_note(
            f"The list is mostly a sort by size (rank correlation {ranking.size_correlation:.2f})."
        )
