"""Pairs of names worth comparing, in a time that grows little faster than the names.

Every pair of a million names would be 5·10¹¹. Two names are compared if they are of one country and
share their rarest character trigrams: a misspelt, cut or reordered name keeps most of them, and a
rare trigram is shared by few.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, triu
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

Progress = Callable[[int, int], None]
Ints = NDArray[np.int64]

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
"""Cosine below which two names are not looked at further."""


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
        by their rarity in the country); sorted.
    """
    frame = pd.DataFrame({"key": list(keys), "country": list(countries)})
    frame = frame[frame["key"] != ""]
    pieces, done = [], 0
    for _, block in frame.groupby("country", sort=True):
        unique = block.drop_duplicates("key")
        pairs = _compare(unique["key"].tolist())
        pieces.append(_spread(pairs, unique["key"].to_numpy(), block))
        done += len(block)
        if on_progress is not None:
            on_progress(done, len(frame))
    found = pd.concat(pieces) if pieces else _shape((), (), ())
    return found.sort_values(["left", "right"], ignore_index=True)


def _shape(left: object, right: object, similarity: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "left": np.asarray(left, dtype=np.int64),
            "right": np.asarray(right, dtype=np.int64),
            "similarity": np.asarray(similarity, dtype=np.float64),
        }
    )


def _spread(pairs: pd.DataFrame, unique: NDArray[np.object_], block: pd.DataFrame) -> pd.DataFrame:
    """Return positions for pairs of different keys, and a chain through those of one key."""
    place = block.reset_index().drop_duplicates("key").set_index("key")["index"]
    first = place.reindex(unique).to_numpy(dtype=np.int64)
    left, right = first[pairs["left"].to_numpy()], first[pairs["right"].to_numpy()]
    chain = block["key"].map(place).to_numpy(dtype=np.int64)
    own = block.index.to_numpy(dtype=np.int64)
    again = chain != own
    low, high = np.minimum(left, right), np.maximum(left, right)
    return pd.concat(
        [_shape(low, high, pairs["similarity"]),
         _shape(chain[again], own[again], np.ones(int(again.sum())))]
    )  # fmt: skip


def _compare(keys: list[str]) -> pd.DataFrame:
    if len(keys) < 2:
        return _shape((), (), ())
    counts = CountVectorizer(
        analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32, lowercase=False
    ).fit_transform(keys)
    present = csr_array(counts)
    frequency = np.bincount(present.indices, minlength=present.shape[1])
    idf = (np.log((1 + len(keys)) / (1 + frequency)) + 1).astype(np.float32)
    vectors = csr_array(normalize(present.multiply(idf[None, :]).tocsr()))
    if len(keys) <= SMALL_BLOCK:
        return _compare_all(vectors)
    return _compare_rare(vectors, _keep_rare(present, frequency))


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


def _calc_cosines(vectors: csr_array, left: Ints, right: Ints) -> NDArray[np.float64]:
    """Cosines of pairs of rows, some at a time, as the rows are copied."""
    parts = [
        np.asarray(
            vectors[left[i : i + CHUNK * 10]]
            .multiply(vectors[right[i : i + CHUNK * 10]])
            .sum(axis=1)
        ).ravel()
        for i in range(0, len(left), CHUNK * 10)
    ]
    return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)
