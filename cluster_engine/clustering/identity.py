"""Which cluster of today is which of yesterday: clusters keep their numbers between retrains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SAME = 0.5
"""Overlap from which a cluster is the one it was: at most one can have more than half."""


@dataclass(frozen=True, slots=True)
class Match:
    """A cluster and its predecessor.

    Attributes
    ----------
    old, new : int or None
        Labels; None: the cluster is new, or gone.
    overlap : float
        Weight of the sectors in both over the weight of those in either, 0 to 1.
    """

    old: int | None
    new: int | None
    overlap: float


def match_clusters(
    old: Mapping[str, int], new: Mapping[str, int], weights: Mapping[str, float]
) -> list[Match]:
    """Pair the clusters of two partitions so that the overlaps add up to most.

    Parameters
    ----------
    old, new : mapping of str to int
        Cluster of every sector, by code.
    weights : mapping of str to float
        Weight of every sector in either, such as jobs; those not in it weigh nothing.

    Returns
    -------
    list of Match
        By new label, those that are gone last. Pairs with an overlap below one half are not one
        cluster: one is gone, the other new.
    """
    from scipy.optimize import linear_sum_assignment

    before, after = sorted(set(old.values())), sorted(set(new.values()))
    shared = np.zeros((len(before), len(after)))
    held_before, held_after = np.zeros(len(before)), np.zeros(len(after))
    for code in sorted({*old, *new}):
        weight = weights.get(code, 0.0)
        row = before.index(old[code]) if code in old else None
        column = after.index(new[code]) if code in new else None
        if row is not None:
            held_before[row] += weight
        if column is not None:
            held_after[column] += weight
        if row is not None and column is not None:
            shared[row, column] += weight
    either = held_before[:, None] + held_after[None, :] - shared
    overlap = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
    rows, columns = linear_sum_assignment(-overlap)
    pairs = {
        int(column): int(row)
        for row, column in zip(rows, columns, strict=True)
        if overlap[row, column] >= SAME
    }
    found = [
        Match(before[pairs[place]], label, float(overlap[pairs[place], place]))
        if place in pairs
        else Match(None, label, 0.0)
        for place, label in enumerate(after)
    ]
    gone = [label for place, label in enumerate(before) if place not in pairs.values()]
    return found + [Match(label, None, 0.0) for label in gone]


def carry_numbers(matches: list[Match]) -> dict[int, int]:
    """Number of every new cluster: its predecessor's, or the next one never used."""
    used = [match.old for match in matches if match.old is not None]
    following = max(used, default=-1) + 1
    numbers: dict[int, int] = {}
    for match in matches:
        if match.new is None:
            continue
        if match.old is None:
            numbers[match.new] = following
            following += 1
        else:
            numbers[match.new] = match.old
    return numbers
