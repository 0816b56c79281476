"""The shortlist as a report."""

from __future__ import annotations

from cluster_engine.reports.report import Report, Shown
from cluster_engine.results import Ranking

SHOWN = (
    Shown("rank", "#", "count"),
    Shown("firm", "Firm", min_width=16, max_width=26),
    Shown("industry", "Industry", min_width=12, max_width=20),
    Shown("niche_cluster", "Niche cluster", min_width=12, max_width=22),
    Shown("score", "Score", "score"),
    Shown("why", "Why", "lines", min_width=30),
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
        why=["\n".join(f"· {reason}" for reason in found if reason) for found in reasons],
    )
    facts = {
        "region": ranking.region.slug,
        "market": ranking.market.slug,
        "model": ranking.version,
        "employment_year": ranking.year,
        "base": ranking.base,
        "firms_ranked": ranking.n_ranked,
        "firms_left_out": ranking.n_unranked,
        "rank_correlation_with_size": ranking.size_correlation,
        "weights": "prior",
    }
    title = (
        f"{ranking.market.name}: {len(rows)} of {ranking.n_ranked} firms for "
        f"{ranking.region.name} (jobs of {ranking.year}, model {ranking.version}, prior weights)"
    )
    return Report(title, rows, SHOWN, shown, facts)
