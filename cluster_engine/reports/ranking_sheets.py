"""A ranking as a workbook for officers: who, why, which clusters and gaps, how sure, how made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cluster_engine.reports.handover import Handover
from cluster_engine.reports.method_sheet import list_method
from cluster_engine.reports.sheet import Sheet, SheetColumn
from cluster_engine.reports.workbook import Written, write_workbook

LEI_PAGE = "https://search.gleif.org/#/record/"
"""Public record of a legal entity identifier."""

TARGETS, REASONS = "Targets", "Reasons"

CLUSTERS = (
    SheetColumn("name", "Niche cluster", "lines", 34),
    SheetColumn("jobs", "Jobs", "count", 10),
    SheetColumn("lq", "Location quotient", "ratio", 10),
    SheetColumn("lq_low", "LQ, low (90 %)", "ratio", 9),
    SheetColumn("lq_high", "LQ, high (90 %)", "ratio", 9),
    SheetColumn("p_specialised", "Probability of being specialised", "share", 12),
    SheetColumn("national_share", "Share of the nation's jobs", "share", 11),
    SheetColumn("growth", "Growth of jobs a year", "signed_share", 10),
    SheetColumn("stars", "Stars (of 4)", "whole", 8),
    SheetColumn("value_per_job", "Value added per job, £k", "count", 11),
    SheetColumn("n_listed", "Firms of this list", "whole", 9),
    SheetColumn("sectors", "Sectors (LQ)", "lines", 60),
)

GAPS = (
    SheetColumn("industry", "Input bought elsewhere", "lines", 34),
    SheetColumn("gap", "Gap, £m a year", "count", 11),
    SheetColumn("gap_low", "Gap, low", "count", 9),
    SheetColumn("gap_high", "Gap, high", "count", 9),
    SheetColumn("leaked", "Bought outside the region, £m a year", "count", 13),
    SheetColumn("relatedness", "Closeness to what the region makes (0 to 1)", "ratio", 13),
    SheetColumn("n_listed", "Firms of this list that make it", "whole", 11),
    SheetColumn("listed", "Who, best first", "lines", 60),
    SheetColumn("reason", "Why there is no figure", "lines", 30),
)

SOURCES = (
    SheetColumn("kind", "Kind", width=14),
    SheetColumn("title", "What", "lines", 60),
    SheetColumn("count", "Count", "count", 9),
    SheetColumn("of", "Of", "count", 9),
    SheetColumn("publisher", "Publisher", "lines", 28),
    SheetColumn("vintage", "Vintage, or remark", "lines", 30),
    SheetColumn("licence", "Licence", "lines", 28),
    SheetColumn("url", "Address", "lines", 60, link="url"),
)

METHOD = (
    SheetColumn("topic", "Topic", "lines", 30),
    SheetColumn("figure", "Figure", "plain", 12),
    SheetColumn("text", "What it means", "lines", 130),
)


def encode_ranking(handover: Handover, *, run_id: str = "") -> Written:
    """Encode a ranking as a workbook.

    Parameters
    ----------
    handover : Handover
    run_id : str
        Printed at the foot of every page; the run file beside the workbook holds it.
    """
    ranking = handover.ranking
    about = f"{ranking.market.name} for {ranking.region.name}, model {ranking.version}"
    sheets = (
        _make_targets(handover),
        _make_reasons(handover),
        _make_barred("Clusters", handover.niches, CLUSTERS, ("jobs", "lq")),
        _make_barred("Gaps", handover.gaps, GAPS, ("gap",)),
        Sheet("Sources and data quality", _list_sources(handover), SOURCES),
        Sheet("Method", list_method(handover, run_id), METHOD),
    )
    footer = about + (f", run {run_id}" if run_id else "")
    return write_workbook(sheets, footer=footer, title=f"Firms of {about}")


def _make_barred(
    name: str, frame: pd.DataFrame, columns: tuple[SheetColumn, ...], barred: tuple[str, ...]
) -> Sheet:
    """Make a sheet with bars from nothing to the largest number of a column."""
    shown = tuple(
        replace(column, bar=_span(frame[[column.name]], 0.0)) if column.name in barred else column
        for column in columns
    )
    return Sheet(name, frame, shown, frozen=1)


def _span(figures: pd.DataFrame, low: float) -> tuple[float, float]:
    """Where bars begin and end: one scale for all columns, so that lengths can be compared."""
    known = figures.to_numpy(dtype=float)
    known = known[np.isfinite(known)]
    lowest = min([low, *known])
    return float(lowest), float(max([lowest + 1.0, *known]))


def _make_targets(handover: Handover) -> Sheet:
    """Who, where, what, how sure and why; a click on the name leads to the points."""
    ranking, firms = handover.ranking, handover.firms
    rows, base = ranking.rows, ranking.base
    frame = rows.assign(
        **{name: firms[name].to_numpy() for name in ("website", "employees", "lei")},
        lei_page=[LEI_PAGE + lei if lei else "" for lei in firms["lei"]],
        to_reasons=[f"internal:'{REASONS}'!A{place + 2}" for place in range(len(rows))],
    )
    beyond = _list_beyond(handover)
    columns = (
        SheetColumn("rank", "Rank", "whole", 7),
        SheetColumn("firm_name", "Firm name", "lines", 31, link="to_reasons"),
        SheetColumn("country", "Country", width=10),
        SheetColumn("city", "City", "lines", 15),
        SheetColumn("industry_code", "Industry code", width=11),
        SheetColumn("industry", "Industry", "lines", 18),
        SheetColumn("niche_cluster", "Niche cluster", "lines", 20),
        SheetColumn("score", "Score", "ratio", 9, bar=_span(rows[["score"]], base)),
        SheetColumn("rank_low", "Rank, best (90 %)", "whole", 8),
        SheetColumn("rank_high", "Rank, worst (90 %)", "whole", 8),
        SheetColumn("p_top", f"In the top {ranking.top}, probability", "share", 12),
        SheetColumn("band", "Band", "whole", 7),
        *(SheetColumn(f"reason_{n}", f"Reason {n}", "lines", 26) for n in (1, 2, 3)),
        SheetColumn("data_notes", "Data notes", "lines", 36),
        *beyond,
    )
    return Sheet(TARGETS, frame, columns, frozen=2, printed=len(columns) - len(beyond))


def _list_beyond(handover: Handover) -> tuple[SheetColumn, ...]:
    """Columns to work with that paper has no room for."""
    lei = (SheetColumn("lei", "LEI", width=23, link="lei_page"),)
    return (
        SheetColumn("employees", "Employees", "count", 12),
        SheetColumn("website", "Website", width=30, link="website"),
        *(lei if handover.firms["lei"].ne("").any() else ()),
        SheetColumn("firm_id", "Firm ID", width=24),
    )


def _make_reasons(handover: Handover) -> Sheet:
    """Base and points of every criterion: they add up to the score."""
    rows = handover.ranking.rows
    back = [f"internal:'{TARGETS}'!A{place + 2}" for place in range(len(rows))]
    frame = rows.assign(base=handover.ranking.base, to_targets=back)
    names = [f"points_{name}" for name in handover.criteria["criterion"]]
    span = _span(rows[names], 0.0)
    points = (
        SheetColumn(name, f"{label}, points", "ratio", 12, bar=span)
        for name, label in zip(names, handover.criteria["label"], strict=True)
    )
    columns = (
        SheetColumn("rank", "Rank", "whole", 7),
        SheetColumn("firm_name", "Firm name", "lines", 34, link="to_targets"),
        SheetColumn("score", "Score", "ratio", 9),
        SheetColumn("base", "Base", "ratio", 8),
        *points,
        SheetColumn("firm_id", "Firm ID", width=24),
    )
    return Sheet(REASONS, frame, columns, frozen=2)


def _list_sources(handover: Handover) -> pd.DataFrame:
    columns = [column.name for column in SOURCES]
    sources = handover.sources.assign(kind="source", count=None, of=None)
    quality = handover.quality.rename(columns={"what": "title"}).assign(kind="data quality")
    texts = ("publisher", "vintage", "licence", "url")
    quality = quality.assign(**dict.fromkeys(texts, "")).assign(vintage=quality["remark"])
    records = [*quality[columns].to_dict("records"), *sources[columns].to_dict("records")]
    return pd.DataFrame(records, columns=columns).astype({"count": "Int64", "of": "Int64"})
