"""Value-chain gaps as a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.reports.intervals import write_intervals
from cluster_engine.reports.report import Report, Shown


def report_gaps(
    title: str, rows: pd.DataFrame, facts: Mapping[str, Any], *, threshold: float
) -> Report:
    """Make the report of gaps; the terminal shows the band as a range and why a gap is unknown.

    Parameters
    ----------
    title : str
        One line above the table.
    rows : DataFrame
        Largest gap first; the columns of :class:`cluster_engine.workflows.gaps.GapList`.
    facts : mapping
        What the table is about.
    threshold : float
        LQ of ``p_specialised``.
    """
    columns = (
        Shown("name", "Input", min_width=18, max_width=30),
        Shown("lq", "LQ", "ratio"),
        Shown("lq_interval", "LQ 90 %", min_width=11),
        Shown("p_specialised", f"P>{threshold:g}", "ratio"),
        Shown("demand", "Bought", "count"),
        Shown("imports", "Abroad", "count"),
        Shown("leaked", "Elsewhere", "count"),
        Shown("leaked_band", "low – high", min_width=11),
        Shown("relatedness", "Related", "ratio"),
        Shown("gap", "Gap", "count"),
        Shown("near", "Nearest niche", min_width=12, max_width=24),
    )
    ends = zip(rows["leaked_low"], rows["leaked_high"], strict=True)
    reasons = "(" + rows["relatedness_reason"].str.partition(":")[0] + ")"
    shown = rows.assign(
        lq_interval=write_intervals(rows),
        leaked_band=[f"{low:,.0f} – {high:,.0f}" for low, high in ends],
        near=rows["nearest_niche"].where(rows["relatedness_reason"] == "", reasons),
    )
    return Report(title, rows, columns, shown, facts)
