"""Pairs of names of one country that may be one firm, compared country by country."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor

from cluster_engine.firms.candidate_pairs import (
    Ints,
    KeyPairs,
    Progress,
    chain_equal_keys,
    compare_keys,
    spread_pairs,
)
from cluster_engine.firms.pair_features import NAME_FEATURES, Features, calc_name_features
from cluster_engine.firms.pair_points import read_words
from cluster_engine.firms.pair_score import calc_name_points

PARALLEL_FROM = 100_000
"""Fewer names are compared sooner than a second process has started."""
N_JOBS = 2
MANY_FEATURES = 50_000
"""So many pairs are looked at in one go, to bound memory."""


@dataclass(frozen=True, slots=True)
class WeighedPairs:
    """Pairs of names that other facts may make one firm, or that are so by themselves.

    Attributes
    ----------
    left, right : array, shape (n_pairs,)
        Places of the names, left < right.
    features : array, shape (n_pairs, n_features)
        As `pair_features.NAME_FEATURES`.
    """

    left: Ints
    right: Ints
    features: Features


def weigh_names(
    keys: pd.Series[str],
    countries: pd.Series[str],
    *,
    lowest: float = 0.0,
    on_progress: Progress | None = None,
) -> WeighedPairs:
    """Find the pairs of names of one country that may be one firm.

    Parameters
    ----------
    keys, countries : Series
        Match key and country of each name, index 0 … n-1; names without a key are left out.
    lowest : float
        Log odds by names below which a pair of different keys is left out: other facts could not
        make it one firm.
    on_progress : callable, optional
        Called with names compared and names in all.
    """
    told = keys[keys != ""]
    blocks = [block for _, block in told.groupby(countries[told.index], sort=True)]
    # The largest first, so that no process is left alone with it at the end.
    blocks.sort(key=len, reverse=True)
    pieces, done = [_nothing()], 0
    for block, weighed in zip(blocks, _weigh_blocks(blocks, len(told), lowest), strict=True):
        pieces.append(weighed)
        done += len(block)
        if on_progress is not None:
            on_progress(done, len(told))
    if len(told) >= PARALLEL_FROM:
        # Idle, the processes that compared names would hold half a gigabyte.
        get_reusable_executor().shutdown(wait=True)
    return WeighedPairs(*(np.concatenate([getattr(piece, name) for piece in pieces])
                          for name in ("left", "right", "features")))  # fmt: skip


def _weigh_blocks(
    blocks: list[pd.Series[str]], n_names: int, lowest: float
) -> Iterator[WeighedPairs]:
    if n_names < PARALLEL_FROM:
        return (_weigh_block(block, lowest) for block in blocks)
    work = Parallel(n_jobs=N_JOBS, return_as="generator", pre_dispatch=N_JOBS, batch_size=1)
    found: Iterator[WeighedPairs] = work(delayed(_weigh_block)(block, lowest) for block in blocks)
    return found


def _nothing() -> WeighedPairs:
    none = np.empty(0, dtype=np.int64)
    return WeighedPairs(none, none, np.empty((0, len(NAME_FEATURES)), dtype=np.float32))


def _weigh_block(block: pd.Series[str], lowest: float) -> WeighedPairs:
    """Weigh the names of one country: different keys first, then names of one key."""
    first = block.drop_duplicates()
    pairs, features = _weigh_keys(first.tolist(), lowest)
    places = spread_pairs(pairs, first.index.to_numpy(dtype=np.int64))
    chain = chain_equal_keys(block)
    left, right = (
        np.concatenate([places[side].to_numpy(), chain[side].to_numpy()])
        for side in ("left", "right")
    )
    equal = block.loc[chain["left"].to_numpy()].tolist()
    ones = np.ones(len(equal), dtype=np.float32)
    none = np.zeros(len(equal), dtype=np.int64)
    same = calc_name_features(equal, equal, ones, none, read_words().weigh)
    return WeighedPairs(left, right, np.concatenate([features, same]))


def _weigh_keys(keys: list[str], lowest: float) -> tuple[KeyPairs, Features]:
    """Return the pairs of keys that facts could make one firm, and their features."""
    pairs = compare_keys(keys)
    borne = count_first_words(pd.Series(keys))
    kept, features = [np.empty(0, dtype=np.int64)], [_nothing().features]
    for start in range(0, len(pairs.left), MANY_FEATURES):
        part = slice(start, start + MANY_FEATURES)
        left, right = pairs.left[part], pairs.right[part]
        one, two = ([keys[at] for at in side.tolist()] for side in (left, right))
        weigh = read_words().weigh
        seen = calc_name_features(one, two, pairs.similarity[part], borne[left], weigh)
        worth = np.flatnonzero(calc_name_points(seen) >= lowest)
        kept.append(worth + start)
        features.append(seen[worth])
    at = np.concatenate(kept)
    return KeyPairs(pairs.left[at], pairs.right[at], pairs.similarity[at]), np.concatenate(features)


def count_first_words(keys: pd.Series[str]) -> Ints:
    """Return how many names begin with the first word of each key; shape (n_keys,).

    Those of the list or those known beforehand, whichever are more: in a short list every word is
    rare.
    """
    codes, words = pd.factorize(keys.str.split(n=1).str[0])
    known = np.array([read_words().counts.get(word, 0) for word in words], dtype=np.int64)
    return np.maximum(np.bincount(codes, minlength=len(words)), known)[codes]
