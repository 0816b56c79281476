"""What a user asks to be ranked: market, region, lists, weights, caps, draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from cluster_engine.workflows.engine_options import EngineOptions, find_dataset
from cluster_engine.workflows.user_weights import UserWeights


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
    facts : Path or None
        What else the user knows about firms, by firm_id.
    """

    firms: tuple[Path, ...] = ()
    with_pack: bool = False
    exclude: tuple[Path, ...] = ()
    include: tuple[Path, ...] = ()
    mapping: Path | None = None
    corrections: Path | None = None
    facts: Path | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the firms ranked are those of the pack."""
        return replace(self, facts=None) == UserLists()

    def find_dataset(self) -> str | None:
        """Folder or address of a converted list, where that is what is ranked.

        Raises
        ------
        SettingsError
            There is one, together with what it does not go with.
        """
        return find_dataset(self.firms, is_alone=replace(self, firms=()) == UserLists())


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
    weights : UserWeights
        Weights of the criteria that the user sets.
    max_per_cluster, max_per_parent : int or None
        At most so many firms of a niche cluster, and of an ultimate parent.
    draws : int or None
        Behind the intervals of ranks; None: as the model's settings say; 0: none.
    seed : int
        Of the draws.
    engine : EngineOptions
        Which engine ranks a converted list.
    """

    market: str
    region: str | None = None
    pack: str | None = None
    cluster: str | None = None
    top: int | None = None
    may_train: bool = True
    lists: UserLists = UserLists()  # frozen
    weights: UserWeights = UserWeights()  # noqa: RUF009 - frozen
    max_per_cluster: int | None = None
    max_per_parent: int | None = 1
    draws: int | None = None
    seed: int = 0
    engine: EngineOptions = EngineOptions()  # noqa: RUF009 - frozen
