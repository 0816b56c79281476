"""What leaves the house with a ranking: the list, and all that explains and backs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_engine.results import Ranking

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Handover:
    """A ranking with its surroundings, as plain tables.

    Attributes
    ----------
    ranking : Ranking
    firms : DataFrame
        One row per row of the ranking, in its order: firm_id, website, domain ('' for
        none or a shared one), employees (persons), lei ('' unless its check digits hold),
        strategic_driver.
    criteria : DataFrame
        One row per criterion: criterion, label, question, meaning, weight (points per standard
        deviation), nature ('prior' or 'user').
    niches : DataFrame
        Niche clusters of the region, as a model holds them, and n_listed: firms of the list.
    gaps : DataFrame
        One row per input-output industry, largest gap first: industry, leaked, gap, gap_low,
        gap_high (£m a year), relatedness (0 to 1), reason, n_listed, listed (names).
    sources : DataFrame
        One row per source of the pack: id, title, publisher, vintage, licence, url.
    quality : DataFrame
        One row per finding about the data: what, count, of, remark.
    facts : mapping
        JSON-ready: pack, classification, host_country, currency.
    """

    ranking: Ranking
    firms: pd.DataFrame
    criteria: pd.DataFrame
    niches: pd.DataFrame
    gaps: pd.DataFrame
    sources: pd.DataFrame
    quality: pd.DataFrame
    facts: Mapping[str, Any]
