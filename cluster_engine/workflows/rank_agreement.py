"""How far two models of a region order the firms of a pack alike."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cluster_engine.packs.pack import Pack
from cluster_engine.results import Model
from cluster_engine.targeting.features import FirmTables, build_features
from cluster_engine.targeting.score import score_firms
from cluster_engine.workflows.firm_tables import read_firm_tables
from cluster_engine.workflows.model_scoring import read_model_scoring


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """Two lists beside each other.

    Attributes
    ----------
    overlap : float or None
        Share of the top firms that are in both lists, mean over markets; None where no market has
        more firms than the list is long.
    correlation : float or None
        Spearman's, mean over markets; None where no market has three firms.
    lowest_market : str
        Where the lists differ most.
    n_markets : int
    """

    overlap: float | None
    correlation: float | None
    lowest_market: str
    n_markets: int


def compare_ranks(pack: Pack, new: Model, old: Model, top: int) -> RankAgreement:
    """Score the firms of the pack with both models and compare the lists, market by market.

    Parameters
    ----------
    pack : Pack
    new, old : Model
    top : int
        Length of a list.
    """
    tables = read_firm_tables(pack)
    both = pd.concat(
        {name: _score(model, tables) for name, model in (("new", new), ("old", old))}, axis=1
    )
    both = both.dropna()
    country = tables.firms.set_index("firm_id")["country"].reindex(both.index)
    markets = pack.read("markets").groupby("market")["country"].agg(set)
    rows = [
        _compare(str(market), both[country.isin(codes).to_numpy()], top)
        for market, codes in markets.items()
    ]
    table = pd.DataFrame(rows, columns=["market", "overlap", "correlation"])
    known = table.dropna(subset="correlation")
    lowest = known.sort_values(["correlation", "market"])["market"]
    return RankAgreement(
        overlap=_mean(table["overlap"]),
        correlation=_mean(table["correlation"]),
        lowest_market="" if lowest.empty else str(lowest.iloc[0]),
        n_markets=len(known),
    )


def _score(model: Model, tables: FirmTables) -> pd.Series[float]:
    scoring, _ = read_model_scoring(model)
    features = build_features(
        tables, model.sectors, largest_sales_per_employee=scoring.largest_sales_per_employee
    )
    scored = score_firms(features, model.reference, scoring)
    ids = features.firms["firm_id"].to_numpy()
    return pd.Series(scored.score, index=ids).sort_index()


def _compare(market: str, both: pd.DataFrame, top: int) -> tuple[str, float, float]:
    nothing = float("nan")
    overlap = correlation = nothing
    if len(both) > top:
        first, second = (
            set(both[name].sort_values(ascending=False, kind="stable").index[:top])
            for name in ("new", "old")
        )
        overlap = len(first & second) / top
    if len(both) >= 3:
        ranks = both.rank()
        if (ranks.nunique() > 1).all():
            correlation = float(ranks["new"].corr(ranks["old"]))
    return market, overlap, correlation


def _mean(values: pd.Series[float]) -> float | None:
    return None if values.isna().all() else float(values.mean())
