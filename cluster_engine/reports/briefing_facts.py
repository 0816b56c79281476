"""What a briefing about one firm is made of: plain tables and figures, all of them worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_engine.packs.manifest import Source
from cluster_engine.results import Explanation

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Offer:
    """What a region offers, beside the regions it competes with.

    Attributes
    ----------
    place : str
        Name of the region the figures are for: the region itself, or the one that holds it; empty:
        none of the pack's figures are.
    rows : DataFrame
        One row per indicator, in the order of the page: indicator, label, unit ('£', '£m', '%', or
        '£ a job'), period, here, nation, place (1 = highest), n_places, best_name, best.
    rivals : DataFrame
        One row per region with figures, the own one first: region_name, and a column per
        indicator of ``rows``.
    occupations : DataFrame
        Occupations the firm's group of sections employs most, largest first: occupation_name,
        share (of the group, nation), persons (in the region, all sections), quotient (share of the
        region's persons over the nation's), place, n_places.
    occupations_group : str
        Name of the group of sections.
    occupations_period : str
    industry : DataFrame
        Jobs of the firm's industry by region, most special first: region_name, jobs, lq, is_own.
    jobs_year : int
    """

    place: str
    rows: pd.DataFrame
    rivals: pd.DataFrame
    occupations: pd.DataFrame
    occupations_group: str
    occupations_period: str
    industry: pd.DataFrame
    jobs_year: int


@dataclass(frozen=True, slots=True)
class Briefing:
    """One firm, for the officer on the way to it.

    Attributes
    ----------
    explanation : Explanation
    firm : mapping
        The firm's row of the pack or list, as far as it is known.
    country : str
        Name.
    sector : mapping
        Its main industry in the model's sector table.
    offer : Offer
    sites : DataFrame or None
        kind, name, place, what, url, source; None: no file was given.
    sources : tuple of Source
        Behind the figures.
    """

    explanation: Explanation
    firm: Mapping[str, Any]
    country: str
    sector: Mapping[str, Any]
    offer: Offer
    sites: pd.DataFrame | None
    sources: tuple[Source, ...]
