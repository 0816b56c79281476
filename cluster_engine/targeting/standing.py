"""Where firms stand among all of their market."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.results import Market
from cluster_engine.targeting.features import FirmTables
from cluster_engine.targeting.score import Scored


@dataclass(frozen=True, slots=True)
class Standing:
    """Where firms stand among all of their market, also where only the best are at hand.

    Attributes
    ----------
    ranks : ndarray of int, shape (n_firms,)
        Of the firms at hand, in their order.
    n_ranked, n_unranked : int
        Firms of the market that can be ranked, and those without a usable industry code.
    size_correlation : float
        Spearman correlation of score and employees over the firms ranked.
    """

    ranks: NDArray[np.int64]
    n_ranked: int
    n_unranked: int
    size_correlation: float


def find_standing(scored: Scored, market: Market, tables: FirmTables) -> Standing:
    """Rank all firms of a market that are at hand."""
    n_firms = len(scored.features.firms)
    ranks = np.empty(n_firms, np.int64)
    ranks[scored.order] = np.arange(1, n_firms + 1)
    n_inside = int(tables.firms["country"].isin(market.countries).sum())
    return Standing(ranks, n_firms, n_inside - n_firms, correlate_scored(scored))


def correlate_scored(scored: Scored) -> float:
    """Spearman correlation of score and employees, over firms whose employees are known."""
    table = scored.features.firms[["employees"]].assign(score=scored.score)
    return correlate_size(table[table["employees"].notna()])


def correlate_size(known: pd.DataFrame) -> float:
    """Spearman correlation of the columns score and employees; NaN where nothing differs."""
    if len(known) < 3 or known["score"].nunique() == 1 or known["employees"].nunique() == 1:
        return float("nan")
    ranks = known[["score", "employees"]].rank()
    return float(np.corrcoef(ranks["score"], ranks["employees"])[0, 1])
