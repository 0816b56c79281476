"""The firms that are ranked: the pack's, those of lists, or those of a converted list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_engine.packs.pack import Pack
from cluster_engine.results import Market, Region
from cluster_engine.targeting.features import FirmTables
from cluster_engine.workflows.firm_tables import read_firm_tables
from cluster_engine.workflows.progress import Note, Progress

if TYPE_CHECKING:
    import pandas as pd

    from cluster_engine.workflows.rank_request import UserLists

TakeMatches = Callable[["pd.DataFrame"], object]
"""Takes what lists to respect found: `wanted_lists.COLUMNS`."""


@dataclass(frozen=True, slots=True)
class ChosenFirms:
    """Firms to rank, and whose they are.

    Attributes
    ----------
    tables : FirmTables
    notes : callable
        Reads what is known about seats, groups and sensitive areas; contract FIRM_NOTES.
    whose : str
        Begins a sentence about the list.
    leis : mapping of str to str
        Legal entity identifiers that a list gives, by firm_id.
    """

    tables: FirmTables
    notes: Callable[[], pd.DataFrame]
    whose: str = "The pack has"
    leis: Mapping[str, str] = field(default_factory=dict)


def choose_pack_firms(pack: Pack, market: Market) -> ChosenFirms:
    """Take the firms of the pack."""
    tables = read_firm_tables(pack, market.countries)
    return ChosenFirms(tables, lambda: _read_pack_notes(pack, tables.firms))


def choose_dataset_firms(place: str, market: Market) -> ChosenFirms:
    """Read the firms of a converted list into memory."""
    from cluster_engine.packs.firm_dataset import open_firm_dataset
    from cluster_engine.workflows.dataset_rows import read_firms, read_notes

    dataset = open_firm_dataset(place)
    tables = read_firms(dataset, market.countries)
    return ChosenFirms(
        tables, lambda: read_notes(dataset, list(tables.firms["firm_id"])), "Your list has"
    )


def _read_pack_notes(pack: Pack, firms: pd.DataFrame) -> pd.DataFrame:
    if pack.has("firm_notes"):
        return pack.read("firm_notes")
    return firms.iloc[:0].reindex(columns=["firm_id", "kind", "note"])


def choose_user_firms(
    lists: UserLists, pack: Pack, market: Market, region: Region, on_note: Note,
    on_progress: Progress, on_matches: TakeMatches,
) -> ChosenFirms:  # fmt: skip
    """Read the user's lists, and respect those that say whom to leave out or take alone."""
    # Reading and matching lists needs much that ranking the pack's firms must not wait for.
    import pandas as pd

    from cluster_engine.workflows.universe import choose_firms

    universe = choose_firms(lists, pack, market, region, on_progress=on_progress)
    for sentence in (universe.sentence, *(matches.sentence for matches in universe.matches)):
        if sentence:
            on_note(sentence)
    if universe.matches:
        on_matches(pd.concat([matches.rows for matches in universe.matches], ignore_index=True))
    whose = "After your lists there is" if lists.exclude or lists.include else "Your list has"
    tables = FirmTables(
        universe.firms, universe.firm_industries, universe.firm_homes, universe.firm_facts
    )
    return ChosenFirms(tables, lambda: universe.firm_notes, whose, universe.leis)
