"""The yardstick of the score: what is typical over all firms of the pack.

Fitted once, when a model is trained; ranking only applies it. A firm's unknown figure is replaced
by what is typical for firms like it - never by zero - and the replacement is noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.settings import Scoring
from cluster_engine.targeting.criteria import CRITERIA, PARTS
from cluster_engine.targeting.features import SECTOR_PARTS, FirmFeatures

Floats = NDArray[np.float64]
Reference = Mapping[str, Any]

BY_SIZE = ("rd", "patents_abroad", "trademarks_abroad")
"""Parts whose typical value follows from the number of employees."""

MINIMUM_FOR_LINE = 20
"""Firms needed to fit a line; with fewer the mean is used."""

ROUNDING = 10
"""Digits kept, so that the manifest is the same on every machine."""


def fit_reference(features: FirmFeatures, scoring: Scoring) -> dict[str, Any]:
    """Learn typical values, means and standard deviations over all firms.

    Parameters
    ----------
    features : FirmFeatures
        All rankable firms of the pack.
    scoring : Scoring
        Prior typical values.

    Returns
    -------
    dict
        'typical', 'parts' and 'criteria'; JSON-ready.
    """
    typical = {
        "employees": dict(scoring.typical_employees),
        "rd_intensity": _fit_intensity(features, scoring.rd_intensity_quantile),
        "lines": {part: _fit_line(features, part) for part in BY_SIZE},
        "rd_ceiling": _fit_ceiling(features),
        "mean": {part: _mean(features.parts[part]) for part in PARTS},
    }
    reference: dict[str, Any] = {"typical": typical}
    filled, _ = fill_unknown(features, reference)
    reference["parts"] = {part: _spread(filled[part]) for part in PARTS}
    reference["criteria"] = {
        criterion.name: _spread(
            _mean_of_parts(filled, criterion.parts, features.trust, reference, scoring.limit)
        )
        for criterion in CRITERIA
    }
    return reference


def fill_unknown(
    features: FirmFeatures, reference: Reference
) -> tuple[dict[str, Floats], dict[str, NDArray[np.bool_]]]:
    """Replace unknown parts by typical values.

    Returns
    -------
    filled : dict of str to ndarray of float, each of shape (n_firms,)
    unknown : dict of str to ndarray of bool, each of shape (n_firms,)
        Where a value was replaced.
    """
    typical = reference["typical"]
    unknown = {part: np.isnan(features.parts[part]) for part in PARTS}
    filled = dict(features.parts)
    sizes = features.firms["size_class"].fillna("unknown").map(typical["employees"])
    by_class = features.firms["knowledge_class"].map(typical["rd_intensity"]["classes"])
    guesses: dict[str, Floats] = {
        "employees": np.log10(sizes.to_numpy(dtype=np.float64)),
        "rd_intensity": by_class.fillna(typical["rd_intensity"]["all"]).to_numpy(np.float64),
    }
    for part in PARTS:
        guess = guesses.get(part, np.full(len(sizes), typical["mean"][part]))
        if part in BY_SIZE:
            line = typical["lines"][part]
            guess = line["intercept"] + line["slope"] * filled["employees"]
        if part == "rd":
            guess = np.minimum(guess, typical["rd_ceiling"])
        filled[part] = np.where(unknown[part], guess, features.parts[part])
    return filled, unknown


def standardise(
    filled: Mapping[str, Floats], trust: Floats, reference: Reference, scoring: Scoring
) -> dict[str, Floats]:
    """Value of every criterion in standard deviations from the average firm.

    Parameters
    ----------
    filled : mapping of str to ndarray
        From :func:`fill_unknown`.
    trust : ndarray of float, shape (n_firms,)
        Probability that a firm's industry code is right. What follows from the code counts in
        that proportion, and as average for the rest: its expected value.
    reference : mapping
        From :func:`fit_reference`.
    scoring : Scoring
        Largest absolute value of a part, and of a criterion.

    Returns
    -------
    dict of str to ndarray of float, each of shape (n_firms,)
    """
    values = {}
    for criterion in CRITERIA:
        mean = _mean_of_parts(filled, criterion.parts, trust, reference, scoring.limit)
        spread = reference["criteria"][criterion.name]
        values[criterion.name] = _scale(mean, spread, scoring.criterion_limit)
    return values


def _mean_of_parts(
    filled: Mapping[str, Floats],
    parts: tuple[str, ...],
    trust: Floats,
    reference: Reference,
    limit: float,
) -> Floats:
    scaled = [
        _scale(filled[part], reference["parts"][part], limit)
        * (trust if part in SECTOR_PARTS else 1.0)
        for part in parts
    ]
    mean: Floats = np.mean(scaled, axis=0)
    return mean


def _scale(values: Floats, spread: Mapping[str, float], limit: float) -> Floats:
    if spread["sd"] == 0:
        return np.zeros_like(values)
    return np.clip((values - spread["mean"]) / spread["sd"], -limit, limit)


def _spread(values: Floats) -> dict[str, float]:
    return {"mean": _rounded(float(values.mean())), "sd": _rounded(float(values.std()))}


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return _rounded(float(known.mean())) if len(known) else 0.0


def _rounded(value: float) -> float:
    return float(round(float(value), ROUNDING))


def _fit_line(features: FirmFeatures, part: str) -> dict[str, float]:
    x, y = features.parts["employees"], features.parts[part]
    known = ~np.isnan(x) & ~np.isnan(y)
    if known.sum() < MINIMUM_FOR_LINE or np.ptp(x[known]) == 0:
        return {"intercept": _mean(y), "slope": 0.0}
    slope, intercept = (float(term) for term in np.polyfit(x[known], y[known], 1))
    return {"intercept": _rounded(intercept), "slope": _rounded(slope)}


def _fit_ceiling(features: FirmFeatures) -> float:
    """Smallest R&D that put a firm on the panel: a firm that is not on it spends less."""
    known = features.parts["rd"][~np.isnan(features.parts["rd"])]
    return _rounded(float(np.quantile(known, 0.05))) if len(known) else 0.0


def _fit_intensity(features: FirmFeatures, quantile: float) -> dict[str, Any]:
    values = pd.Series(features.parts["rd_intensity"])
    classes = features.firms["knowledge_class"].to_numpy()
    by_class = values.groupby(classes).quantile(quantile).dropna()
    overall = values.quantile(quantile)
    return {
        "classes": {str(name): _rounded(value) for name, value in by_class.items()},
        "all": 0.0 if np.isnan(overall) else _rounded(float(overall)),
    }
