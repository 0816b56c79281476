"""Take the best firms under caps: so many per niche cluster, so many per ultimate parent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Integers = NDArray[np.intp]

BLOCK = 1_000
"""Firms after which full groups are looked for."""

GROWTH = 4
"""Times by which a prefix grows that was too short."""


def take_best(
    order: Integers,
    groups: Sequence[tuple[NDArray[np.object_], int]],
    top: int | None,
) -> Integers:
    """Take the first firms of an order that the caps leave.

    A prefix is taken first, then the caps are applied, and a longer one is taken until enough
    survive: the same as capping all, at the cost of the list and not of the market.

    Parameters
    ----------
    order : ndarray of int, shape (n_firms,)
        Positions of firms, best first.
    groups : sequence of (ndarray of object, shape (n_all,), int)
        Group of every firm by position, and how many of each may stay; '' is in no group.
    top : int or None
        Firms wanted; None: all that the caps leave.

    Returns
    -------
    ndarray of int
        Positions kept, best first.

    Examples
    --------
    >>> import numpy as np
    >>> names = np.array(["cars", "cars", "", "cars", ""], dtype=object)
    >>> take_best(np.arange(5), [(names, 1)], 2).tolist()
    [0, 2]
    """
    wanted = len(order) if top is None else min(top, len(order))
    length = wanted
    while True:
        kept = _apply_caps(order[:length], groups)
        if len(kept) >= wanted or length >= len(order):
            return kept[:wanted]
        length = min(GROWTH * length, len(order))


def _apply_caps(order: Integers, groups: Sequence[tuple[NDArray[np.object_], int]]) -> Integers:
    if not groups:
        return order
    members = [_number_groups(group[order]) for group, _ in groups]
    room = [
        np.full(int(numbers.max(initial=0)) + 1, cap)
        for numbers, (_, cap) in zip(members, groups, strict=True)
    ]
    kept: list[int] = []
    for start in range(0, len(order), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(order)))
        # Far down an order most groups are full: their firms are passed over together.
        for numbers, left in zip(members, room, strict=True):
            block = block[(numbers[block] < 0) | (left[numbers[block]] > 0)]
        for place in block.tolist():
            own = [(left, number[place]) for left, number in zip(room, members, strict=True)
                   if number[place] >= 0]  # fmt: skip
            if all(left[number] > 0 for left, number in own):
                for left, number in own:
                    left[number] -= 1
                kept.append(place)
    return order[kept]


def _number_groups(names: NDArray[np.object_]) -> Integers:
    """Number of every firm's group; -1 for none."""
    numbers, found = pd.factorize(names)
    in_none = np.flatnonzero(found == "")
    return np.where(np.isin(numbers, in_none), -1, numbers)
