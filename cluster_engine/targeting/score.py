"""Score the firms of a market: score = base + sum of points, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring
from cluster_engine.results import Market, Model
from cluster_engine.targeting.criteria import CRITERIA, Criterion
from cluster_engine.targeting.features import (
    OPTIONAL_PARTS,
    FirmFeatures,
    FirmTables,
    build_features,
)
from cluster_engine.targeting.reference import Reference, standardise
from cluster_engine.targeting.unknown import fill_unknown

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

POINT_DIGITS = 2
"""Points are rounded first and then added, so that the printed sum is exact."""

SCORE_DIGITS = 9
"""Takes the noise of floating point out of the sum and leaves the digits of any base."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Firms with their points.

    Attributes
    ----------
    features : FirmFeatures
        Raw values; NaN where not known.
    filled : mapping of str to ndarray of float, each of shape (n_firms,)
        Values with what stands in for unknown ones.
    unknown : mapping of str to ndarray of bool, each of shape (n_firms,)
    points : DataFrame
        One ``points_<criterion>`` column per criterion, and score; rows as in ``features``.
    lacking : tuple of str or None
        Parts known of no firm of the market, where these firms are not all of them; None: they are.
    """

    features: FirmFeatures
    filled: Mapping[str, Floats]
    unknown: Mapping[str, Flags]
    points: pd.DataFrame
    lacking: tuple[str, ...] | None = None

    @property
    def score(self) -> Floats:
        """Scores, shape (n_firms,)."""
        score: Floats = self.points["score"].to_numpy(dtype=np.float64)
        return score

    @property
    def order(self) -> NDArray[np.intp]:
        """Positions of the firms, best first; equal scores in order of firm_id."""
        # Rows are in order of firm_id, which a stable sort keeps.
        return np.argsort(-self.score, kind="stable")

    def take(self, positions: NDArray[np.intp], lacking: Sequence[str]) -> Scored:
        """Keep the firms at these positions, which must rise."""
        return Scored(
            self.features.take(positions),
            {part: values[positions] for part, values in self.filled.items()},
            {part: mask[positions] for part, mask in self.unknown.items()},
            self.points.iloc[positions].reset_index(drop=True),
            tuple(lacking),
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """Firms with their values on every criterion: what weights are laid on.

    Attributes
    ----------
    features, filled, unknown
        As in :class:`Scored`.
    values : mapping of str to ndarray of float, each of shape (n_firms,)
        In standard deviations from the average firm, by criterion.
    """

    features: FirmFeatures
    filled: Mapping[str, Floats]
    unknown: Mapping[str, Flags]
    values: Mapping[str, Floats]


def measure_firms(
    features: FirmFeatures,
    reference: Reference,
    scoring: Scoring,
    criteria: Sequence[Criterion] = CRITERIA,
) -> Measured:
    """Take every firm's values; no weight plays a part.

    Parameters
    ----------
    features : FirmFeatures
        The firms.
    reference : mapping
        Yardstick of the model.
    scoring : Scoring
        Limits.
    criteria : sequence of Criterion
    """
    filled, unknown = fill_unknown(features, reference)
    values = standardise(filled, features.trust, reference, scoring, criteria)
    return Measured(features, filled, unknown, values)


def weigh_firms(
    measured: Measured, scoring: Scoring, criteria: Sequence[Criterion] = CRITERIA
) -> Scored:
    """Turn values into points and scores.

    Parameters
    ----------
    measured : Measured
        Taken with the same limits.
    scoring : Scoring
        Base and weights.
    criteria : sequence of Criterion
    """
    points = pd.DataFrame(
        {
            f"points_{criterion.name}": np.round(
                scoring.weights[criterion.weight_name] * measured.values[criterion.name],
                POINT_DIGITS,
            )
            # Minus nothing is nothing.
            + 0.0
            for criterion in criteria
        }
    )
    score = scoring.base + points.sum(axis=1)
    table = points.assign(score=score.round(SCORE_DIGITS))
    return Scored(measured.features, measured.filled, measured.unknown, table)


def score_firms(
    features: FirmFeatures,
    reference: Reference,
    scoring: Scoring,
    criteria: Sequence[Criterion] = CRITERIA,
) -> Scored:
    """Score every firm.

    Parameters
    ----------
    features : FirmFeatures
        The firms.
    reference : mapping
        Yardstick of the model.
    scoring : Scoring
        Base, limits and weights.
    criteria : sequence of Criterion
    """
    measured = measure_firms(features, reference, scoring, criteria)
    return weigh_firms(measured, scoring, criteria)


def measure_market(model: Model, market: Market, tables: FirmTables, scoring: Scoring) -> Measured:
    """Take the values of the firms of one market. Nothing is fitted here."""
    inside = tables.firms[tables.firms["country"].isin(market.countries)]
    here = FirmTables(inside, tables.firm_industries, tables.firm_homes, tables.firm_facts)
    features = build_features(
        here, model.sectors, largest_sales_per_employee=scoring.largest_sales_per_employee
    )
    return measure_firms(features, model.reference, scoring)


def score_market(model: Model, market: Market, tables: FirmTables, scoring: Scoring) -> Scored:
    """Score the firms of one market for the region of a model. Nothing is fitted here."""
    return weigh_firms(measure_market(model, market, tables, scoring), scoring)


def list_missing(scored: Scored, reference: Reference) -> list[str]:
    """Parts that a list may lack altogether, and that are known of no firm here: they add nothing.

    A part that the whole pack lacks is one, too.
    """
    if scored.lacking is not None:
        return list(scored.lacking)
    lacking = list_optional(reference)
    return [part for part in lacking if len(scored.points) and scored.unknown[part].all()]


def list_optional(reference: Reference) -> list[str]:
    """Parts that a list may lack altogether."""
    return list(dict.fromkeys((*OPTIONAL_PARTS, *reference["absent"])))
