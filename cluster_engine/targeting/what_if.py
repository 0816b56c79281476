"""What would change a firm's rank: score again with one thing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cluster_engine.parameters import Scoring
from cluster_engine.results import Model
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.features import SECTOR_PARTS, FirmFeatures
from cluster_engine.targeting.part_words import PART_WORDS
from cluster_engine.targeting.score import Scored, list_missing, score_firms

QUANTILE = 1.2815515655446004
"""Standard deviations from the middle to the lowest and the highest tenth."""

MOST_UNKNOWN = 3
"""Unknown figures that are tried out: those that could move the score most."""

WEIGHT_STEP = 0.5
"""Share by which the largest weight is moved either way."""


def try_changes(scored: Scored, position: int, model: Model, scoring: Scoring) -> pd.DataFrame:
    """Score again with one thing changed at a time.

    Parameters
    ----------
    scored : Scored
        All firms of the market.
    position : int
        The firm.
    model : Model
    scoring : Scoring

    Returns
    -------
    DataFrame
        change (words), score, rank; first what can be found out about the firm, then weights.
    """
    cases: list[tuple[str, FirmFeatures, Scoring]] = []
    for part in _find_weightiest(scored, position, model, scoring):
        for words, sign in (("low", -1.0), ("high", 1.0)):
            value = scored.filled[part][position] + sign * QUANTILE * _residual(part, model)
            shown = PART_WORDS[part].show(value)
            label = f"if {PART_WORDS[part].label} were known and {words} ({shown})"
            cases.append((label, _set_part(scored.features, part, position, value), scoring))
    trust = float(scored.features.trust[position])
    if trust < 1.0:
        for label, sure in (
            ("if the industry code were certain", 1.0),
            ("if the industry code were wrong (average of all industries)", 0.0),
        ):
            cases.append((label, _set_trust(scored.features, position, sure), scoring))
    name = _find_largest(scored, position)
    for step in (1.0 + WEIGHT_STEP, 1.0 - WEIGHT_STEP):
        weight = scoring.weights[name] * step
        label = f"if the weight of {name} were {weight:g} (now {scoring.weights[name]:g})"
        weights: Mapping[str, float] = {**scoring.weights, name: weight}
        cases.append((label, scored.features, replace(scoring, weights=weights)))
    rows = []
    for label, features, rules in cases:
        after = score_firms(features, model.reference, rules)
        rank = int(np.flatnonzero(after.order == position)[0]) + 1
        rows.append({"change": label, "score": float(after.score[position]), "rank": rank})
    return pd.DataFrame(rows, columns=["change", "score", "rank"])


def _list_unknown(scored: Scored, position: int, model: Model) -> list[str]:
    """Own figures of the firm that are not known but could be."""
    missing = list_missing(scored, model.reference)
    return [
        part
        for part, mask in scored.unknown.items()
        if mask[position] and part not in missing and part not in SECTOR_PARTS
    ]


def _find_weightiest(scored: Scored, position: int, model: Model, scoring: Scoring) -> list[str]:
    """Unknown figures that could move the score most, from a low to a high value."""

    def move(part: str) -> float:
        ends = [
            score_firms(
                _set_part(scored.features, part, position, scored.filled[part][position] + step),
                model.reference,
                scoring,
            ).score[position]
            for step in np.array([-1.0, 1.0]) * QUANTILE * _residual(part, model)
        ]
        return float(abs(ends[1] - ends[0]))

    moves = {part: move(part) for part in _list_unknown(scored, position, model)}
    return sorted(moves, key=lambda part: (-moves[part], part))[:MOST_UNKNOWN]


def _residual(part: str, model: Model) -> float:
    return float(model.reference["residuals"][part])


def _set_part(features: FirmFeatures, part: str, position: int, value: float) -> FirmFeatures:
    column = features.parts[part].copy()
    column[position] = value
    return replace(features, parts={**features.parts, part: column})


def _set_trust(features: FirmFeatures, position: int, trust: float) -> FirmFeatures:
    confidence = features.firms["confidence"].to_numpy(dtype=np.float64).copy()
    confidence[position] = trust
    return replace(features, firms=features.firms.assign(confidence=confidence))


def _find_largest(scored: Scored, position: int) -> str:
    """Weight of the criterion that moves the firm most."""
    row = scored.points.iloc[position]
    largest = max(CRITERIA, key=lambda criterion: abs(row[f"points_{criterion.name}"]))
    return largest.weight_name
