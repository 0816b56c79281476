"""The charts of the page about a market, as Vega-Lite specifications; nothing is drawn here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from cluster_engine.reports.charting import (
    BLUE,
    INK,
    LABEL_WIDTH,
    SKY,
    Spec,
    finish,
    load_altair,
)
from cluster_engine.reports.niche_charts import chart_network, chart_niches
from cluster_engine.reports.write import drop_controls

if TYPE_CHECKING:
    from cluster_engine.reports.market_facts import MarketFacts

CHARTED_FIRMS = 40
CHARTED_GAPS = 15


def build_charts(facts: MarketFacts) -> Mapping[str, Spec]:
    """Build every chart that has something to show, by the name of its place on the page."""
    alt = load_altair()
    charts = {"ranks": _chart_ranks(alt, facts.ranking.rows, facts.ranking.n_ranked)}
    if len(facts.niches):
        charts["bubbles"] = chart_niches(alt, facts.niches)
        charts["network"] = chart_network(alt, facts)
    if facts.gaps is not None and facts.gaps["gap"].gt(0).any():
        charts["gaps"] = _chart_gaps(alt, facts.gaps)
    return {name: finish(chart, name) for name, chart in charts.items() if chart is not None}


def _limit_labels(alt: Any) -> Any:
    return alt.Axis(labelLimit=alt.expr(f"width > {LABEL_WIDTH} ? 260 : 120"))


def _chart_gaps(alt: Any, gaps: pd.DataFrame) -> Any:
    """The largest gaps by where the input comes from today."""
    rows = gaps[gaps["gap"] > 0].head(CHARTED_GAPS)
    origins = {"gap_interregional": "elsewhere in the nation", "gap_imports": "abroad"}
    long = rows.rename(columns=origins).melt(
        ["name", "relatedness"], list(origins.values()), "origin", "amount"
    )
    long = long.round({"amount": 1, "relatedness": 2})
    return (
        alt.Chart(long)
        .mark_bar(stroke=INK, strokeWidth=0.4)
        .encode(
            x=alt.X(
                "amount:Q", axis=alt.Axis(tickCount=6, format=",.0f"),
                title="Gap, £m a year: bought elsewhere × relatedness",
            ),
            y=alt.Y(
                "name:N", sort=list(rows["name"]), title=None, axis=_limit_labels(alt)
            ),
            color=alt.Color(
                "origin:N", title="Comes today from",
                scale=alt.Scale(domain=list(origins.values()), range=[SKY, BLUE]),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Input"),
                alt.Tooltip("origin:N", title="Comes from"),
                alt.Tooltip("amount:Q", title="£m a year", format=",.0f"),
                alt.Tooltip("relatedness:Q", title="Relatedness", format=".2f"),
            ],
        )
        .properties(height=22 * len(rows) + 30)
    )  # fmt: skip


def _chart_ranks(alt: Any, firms: pd.DataFrame, n_ranked: int) -> Any:
    """Rank of the first firms with its 90 % interval."""
    rows = firms[firms["rank_low"].notna()].head(CHARTED_FIRMS)
    if rows.empty:
        return None
    rows = rows[["rank", "firm_name", "rank_low", "rank_high", "niche_cluster"]].assign(
        label=[f"{rank} {drop_controls(name)}" for rank, name in
               zip(rows["rank"], rows["firm_name"], strict=True)],
        firm_name=rows["firm_name"].map(drop_controls),
    )  # fmt: skip
    base = alt.Chart(rows)
    y = alt.Y("label:N", sort=list(rows["label"]), title=None, axis=_limit_labels(alt))
    x = alt.X(
        "rank_low:Q", title=f"Rank among {n_ranked:,} firms (log scale)",
        scale=alt.Scale(type="log", domainMin=0.9, nice=False),
        axis=alt.Axis(values=[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000], format="~g"),
    )  # fmt: skip
    tips = [
        alt.Tooltip("firm_name:N", title="Firm"),
        alt.Tooltip("rank:Q", title="Rank"),
        alt.Tooltip("rank_low:Q", title="90 % from"),
        alt.Tooltip("rank_high:Q", title="to"),
    ]
    bars = base.mark_rule(strokeWidth=5, color=SKY, strokeCap="round")
    dots = base.mark_point(filled=True, size=60, color=INK, shape="diamond", opacity=1)
    return alt.layer(
        bars.encode(x=x, x2="rank_high:Q", y=y, tooltip=tips),
        dots.encode(x=alt.X("rank:Q"), y=y, tooltip=tips),
    ).properties(height=20 * len(rows) + 30)
