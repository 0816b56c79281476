"""What two names have in common, as numbers that a score can weigh."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cluster_engine.firms.word_alignment import Alignment, Weigh, align_words

NAME_FEATURES = (
    "similarity", "same key", "same letters", "same words", "cut words", "contracted words",
    "joined words", "misspelt words", "own word cut", "own word contracted", "other words",
    "extra words", "same first word",
    "first word cut", "first word misspelt", "first word borne by others", "nothing contradicts",
    "every word matched", "every word matched, first the same", "only a beginning in common",
    "rare first word, nothing contradicts",
    "common words only", "other numbers",
)  # fmt: skip
JUDGED = ("common words only", "other numbers")
"""Features of which the labelled pairs hold too few: their points are judgements."""
_NUMBER = re.compile(r"[1-9]\d{0,3}")
RARE_WORD = 2
"""A first word of no more names than this is most likely a name, not a trade or place."""
COMMON_WORDS = 0.6
"""Words in common that weigh less together say nothing: 'technologies'. A word that fifty of the
18,000 names of the default pack bear weighs 0.6; two of a hundred and fifty each weigh 1 (a
judgement)."""
MOST_WEIGHT = 2.0
"""More than two rare words in common add nothing."""

Features = NDArray[np.float32]


def calc_name_features(
    left: Sequence[str],
    right: Sequence[str],
    similarity: NDArray[np.float32],
    borne: NDArray[np.int64],
    weigh: Weigh,
) -> Features:
    """Return what pairs of match keys have in common.

    Parameters
    ----------
    left, right : sequence of str
        Match keys, length n.
    similarity : array, shape (n,)
        Cosine of their trigrams, 0 to 1.
    borne : array, shape (n,)
        Different names of the country that begin with the first word of the left one.
    weigh : callable
        Weight of a word, 0 to 1.

    Returns
    -------
    array, shape (n, n_features)
        In the order of `NAME_FEATURES`; words count by weight, the rest is 0 or 1 but for
        `similarity` (0 to 1) and "first word borne by others" (logarithm of names).
    """
    rows = np.zeros((len(left), len(NAME_FEATURES)), dtype=np.float32)
    for row, (one, two, n) in enumerate(zip(left, right, borne.tolist(), strict=True)):
        rows[row] = _compare_keys(one, two, n, weigh)
    rows[:, 0] = similarity
    return rows


def _compare_keys(one: str, two: str, n_borne: int, weigh: Weigh) -> tuple[float, ...]:
    if one == two:
        weight = sum(map(weigh, one.split()))
        return (0, 1, 1, min(weight, MOST_WEIGHT), *(0,) * 8, 1, 0, 0, 0, 1, 1, 1, 0, 0,
                weight < COMMON_WORDS, 0)  # fmt: skip
    found = align_words(one, two, weigh)
    lost, gained = (sum(map(weigh, words)) for words in (found.left, found.right))
    other, extra = min(lost, gained), abs(lost - gained)
    contradicts = bool(found.left and found.right)
    numbers = any(_NUMBER.fullmatch(word) for word in (*found.left, *found.right))
    every = not found.left and not found.right
    same_letters = one.replace(" ", "") == two.replace(" ", "")
    first = found.first == "same"
    return (
        0, 0, same_letters, *_cap(found), other, extra,
        first, found.first in ("cut", "contracted"), found.first == "misspelt",
        math.log1p(n_borne) if first else 0.0, not contradicts,
        every, every and first, found.first == "cut" and found.weights["same"] == 0,
        first and n_borne <= RARE_WORD and not contradicts,
        sum(found.weights.values()) < COMMON_WORDS, numbers,
    )  # fmt: skip


def _cap(found: Alignment) -> tuple[float, ...]:
    return tuple(min(weight, MOST_WEIGHT) for weight in found.weights.values())
