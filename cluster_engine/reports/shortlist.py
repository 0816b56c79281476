"""The shortlist as a report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cluster_engine.reports.report import Report, Shown
from cluster_engine.results import Ranking

SHOWN = (
    Shown("rank", "#", "count"),
    Shown("sure", "90 %", min_width=7),
    Shown("band", "Band", "count"),
    Shown("firm", "Firm", min_width=12, max_width=16),
    Shown("industry", "Industry", min_width=9, max_width=12),
    Shown("niche_cluster", "Niche cluster", min_width=9, max_width=13),
    Shown("score", "Score", "score"),
    Shown("why", "Why", "lines", min_width=24),
)


def report_ranking(ranking: Ranking) -> Report:
    """Make the report of a ranking.

    Parameters
    ----------
    ranking : Ranking
        Best firm first.
    """
    rows = ranking.rows
    reasons = rows[["reason_1", "reason_2", "reason_3"]].itertuples(index=False)
    shown = rows.assign(
        firm=[
            f"{name}, {city}" if city else str(name)
            for name, city in zip(rows["firm_name"], rows["city"], strict=True)
        ],
        sure=[
            "" if pd.isna(low) else f"{low}-{high}"
            for low, high in zip(rows["rank_low"], rows["rank_high"], strict=True)
        ],
        why=["\n".join(f"· {reason}" for reason in found if reason) for found in reasons],
    )
    whose = name_weights(ranking)
    title = (
        f"{ranking.market.name}: {len(rows)} of {ranking.n_ranked:,} firms for "
        f"{ranking.region.name} (jobs of {ranking.year}, model {ranking.version}, {whose})"
    )
    return Report(title, rows, SHOWN, shown, list_facts(ranking))


def name_weights(ranking: Ranking) -> str:
    """Say whose the weights of a list are."""
    if ranking.user_weights:
        return "your weights"
    return "learned and prior weights" if ranking.learned_weights else "prior weights"


def list_facts(ranking: Ranking) -> dict[str, Any]:
    """What a list is about, JSON-ready: whose firms, model, weights and draws."""
    return {
        "region": ranking.region.slug,
        "market": ranking.market.slug,
        "model": ranking.version,
        "employment_year": ranking.year,
        "base": ranking.base,
        "firms_ranked": ranking.n_ranked,
        "firms_left_out": ranking.n_unranked,
        "rank_correlation_with_size": ranking.size_correlation,
        "weights": "user" if ranking.user_weights else "prior",
        "learned_weights": dict(ranking.learned_weights),
        "user_weights": dict(ranking.user_weights),
        "draws": ranking.draws,
        "seed": ranking.seed,
        "p_top_of": ranking.top,
        "known_of_no_firm": list(ranking.missing),
    }
