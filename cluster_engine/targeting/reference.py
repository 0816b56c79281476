"""The yardstick of the score: what is typical over all firms of the pack.

Fitted once, when a model is trained; ranking only applies it. A firm's unknown figure is replaced
by what is typical for firms like it - never by zero - and the replacement is noted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.targeting.criteria import CRITERIA, PARTS, Criterion
from cluster_engine.targeting.features import SECTOR_PARTS, FirmFeatures
from cluster_engine.targeting.unknown import (
    fill_unknown,
    fit_residuals,
    fit_typical,
    list_absent,
    rounded,
)

Floats = NDArray[np.float64]
Reference = Mapping[str, Any]


def fit_reference(
    features: FirmFeatures,
    scoring: Scoring,
    uncertainty: Uncertainty | None = None,
    criteria: Sequence[Criterion] = CRITERIA,
) -> dict[str, Any]:
    """Learn typical values, means and standard deviations over all firms.

    Parameters
    ----------
    features : FirmFeatures
        All rankable firms of the pack.
    scoring : Scoring
        Prior typical values.
    uncertainty : Uncertainty, optional
        Priors of spreads; without it, none around typical employees.
    criteria : sequence of Criterion

    Returns
    -------
    dict
        'typical', 'absent' (parts that no firm has), 'parts', 'criteria', 'families' and
        'residuals'; JSON-ready.
    """
    reference: dict[str, Any] = {
        "typical": fit_typical(features, scoring),
        "absent": list_absent(features, scoring),
    }
    filled, _ = fill_unknown(features, reference)
    reference["parts"] = {part: _spread(filled[part]) for part in PARTS} | {
        part: {"mean": scoring.prior_mean[part], "sd": scoring.prior_sd[part]}
        for part in reference["absent"]
    }
    size_sd = 0.0 if uncertainty is None else uncertainty.size_sd
    reference["residuals"] = fit_residuals(features, reference, scoring, size_sd=size_sd)
    totals = {
        criterion.name: _total(filled, criterion, features.trust, reference, scoring.limit)
        for criterion in criteria
    }
    reference["criteria"] = {
        criterion.name: _spread_criterion(totals[criterion.name], criterion, reference)
        for criterion in criteria
    }
    families: dict[str, Floats] = {}
    for criterion in criteria:
        if criterion.family:
            so_far = families.get(criterion.family, 0.0)
            families[criterion.family] = so_far + totals[criterion.name]
    reference["families"] = {name: _spread(total) for name, total in families.items()}
    return reference


def standardise(
    filled: Mapping[str, Floats],
    trust: Floats,
    reference: Reference,
    scoring: Scoring,
    criteria: Sequence[Criterion] = CRITERIA,
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
    criteria : sequence of Criterion

    Returns
    -------
    dict of str to ndarray of float, each of shape (n_firms,)
        In standard deviations of the criterion, or of its family's total.
    """
    return {
        criterion.name: scale(
            _total(filled, criterion, trust, reference, scoring.limit),
            find_spread(criterion, reference),
            scoring.criterion_limit,
        )
        for criterion in criteria
    }


def find_spread(criterion: Criterion, reference: Reference) -> dict[str, float]:
    """Mean of a criterion, and the standard deviation it is measured in."""
    own: dict[str, float] = reference["criteria"][criterion.name]
    if not criterion.family:
        return own
    return {"mean": own["mean"], "sd": reference["families"][criterion.family]["sd"]}


def scale(values: Floats, spread: Mapping[str, float], limit: float) -> Floats:
    """Standard deviations from the mean, cut at the limit; 0 where nothing varies."""
    if spread["sd"] == 0:
        return np.zeros_like(values)
    return np.clip((values - spread["mean"]) / spread["sd"], -limit, limit)


def _total(
    filled: Mapping[str, Floats],
    criterion: Criterion,
    trust: Floats,
    reference: Reference,
    limit: float,
) -> Floats:
    """Mean of a criterion's standardised parts; of a learned term, the sum as it was learned."""
    if criterion.family:
        learned = [
            (filled[part] - reference["parts"][part]["mean"]) * _weigh(part, trust)
            for part in criterion.parts
        ]
        return np.asarray(np.sum(learned, axis=0))
    scaled = [
        scale(filled[part], reference["parts"][part], limit) * _weigh(part, trust)
        for part in criterion.parts
    ]
    return np.asarray(np.mean(scaled, axis=0))


def _weigh(part: str, trust: Floats) -> Floats | float:
    return trust if part in SECTOR_PARTS else 1.0


def _spread(values: Floats) -> dict[str, float]:
    return {"mean": rounded(float(values.mean())), "sd": rounded(float(values.std()))}


def _spread_criterion(
    values: Floats, criterion: Criterion, reference: Reference
) -> dict[str, float]:
    spread = _spread(values)
    n_absent = sum(part in reference["absent"] for part in criterion.parts)
    if spread["sd"] == 0 and n_absent:
        # Nothing varies over the firms of the pack: independent parts, each with spread 1.
        return {"mean": 0.0, "sd": rounded(n_absent**0.5 / len(criterion.parts))}
    return spread
