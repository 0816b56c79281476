"""What a reader of a list must know, and what a person should look at before a firm is called."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_engine.results import Ranking
from cluster_engine.targeting.part_words import PART_WORDS
from cluster_engine.targeting.uncertainty import POOL
from cluster_engine.workflows.progress import Note

if TYPE_CHECKING:
    import pandas as pd

SIZE_WARNING = 0.7
"""Correlation with size from which the list is called mostly a sort by size."""


NOTE_KINDS = (
    "status", "industry", "figures", "group", "seat", "home region", "sensitive area",
)  # fmt: skip
"""Order of a firm's notes."""


def add_firm_notes(ranking: Ranking, notes: pd.DataFrame) -> Ranking:
    """Write what is known about seats, groups and sensitive areas beside the data notes."""
    by_firm = join_firm_notes(notes[notes["firm_id"].isin(ranking.rows["firm_id"])])
    if by_firm.empty:
        return ranking
    more = ranking.rows["firm_id"].map(by_firm).fillna("")
    both = [
        "; ".join(part for part in pair if part)
        for pair in zip(ranking.rows["data_notes"], more, strict=True)
    ]
    return replace(ranking, rows=ranking.rows.assign(data_notes=both))


def join_firm_notes(notes: pd.DataFrame) -> pd.Series:
    """Notes of every firm in one text, by firm_id."""
    place = {kind: number for number, kind in enumerate(NOTE_KINDS)}
    ordered = notes.assign(place=notes["kind"].map(place)).sort_values(["firm_id", "place", "note"])
    return ordered.groupby("firm_id")["note"].agg("; ".join)


def note_ranking(ranking: Ranking, whose: str, on_note: Note) -> None:
    """Say what a reader of the list must know: who is missing, what it leans to, whose weights."""
    if ranking.n_ranked == 0:
        on_note(f"{whose} no firm from {ranking.market.name} that can be ranked.")
    if ranking.n_unranked:
        on_note(
            f"Firms of this market left out: {ranking.n_unranked:,}. They have no industry code, "
            "or only that of a holding, which says nothing about what they make."
        )
    note_size(ranking, on_note)
    if ranking.draws and ranking.n_ranked > POOL:
        on_note(
            f"Intervals of ranks: drawn among the best {POOL:,} of {ranking.n_ranked:,} firms; "
            "empty for firms below."
        )
    note_missing(ranking.missing, on_note)
    if ranking.user_weights:
        told = ", ".join(f"{name} {weight:g}" for name, weight in ranking.user_weights.items())
        on_note(f"Weights set by you: {told}; the others are the model's. It was not trained.")
    if ranking.learned_weights:
        told = ", ".join(f"{name} {weight:g}" for name, weight in ranking.learned_weights.items())
        on_note(f"Weights learned from events that name firms: {told}; the others are priors.")


def note_size(ranking: Ranking, on_note: Note) -> None:
    """Say how far the list is a sort by size."""
    if math.isnan(ranking.size_correlation):
        return
    found = f"rank correlation of score and employees {ranking.size_correlation:.2f}"
    if ranking.size_correlation >= SIZE_WARNING:
        on_note(f"The list is mostly a sort by size ({found}).")
    else:
        on_note(f"The list is not just a sort by size: {found}, where employees are known.")


def note_missing(missing: tuple[str, ...], on_note: Note) -> None:
    """Say once what is known of no firm."""
    if missing:
        labels = ", ".join(PART_WORDS[part].label for part in missing)
        on_note(
            f"Known of no firm here, so it adds nothing: {labels}. Give your own with --facts FILE."
        )
