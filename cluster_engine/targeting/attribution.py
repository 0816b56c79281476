"""How much of a change each of several causes accounts for: the Shapley value.

Swapping one thing at a time gives shares that depend on the order. The Shapley value is the mean
over all orders: the shares add up to the whole change, a thing that changes nothing gets nothing,
and two that do the same get the same (Shapley 1953; as attribution of the difference of two
evaluations of one function: Štrumbelj & Kononenko 2014; as decomposition of a change: Shorrocks
2013).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import combinations
from math import factorial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Player = TypeVar("Player", bound=Hashable)


def split_change(
    players: Sequence[Player], evaluate: Callable[[frozenset[Player]], Floats]
) -> dict[Player, Floats]:
    """Shares of the players in the change from nothing swapped to everything swapped.

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! * (v(S + i) - v(S)): Shapley (1953).

    Parameters
    ----------
    players : sequence of hashable
        What can be swapped, each by itself; none: nothing has changed.
    evaluate : callable
        Takes the players that are swapped, gives v: an array, always of the same shape. It is
        called once for each of the 2^n sets.

    Returns
    -------
    dict of player to ndarray of float, of the shape of v
        They add up to v(all) - v(none). NaN where v is NaN for some set.

    Examples
    --------
    >>> area = split_change("wh", lambda s: np.array(6.0 if len(s) == 2 else len(s) * 2.0))
    >>> float(area["w"]), float(area["h"])
    (3.0, 3.0)
    """
    n = len(players)
    shares: dict[Player, Floats] = {}
    for size in range(n + 1):
        for chosen in combinations(players, size):
            value = evaluate(frozenset(chosen))
            for player in players:
                weight = _weigh(player in chosen, size, n)
                shares[player] = shares.get(player, np.zeros_like(value)) + weight * value
    return shares


def _weigh(is_in: bool, size: int, n: int) -> float:
    """Weight of v(S) in a player's share, S having so many players, this one among them or not."""
    if is_in:
        return factorial(size - 1) * factorial(n - size) / factorial(n)
    return -factorial(size) * factorial(n - size - 1) / factorial(n)
