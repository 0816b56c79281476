"""Piecewise-linear curves as columns of a matrix: a term is a sum of ramps between knots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.targeting.place.terms import Term

Floats = NDArray[np.float64]

TAIL = 0.01
"""Beyond these quantiles a curve is flat: so few cells do not tell its slope."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Knots of every term, and what its ramps are centred on.

    Attributes
    ----------
    terms : tuple of Term, length n_terms
    directions : tuple of int, length n_terms
    knots : tuple of ndarray of float, each of shape (n_knots,)
        Unit of the feature, rising.
    centres : tuple of ndarray of float, each of shape (n_knots - 1,)
        Mean of every ramp over the cells learned from.
    """

    terms: tuple[Term, ...]
    directions: tuple[int, ...]
    knots: tuple[Floats, ...]
    centres: tuple[Floats, ...]

    @property
    def lengths(self) -> tuple[int, ...]:
        """Ramps of every term."""
        return tuple(len(centre) for centre in self.centres)


def place_curves(
    terms: Sequence[Term],
    directions: Sequence[int],
    values: Mapping[str, Floats],
    *,
    n_ramps: int = 6,
) -> Curves:
    """Put knots at quantiles of each feature.

    Parameters
    ----------
    terms : sequence of Term
    directions : sequence of int
        1 rising, -1 falling, 0 free.
    values : mapping of str to ndarray of float, shape (n_cells,)
        Features; NaN where unknown. A feature that is unknown everywhere, or the same everywhere,
        is no term.
    n_ramps : int
        Most ramps of a term; 1 makes it a straight line.
    """
    kept, signs, knots, centres = [], [], [], []
    for term, sign in zip(terms, directions, strict=True):
        known = values[term.name][np.isfinite(values[term.name])]
        at = np.unique(np.quantile(known, np.linspace(TAIL, 1 - TAIL, n_ramps + 1))) if (
            len(known)
        ) else np.empty(0)  # fmt: skip
        if len(at) < 2:
            continue
        kept.append(term)
        signs.append(sign)
        knots.append(at)
        centres.append(_calc_ramps(known, at).mean(axis=0))
    return Curves(tuple(kept), tuple(signs), tuple(knots), tuple(centres))


def lay_ramps(curves: Curves, values: Mapping[str, Floats]) -> Floats:
    """Columns of all ramps, centred, shape (n_cells, n_ramps in all); 0 where a value is unknown.

    An unknown value so adds nothing: it counts as the average of the cells learned from.
    """
    blocks = []
    for term, knots, centre in zip(curves.terms, curves.knots, curves.centres, strict=True):
        blocks.append(np.nan_to_num(_calc_ramps(values[term.name], knots) - centre))
    return np.concatenate(blocks, axis=1)


def _calc_ramps(values: Floats, knots: Floats) -> Floats:
    """How far along each stretch between two knots a value is, 0 to 1; NaN stays NaN."""
    low, high = knots[:-1], knots[1:]
    ramps: Floats = np.clip((values[:, None] - low) / (high - low), 0.0, 1.0)
    return ramps


def penalise(curves: Curves, ridge: float, smooth: float) -> Floats:
    """Quadratic penalty of the ramps' heights, shape (n_ramps, n_ramps in all).

    Ridge on the heights, and on the change of slope between neighbours, both scaled so that a
    straight line costs the same with any number of ramps.
    """
    size = sum(curves.lengths)
    penalty = np.zeros((size, size))
    start = 0
    for knots, length in zip(curves.knots, curves.lengths, strict=True):
        block = ridge * length * np.eye(length)
        if length > 1:
            width = np.diff(knots) * (length / (knots[-1] - knots[0]))
            change = np.diff(np.diag(1.0 / width), axis=0)
            block += smooth * length * length / 4.0 * (change.T @ change) * width.min() ** 2
        penalty[start : start + length, start : start + length] = block
        start += length
    return penalty


def limit_heights(curves: Curves) -> list[tuple[float | None, float | None]]:
    """Bounds of the ramps' heights: a rising curve has none below 0."""
    bounds = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    return [
        bounds[sign]
        for sign, length in zip(curves.directions, curves.lengths, strict=True)
        for _ in range(length)
    ]
