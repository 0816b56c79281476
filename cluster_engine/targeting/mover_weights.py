"""Weights of the mover criteria: priors, or learned from events that name firms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from cluster_engine.parameters import Scoring
from cluster_engine.settings import rebuild

Basis = Literal["prior", "learned"]


@dataclass(frozen=True, slots=True)
class MoverWeights:
    """How much each mover criterion counts.

    Attributes
    ----------
    basis : {"prior", "learned"}
        Every output says it.
    reason : str
        Why the priors stand, or what was learned from.
    weights : mapping of str to float
        Points per standard deviation, by criterion; empty where the priors stand.
    errors : mapping of str to float
        Their standard errors, in the same unit.
    intercept : float
        Log odds that a firm average in all invests abroad; NaN where the priors stand.
    label_rate : float
        Share of the movers that the events name; NaN where the priors stand.
    n_named, n_firms : int
        Firms that events name, of those learned from.
    auc, prior_auc : float
        ROC-AUC of named against other firms: learned weights on firms left out, prior weights.
    """

    basis: Basis
    reason: str
    weights: Mapping[str, float]
    errors: Mapping[str, float]
    intercept: float = float("nan")
    label_rate: float = float("nan")
    n_named: int = 0
    n_firms: int = 0
    auc: float = float("nan")
    prior_auc: float = float("nan")

    def as_facts(self) -> dict[str, Any]:
        """JSON-ready; None for what is not known."""
        return {
            name: None if isinstance(value, float) and np.isnan(value) else value
            for name, value in asdict(self).items()
        }


PRIOR = MoverWeights("prior", "no events that name firms were given", {}, {})


def read_mover(facts: Mapping[str, Any] | None) -> MoverWeights:
    """Read what a model holds; a model of before there were learned weights has priors."""
    if facts is None:
        return PRIOR
    values = {name: float("nan") if value is None else value for name, value in facts.items()}
    return rebuild(MoverWeights, values)


def apply_mover(scoring: Scoring, mover: MoverWeights) -> Scoring:
    """Put learned weights in the place of the priors."""
    return replace(scoring, weights={**scoring.weights, **mover.weights})
