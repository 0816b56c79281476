"""What the page about a market is made of: plain tables and figures, all of them worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_engine.packs.manifest import Source
from cluster_engine.reports.report import Report
from cluster_engine.results import Ranking

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """A region at a glance.

    Attributes
    ----------
    jobs, niche_jobs : float
        Jobs of the year: all, and those in niche clusters.
    jobs_share : float
        Of the nation's jobs.
    value_added, value_per_job, value_per_job_nation : float
        £m a year, and £ thousand per job; NaN where not in the pack.
    value_year : int
    bought, bought_elsewhere : float
        Inputs of all industries, £m a year; NaN without an input-output table.
    """

    jobs: float
    niche_jobs: float
    jobs_share: float
    value_added: float
    value_per_job: float
    value_per_job_nation: float
    value_year: int
    bought: float
    bought_elsewhere: float


@dataclass(frozen=True, slots=True)
class MarketFacts:
    """All that the page about a market shows.

    Attributes
    ----------
    ranking : Ranking
        The firms listed.
    codes : DataFrame
        One row per firm listed, in its order: basis and confidence of its main industry code.
    criteria : mapping of str to str
        Label of each criterion by name; its points are in ``points_<name>``.
    region : RegionFacts
    niches : DataFrame
        Niche clusters of the model, with slug, n_firms (firms listed that fit), best_firm and
        best_rank.
    niche_places : DataFrame
        name, x, y, degree.
    niche_links : DataFrame
        first, second, relatedness; strongest first.
    gaps : DataFrame or None
        Inputs bought elsewhere, largest gap first; None: no input-output table.
    gap_facts : mapping
        delta, low and high.
    pack_title : str
    pack_remarks : tuple of str
    sources : tuple of Source
    tables : DataFrame
        table, rows, nature, remarks of the pack.
    notes : tuple of str
        What a reader of the list must know.
    programme : tuple of Report
        Tables of a programme; empty: none was planned.
    """

    ranking: Ranking
    codes: pd.DataFrame
    criteria: Mapping[str, str]
    region: RegionFacts
    niches: pd.DataFrame
    niche_places: pd.DataFrame
    niche_links: pd.DataFrame
    gaps: pd.DataFrame | None
    gap_facts: Mapping[str, Any]
    pack_title: str
    pack_remarks: tuple[str, ...]
    sources: tuple[Source, ...]
    tables: pd.DataFrame
    notes: tuple[str, ...]
    programme: tuple[Report, ...] = ()
