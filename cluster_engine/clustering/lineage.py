"""What became of clusters between two versions: kept, renamed, split, merged, born, died."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from cluster_engine.clustering.identity import match_clusters

Event = Literal[
    "kept", "changed", "succeeded", "split off", "merged", "exchanged", "broken up", "died", "born"
]
"""kept: the same members. changed: the same cluster with other members. succeeded: most of each
lies in the other, but they overlap by less than half. split off: most of the new one comes from the
old one. merged: most of the old one went into the new one. exchanged: both share members, and
neither is mostly the other. broken up: gone, and others were split off from it. died: gone, its
members scattered. born: from no old cluster."""

MOST = 0.5
"""Share of a cluster's weight from which most of it went, or came from, somewhere."""

NOTABLE = 0.1
"""Share of either cluster's weight from which an overlap is worth a line of its own."""


@dataclass(frozen=True, slots=True)
class Descent:
    """An old cluster and a new one that share members, or one that has no counterpart.

    Attributes
    ----------
    event : str
        See ``Event``.
    old, new : int or None
        Labels.
    shared : tuple of str
        Members in both, sorted.
    n_old, n_new : int
        Members of each.
    weight : float
        Of the members in both.
    old_share, new_share : float
        Of the weight of each that lies in both, 0 to 1.
    """

    event: Event
    old: int | None
    new: int | None
    shared: tuple[str, ...]
    n_old: int
    n_new: int
    weight: float
    old_share: float
    new_share: float


def trace_clusters(
    old: Mapping[str, int], new: Mapping[str, int], weights: Mapping[str, float]
) -> tuple[Descent, ...]:
    """Trace every cluster of one partition into another.

    A cluster is the same if it overlaps by half (`identity.match_clusters`). A new one that is not,
    and most of which comes from one old cluster, was split off from it. An old one that is gone,
    and most of which is in one new cluster, was merged into it. What is left was born, or died.

    Parameters
    ----------
    old, new : mapping of str to int
        Cluster of every member; members in none are left out.
    weights : mapping of str to float
        Weight of every member, such as jobs; those without any count as nothing.

    Returns
    -------
    tuple of Descent
        Pairs by old label, then new; then those that are gone; then those born.
    """
    parts = _Partitions(_gather(old), _gather(new), weights)
    matches = match_clusters(old, new, weights)
    pairs = {match.old: match.new for match in matches if None not in (match.old, match.new)}
    rows = [
        row
        for first in sorted(parts.old)
        for second in sorted(parts.new)
        if (row := _describe(parts, first, second, pairs)) is not None
    ]
    continued = {row.old for row in rows if row.event in ("merged", "succeeded")} | set(pairs)
    parents = {row.old for row in rows if row.event == "split off"}
    come = {row.new for row in rows if row.event in ("split off", "succeeded")}
    for label in sorted({*parts.old} - continued):
        event: Event = "broken up" if label in parents else "died"
        rows.append(Descent(event, label, None, (), len(parts.old[label]), 0, 0.0, 0.0, 0.0))
    born = sorted({*parts.new} - come - set(pairs.values()))
    return (
        *rows,
        *(Descent("born", None, one, (), 0, len(parts.new[one]), 0.0, 0.0, 0.0) for one in born),
    )


@dataclass(frozen=True, slots=True)
class _Partitions:
    """Members of every cluster of both, and what a member weighs."""

    old: Mapping[int, set[str]]
    new: Mapping[int, set[str]]
    weights: Mapping[str, float]

    def weigh(self, members: Collection[str]) -> float:
        return sum(self.weights.get(member, 0.0) for member in sorted(members))


def _describe(
    parts: _Partitions, first: int, second: int, pairs: Mapping[int | None, int | None]
) -> Descent | None:
    """What an old and a new cluster are to each other; None: nothing worth a line."""
    shared = parts.old[first] & parts.new[second]
    held = parts.weigh(shared)
    whole = [parts.weigh(parts.old[first]), parts.weigh(parts.new[second])]
    of_old, of_new = (held / weight if weight else 0.0 for weight in whole)
    old_ends, new_begins = first not in pairs, second not in pairs.values()
    event: Event
    if pairs.get(first) == second:
        event = "kept" if parts.old[first] == parts.new[second] else "changed"
    elif old_ends and new_begins and min(of_old, of_new) >= MOST:
        event = "succeeded"
    elif new_begins and of_new >= MOST:
        event = "split off"
    elif old_ends and of_old >= MOST:
        event = "merged"
    elif max(of_old, of_new) >= NOTABLE:
        event = "exchanged"
    else:
        return None
    sizes = len(parts.old[first]), len(parts.new[second])
    return Descent(event, first, second, tuple(sorted(shared)), *sizes, held, of_old, of_new)


def _gather(labels: Mapping[str, int]) -> dict[int, set[str]]:
    members: dict[int, set[str]] = {}
    for member, label in labels.items():
        members.setdefault(label, set()).add(member)
    return members
