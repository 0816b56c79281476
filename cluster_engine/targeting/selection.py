"""Take the best firms under caps: so many per niche cluster, so many per ultimate parent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.intp]


def take_best(
    order: Integers,
    groups: Sequence[tuple[NDArray[np.object_], int]],
    top: int | None,
) -> Integers:
    """Take the first firms of an order that the caps leave.

    A prefix is taken first, then the caps are applied, and the prefix is doubled until enough
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
        length = min(2 * length, len(order))


def _apply_caps(order: Integers, groups: Sequence[tuple[NDArray[np.object_], int]]) -> Integers:
    if not groups:
        return order
    counts: list[dict[object, int]] = [{} for _ in groups]
    kept = []
    for position in order:
        names = [group[position] for group, _ in groups]
        if _is_full(names, counts, [cap for _, cap in groups]):
            continue
        for name, count in zip(names, counts, strict=True):
            count[name] = count.get(name, 0) + 1
        kept.append(position)
    return np.array(kept, dtype=np.intp)


def _is_full(
    names: Sequence[object], counts: Sequence[Mapping[object, int]], caps: Sequence[int]
) -> bool:
    return any(
        name != "" and count.get(name, 0) >= cap
        for name, count, cap in zip(names, counts, caps, strict=True)
    )
