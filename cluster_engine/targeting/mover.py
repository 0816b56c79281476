"""Is this firm able and likely to invest abroad? Priors with references, or learned from events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import DataError, Problem
from cluster_engine.measures.positive_unlabelled import fit_labelled
from cluster_engine.targeting.mover_terms import BASE_RATE, TERMS, Term

Floats = NDArray[np.float64]
Basis = Literal["prior", "learned"]

FEWEST_LABELLED = 25
"""Firms named by events below which nothing is learned and the priors stand."""

RIDGE = 2.0
"""Precision of the prior of a weight around 0, per standard deviation of its term."""


@dataclass(frozen=True, slots=True)
class MoverModel:
    """Additive log odds of investing abroad.

    Attributes
    ----------
    basis : {"prior", "learned"}
        Every output says it.
    terms : DataFrame
        name, label, weight, error (NaN for a prior), reference, mean, spread, known (share of
        firms).
    intercept : float
        Log odds of a firm that is average in all.
    label_rate : float
        Share of movers that the events name; NaN for a prior.
    n_labelled, n_unlabelled : int
        Firms that were learned from.
    reason : str
        Why the priors stand, or how it was learned.
    """

    basis: Basis
    terms: pd.DataFrame
    intercept: float
    label_rate: float
    n_labelled: int
    n_unlabelled: int
    reason: str


@dataclass(frozen=True, slots=True)
class MoverScore:
    """What the model says of firms.

    Attributes
    ----------
    points : DataFrame, shape (n_firms, n_terms)
        Log odds each term adds; NaN where the firm's figure is unknown: it adds nothing.
    log_odds, probability : ndarray of float, shape (n_firms,)
        Intercept plus the known points; their probability.
    n_unknown : ndarray of int, shape (n_firms,)
    basis : {"prior", "learned"}
    """

    points: pd.DataFrame
    log_odds: Floats
    probability: Floats
    n_unknown: NDArray[np.int64]
    basis: Basis


def assume_mover(
    parts: Mapping[str, Floats], *, reason: str = "no events name firms"
) -> MoverModel:
    """Make the model of the prior weights, for firms like these.

    Parameters
    ----------
    parts : mapping of str to ndarray of float, each of shape (n_firms,)
        What is known of firms by name of the term; NaN where unknown. Terms without a part, or
        with no figure at all, are left out.
    reason : str, optional
        Why nothing was learned.
    """
    terms = _describe(parts, pick_terms(parts))
    prior = {term.name: term.weight for term in TERMS}
    intercept = float(np.log(BASE_RATE / (1.0 - BASE_RATE)))
    full = terms.assign(weight=terms["name"].map(prior), error=np.nan)
    return MoverModel("prior", full, intercept, float("nan"), 0, 0, reason)


def learn_mover(
    parts: Mapping[str, Floats],
    named: NDArray[np.bool_],
    *,
    label_rate: float,
    sampling_rate: float = 1.0,
    ridge: float = RIDGE,
) -> MoverModel:
    """Learn the weights from firms that events name; the others are unlabelled, not negative.

    Parameters
    ----------
    parts : mapping of str to ndarray of float, each of shape (n_firms,)
        As known before the events.
    named : ndarray of bool, shape (n_firms,)
        Whether an event names the firm.
    label_rate : float
        Share of firms that moved whom the events name; see
        :func:`cluster_engine.measures.positive_unlabelled.calc_label_rate`.
    sampling_rate : float
        Share of the unlabelled firms that the table holds.
    ridge : float

    Returns
    -------
    MoverModel
        'prior' where too few firms are named.

    Raises
    ------
    DataError
        A part alone tells who is named: it was recorded after the event.
    """
    n_named = int(named.sum())
    if min(n_named, len(named) - n_named) < FEWEST_LABELLED:
        reason = f"events name {n_named} of {len(named)} firms; {FEWEST_LABELLED} are needed"
        return assume_mover(parts, reason=reason)
    check_mover_leak(parts, named)
    terms = _describe(parts, pick_terms(parts))
    z = _standardise(parts, terms)
    fit = fit_labelled(
        np.nan_to_num(z), named, label_rate=label_rate, sampling_rate=sampling_rate, ridge=ridge
    )
    return MoverModel(
        "learned",
        terms.assign(weight=fit.weights, error=fit.errors[1:]),
        fit.intercept,
        label_rate,
        fit.n_labelled,
        fit.n_unlabelled,
        f"{fit.n_labelled} firms named by events against {fit.n_unlabelled} unlabelled, of whom "
        f"movers are named at a rate of {label_rate:.2f}",
    )


def score_mover(model: MoverModel, parts: Mapping[str, Floats]) -> MoverScore:
    """Add up what is known of each firm; log odds = intercept + sum of the known points."""
    z = _standardise(parts, model.terms)
    points = z * model.terms["weight"].to_numpy(dtype=np.float64)
    log_odds: Floats = model.intercept + np.nan_to_num(points).sum(axis=1)
    return MoverScore(
        pd.DataFrame(points, columns=list(model.terms["name"])),
        log_odds,
        1.0 / (1.0 + np.exp(-log_odds)),
        np.isnan(points).sum(axis=1).astype(np.int64),
        model.basis,
    )


def pick_terms(parts: Mapping[str, Floats]) -> tuple[Term, ...]:
    """Terms of which something is known that differs between firms."""

    def differs(values: Floats) -> bool:
        known = values[np.isfinite(values)]
        return len(known) > 1 and float(np.ptp(known)) > 0.0

    return tuple(term for term in TERMS if term.name in parts and differs(parts[term.name]))


def check_mover_leak(parts: Mapping[str, Floats], named: NDArray[np.bool_]) -> None:
    """Refuse a part that alone tells who is named, by its value or by being known at all.

    Raises
    ------
    DataError
        Names every such part.
    """
    from cluster_engine.targeting.evaluation.guards import check_too_good

    outcome = named.astype(np.float64)
    problems: list[Problem] = []
    for name, values in sorted(parts.items()):
        known = np.isfinite(values)
        tests = {name: values} if len(np.unique(outcome[known])) == 2 else {}
        try:
            check_too_good(outcome, tests | {f"{name} (known at all)": known * 1.0}, where="events")
        except DataError as fault:
            problems += fault.problems
    if problems:
        raise DataError(problems, hint="Use figures recorded before the events.")


def _describe(parts: Mapping[str, Floats], chosen: Sequence[Term]) -> pd.DataFrame:
    values = [parts[term.name] for term in chosen]
    return pd.DataFrame(
        {
            "name": [term.name for term in chosen],
            "label": [term.label for term in chosen],
            "reference": [term.reference for term in chosen],
            "mean": [float(np.nanmean(column)) for column in values],
            "spread": [float(np.nanstd(column)) for column in values],
            "known": [float(np.isfinite(column).mean()) for column in values],
        }
    )


def _standardise(parts: Mapping[str, Floats], terms: pd.DataFrame) -> Floats:
    """Parts in standard deviations, shape (n_firms, n_terms); NaN where unknown."""
    columns = [
        (parts[row["name"]] - row["mean"]) / row["spread"] for row in terms.to_dict("records")
    ]
    n_firms = len(next(iter(parts.values())))
    return np.stack(columns, axis=1) if columns else np.zeros((n_firms, 0))
