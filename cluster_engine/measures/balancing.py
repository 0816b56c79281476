"""Balance a table to given row and column totals: RAS, and GRAS for tables with negative cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

TOTALS_DIFFER = 1e-9
"""Relative difference of the grand totals that is still rounding."""
DIVERGED = 1e100
"""Row factor beyond any that a feasible table needs."""
MAX_NAMED = 5
"""Rows or columns named in an error."""


@dataclass(frozen=True, slots=True)
class Balanced:
    """A balanced table and how it was reached.

    Attributes
    ----------
    values : ndarray of float, shape (n_rows, n_columns)
        diag(r) Z diag(s) for RAS.
    row_factors, column_factors : ndarray of float
        r and s.
    iterations : int
        Rounds of scaling rows, then columns.
    largest_error : float
        Largest miss of a total, relative to the largest total.
    """

    values: Floats
    row_factors: Floats
    column_factors: Floats
    iterations: int
    largest_error: float


def balance_ras(
    Z: ArrayLike,
    rows: ArrayLike,
    columns: ArrayLike,
    *,
    tolerance: float = 1e-13,
    max_iterations: int = 10_000,
) -> Balanced:
    """Scale rows and columns in turn until they have the totals u and v: X = diag(r) Z diag(s).

    Parameters
    ----------
    Z : array_like, shape (n_rows, n_columns)
        Table to start from, at least 0; a cell of 0 stays 0.
    rows, columns : array_like, shape (n_rows,) and (n_columns,)
        Totals u and v wanted, at least 0, of the same sum.
    tolerance : float
        Largest miss allowed, relative to the largest total.
    max_iterations : int
        Rounds after which it is given up.

    Returns
    -------
    Balanced

    Raises
    ------
    ValueError
        A cell or total is negative or not finite, the totals have different sums, a row or column
        of zeros is to have a total, or no table with these zeros has these totals; the message
        names the rows and columns at fault. Also where the rounds do not suffice.

    Notes
    -----
    Source: Stone (1961); Bacharach (1970) for when it converges. ipfn 1.4.4 stops when a round
    changes little, about 2e-10 off; this stops when the totals are met.
    """
    Z_, u, v = _check_targets(Z, rows, columns)
    if (Z_ < 0).any():
        raise ValueError("The 'Z' must be at least 0 everywhere for RAS; use balance_gras.")
    _refuse_empty(Z_ > 0, u, v)
    scale = max(float(u.max(initial=0.0)), float(v.max(initial=0.0)), np.finfo(float).tiny)
    r, s = np.ones(len(u)), np.ones(len(v))
    sums, error = Z_ @ s, np.inf
    for iteration in range(1, max_iterations + 1):
        r = np.divide(u, sums, out=np.zeros_like(u), where=sums > 0)
        fed = r @ Z_
        s = np.divide(v, fed, out=np.zeros_like(v), where=fed > 0)
        # Columns are met by now; what the rows miss is the error.
        sums = Z_ @ s
        error = float(np.abs(r * sums - u).max(initial=0.0)) / scale
        if error <= tolerance:
            return Balanced(r[:, None] * Z_ * s, r, s, iteration, error)
        if not r.max(initial=0.0) < DIVERGED:
            break
    _refuse_infeasible(Z_ > 0, u, v, r)
    raise ValueError(
        f"RAS must meet the totals within {tolerance:g}. Got {error:.3g} after {iteration} "
        "rounds; allow more rounds or a larger tolerance."
    )


def balance_gras(
    Z: ArrayLike,
    rows: ArrayLike,
    columns: ArrayLike,
    *,
    tolerance: float = 1e-13,
    max_iterations: int = 10_000,
) -> Balanced:
    """Balance a table with negative cells: x_ij = r_i p_ij s_j - n_ij / (r_i s_j), Z = P - N.

    r_i solves r_i p_i - n_i / r_i = u_i, with p_i = sum_j p_ij s_j and n_i = sum_j n_ij / s_j:
    r_i = (u_i + sqrt(u_i^2 + 4 p_i n_i)) / (2 p_i), or -n_i / u_i where the row has no positive
    cell; s_j likewise. Signs and zeros stay. Without negative cells it is RAS.

    Parameters
    ----------
    Z : array_like, shape (n_rows, n_columns)
        Table to start from.
    rows, columns : array_like, shape (n_rows,) and (n_columns,)
        Totals wanted, of the same sum; may be negative.
    tolerance, max_iterations
        As in :func:`balance_ras`.

    Returns
    -------
    Balanced

    Raises
    ------
    ValueError
        A cell or total is not finite, the totals have different sums, a row or column cannot have
        the sign of its total, or the rounds do not suffice.

    Notes
    -----
    Source: Junius & Oosterhaven (2003), in the form of Lenzen, Wood & Gallego (2007).
    """
    Z_, u, v = _check_targets(Z, rows, columns)
    P, N = np.maximum(Z_, 0.0), np.maximum(-Z_, 0.0)
    _refuse_sign(P, N, u, "row")
    _refuse_sign(P.T, N.T, v, "column")
    scale = max(float(np.abs(u).max(initial=0)), float(np.abs(v).max(initial=0)), 1e-300)
    r, s = np.ones(len(u)), np.ones(len(v))
    error = np.inf
    for iteration in range(1, max_iterations + 1):
        r = _solve_factor(P @ s, N @ (1.0 / s), u)
        s = _solve_factor(r @ P, (1.0 / r) @ N, v)
        missed = r * (P @ s) - (N @ (1.0 / s)) / r - u
        error = float(np.abs(missed).max(initial=0.0)) / scale
        if error <= tolerance:
            values = r[:, None] * P * s - N / r[:, None] / s
            return Balanced(values, r, s, iteration, error)
        if not np.isfinite(error):
            break
    raise ValueError(
        f"GRAS must meet the totals within {tolerance:g}. Got {error:.3g} after {iteration} "
        "rounds; the zeros and signs of 'Z' may not allow these totals."
    )


def _solve_factor(positive: Floats, negative: Floats, total: Floats) -> Floats:
    root = total + np.sqrt(total**2 + 4.0 * positive * negative)
    # A row without any cell has total 0 (checked before), and any factor will do.
    factor = np.ones_like(total)
    np.divide(root, 2.0 * positive, out=factor, where=positive > 0)
    np.divide(-negative, total, out=factor, where=(positive == 0) & (negative > 0))
    # A row of positive cells that is to be 0 has factor 0; its inverse is never used but formed.
    return np.maximum(factor, np.finfo(float).tiny)


def _check_targets(
    Z: ArrayLike, rows: ArrayLike, columns: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    Z_, u, v = (np.asarray(part, dtype=np.float64) for part in (Z, rows, columns))
    if u.ndim != 1 or v.ndim != 1 or Z_.shape != (len(u), len(v)):
        raise ValueError(
            f"The 'Z' must have one row and column per total: {u.shape} and {v.shape}. "
            f"Got shape {Z_.shape}."
        )
    if not all(np.isfinite(part).all() for part in (Z_, u, v)):
        raise ValueError("The 'Z', 'rows' and 'columns' must be finite everywhere.")
    size = max(np.abs(u).sum(), np.abs(v).sum())
    if abs(u.sum() - v.sum()) > TOTALS_DIFFER * size:
        raise ValueError(
            "The 'rows' and 'columns' must have the same sum. "
            f"Got {u.sum():,.6g} and {v.sum():,.6g}; scale one to the other first."
        )
    return Z_, u, v


def _refuse_empty(support: NDArray[np.bool_], u: Floats, v: Floats) -> None:
    for name, totals, filled in (("row", u, support.any(axis=1)), ("column", v, support.any(0))):
        if (totals < 0).any():
            raise ValueError(f"The totals must be at least 0 for RAS. {_name(name, totals < 0)}.")
        if (~filled & (totals > 0)).any():
            raise ValueError(
                "A total above 0 needs a cell above 0. "
                f"{_name(name, ~filled & (totals > 0))} of 'Z' holds only zeros."
            )


def _refuse_sign(P: Floats, N: Floats, totals: Floats, name: str) -> None:
    odd = (~(P > 0).any(axis=1) & (totals > 0)) | (~(N > 0).any(axis=1) & (totals < 0))
    odd |= ~(P > 0).any(axis=1) & (N > 0).any(axis=1) & (totals == 0)
    if odd.any():
        raise ValueError(f"A total needs a cell of its sign. {_name(name, odd)} of 'Z' has none.")


def _refuse_infeasible(support: NDArray[np.bool_], u: Floats, v: Floats, r: Floats) -> None:
    """Find rows that want more than the only columns they may use can take.

    Where RAS fails, the factors of such rows grow without end, so they come first by factor.
    """
    order = np.argsort(-r, kind="stable")
    reachable = np.zeros(len(v), dtype=bool)
    wanted = 0.0
    for count, row in enumerate(order, start=1):
        reachable |= support[row]
        wanted += float(u[row])
        room = float(v[reachable].sum())
        if wanted > room * (1.0 + TOTALS_DIFFER):
            chosen = np.isin(np.arange(len(u)), order[:count])
            raise ValueError(
                f"No table with these zeros has these totals: {_name('row', chosen)} together want "
                f"{wanted:,.6g}, but {_name('column', reachable)}, the only ones not 0 there, have "
                f"room for {room:,.6g}."
            )


def _name(kind: str, chosen: NDArray[np.bool_]) -> str:
    numbers = [str(number) for number in np.flatnonzero(chosen)]
    rest = f" and {len(numbers) - MAX_NAMED} more" if len(numbers) > MAX_NAMED else ""
    plural = "s" if len(numbers) > 1 else ""
    return f"{kind}{plural} {', '.join(numbers[:MAX_NAMED])}{rest} (counted from 0)"
