"""Tables of a fit for the card."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cluster_engine.targeting.place.additive import AdditiveFit
from cluster_engine.targeting.place.learning import Tuning


def tabulate_terms(fit: AdditiveFit) -> pd.DataFrame:
    """One row per term: rise from its first to its last knot, with its standard error.

    A term held flat by its direction has a rise and an error of 0.
    """
    rows, start = [], 0
    for term, sign, length in zip(
        fit.curves.terms, fit.curves.directions, fit.curves.lengths, strict=True
    ):
        part = slice(start, start + length)
        start += length
        curve = np.concatenate([[0.0], np.cumsum(fit.heights[part])])
        rows.append(
            {
                "group": term.group,
                "term": term.words,
                "held": {1: "rising", -1: "falling", 0: ""}[sign],
                "rise": float(curve[-1]),
                "error": float(np.sqrt(max(fit.covariance[part, part].sum(), 0.0))),
                "reach": float(np.ptp(curve)),
            }
        )
    return pd.DataFrame(rows)


def tabulate_tuning(tried: Sequence[Tuning]) -> pd.DataFrame:
    """One row per penalty with its loss on areas and on sectors left out."""
    return pd.DataFrame(
        [
            {
                "ridge": tuning.penalty.ridge,
                "smooth": tuning.penalty.smooth,
                "loss, areas left out": tuning.by_area,
                "loss, sectors left out": tuning.by_sector,
            }
            for tuning in tried
        ]
    )
