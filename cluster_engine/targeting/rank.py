"""Score firms and put them in order: score = base + sum of points, exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.results import Market, Model, Ranking
from cluster_engine.settings import Scoring
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.features import FirmFeatures, build_features
from cluster_engine.targeting.notes import write_notes
from cluster_engine.targeting.reasons import CLOSE_TO_NICHE, N_REASONS, write_reasons
from cluster_engine.targeting.reference import fill_unknown, standardise

POINT_DIGITS = 2
"""Points are rounded first and then added, so that the printed sum is exact."""

SCORE_DIGITS = 9
"""Takes the noise of floating point out of the sum and leaves the digits of any base."""

POINT_COLUMNS = tuple(f"points_{criterion.name}" for criterion in CRITERIA)

COLUMNS = (
    "rank", "firm_id", "firm_name", "country", "city", "industry_code", "industry",
    "niche_cluster", "score", "rank_low", "rank_high", "p_top",
    *(f"reason_{place + 1}" for place in range(N_REASONS)),
    *POINT_COLUMNS, "data_notes",
)  # fmt: skip
"""Columns of a shortlist, in this order."""


def score_firms(
    features: FirmFeatures, reference: Mapping[str, object], scoring: Scoring
) -> tuple[pd.DataFrame, Mapping[str, NDArray[np.bool_]]]:
    """Score every firm.

    Parameters
    ----------
    features : FirmFeatures
        The firms.
    reference : mapping
        Yardstick of the model.
    scoring : Scoring
        Base, limit and weights.

    Returns
    -------
    points : DataFrame
        One ``points_<criterion>`` column per criterion, and score; rows as in ``features``.
    unknown : mapping of str to ndarray of bool
        Parts that were not known.
    """
    filled, unknown = fill_unknown(features, reference)
    values = standardise(filled, features.trust, reference, scoring)
    points = pd.DataFrame(
        {
            f"points_{criterion.name}": np.round(
                scoring.weights[criterion.name] * values[criterion.name], POINT_DIGITS
            )
            for criterion in CRITERIA
        }
    )
    score = scoring.base + points.sum(axis=1)
    return points.assign(score=score.round(SCORE_DIGITS)), unknown


def rank_firms(
    model: Model,
    market: Market,
    firms: pd.DataFrame,
    firm_industries: pd.DataFrame,
    scoring: Scoring,
    *,
    niches: Collection[str] | None = None,
    top: int | None = None,
) -> Ranking:
    """Rank the firms of one market for the region of a model. Nothing is fitted here.

    Parameters
    ----------
    model : Model
        The champion.
    market : Market
        Where the firms are.
    firms, firm_industries : DataFrame
        Tables of the pack; firms of other countries are left out.
    scoring : Scoring
        Base, limit and weights.
    niches : collection of str, optional
        Keep only firms of these niche clusters, at the rank they have among all.
    top : int, optional
        Keep only so many of the best.

    Returns
    -------
    Ranking
        The firms kept, best first; equal scores in order of firm_id.
    """
    inside = firms[firms["country"].isin(market.countries)]
    features = build_features(inside, firm_industries, model.sectors)
    points, unknown = score_firms(features, model.reference, scoring)
    table = pd.concat([features.firms, points], axis=1)
    sectors = model.sectors.set_index("industry").reindex(table["main_industry"])
    table = table.assign(niche_cluster=_name_niche(sectors))
    ordered = table.sort_values(["score", "firm_id"], ascending=[False, True], kind="stable")
    ordered = ordered.assign(rank=np.arange(1, len(ordered) + 1))
    if niches is not None:
        ordered = ordered[ordered["niche_cluster"].isin(list(niches))]
    # Words are written for the firms kept: in a large market they take longer than the scores.
    kept = ordered.head(len(ordered) if top is None else top)
    positions = kept.index.to_numpy()
    marks = {part: mask[positions] for part, mask in unknown.items()}
    return Ranking(
        region=model.region,
        market=market,
        rows=_write_rows(kept, sectors.iloc[positions], marks, model),
        base=scoring.base,
        n_ranked=len(table),
        n_unranked=len(inside) - len(table),
        size_correlation=_correlate_size(table),
        version=str(model.facts["version"]),
        year=int(model.facts["year"]),
    )


def _write_rows(
    kept: pd.DataFrame,
    sectors: pd.DataFrame,
    unknown: Mapping[str, NDArray[np.bool_]],
    model: Model,
) -> pd.DataFrame:
    table = kept.reset_index(drop=True)
    table = table.assign(
        industry_code=table["main_industry"],
        industry=sectors["name"].to_numpy(),
        city=table["city"].fillna(""),
        rank_low=pd.array([pd.NA] * len(table), dtype="Int64"),
        rank_high=pd.array([pd.NA] * len(table), dtype="Int64"),
        p_top=np.nan,
        data_notes=write_notes(table, unknown),
    )
    reasons = write_reasons(table, sectors, model)
    return pd.concat([table, reasons], axis=1)[list(COLUMNS)]


def _name_niche(sectors: pd.DataFrame) -> NDArray[np.object_]:
    """Niche cluster a sector is in, or else the one it is close to."""
    close = sectors["nearest_niche_name"].where(sectors["niche_affinity"] >= CLOSE_TO_NICHE, "")
    return sectors["niche_name"].fillna(close).to_numpy(dtype=object)


def _correlate_size(table: pd.DataFrame) -> float:
    """Spearman correlation of score and employees, over firms whose employees are known."""
    known = table[table["employees"].notna()]
    if len(known) < 3 or known["score"].nunique() == 1 or known["employees"].nunique() == 1:
        return float("nan")
    ranks = known[["score", "employees"]].rank()
    return float(np.corrcoef(ranks["score"], ranks["employees"])[0, 1])
