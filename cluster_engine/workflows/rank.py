"""Rank the firms of a market for a region with the region's champion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_engine.packs.choices import find_market, find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Market, Ranking
from cluster_engine.settings import read_scoring
from cluster_engine.targeting.rank import rank_firms
from cluster_engine.workflows.champion import find_niches, get_champion
from cluster_engine.workflows.progress import Note, Progress, be_silent

if TYPE_CHECKING:
    import pandas as pd

SIZE_WARNING = 0.7
"""Correlation with size from which the list is called mostly a sort by size."""


NOTE_KINDS = (
    "status", "industry", "figures", "group", "seat", "home region", "sensitive area",
)  # fmt: skip
"""Order of a firm's notes."""

TakeMatches = Callable[["pd.DataFrame"], object]
"""Takes what lists to respect found: `wanted_lists.COLUMNS`."""


@dataclass(frozen=True, slots=True)
class UserLists:
    """Lists a user ranks with.

    Attributes
    ----------
    firms : tuple of Path
        Lists, or folders of imported ones, that take the place of the pack's firms.
    with_pack : bool
        Whether the pack's firms are ranked together with them.
    exclude, include : tuple of Path
        Lists of firms to leave out, and of the only ones to rank.
    mapping, corrections : Path or None
        For lists that are not imported yet.
    """

    firms: tuple[Path, ...] = ()
    with_pack: bool = False
    exclude: tuple[Path, ...] = ()
    include: tuple[Path, ...] = ()
    mapping: Path | None = None
    corrections: Path | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the pack's firms are ranked as they are."""
        return self == UserLists()


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
    lists : UserLists
        The user's own firms, and lists to respect.
    """

    market: str
    region: str | None = None
    pack: str | None = None
    cluster: str | None = None
    top: int | None = None
    may_train: bool = True
    lists: UserLists = UserLists()  # frozen


@dataclass(frozen=True, slots=True)
class _Firms:
    """Firms to rank: contracts FIRMS, FIRM_INDUSTRIES, FIRM_NOTES; and what they are, in words."""

    firms: pd.DataFrame
    industries: pd.DataFrame
    notes: Callable[[], pd.DataFrame]
    whose: str = "The pack has"


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
    niches = None if request.cluster is None else find_niches(model, request.cluster)
    if request.lists.is_empty:
        chosen = _choose_pack_firms(pack, market)
    else:
        chosen = _choose_user_firms(request.lists, pack, market, on_note, on_progress, on_matches)
    scoring = read_scoring(model.facts["inputs"]["settings"]["scoring"])
    ranking = rank_firms(
        model, market, chosen.firms, chosen.industries, scoring, niches=niches, top=request.top
    )
    _note_ranking(ranking, chosen.whose, on_note)
    return _add_firm_notes(ranking, chosen.notes())


def _choose_pack_firms(pack: Pack, market: Market) -> _Firms:
    firms = pack.read("firms")
    firms = firms[firms["country"].isin(market.countries)]
    codes = pack.read("firm_industries")
    codes = codes[codes["firm_id"].isin(firms["firm_id"])]
    return _Firms(firms, codes, lambda: _read_pack_notes(pack, firms))


def _read_pack_notes(pack: Pack, firms: pd.DataFrame) -> pd.DataFrame:
    if pack.has("firm_notes"):
        return pack.read("firm_notes")
    return firms.iloc[:0].reindex(columns=["firm_id", "kind", "note"])


def _choose_user_firms(
    lists: UserLists, pack: Pack, market: Market, on_note: Note, on_progress: Progress,
    on_matches: TakeMatches,
) -> _Firms:  # fmt: skip
    # Reading and matching lists needs much that ranking the pack's firms must not wait for.
    import pandas as pd

    from cluster_engine.workflows.universe import choose_firms

    universe = choose_firms(lists, pack, market, on_progress=on_progress)
    for sentence in (universe.sentence, *(matches.sentence for matches in universe.matches)):
        if sentence:
            on_note(sentence)
    if universe.matches:
        on_matches(pd.concat([matches.rows for matches in universe.matches], ignore_index=True))
    whose = "After your lists there is" if lists.exclude or lists.include else "Your list has"
    return _Firms(universe.firms, universe.firm_industries, lambda: universe.firm_notes, whose)


def _add_firm_notes(ranking: Ranking, notes: pd.DataFrame) -> Ranking:
    """Write what is known about seats, groups and sensitive areas beside the data notes."""
    told = notes[notes["firm_id"].isin(ranking.rows["firm_id"])]
    if told.empty:
        return ranking
    place = {kind: number for number, kind in enumerate(NOTE_KINDS)}
    ordered = told.assign(place=told["kind"].map(place)).sort_values(["firm_id", "place", "note"])
    by_firm = ordered.groupby("firm_id")["note"].agg("; ".join)
    more = ranking.rows["firm_id"].map(by_firm).fillna("")
    both = [
        "; ".join(part for part in pair if part)
        for pair in zip(ranking.rows["data_notes"], more, strict=True)
    ]
    return replace(ranking, rows=ranking.rows.assign(data_notes=both))


def _note_ranking(ranking: Ranking, whose: str, on_note: Note) -> None:
    if ranking.n_ranked == 0:
        on_note(f"{whose} no firm from {ranking.market.name} that can be ranked.")
    if ranking.n_unranked:
        on_note(
            f"Firms of this market left out: {ranking.n_unranked}. They have no industry code, or "
            "only that of a holding, which says nothing about what they make."
        )
    if ranking.size_correlation >= SIZE_WARNING:
        on_note(
            f"The list is mostly a sort by size (rank correlation {ranking.size_correlation:.2f})."
        )
