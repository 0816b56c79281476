"""Is this firm able and likely to invest abroad? Learn it from firms that events name.

The criteria that answer the question keep their values; what events teach is how much each of them
counts. So a learned score is the same sum, with other weights, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cluster_engine.errors import DataError, Problem
from cluster_engine.measures.positive_unlabelled import fit_labelled
from cluster_engine.parameters import Mover
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.evaluation.guards import check_too_good
from cluster_engine.targeting.evaluation.metrics import calc_roc_auc
from cluster_engine.targeting.mover_weights import PRIOR, MoverWeights

Floats = NDArray[np.float64]

MOVER_CRITERIA = tuple(
    criterion.name for criterion in CRITERIA if criterion.question == "mover"
)  # fmt: skip

FOLDS = 5
"""Parts of the firms that are left out in turn when learned and prior weights are compared."""


def learn_mover(
    values: Mapping[str, Floats],
    named: NDArray[np.bool_],
    prior: Mapping[str, float],
    rule: Mover,
    *,
    seed: int = 0,
) -> MoverWeights:
    """Learn from firms that events name; the others are unlabelled, not negative.

    Parameters
    ----------
    values : mapping of str to ndarray of float, each of shape (n_firms,)
        Mover criteria in standard deviations, as known before the events.
    named : ndarray of bool, shape (n_firms,)
        Whether an event names the firm.
    prior : mapping of str to float
        Prior weights, in points per standard deviation.
    rule : Mover
        Settings.
    seed : int
        Of the folds.

    Returns
    -------
    MoverWeights
        The standard deviation of their total over these firms is that of the prior weights': what
        is learned is how the criteria count beside each other, not beside place and value. Priors
        where too few firms are named, or where they order the named firms at least as well.

    Raises
    ------
    DataError
        A criterion alone tells who is named: it was recorded after the event.
    """
    n_named, n_firms = int(named.sum()), len(named)
    if min(n_named, n_firms - n_named) < rule.fewest_named:
        told = f"events name {n_named} of {n_firms} firms; {rule.fewest_named} are needed"
        return replace(PRIOR, reason=told, n_named=n_named, n_firms=n_firms)
    check_mover_leak(values, named)
    # What nobody differs in cannot be learned: its prior stands.
    varied = [name for name in MOVER_CRITERIA if np.ptp(values[name]) > 0.0]
    fitted = _fit(values, named, varied, rule)
    assumed = sum(prior[name] * values[name] for name in varied)
    learned = sum(fitted.weights[name] * values[name] for name in varied)
    spread = float(np.std(learned))
    if spread == 0.0:
        told = "no mover criterion speaks for the firms that events name"
        return replace(PRIOR, reason=told, n_named=n_named, n_firms=n_firms)
    scale = float(np.std(assumed)) / spread
    outcome = named.astype(np.float64)
    found = replace(
        fitted,
        weights={name: round(weight * scale, 4) for name, weight in fitted.weights.items()},
        errors={name: round(error * scale, 4) for name, error in fitted.errors.items()},
        label_rate=rule.label_rate,
        n_named=n_named,
        n_firms=n_firms,
        auc=round(calc_roc_auc(outcome, _predict_left_out(values, named, varied, rule, seed)), 4),
        prior_auc=round(calc_roc_auc(outcome, np.asarray(assumed)), 4),
    )
    return _choose(found)


def _choose(found: MoverWeights) -> MoverWeights:
    compared = f"ROC-AUC on firms left out {found.auc:.3f}, of prior weights {found.prior_auc:.3f}"
    if found.auc <= found.prior_auc:
        told = f"priors order the {found.n_named} firms named by events as well: {compared}"
        return replace(found, basis="prior", reason=told, weights={}, errors={})
    told = f"learned from {found.n_named} firms that events name, of {found.n_firms}: {compared}"
    return replace(found, reason=told)


def _fit(
    values: Mapping[str, Floats], named: NDArray[np.bool_], names: list[str], rule: Mover
) -> MoverWeights:
    """Fit log odds per standard deviation; a criterion that speaks against moving counts 0."""
    kept = list(names)
    while kept:
        x = np.column_stack([values[name] for name in kept])
        fit = fit_labelled(x, named, label_rate=rule.label_rate, ridge=rule.ridge)
        against = [name for name, weight in zip(kept, fit.weights, strict=True) if weight < 0.0]
        if not against:
            break
        kept = [name for name in kept if name not in against]
    if not kept:
        return MoverWeights("learned", "", dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0))
    weights = dict(zip(kept, fit.weights.tolist(), strict=True))
    errors = dict(zip(kept, fit.errors[1:].tolist(), strict=True))
    return MoverWeights(
        "learned",
        "",
        {name: weights.get(name, 0.0) for name in names},
        {name: errors.get(name, 0.0) for name in names},
        round(fit.intercept, 4),
    )


def _predict_left_out(
    values: Mapping[str, Floats],
    named: NDArray[np.bool_],
    names: list[str],
    rule: Mover,
    seed: int,
) -> Floats:
    """Log odds of every firm by weights learned from the other folds, shape (n_firms,)."""
    fold = _deal_folds(named, seed)
    odds = np.zeros(len(named))
    for number in range(FOLDS):
        left_out = fold == number
        rest = {name: values[name][~left_out] for name in names}
        fit = _fit(rest, named[~left_out], names, rule)
        total = sum(fit.weights[name] * values[name][left_out] for name in names)
        # Folds are ordered together, so each brings its own base.
        odds[left_out] = np.nan_to_num(fit.intercept) + total
    return odds


def _deal_folds(named: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """Fold of every firm, with as many named firms in each as can be."""
    fold = np.zeros(len(named), np.int64)
    generator = np.random.default_rng(seed)
    for group in (named, ~named):
        dealt = np.arange(int(group.sum())) % FOLDS
        fold[group] = generator.permutation(dealt)
    return fold


def check_mover_leak(values: Mapping[str, Floats], named: NDArray[np.bool_]) -> None:
    """Refuse a criterion that alone tells who is named.

    Raises
    ------
    DataError
        Names every such criterion.
    """
    outcome = named.astype(np.float64)
    problems: list[Problem] = []
    for name, column in sorted(values.items()):
        try:
            check_too_good(outcome, {name: column}, where="events")
        except DataError as fault:
            problems += fault.problems
    if problems:
        raise DataError(problems, hint="Use figures recorded before the events.")
