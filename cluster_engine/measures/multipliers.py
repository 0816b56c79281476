"""Multipliers of type I and type II from one factorisation of (I - A)', without an inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.leontief_system import (
    factor_leontief,
    refuse_unproductive,
    solve_transposed,
)

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]

NO_DIRECT = "no direct effect to divide by"
TINY_DIRECT = "direct effect too small to divide by"


@dataclass(frozen=True, slots=True)
class Households:
    """Households as one more sector of the table, which earns and spends.

    Attributes
    ----------
    spending : ndarray of float, shape (n_sectors,)
        £ of each home-made product bought per £ of household income.
    income : ndarray of float, shape (n_sectors,)
        £ of household income per £ of output.
    """

    spending: Floats
    income: Floats


@dataclass(frozen=True, slots=True)
class Multipliers:
    """Effects of a unit of final demand, and their ratios to the direct effect.

    Attributes
    ----------
    direct : ndarray of float, shape (n_effects, n_sectors)
        Effect per £ of output of the sector itself, e.
    effects : ndarray of float, shape (n_effects, n_sectors)
        Effect in all sectors per £ of final demand for the sector, e' L.
    ratios : ndarray of float, shape (n_effects, n_sectors)
        effects / direct; NaN where ``reasons`` says why.
    reasons : ndarray of str, shape (n_effects, n_sectors)
        Empty where the ratio is defined.
    """

    direct: Floats
    effects: Floats
    ratios: Floats
    reasons: Texts


def close_households(
    consumption: ArrayLike,
    income: ArrayLike,
    x: ArrayLike,
    *,
    total_income: float | None = None,
) -> Households:
    """Coefficients of the household sector: c_i / y spent and w_j / x_j earned.

    Parameters
    ----------
    consumption : array_like, shape (n_sectors,)
        Home-made products bought by households, £m.
    income : array_like, shape (n_sectors,)
        Household income paid by each sector, £m; compensation of employees, as a rule.
    x : array_like, shape (n_sectors,)
        Output, £m. A sector without output pays nothing.
    total_income : float, optional
        y, all income households spend from, £m; the sum of ``income`` without it. Give the larger
        figure where pensions, profits and benefits are spent too: type II is overstated otherwise.

    Returns
    -------
    Households

    Raises
    ------
    ValueError
        Shapes differ, or the total income is not above 0.

    Notes
    -----
    Source: Miller & Blair (2009), section 2.5.
    """
    c, w, x_ = (np.asarray(part, dtype=np.float64) for part in (consumption, income, x))
    if not c.shape == w.shape == x_.shape or c.ndim != 1:
        raise ValueError("The 'consumption', 'income' and 'x' must have one figure per sector.")
    total = float(w.sum()) if total_income is None else total_income
    if not total > 0:
        raise ValueError(f"The 'total_income' must be above 0. Got {total}.")
    return Households(c / total, np.divide(w, x_, out=np.zeros_like(w), where=x_ != 0))


def calc_multipliers(
    A: ArrayLike,
    direct: ArrayLike,
    *,
    households: Households | None = None,
    household_direct: ArrayLike = 0.0,
    smallest_direct: float = 0.0,
) -> Multipliers:
    """Effects m' = e' L and multipliers m_j / e_j, by solving (I - A)' m = e.

    With households closed (type II) the table has one more row, the income coefficients w, and one
    more column, the spending c. Its multipliers follow from the same factors:

        m2' = m' + (m' c + e_h) w'L / (1 - w'L c)

    Parameters
    ----------
    A : array_like, shape (n_sectors, n_sectors)
        Technical coefficients (national or regional), rows sell to columns.
    direct : array_like, shape (n_effects, n_sectors) or (n_sectors,)
        e, effect per £ of output: 1 for output, jobs per £m of output for employment, GVA or
        compensation per £ of output, column sums of A for intermediate consumption.
    households : Households, optional
        Type II with it, type I without.
    household_direct : array_like, shape (n_effects,) or one number
        e_h, effect of a £ of household income itself. With 0 only the sectors count (the truncated
        multiplier); with 1 the output multiplier is the total one, which counts household income
        as output of one more sector.
    smallest_direct : float
        Direct effects up to this size give no ratio: dividing by almost nothing says nothing.

    Returns
    -------
    Multipliers
        Double precision.

    Raises
    ------
    ValueError
        Shapes do not fit, I - A is singular, the economy needs more than a unit of inputs per unit
        of output, or households would spend more than they earn.

    Examples
    --------
    >>> calc_multipliers([[0.15, 0.25], [0.2, 0.05]], [1.0, 1.0]).effects.round(4).tolist()
    [[1.5182, 1.4521]]

    Notes
    -----
    Source: Miller & Blair (2009), sections 6.2 and 6.3; truncated and total, 6.2.2. ioanalysis
    0.3.4 ``multipliers('wage')`` divides w * L by x once more. The office for national statistics
    of the United Kingdom prints '.' for :data:`NO_DIRECT` and '..' for :data:`TINY_DIRECT`.
    """
    e = np.atleast_2d(np.asarray(direct, dtype=np.float64))
    n_effects, n_sectors = e.shape
    if np.shape(A) != (n_sectors, n_sectors):
        raise ValueError(
            f"The 'direct' must have one figure per sector: {len(np.asarray(A))}. Got {n_sectors}."
        )
    income = np.empty((0, n_sectors)) if households is None else households.income[None, :]
    right = np.vstack([np.ones((1, n_sectors)), income, e])
    solved = solve_transposed(factor_leontief(A), right)
    refuse_unproductive(A, solved[0])
    effects = solved[len(solved) - n_effects :]
    if households is not None:
        own = np.broadcast_to(np.asarray(household_direct, dtype=np.float64), (n_effects,))
        effects = effects + _induce(effects, solved[1], households.spending, own)
    ratios, reasons = _divide(effects, e, smallest_direct)
    return Multipliers(e, effects, ratios, reasons)


def _induce(effects: Floats, income: Floats, spending: Floats, own: Floats) -> Floats:
    """What household spending adds: a geometric series of rounds through the household sector."""
    round_trip = float(income @ spending)
    if not round_trip < 1.0:
        raise ValueError(
            "Households must spend less on home-made products than they earn by making them. "
            f"Got {round_trip:.3f} £ back per £ earned; is 'total_income' too small?"
        )
    induced: Floats = np.outer(effects @ spending + own, income) / (1.0 - round_trip)
    return induced


def _divide(effects: Floats, direct: Floats, smallest: float) -> tuple[Floats, Texts]:
    reasons = np.full(direct.shape, "", dtype=f"<U{len(TINY_DIRECT)}")
    reasons[np.abs(direct) <= smallest] = TINY_DIRECT
    reasons[direct == 0] = NO_DIRECT
    ratios = np.full(direct.shape, np.nan)
    np.divide(effects, direct, out=ratios, where=reasons == "")
    return ratios, reasons
