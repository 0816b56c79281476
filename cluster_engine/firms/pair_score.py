"""How likely two records are one firm, from what their names and facts have in common.

A logit: a base, and points for each thing seen; `why` names them. The points of the names were
fitted on pairs of listings of which ISINs and websites tell whether they are one firm; the pairs of
tests/data/labelled were left out of the fit. Those of the other facts are judgements, as no list
at hand has them for both sides of a pair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BASE = -6.75
NAME_POINTS: Mapping[str, float] = MappingProxyType(
    {
        "similarity": 0.14,
        "same key": 1.39,
        "same letters": 1.39,
        "same first word": 2.9,
        "cut first word": -0.95,
        "cut words": 2.0,
        "misspelt words": -0.75,
        "extra words": 0.07,
        "other words": -0.83,
        "all words alike": 3.54,
        "rare first word": 1.59,
        "other numbers": -3.0,
    }
)
"""Log odds; fitted, but for the last, of which the pairs hold too few."""
FACT_POINTS: Mapping[str, float] = MappingProxyType(
    {
        "same website": 5.0,
        "other website": -2.0,
        "same city": 1.5,
        "other city": -1.0,
        "other country": -6.0,
        "country unknown": -1.0,
        "other legal form": -2.0,
        "other size": -1.5,
    }
)
"""Judgements, in log odds."""

NAME_FEATURES = (
    "similarity", "same key", "same letters", "same first word", "cut first word", "cut words",
    "misspelt words", "extra words", "other words", "all words alike", "rare first word",
    "other numbers",
)  # fmt: skip
SHORTEST_CUT = 1
MISSPELT = 0.8
"""Share of letters in common from which two words are one, misspelt."""
LONG_WORD = 5
RARE_WORD = 2
"""A first word of no more names than this is most likely a name, not a trade or place."""
_NUMBERS = re.compile(r"\b[1-9]\d*\b")
"""A number that begins with 0 is what is left of the face value of a share."""
SHARE_WORDS = frozenset("new sub reg regs for na nv".split())
SIZE_RATIO = 10.0
"""Employees or sales further apart than this are those of two firms, or of group and unit."""


def calc_name_features(
    left: Sequence[str],
    right: Sequence[str],
    similarity: NDArray[np.float64],
    first_words: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return what pairs of match keys have in common.

    Parameters
    ----------
    left, right : sequence of str
        Match keys, length n.
    similarity : array, shape (n,)
        Cosine of their trigrams.
    first_words : array, shape (n,)
        Different names of the country that begin with the first word of the left one.

    Returns
    -------
    array, shape (n, n_features)
        In the order of `NAME_FEATURES`; words are counted, the rest is 0 or 1 but `similarity`.
    """
    rows = [_compare_keys(one, two) for one, two in zip(left, right, strict=True)]
    counted = np.array(rows, dtype=np.float64).reshape(len(rows), len(NAME_FEATURES) - 2)
    # A rare word at the head of both, and no word that contradicts: 'okasan', 'okasan securities'.
    rare = counted[:, 2] * (first_words <= RARE_WORD) * (counted[:, 7] == 0)
    return np.column_stack([similarity, counted[:, :-1], rare, counted[:, -1]])


def _compare_keys(one: str, two: str) -> tuple[float, ...]:
    if one == two:
        return (1, 1, 1, 0, 0, 0, 0, 0, 1, 0)
    if one.replace(" ", "") == two.replace(" ", ""):
        return (0, 1, 1, 0, 0, 0, 0, 0, 1, 0)
    words, others = _drop_debris(one.split()), _drop_debris(two.split())
    _, cut, contracted, misspelt, extra, other = _align(words, others)
    numbers = _NUMBERS.findall(one) != _NUMBERS.findall(two)
    first = words[0] == others[0]
    first_cut = not first and _is_cut(words[0], others[0])
    return (
        0, 0, first, first_cut, cut + contracted,
        misspelt, extra, other, not extra and not other, numbers,
    )  # fmt: skip


def _drop_debris(words: list[str]) -> list[str]:
    """Drop what share lists add at the end: 'new', a letter, the name cut and said again."""
    kept = list(words)
    while len(kept) > 1 and (
        len(kept[-1]) == 1 or kept[-1] in SHARE_WORDS or _is_repeated(kept[-1], kept[0])
    ):
        kept.pop()
    return kept


def _is_repeated(last: str, first: str) -> bool:
    return len(last) >= LONG_WORD - 2 and first.startswith(last)


def _align(words: list[str], others: list[str]) -> tuple[int, ...]:
    """Count words that are the same, cut, misspelt, on one side only, or different; in order."""
    short, long = sorted((words, others), key=len)
    counts = dict.fromkeys(("same", "cut", "contracted", "misspelt"), 0)
    at = lost = 0
    for word in short:
        found = next(
            ((i, kind) for i in range(at, len(long)) if (kind := _compare_words(word, long[i]))),
            None,
        )
        if found is None:
            lost += 1
            continue
        counts[found[1]] += 1
        at = found[0] + 1
    matched = sum(counts.values())
    extra = len(long) - matched - min(lost, len(long) - matched)
    return (*counts.values(), extra, lost)


def _compare_words(one: str, two: str) -> str:
    if one == two:
        return "same"
    if _is_cut(one, two):
        return "cut"
    if _is_contracted(one, two):
        return "contracted"
    long_enough = min(len(one), len(two)) >= LONG_WORD
    alike = long_enough and SequenceMatcher(None, one, two).ratio() >= MISSPELT
    return "misspelt" if alike else ""


def _is_cut(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return len(short) >= SHORTEST_CUT and long.startswith(short)


def _is_contracted(one: str, two: str) -> bool:
    """Whether one word is the other without some letters: 'intl' is 'international'."""
    short, long = sorted((one, two), key=len)
    if len(short) < 2 or short[0] != long[0] or len(long) - len(short) < 2:
        return False
    letters = iter(long)
    return all(sign in letters for sign in short)


def calc_scores(
    names: NDArray[np.float64], facts: pd.DataFrame
) -> tuple[NDArray[np.float64], list[str]]:
    """Return the probability that each pair is one firm, and what speaks for and against it.

    Parameters
    ----------
    names : array, shape (n, n_features)
        From :func:`calc_name_features`.
    facts : DataFrame
        n rows, one boolean column for each of `FACT_POINTS` that was looked at.

    Returns
    -------
    array, shape (n,)
        Probabilities.
    list of str
        What was seen, the weightiest first.
    """
    told = list(facts.columns)
    values = np.hstack([names, facts.to_numpy(dtype=np.float64)])
    weights = np.array([*(NAME_POINTS[name] for name in NAME_FEATURES),
                        *(FACT_POINTS[name] for name in told)])  # fmt: skip
    points = values * weights
    score = 1 / (1 + np.exp(-(BASE + points.sum(axis=1))))
    return score, _explain(values, points, (*NAME_FEATURES, *told))


def _explain(
    values: NDArray[np.float64], points: NDArray[np.float64], labels: Sequence[str]
) -> list[str]:
    order = np.argsort(-np.abs(points), axis=1, kind="stable")
    texts = []
    for row, places in enumerate(order):
        seen = [labels[i] for i in places if values[row, i] and labels[i] != "similarity"]
        texts.append("; ".join([f"names {values[row, 0]:.0%} alike", *seen]))
    return texts
