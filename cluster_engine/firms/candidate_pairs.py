"""Pairs of names worth comparing, in a time that grows little faster than the names.

Every pair of a million names would be 5·10¹¹. Two names are compared if they are of one country and
share their rarest character trigrams, as a misspelt, cut or reordered name keeps most of them; or
a rare word or beginning, which is all that is left of a name shortened word by word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, triu
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

Progress = Callable[[int, int], None]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

RARE_TRIGRAMS = 8
"""Rarest trigrams of a name that are looked at in a large block."""
SHARED_TRIGRAMS = 3
"""So many of them two names must share to be compared."""
MOST_NAMES = 400
"""A trigram of more names than this is no longer rare, whatever the block."""
SMALL_BLOCK = 4000
"""Up to so many names every trigram counts: the full comparison is quick enough."""
CHUNK = 5_000
LOWEST_SIMILARITY = 0.5
"""Cosine below which two names that share no rare word are not looked at further."""
MOST_BEARERS = 8
"""A first word or beginning of more names than this is no longer rare."""
MOST_BEARERS_ELSEWHERE = 3
"""The same for any other word."""
BEGINNING = 6
"""Letters of a name, written without spaces, that are its beginning."""


@dataclass(frozen=True, slots=True)
class KeyPairs:
    """Pairs of different keys worth comparing.

    Attributes
    ----------
    left, right : array, shape (n_pairs,)
        Places of the keys, left < right; sorted.
    similarity : array, shape (n_pairs,)
        Cosine of character trigrams weighted by their rarity among the keys.
    """

    left: Ints
    right: Ints
    similarity: Floats


def find_candidates(
    keys: Sequence[str], countries: Sequence[str], *, on_progress: Progress | None = None
) -> pd.DataFrame:
    """Find pairs of names of one country that are alike.

    Parameters
    ----------
    keys, countries : sequence of str
        Match key and country of each name, length n; names without a country are a block.
    on_progress : callable, optional
        Called with names done and n.

    Returns
    -------
    DataFrame
        left, right (positions, left < right), similarity (cosine of character trigrams weighted
        by their rarity in the country; 1 for equal keys); sorted. Of the names of one key, each is
        paired with the first, and only the first with other keys.
    """
    frame = pd.DataFrame({"key": list(keys), "country": list(countries)})
    frame = frame[frame["key"] != ""]
    pieces, done = [_shape((), (), ())], 0
    for _, block in frame.groupby("country", sort=True):
        first = block.drop_duplicates("key")
        pairs = compare_keys(first["key"].tolist())
        pieces += [spread_pairs(pairs, first.index.to_numpy()), chain_equal_keys(block["key"])]
        done += len(block)
        if on_progress is not None:
            on_progress(done, len(frame))
    return pd.concat(pieces).sort_values(["left", "right"], ignore_index=True)


def _shape(left: object, right: object, similarity: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "left": np.asarray(left, dtype=np.int64),
            "right": np.asarray(right, dtype=np.int64),
            "similarity": np.asarray(similarity, dtype=np.float32),
        }
    )


def spread_pairs(pairs: KeyPairs, places: Ints) -> pd.DataFrame:
    """Return pairs of keys as pairs of the names that bear them first, at `places`."""
    left, right = places[pairs.left], places[pairs.right]
    return _shape(np.minimum(left, right), np.maximum(left, right), pairs.similarity)


def chain_equal_keys(keys: pd.Series[str]) -> pd.DataFrame:
    """Pair each name with the first of the same key; places are those of the index."""
    codes, _ = pd.factorize(keys)
    own = keys.index.to_numpy(dtype=np.int64)
    _, at = np.unique(codes, return_index=True)
    first = own[at][codes]
    again = first != own
    return _shape(first[again], own[again], np.ones(int(again.sum())))


def compare_keys(keys: list[str]) -> KeyPairs:
    """Find the pairs of different keys of one country that are worth comparing.

    Parameters
    ----------
    keys : list of str
        Each once, none empty.
    """
    if len(keys) < 2:
        none = np.empty(0, dtype=np.int64)
        return KeyPairs(none, none, none.astype(np.float32))
    counts = CountVectorizer(
        analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32, lowercase=False
    ).fit_transform(keys)
    present = csr_array(counts)
    frequency = np.bincount(present.indices, minlength=present.shape[1])
    idf = (np.log((1 + len(keys)) / (1 + frequency)) + 1).astype(np.float32)
    vectors = csr_array(normalize(present.multiply(idf[None, :]).tocsr(), copy=False))
    if len(keys) <= SMALL_BLOCK:
        near = _compare_all(vectors)
    else:
        near = _compare_rare(vectors, _keep_rare(present, frequency))
    word = _pair_bearers(keys)
    left, right = word[:, 0], word[:, 1]
    every = pd.concat([near, _shape(left, right, _calc_cosines(vectors, left, right))])
    every = every.drop_duplicates(["left", "right"]).sort_values(["left", "right"])
    return KeyPairs(*(every[name].to_numpy() for name in ("left", "right", "similarity")))


def _pair_bearers(keys: list[str]) -> Ints:
    """Pair the keys that share a rare word, first word or beginning; shape (n_pairs, 2)."""
    words = pd.Series(keys).str.split().explode()
    first = words[~words.index.duplicated()]
    beginning = pd.Series([key.replace(" ", "")[:BEGINNING] for key in keys])
    pieces = [
        pair_few(words, MOST_BEARERS_ELSEWHERE),
        pair_few(first, MOST_BEARERS),
        pair_few(beginning, MOST_BEARERS),
    ]
    return np.unique(np.concatenate(pieces), axis=0)


def pair_few(values: pd.Series[str], most: int) -> Ints:
    """Pair the places (index) of a value that at most so many have; shape (n_pairs, 2)."""
    codes, _ = pd.factorize(values)
    size = np.bincount(codes)
    rare = (size[codes] > 1) & (size[codes] <= most)
    place, code = values.index.to_numpy(dtype=np.int64)[rare], codes[rare]
    order = np.lexsort((place, code))
    place, code = place[order], code[order]
    pieces = [np.empty((0, 2), dtype=np.int64)]
    for step in range(1, most):
        same = (code[step:] == code[:-step]) & (place[step:] != place[:-step])
        pieces.append(np.column_stack([place[:-step][same], place[step:][same]]))
    return np.concatenate(pieces)


def _compare_all(vectors: csr_array) -> pd.DataFrame:
    alike = triu(vectors @ vectors.T, k=1).tocoo()
    near = alike.data >= LOWEST_SIMILARITY
    return _shape(alike.row[near], alike.col[near], alike.data[near])


def _keep_rare(present: csr_array, frequency: Ints) -> csr_array:
    """Return ones at the rarest trigrams of each name."""
    n_names = present.shape[0]
    row = np.repeat(np.arange(n_names), np.diff(present.indptr))
    how_many = frequency[present.indices]
    order = np.lexsort((present.indices, how_many, row))
    place = np.arange(len(row)) - present.indptr[row[order]]
    usable = (place < RARE_TRIGRAMS) & (how_many[order] <= MOST_NAMES) & (how_many[order] > 1)
    chosen = order[usable]
    ones = np.ones(len(chosen), dtype=np.float32)
    return csr_array((ones, (row[chosen], present.indices[chosen])), shape=present.shape)


def _compare_rare(vectors: csr_array, rare: csr_array) -> pd.DataFrame:
    pieces = []
    columns = rare.T.tocsr()
    for start in range(0, rare.shape[0], CHUNK):
        shared = (rare[start : start + CHUNK] @ columns).tocoo()
        row = shared.row.astype(np.int64) + start
        worth = (shared.data >= SHARED_TRIGRAMS) & (row < shared.col)
        left, right = row[worth], shared.col[worth].astype(np.int64)
        similarity = _calc_cosines(vectors, left, right)
        near = similarity >= LOWEST_SIMILARITY
        pieces.append(_shape(left[near], right[near], similarity[near]))
    return pd.concat(pieces, ignore_index=True)


def _calc_cosines(vectors: csr_array, left: Ints, right: Ints) -> Floats:
    """Cosines of pairs of rows, some at a time, as the rows are copied."""
    parts = [
        np.asarray(
            vectors[left[i : i + CHUNK * 10]]
            .multiply(vectors[right[i : i + CHUNK * 10]])
            .sum(axis=1)
        ).ravel()
        for i in range(0, len(left), CHUNK * 10)
    ]
    return np.concatenate([np.empty(0, dtype=np.float32), *parts])
