"""Sectors as a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.reports.intervals import write_intervals
from cluster_engine.reports.report import Report, Shown

INTERVAL = "lq_interval"


def report_sectors(
    title: str,
    rows: pd.DataFrame,
    facts: Mapping[str, Any],
    *,
    threshold: float,
    trend: tuple[int, ...] = (),
) -> Report:
    """Make the report of sectors; the terminal shows the interval as a range, or the trend.

    Parameters
    ----------
    title : str
        One line above the table.
    rows : DataFrame
        Highest LQ first; the columns of :class:`cluster_engine.workflows.sectors.SectorList`.
    facts : mapping
        What the table is about.
    threshold : float
        LQ of ``p_specialised``.
    trend : tuple of int
        Years to show instead of interval and probability; none: these.
    """
    uncertainty = (
        Shown(INTERVAL, "LQ 90 %", min_width=11),
        Shown("shrunk_lq", "Shrunk", "ratio"),
        Shown("p_specialised", f"P>{threshold:g}", "ratio"),
    )
    yearly = tuple(Shown(f"lq_{year}", str(year), "ratio") for year in trend)
    shown = (
        Shown("industry", "Code"),
        Shown("name", "Sector", min_width=24, max_width=36),
        Shown("jobs", "Jobs", "count"),
        *(yearly or (Shown("lq", "LQ", "ratio"), *uncertainty)),
        Shown("base_share", "Of base", "share"),
        Shown("growth", "Growth", "signed_share"),
    )
    return Report(title, rows, shown, rows.assign(**{INTERVAL: write_intervals(rows)}), facts)
