"""The nouns of the shortlists: a firm as picked, an entry, a shortlist, a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cluster_engine.errors import BusyError

State = Literal["listed", "excluded", "removed"]

ACTIONS: Mapping[State, str] = {"listed": "added", "excluded": "left out", "removed": "taken off"}
"""What putting a firm into a state is called in the history."""


@dataclass(frozen=True, slots=True)
class FirmPicked:
    """A firm as it stood on the page when somebody picked it.

    Attributes
    ----------
    list : str
        Upload it comes from; '' for the pack.
    firm_id, firm_name, country : str
    region, market : str
        Short names.
    weights : str
        'gap=4 knowledge=5': those the reader had set; '' for the model's own.
    """

    list: str
    firm_id: str
    firm_name: str
    country: str
    region: str
    market: str
    weights: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A firm on a shortlist."""

    id: int
    shortlist: int
    firm: FirmPicked
    state: State
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class Shortlist:
    """A shortlist, and how many firms stand on it."""

    id: int
    name: str
    created_at: str
    created_by: str
    n_listed: int


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history."""

    id: int
    entry: int
    firm_name: str
    at: str
    who: str
    action: str
    note: str
    can_undo: bool


class ChangedMeanwhileError(BusyError):
    """Somebody else changed an entry between reading and writing; holds what stands there now."""

    def __init__(self, entry: Entry, by: str) -> None:
        super().__init__(
            f"{by or 'Somebody'} changed {entry.firm.firm_name} while you were writing.",
            hint="Look at what stands there now, then save again.",
        )
        self.entry = entry
