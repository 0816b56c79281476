"""Gross value added of one investment project by the rule of the UK Data Hub."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal


def calc_project_gva(amount: float, multiplier: float) -> int:
    """GVA = multiplier x amount, rounded half up.

    The amount is foreign equity investment (£) in capital-intensive sectors and new jobs in
    labour-intensive ones; the multiplier of the sector and year goes with it.

    Parameters
    ----------
    amount : float
        £, or jobs; at least 0.
    multiplier : float
        £ of GVA per £, or per job; above 0.

    Returns
    -------
    int
        £.

    Raises
    ------
    ValueError
        The amount is negative, the multiplier not above 0, or one is no finite number.

    Examples
    --------
    >>> calc_project_gva(5_700_000, 0.17755583)
    1012068
    >>> calc_project_gva(100, 82314.27391)
    8231427

    Notes
    -----
    Source: UK Data Hub, the rule for investment projects. Decimal arithmetic on the figures as
    written: binary fractions would round some halves down.
    """
    if not (math.isfinite(amount) and amount >= 0):
        raise ValueError(f"The 'amount' must be a number of at least 0. Got {amount}.")
    if not (math.isfinite(multiplier) and multiplier > 0):
        raise ValueError(f"The 'multiplier' must be a number above 0. Got {multiplier}.")
    product = Decimal(str(amount)) * Decimal(str(multiplier))
    return int(product.quantize(Decimal(1), rounding=ROUND_HALF_UP))
