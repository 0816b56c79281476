"""Logistic regression where only some of the positives are known and the rest is unlabelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]

TOLERANCE = 1e-10
"""Slope of the mean log-likelihood at which the search ends."""

LOOSE = 1e-6
"""Slope up to which it has ended well: rounding may keep it from more."""

LARGEST = 30.0
"""Log odds of a label that is certain: further out there is no maximum."""

FLOOR = 1e-12
"""Keeps information away from 0 where a probability is 0 or 1 to machine precision."""


@dataclass(frozen=True, slots=True)
class LabelledFit:
    """A logistic regression of what is true, learned from what is labelled.

    Attributes
    ----------
    intercept : float
        Log odds of a positive where every feature is 0, in the population.
    weights : ndarray of float, shape (n_features,)
    errors : ndarray of float, shape (1 + n_features,)
        Standard errors, the intercept's first.
    label_rate : float
        Share of the positives that are labelled.
    n_labelled, n_unlabelled : int
    """

    intercept: float
    weights: Floats
    errors: Floats
    label_rate: float
    n_labelled: int
    n_unlabelled: int

    def predict(self, features: Floats) -> Floats:
        """Probability that it is a positive, shape (n_rows,)."""
        found: Floats = expit(self.intercept + features @ self.weights)
        return found


def fit_labelled(
    features: Floats,
    labelled: NDArray[np.bool_],
    *,
    label_rate: float,
    sampling_rate: float = 1.0,
    ridge: float = 0.0,
) -> LabelledFit:
    r"""Fit P(y = 1 | x) = expit(a + w'x), where only a share c of the positives is labelled.

    .. math:: P(s = 1 \mid x) = c \, \mathrm{expit}(a + w'x) = q

    Labels fall on positives by lot (selected completely at random). Where only a share r of the
    unlabelled stands in the table and all labelled do, a row is labelled with q / (q + r (1 - q)):
    so the intercept is that of the population, not of the table.

    Parameters
    ----------
    features : ndarray of float, shape (n_rows, n_features)
        x; finite, of similar spread.
    labelled : ndarray of bool, shape (n_rows,)
        s. False is not a negative.
    label_rate : float
        c, above 0, at most 1.
    sampling_rate : float
        r, above 0, at most 1.
    ridge : float
        Precision of a normal prior of w around 0; the intercept has none.

    Returns
    -------
    LabelledFit

    Raises
    ------
    ValueError
        A rate is out of bounds, no row or every row is labelled, or there is no maximum.

    Notes
    -----
    Sources: Elkan & Noto (2008), KDD, lemma 1; King & Zeng (2001), Political Analysis 9(2), eq.
    (7), which this is where c = 1.
    """  # fmt: skip
    _check(labelled, label_rate, sampling_rate)
    x = np.column_stack([np.ones(len(features)), features])
    s = labelled.astype(np.float64)
    penalty = ridge * np.diag([0.0, *np.ones(features.shape[1])])
    share = s.sum() / (s.sum() + (1.0 - s).sum() / sampling_rate)
    start = min(share / label_rate, 0.9)
    b = np.zeros(x.shape[1])
    b[0] = np.log(start / (1.0 - start))

    def lose(b: Floats) -> tuple[float, Floats]:
        slope, _ = _calc_slopes(x, s, b, label_rate, sampling_rate)
        return (
            -_weigh(x, s, b, label_rate, sampling_rate, penalty) / len(s),
            -(slope - penalty @ b) / len(s),
        )

    # The likelihood is not concave for c < 1, so steps by its information alone may circle.
    found = minimize(lose, b, jac=True, method="BFGS", options={"gtol": TOLERANCE})
    b = found.x
    if np.abs(found.jac).max() > LOOSE or np.abs(b).max() > LARGEST:
        raise ValueError("The likelihood has no maximum: a feature tells the labels. Use a ridge.")
    _, information = _calc_slopes(x, s, b, label_rate, sampling_rate)
    errors = np.sqrt(np.diag(np.linalg.inv(information + penalty)))
    n = int(s.sum())
    return LabelledFit(float(b[0]), b[1:], errors, label_rate, n, len(s) - n)


def calc_label_rate(
    labelled: NDArray[np.bool_], class_prior: float, *, sampling_rate: float = 1.0
) -> float:
    """Share of positives that are labelled, from the share of positives in the population.

    Parameters
    ----------
    labelled : ndarray of bool, shape (n_rows,)
    class_prior : float
        P(y = 1): how common positives are, from a survey or register.
    sampling_rate : float
        Share of the unlabelled that stands in the table.

    Raises
    ------
    ValueError
        There are more labelled rows than positives.

    Examples
    --------
    >>> calc_label_rate(np.array([True] * 10 + [False] * 90), 0.2)
    0.5
    """
    n = float(labelled.sum())
    share = n / (n + (len(labelled) - n) / sampling_rate)
    if not share <= class_prior <= 1.0:
        raise ValueError(
            f"The 'class_prior' must be from {share:.4f}, the share labelled, to 1. "
            f"Got {class_prior}."
        )
    return share / class_prior


def estimate_label_rate(probability: Floats, labelled: NDArray[np.bool_]) -> float:
    """Mean probability of being labelled over the rows that are.

    Elkan & Noto's estimator e1. It presumes that every positive is surely one by its features;
    where classes overlap it is too low, the more so the less the features say. So a rate from a
    survey goes before it.

    Parameters
    ----------
    probability : ndarray of float, shape (n_rows,)
        P(s = 1 | x), from rows that were left out when it was learned.
    labelled : ndarray of bool, shape (n_rows,)
    """
    return float(probability[labelled].mean())


def _check(labelled: NDArray[np.bool_], label_rate: float, sampling_rate: float) -> None:
    for name, rate in (("label_rate", label_rate), ("sampling_rate", sampling_rate)):
        if not 0.0 < rate <= 1.0:
            raise ValueError(f"The '{name}' must be above 0 and at most 1. Got {rate}.")
    if labelled.all() or not labelled.any():
        raise ValueError("Some rows, and not all, must be 'labelled'.")


def _calc_chance(x: Floats, b: Floats, c: float, r: float) -> tuple[Floats, Floats]:
    """Probability that a row of the table is labelled, and its slope in a + w'x."""
    p = expit(x @ b)
    q = c * p
    below = q + r * (1.0 - q)
    return q / below, r * c * p * (1.0 - p) / below**2


def _weigh(x: Floats, s: Floats, b: Floats, c: float, r: float, penalty: Floats) -> float:
    chance, _ = _calc_chance(x, b, c, r)
    chance = np.clip(chance, FLOOR, 1.0 - FLOOR)
    likelihood = s @ np.log(chance) + (1.0 - s) @ np.log1p(-chance)
    return float(likelihood - 0.5 * b @ penalty @ b)


def _calc_slopes(x: Floats, s: Floats, b: Floats, c: float, r: float) -> tuple[Floats, Floats]:
    chance, slope = _calc_chance(x, b, c, r)
    spread = np.maximum(chance * (1.0 - chance), FLOOR)
    return x.T @ ((s - chance) * slope / spread), (x * (slope**2 / spread)[:, None]).T @ x
