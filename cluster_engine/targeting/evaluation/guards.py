"""Refuse an evaluation that could fool: outcomes known beforehand, degenerate or doubled labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.errors import DataError, Problem
from cluster_engine.targeting.evaluation.metrics import calc_roc_auc

Floats = NDArray[np.float64]

FEWEST_POSITIVES = 10
"""With fewer of either class no curve can be learned and no interval means anything."""

TOO_GOOD = 0.97
"""ROC-AUC of a single feature above which it is taken to hold the outcome itself. The best honest
feature of the employment panel has 0.77; regional outcomes are far too noisy for more."""


def check_outcome(outcome: ArrayLike, *, where: str, fewest: int = FEWEST_POSITIVES) -> None:
    """Refuse labels that are no 0 and 1, all one class, or nearly so.

    Parameters
    ----------
    outcome : array_like, shape (n_cells,)
    where : str
        What an error calls them.
    fewest : int
        Cells that each class must have.

    Raises
    ------
    DataError
    """
    y = np.asarray(outcome, dtype=np.float64)
    if not np.isin(y, (0.0, 1.0)).all():
        _refuse(where, "a value that is neither 0 nor 1", "Labels must be 0 or 1.")
    positives = int(y.sum())
    negatives = len(y) - positives
    if min(positives, negatives) < fewest:
        _refuse(
            where,
            f"{positives} that happened, {negatives} that did not",
            f"There must be at least {fewest} of each class to learn from or to judge on.",
            hint="Pool more years or regions, or choose a longer window.",
        )


def check_order(
    *, features: int, outcome_from: int, outcome_to: int, where: str, judged_from: int | None = None
) -> None:
    """Refuse features of later than the outcome's start, and outcomes of the judging period.

    Parameters
    ----------
    features : int
        Latest year (or other point in time) that the features know of.
    outcome_from, outcome_to : int
        The outcome is what happened after the first, up to the second.
    where : str
        What an error calls the sample.
    judged_from : int, optional
        For a sample to learn from: the judging period starts after this.

    Raises
    ------
    DataError
        Every fault found.
    """
    problems = []
    if features > outcome_from:
        rule = f"Features must know nothing after {outcome_from}, where the outcome begins."
        problems.append(Problem(where, None, "features", str(features), rule))
    if outcome_to <= outcome_from:
        rule = f"The outcome must end after {outcome_from}."
        problems.append(Problem(where, None, "outcome", str(outcome_to), rule))
    if judged_from is not None and outcome_to > judged_from:
        rule = f"What is learned from must have ended by {judged_from}, when judging begins."
        problems.append(Problem(where, None, "outcome", str(outcome_to), rule))
    if problems:
        raise DataError(problems, hint="Choose years so that learning ends before judging begins.")


def check_folds(ids: ArrayLike, folds: ArrayLike, *, where: str) -> None:
    """Refuse folds that share an id: what is left out would have been learned.

    Parameters
    ----------
    ids, folds : array_like, shape (n_cells,)

    Raises
    ------
    DataError
        Names the first ids that stand in more than one fold.
    """
    pairs = sorted({(str(i), int(f)) for i, f in zip(ids, folds, strict=True)})  # type: ignore[arg-type]
    seen: dict[str, int] = {}
    for name, _ in pairs:
        seen[name] = seen.get(name, 0) + 1
    doubled = sorted(name for name, count in seen.items() if count > 1)
    if doubled:
        problems = [
            Problem(where, None, "id", name, "An id must be in one fold only.") for name in doubled
        ]
        raise DataError(problems, hint="Make folds of whole firms, sectors or areas.")


def check_features_blind(
    calculate: Callable[[Floats], Mapping[str, Floats]],
    panel: Floats,
    years: Sequence[int],
    *,
    year: int,
    random_state: int = 0,
) -> None:
    """Work the features out twice, once with the future scrambled, and refuse any that notices.

    Parameters
    ----------
    calculate : callable
        Takes a panel like ``panel`` and gives the features of ``year``.
    panel : ndarray of float, shape (n_years, …)
        Figures of all years, also those after ``year``.
    years : sequence of int, length n_years
    year : int
        Year of the features.
    random_state : int
        Seed of the scrambling.

    Raises
    ------
    DataError
        Names every feature that depends on a later year.
    """
    later = np.array(years) > year
    changed = panel.copy()
    generator = np.random.default_rng(random_state)
    changed[later] = generator.permuted(panel[later].reshape(int(later.sum()), -1), axis=1).reshape(
        panel[later].shape
    ) * generator.uniform(0.5, 2.0, panel[later].shape)
    honest, other = calculate(panel), calculate(changed)
    late = [name for name in honest if not np.array_equal(honest[name], other[name], True)]
    if late:
        rule = f"A feature of {year} must not depend on later years."
        raise DataError(
            [Problem("features", None, name, "changes with the future", rule) for name in late]
        )


def check_too_good(outcome: Floats, features: Mapping[str, Floats], *, where: str) -> None:
    """Refuse a feature that alone all but tells the outcome: it holds it.

    Raises
    ------
    DataError
        Names every such feature with its ROC-AUC.
    """
    problems = []
    for name in sorted(features):
        known = np.isfinite(features[name])
        if not known.any():
            continue
        auc = calc_roc_auc(outcome[known], features[name][known])
        if max(auc, 1.0 - auc) > TOO_GOOD:
            rule = f"A single feature must not reach {TOO_GOOD}: it would hold the outcome itself."
            problems.append(Problem(where, None, name, f"ROC-AUC {auc:.3f}", rule))
    if problems:
        raise DataError(problems, hint="Find out when and how this feature was recorded.")


def _refuse(where: str, found: str, rule: str, *, hint: str = "") -> None:
    raise DataError([Problem(where, None, "outcome", found, rule)], hint=hint)
