"""Industry of a firm from a few words: a linear model small enough to ship as plain numbers.

The coder that builds the pack (`industry_coding`) needs the publishers' files and a minute. This
one is fitted on what that one found, and on the official index; see `text_coder_fit`. It holds
stems of words with their weights, and no text of a company.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.firms.coding_text import find_terms, split_descriptions
from cluster_engine.firms.industry_coding import Coding, calc_division_shares, find_codes

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CHUNK = 4000
LEAST_TERMS = 2
"""A text with fewer known terms says too little to code a firm by."""

SCALE = 127.0
FORMAT = 1


@dataclass(frozen=True, slots=True)
class TextCoder:
    """A linear coder.

    Attributes
    ----------
    terms : Mapping of str to int
        Column of every stem or pair of stems.
    rarity : array, shape (n_terms,)
        Inverse document frequency.
    weights : csr_array, shape (n_terms, n_classes)
        Log odds of a class by term.
    bias : array, shape (n_classes,)
        Log odds without a term.
    industries : array of str, shape (n_classes,)
        Four-digit codes, sorted.
    division_of : array of int, shape (n_classes,)
        Position of each code's division among the sorted divisions.
    slope, intercept : float
        Calibration: log odds that the division is right, from those of its share.
    """

    terms: Mapping[str, int]
    rarity: NDArray[np.float32]
    weights: csr_array
    bias: NDArray[np.float32]
    industries: NDArray[np.str_]
    division_of: NDArray[np.int64]
    slope: float
    intercept: float


def join_fields(texts: Sequence[str], subjects: Sequence[str] = ()) -> list[str]:
    """Return descriptions with their first sentence counted twice more, without history."""
    names = subjects or [""] * len(texts)
    told = split_descriptions(names, [""] * len(texts), texts, names)
    return [
        f"{first} {first} {more} {whole}"
        for first, more, whole in zip(told.beginning, told.continuation, told.whole, strict=True)
    ]


def code_texts(coder: TextCoder, texts: Sequence[str]) -> pd.DataFrame:
    """Code descriptions in English.

    Parameters
    ----------
    coder : TextCoder
    texts : sequence of str
        Descriptions; those with fewer than two known terms get no code.

    Returns
    -------
    DataFrame
        row, industry, weight (adds up to 1 for each row), confidence (calibrated probability that
        the division of the main code is right); main code first.
    """
    parts = []
    for start in range(0, len(texts), CHUNK):
        part = list(texts[start : start + CHUNK])
        share, n_terms = calc_class_shares(coder, join_fields(part))
        codes = find_codes(calibrate(coder, share), coder)
        told = codes[n_terms[codes["row"]] >= LEAST_TERMS]
        parts.append(told.assign(row=told["row"] + start))
    empty = pd.DataFrame(columns=["row", "industry", "weight", "confidence"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def calc_class_shares(
    coder: TextCoder, texts: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return P(class), shape (n_texts, n_classes), not calibrated, and the known terms of each."""
    vectors = _count(coder, texts)
    score = (vectors @ coder.weights).toarray() + coder.bias
    share = 1.0 / (1.0 + np.exp(-np.clip(score, -30, 30)))
    n_terms = np.diff(vectors.indptr).astype(np.int64)
    return (share / share.sum(axis=1, keepdims=True)).astype(np.float32), n_terms


def calibrate(coder: TextCoder, share: NDArray[np.float32]) -> Coding:
    """Return the codings with the probability that their division is right."""
    divisions = calc_division_shares(coder.division_of, share)
    best = np.clip(divisions.max(axis=1), 1e-6, 1 - 1e-6)
    odds = coder.slope * np.log(best / (1 - best)) + coder.intercept
    return Coding(share, divisions.argmax(axis=1), 1.0 / (1.0 + np.exp(-odds)))


def _count(coder: TextCoder, texts: Sequence[str]) -> csr_array:
    """Return TF-IDF vectors of length 1, shape (n_texts, n_terms), as they were fitted."""
    from scipy.sparse import csr_array

    starts, columns, values = [0], [], []
    for known in _find_known(coder, texts):
        weight = np.array([1.0 + np.log(n) for n in known.values()]) * coder.rarity[list(known)]
        columns += list(known)
        values += list(weight / max(float(np.sqrt((weight**2).sum())), 1e-12))
        starts.append(len(columns))
    shape = (len(texts), len(coder.rarity))
    return csr_array((np.array(values, dtype=np.float32), np.array(columns, dtype=np.int64),
                      np.array(starts, dtype=np.int64)), shape=shape)  # fmt: skip


def _find_known(coder: TextCoder, texts: Sequence[str]) -> Iterator[Counter[int]]:
    for text in texts:
        yield Counter(coder.terms[term] for term in find_terms(text) if term in coder.terms)


def pack_coder(coder: TextCoder) -> dict[str, NDArray[Any]]:
    """Return the coder as arrays of plain numbers: weights in 255 steps, zeros left out."""
    largest = float(np.abs(coder.weights.data).max())
    steps = np.rint(coder.weights.data / largest * SCALE).astype(np.int8)
    kept = coder.weights.copy()
    kept.data = steps.astype(np.float32)
    kept.eliminate_zeros()
    return {
        "format": np.array([FORMAT], dtype=np.int64),
        "terms": np.frombuffer("\n".join(coder.terms).encode("utf-8"), dtype=np.uint8),
        "rarity": coder.rarity.astype(np.float32),
        "steps": kept.data.astype(np.int8),
        "columns": kept.indices.astype(np.uint16),
        "starts": kept.indptr.astype(np.int32),
        "bias": coder.bias.astype(np.float32),
        "industries": np.char.encode(coder.industries, "ascii"),
        "constants": np.array([largest / SCALE, coder.slope, coder.intercept]),
    }


def unpack_coder(arrays: Mapping[str, NDArray[Any]]) -> TextCoder:
    """Return the coder that :func:`pack_coder` made arrays of."""
    from scipy.sparse import csr_array

    terms = arrays["terms"].tobytes().decode("utf-8").split("\n")
    industries = np.char.decode(arrays["industries"], "ascii").astype("U4")
    step, slope, intercept = (float(value) for value in arrays["constants"])
    weights = csr_array(
        (arrays["steps"].astype(np.float32) * np.float32(step),
         arrays["columns"].astype(np.int32), arrays["starts"]),
        shape=(len(terms), len(industries)),
    )  # fmt: skip
    division_of = np.unique(industries.astype("U2"), return_inverse=True)[1]
    return TextCoder(
        {term: place for place, term in enumerate(terms)},
        arrays["rarity"],
        weights,
        arrays["bias"],
        industries,
        division_of.astype(np.int64),
        slope,
        intercept,
    )
