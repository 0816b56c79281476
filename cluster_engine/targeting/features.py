"""What is known about each firm, as numbers that criteria can use; unknown stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SECTOR_PARTS = ("specialisation", "affinity", "supplier", "customer", "class_level")
"""Parts that come from the firm's sectors, weighted by its shares in them."""


@dataclass(frozen=True, slots=True)
class FirmFeatures:
    """Firms with a usable industry code, in order of firm_id.

    Attributes
    ----------
    firms : DataFrame
        Columns of the pack's firms, and main_industry with its knowledge_class, confidence
        and basis, and n_industries.
    parts : mapping of str to ndarray of float, each of shape (n_firms,)
        Raw value of every part of a criterion; NaN where not known.
    """

    firms: pd.DataFrame
    parts: Mapping[str, Floats]

    @property
    def trust(self) -> Floats:
        """Probability that the industry code is right; 1 for an official code."""
        trust: Floats = self.firms["confidence"].fillna(1.0).to_numpy(dtype=np.float64)
        return trust


def build_features(
    firms: pd.DataFrame, firm_industries: pd.DataFrame, sectors: pd.DataFrame
) -> FirmFeatures:
    """Join firms with the region's sectors.

    Parameters
    ----------
    firms, firm_industries : DataFrame
        Tables of the pack.
    sectors : DataFrame
        Sector table of a model, with a column for each of ``SECTOR_PARTS``.

    Returns
    -------
    FirmFeatures
        Only rankable firms with at least one code that the model knows.
    """
    known = firm_industries[firm_industries["industry"].isin(sectors["industry"])]
    known = known.sort_values(
        ["firm_id", "weight", "industry"], ascending=[True, False, True], kind="stable"
    )
    main = known.drop_duplicates("firm_id").set_index("firm_id")
    counts = known.groupby("firm_id").size()
    rankable = firms[(firms["status"] == "rankable") & firms["firm_id"].isin(main.index)]
    rankable = rankable.sort_values("firm_id", kind="stable").reset_index(drop=True)
    ids = rankable["firm_id"]
    codes = main["industry"].reindex(ids)
    classes = sectors.set_index("industry")["knowledge_class"]
    rankable = rankable.assign(
        main_industry=codes.to_numpy(),
        knowledge_class=classes.reindex(codes).to_numpy(),
        confidence=main["confidence"].reindex(ids).to_numpy(dtype=np.float64),
        basis=main["basis"].reindex(ids).to_numpy(),
        n_industries=counts.reindex(ids).to_numpy(),
    )
    return FirmFeatures(rankable, _sector_parts(ids, known, sectors) | _own_parts(rankable))


def _sector_parts(ids: pd.Series, known: pd.DataFrame, sectors: pd.DataFrame) -> dict[str, Floats]:
    rows = known[known["firm_id"].isin(ids)]
    values = sectors.set_index("industry")[list(SECTOR_PARTS)].reindex(rows["industry"])
    weight = rows["weight"].to_numpy(dtype=np.float64)[:, None]
    weighted = pd.DataFrame(values.to_numpy(dtype=np.float64) * weight, columns=list(SECTOR_PARTS))
    owner = rows["firm_id"].to_numpy()
    # A sector without a value has no say: neither in the sum nor in the weights.
    total = weighted.notna().mul(weight[:, 0], axis=0).groupby(owner).sum()
    # min_count: a firm whose sectors have no value keeps none.
    sums = weighted.groupby(owner).sum(min_count=1)
    means = sums.div(total).reindex(ids)
    return {part: means[part].to_numpy(dtype=np.float64) for part in SECTOR_PARTS}


def _own_parts(firms: pd.DataFrame) -> dict[str, Floats]:
    def log10(column: str, add: float = 0.0) -> Floats:
        values = firms[column].to_numpy(dtype=np.float64) + add
        return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)

    rd = firms["rd"].to_numpy(dtype=np.float64)
    sales = firms["sales"].to_numpy(dtype=np.float64)
    intensity = np.divide(rd, sales, out=np.full(len(rd), np.nan), where=sales > 0)
    return {
        "employees": log10("employees"),
        # A tenth of a million more: R&D that is known to be nothing is low, not unknown.
        "rd": log10("rd", 0.1),
        "growth": np.clip(firms["sales_growth"].to_numpy(dtype=np.float64), -0.3, 0.3),
        "rd_intensity": np.sqrt(np.clip(intensity, 0.0, 1.0)),
        "patents_abroad": log10("patents_abroad", 1.0),
        "trademarks_abroad": log10("trademarks_abroad", 1.0),
    }
