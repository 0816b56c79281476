"""The tables of the page about a market: all that its charts show, and where figures come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cluster_engine.reports.intervals import write_intervals
from cluster_engine.reports.report import Report, Shown

if TYPE_CHECKING:
    from cluster_engine.reports.market_facts import MarketFacts

NICHES = (
    Shown("name", "Niche cluster"),
    Shown("jobs", "Jobs", "count"),
    Shown("lq", "LQ", "ratio"),
    Shown("lq_interval", "LQ 90 %"),
    Shown("national_share", "Of the nation", "share"),
    Shown("growth", "Jobs a year", "signed_share"),
    Shown("areas_with_it", "Other areas with it", "count"),
    Shown("n_firms", "Firms listed", "count"),
    Shown("best", "Best placed"),
)

LINKS = (
    Shown("first", "Niche cluster"),
    Shown("second", "Related to"),
    Shown("relatedness", "Relatedness, 0 to 1", "ratio"),
)

GAPS = (
    Shown("name", "Input"),
    Shown("demand", "Bought, £m", "count"),
    Shown("leaked", "Elsewhere, £m", "count"),
    Shown("band", "Low – high"),
    Shown("imports", "Of it abroad", "count"),
    Shown("relatedness", "Related", "ratio"),
    Shown("gap", "Gap, £m", "count"),
    Shown("nearest_niche", "Nearest niche cluster"),
)

TABLES = (
    Shown("table", "Table"),
    Shown("rows", "Rows", "count"),
    Shown("nature", "Nature"),
    Shown("remarks", "Remarks"),
)

LISTED_GAPS = 25


def tabulate_niches(facts: MarketFacts) -> Report:
    """Niche clusters with the firms listed that fit them."""
    rows = facts.niches
    named = rows["best_rank"].notna()
    best = [
        f"{rank}. {firm}" if known else "none"
        for rank, firm, known in zip(rows["best_rank"], rows["best_firm"], named, strict=True)
    ]
    shown = rows.assign(best=best, lq_interval=write_intervals(rows.assign(lq_interval_reason="")))
    title = f"Niche clusters of {facts.ranking.region.name}, jobs of {facts.ranking.year}"
    return Report(title, shown, NICHES)


def tabulate_links(facts: MarketFacts) -> Report:
    """The links the network draws."""
    return Report("Strongest links between niche clusters", facts.niche_links, LINKS)


def tabulate_gaps(facts: MarketFacts) -> Report | None:
    """The largest gaps; None without an input-output table."""
    if facts.gaps is None:
        return None
    rows = facts.gaps[facts.gaps["gap"] > 0].head(LISTED_GAPS)
    ends = zip(rows["leaked_low"], rows["leaked_high"], strict=True)
    shown = rows.assign(band=[f"{low:,.0f} – {high:,.0f}" for low, high in ends])
    return Report(f"The {len(rows)} largest value-chain gaps, £m a year", shown, GAPS)


def tabulate_pack(facts: MarketFacts) -> Report:
    """Tables of the pack, and how far each is from official figures."""
    return Report(f"Tables of the data pack: {facts.pack_title}", facts.tables, TABLES)


def is_shown(report: Report | None) -> bool:
    """Whether a table has any row."""
    return report is not None and bool(len(report.frame))


def take_frame(report: Report) -> pd.DataFrame:
    """Frame of the columns shown."""
    return report.frame if report.shown_frame is None else report.shown_frame
