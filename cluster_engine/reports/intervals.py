"""Intervals as people read them: a range, or why there is none."""

from __future__ import annotations

import pandas as pd


def write_intervals(rows: pd.DataFrame) -> list[str]:
    """Write the interval of every row's location quotient.

    Parameters
    ----------
    rows : DataFrame
        Columns lq_low, lq_high, lq_interval_reason.
    """
    ends = zip(rows["lq_low"], rows["lq_high"], rows["lq_interval_reason"], strict=True)
    return [reason or f"{low:.2f} – {high:.2f}" for low, high, reason in ends]
