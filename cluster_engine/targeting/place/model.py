"""The place model as plain tables, and what each of its terms gives a region in every sector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.results import PlaceModel

if TYPE_CHECKING:
    from cluster_engine.targeting.place.additive import AdditiveFit
    from cluster_engine.targeting.place.features import PlaceFeatures

Floats = NDArray[np.float64]

DIGITS = 9
"""Digits kept: enough for any use, few enough to be the same on every machine."""


def make_place_model(
    outcome: str, fit: AdditiveFit, features: PlaceFeatures, facts: dict[str, Any]
) -> PlaceModel:
    """Turn a fit into tables, every curve centred over all areas and sectors.

    Parameters
    ----------
    outcome : str
    fit : AdditiveFit
    features : PlaceFeatures
        Of all base areas, in the year the model is for.
    facts : dict
        JSON-ready.
    """
    rows, points, start = [], [], 0
    curves = fit.curves
    for term, sign, knots, centre in zip(
        curves.terms, curves.directions, curves.knots, curves.centres, strict=True
    ):
        part = slice(start, start + len(centre))
        start += len(centre)
        effect, error = _trace(fit.heights[part], fit.covariance[part, part], centre)
        reached = _read_curve(knots, effect, features.values[term.name])
        known = reached[np.isfinite(features.values[term.name])]
        mean = float(known.mean()) if known.size else 0.0
        rows.append(
            {
                "term": term.name, "group": term.group, "words": term.words, "unit": term.unit,
                "direction": sign, "reach": float(np.ptp(effect)),
                "spread": float(known.std()) if known.size else 0.0,
            }
        )  # fmt: skip
        points.append(
            pd.DataFrame(
                {"term": term.name, "knot": knots, "effect": effect - mean, "error": error}
            )
        )
    return PlaceModel(
        outcome=outcome,
        terms=pd.DataFrame(rows).round({"reach": DIGITS, "spread": DIGITS}),
        curves=pd.concat(points, ignore_index=True).round(
            {"knot": DIGITS, "effect": DIGITS, "error": DIGITS}
        ),
        facts=facts,
    )


def _trace(heights: Floats, covariance: Floats, centre: Floats) -> tuple[Floats, Floats]:
    """Curve and standard error at the knots, against the average cell learned from."""
    risen = np.tril(np.ones((len(heights) + 1, len(heights))), -1)
    against = risen - centre
    variance = np.einsum("ki,ij,kj->k", against, covariance, against)
    return against @ heights, np.sqrt(np.maximum(variance, 0.0))


def _read_curve(knots: Floats, effect: Floats, values: Floats) -> Floats:
    """Points of a curve; 0, an average, where the value is unknown."""
    known = np.isfinite(values)
    at = np.interp(np.where(known, values, knots[0]), knots, effect)
    found: Floats = np.where(known, at, 0.0)
    return found


def calc_place_terms(
    model: PlaceModel,
    features: PlaceFeatures,
    codes: Sequence[str],
    *,
    row: int = 0,
    column: Literal["effect", "error"] = "effect",
) -> pd.DataFrame:
    """What every term adds to the evidence of a region, in every sector, or how unsure that is.

    Parameters
    ----------
    model : PlaceModel
    features : PlaceFeatures
        Of one or several regions; a region of several areas must have been merged before.
    codes : sequence of str, length n_sectors
        Sectors of the features.
    row : int
        Which of the regions.
    column : {"effect", "error"}
        Of the curves.

    Returns
    -------
    DataFrame
        Indexed by industry, one column per term, log-odds or log intensity; a row's sum is the
        evidence of the sector above that of the average area and sector.
    """
    points = dict(list(model.curves.groupby("term", sort=False)))
    found = {}
    for term in model.terms["term"]:
        curve = points[term]
        found[term] = _read_curve(
            curve["knot"].to_numpy(), curve[column].to_numpy(), features.values[term][row]
        )
    return pd.DataFrame(found, index=pd.Index(list(codes), name="industry"))
