"""What the page about a market says in sentences: its summary, its tiles, its caveats."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from cluster_engine.firm_schemas import LOW_CONFIDENCE
from cluster_engine.reports.market_firms import UNMEASURED

if TYPE_CHECKING:
    from cluster_engine.reports.market_facts import MarketFacts

NAMED = 3
"""Names given of a longer list."""

NOT_HERE = "not in this pack"


def write_title(facts: MarketFacts) -> str:
    """Heading of the page."""
    return f"{facts.ranking.market.name} for {facts.ranking.region.name}"


def write_tiles(facts: MarketFacts) -> list[tuple[str, str, str]]:
    """Label, figure and note of every tile of the region at a glance."""
    region, ranking = facts.region, facts.ranking
    value = NOT_HERE if math.isnan(region.value_added) else f"£{region.value_added / 1000:,.0f}bn"
    value_note = "" if math.isnan(region.value_added) else (
        f"£{region.value_per_job:,.0f}k a job, nation £{region.value_per_job_nation:,.0f}k; "
        f"{region.value_year}, current prices"
    )  # fmt: skip
    bought = NOT_HERE if math.isnan(region.bought) else f"£{region.bought_elsewhere / 1000:,.0f}bn"
    bought_note = "" if math.isnan(region.bought) else (
        f"a year, of £{region.bought / 1000:,.0f}bn of inputs bought; modelled"
    )  # fmt: skip
    return [
        ("Jobs", f"{region.jobs / 1e6:,.2f}m",
         f"{region.jobs_share:.1%} of the nation’s; {ranking.year}"),
        ("Niche clusters", f"{len(facts.niches)}",
         f"{region.niche_jobs:,.0f} jobs, {region.niche_jobs / region.jobs:.0%} of the region’s"),
        ("Value added", value, value_note),
        ("Bought elsewhere", bought, bought_note),
        (f"Firms of {ranking.market.name}", f"{ranking.n_ranked:,}",
         f"ranked; the first {len(ranking.rows):,} are listed below"),
    ]  # fmt: skip


def write_summary(facts: MarketFacts) -> list[str]:
    """The page in a handful of sentences."""
    return [
        *_sum_up_niches(facts),
        *_sum_up_firms(facts),
        *_sum_up_gaps(facts),
        "A score orders firms by fit. It is not a probability that a firm invests.",
    ]


def _sum_up_niches(facts: MarketFacts) -> list[str]:
    region, niches = facts.ranking.region.name, facts.niches
    if niches.empty:
        return [f"{region} has no niche cluster in these figures."]
    largest = niches.sort_values(["jobs", "name"], ascending=[False, True]).head(NAMED)
    rarest = niches.sort_values(["lq", "name"], ascending=[False, True]).head(NAMED)
    return [
        f"{region} has {len(niches)} niche clusters. Most jobs: "
        + _join(_tell(largest, "jobs", "{:,.0f}"))
        + ". Most special: "
        + _join(_tell(rarest, "lq", "LQ {:.1f}"))
        + "."
    ]


def _sum_up_firms(facts: MarketFacts) -> list[str]:
    ranking, rows = facts.ranking, facts.ranking.rows
    if rows.empty:
        return [f"No firm of {ranking.market.name} could be ranked."]
    fits = facts.niches[facts.niches["n_firms"] > 0].sort_values(
        ["n_firms", "name"], ascending=[False, True]
    )
    sentences = [
        f"First of {ranking.n_ranked:,} firms: {_join(rows['firm_name'].head(NAMED))}.",
    ]
    if len(fits):
        sentences[0] += (
            f" Of the {len(rows):,} listed, {int(fits['n_firms'].sum()):,} are in or close to a "
            "niche cluster; the largest groups: "
            + _join(_tell(fits.head(NAMED), "n_firms", "{:,}"))
            + "."
        )
    if rows["band"].notna().any():
        sentences.append(
            f"Ranks are not exact: the first firm’s 90 % interval is {rows['rank_low'].iloc[0]} "
            f"to {rows['rank_high'].iloc[0]}. Firms of one band cannot be told apart."
        )
    return sentences


def _sum_up_gaps(facts: MarketFacts) -> list[str]:
    if facts.gaps is None:
        return []
    rows = facts.gaps[facts.gaps["gap"] > 0].head(NAMED)
    if rows.empty:
        return []
    return [
        "Bought elsewhere, though the region makes the like of it: "
        + _join(_tell(rows.assign(leaked=rows["leaked"] / 1000), "leaked", "£{:,.1f}bn a year"))
        + "."
    ]  # fmt: skip


def write_caveats(facts: MarketFacts) -> list[str]:
    """What a reader must keep in mind."""
    ranking, codes = facts.ranking, facts.codes
    weights = "your weights where you set them, else priors" if ranking.user_weights else "priors"
    caveats = [
        f"Weights are {weights}: documented judgements, not learned from investments won.",
        *_judge_codes(codes),
        *facts.notes,
        "Unknown figures of a firm widen the interval of its rank; they never count as zero.",
        *facts.pack_remarks,
    ]
    if facts.gaps is not None:
        gap = facts.gap_facts
        caveats.append(
            "What the region buys elsewhere is modelled from the national input-output table by "
            f"regional shares (FLQ, δ = {gap['delta']:g}; low and high: δ = {gap['low']:g} to "
            f"{gap['high']:g}): no survey has counted it."
        )
    if ranking.draws:
        caveats.append(
            f"Intervals come from {ranking.draws} draws (seed {ranking.seed}) over the noise of "
            "figures, industry codes and weights."
        )
    return caveats


def _judge_codes(codes: pd.DataFrame) -> list[str]:
    if codes.empty:
        return []
    told = codes["basis"].isin(UNMEASURED)
    official = int((codes["basis"] == "official code").sum())
    doubtful = int((~told & ~codes["confidence"].ge(LOW_CONFIDENCE)).sum())
    return [
        f"Industry codes of the {len(codes):,} firms listed: {official:,} official, "
        f"{int(told.sum()) - official:,} set by hand, {int((~told).sum()):,} read from what the "
        f"firm says it does. {doubtful:,} of these are less than {LOW_CONFIDENCE:.0%} sure: check "
        "them before a call."
    ]


def _tell(rows: pd.DataFrame, column: str, form: str) -> list[str]:
    """Names with a figure in brackets."""
    pairs = zip(rows["name"], rows[column], strict=True)
    return [f"{name} ({form.format(figure)})" for name, figure in pairs]


def _join(names: Iterable[str]) -> str:
    """Names as a sentence lists them."""
    listed = list(names)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
