"""How likely two records are one firm, from what their names and facts have in common.

A logit: a base, and points for each thing seen; `why` names them. The points of the names are
fitted by `scripts/fit_pair_score.py` on the development half of the labelled pairs and lie in
`pair_points.toml`. Those of the other facts are judgements, as no list at hand has them for both
sides of enough pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.firms.pair_features import NAME_FEATURES, Features
from cluster_engine.firms.pair_points import read_points

FACT_POINTS: Mapping[str, float] = MappingProxyType(
    {
        "same website": 5.0,
        "other website": -2.0,
        "same city": 0.2,
        "other city": -1.0,
        "other country": -6.0,
        "country unknown": -1.0,
        "other legal form": -2.0,
        "other size": -1.5,
    }
)
"""Judgements, in log odds."""
SIZE_RATIO = 10.0
"""Employees or sales further apart than this are those of two firms, or of group and unit."""


def calc_name_points(names: Features) -> NDArray[np.float32]:
    """Return the log odds by names alone, shape (n,), of features of shape (n, n_features)."""
    points = read_points()
    weights = np.array([points.names[name] for name in NAME_FEATURES], dtype=np.float32)
    return np.asarray(names @ weights + np.float32(points.base), dtype=np.float32)


def calc_scores(names: Features, facts: pd.DataFrame) -> NDArray[np.float64]:
    """Return the probability that each pair is one firm.

    Parameters
    ----------
    names : array, shape (n, n_features)
        From `pair_features.calc_name_features`.
    facts : DataFrame
        n rows, one boolean column for each of `FACT_POINTS` that was looked at.
    """
    weights = np.array([FACT_POINTS[name] for name in facts.columns])
    logit = calc_name_points(names) + facts.to_numpy(dtype=np.float64) @ weights
    return np.asarray(1 / (1 + np.exp(-logit)), dtype=np.float64)


def explain_scores(names: Features, facts: pd.DataFrame) -> list[str]:
    """Return what speaks for and against each pair, the weightiest first."""
    labels: Sequence[str] = [*NAME_FEATURES, *facts.columns]
    own = read_points().names
    weights = np.array([*(own[name] for name in NAME_FEATURES),
                        *(FACT_POINTS[name] for name in facts.columns)])  # fmt: skip
    values = np.hstack([names, facts.to_numpy(dtype=np.float32)])
    order = np.argsort(-np.abs(values * weights), axis=1, kind="stable")
    texts = []
    for row, places in enumerate(order):
        seen = [labels[i] for i in places if values[row, i] and i]
        texts.append("; ".join([f"names {values[row, 0]:.0%} alike", *seen]))
    return texts
