"""Who makes the inputs a region buys elsewhere: industries, or the sectors in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Concentration
from cluster_engine.results import LOCAL, Model
from cluster_engine.workflows.analyse import select_areas
from cluster_engine.workflows.comparison import measure_columns
from cluster_engine.workflows.economy import Economy
from cluster_engine.workflows.industry_relatedness import (
    LOCAL_INDUSTRY,
    NEAR,
    align_sectors,
    relate_industries,
)

Floats = NDArray[np.float64]

MONEY = ("demand", "regional", "interregional", "imports", "leaked", "leaked_low", "leaked_high")
"""Columns in £m, which a sector shares with the others of its industry."""


@dataclass(frozen=True, slots=True)
class Suppliers:
    """Suppliers of a region's inputs: their jobs there, how specialised it is, how related.

    Attributes
    ----------
    economy : Economy
    model : Model
    base : tuple of str
        Areas of the base of the LQ.
    settings : Concentration
        Threshold and shrinkage.
    """

    economy: Economy
    model: Model
    base: tuple[str, ...]
    settings: Concentration

    def list_industries(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Add jobs, LQ with interval, and relatedness to rows of input-output industries."""
        own, base = self._count_jobs()
        shares = self.economy.io_shares
        size = self._plant_sizes()
        total = base @ shares
        # Jobs of different sectors are different plants: sizes average by jobs.
        mean = np.divide((base * size) @ shares, total, out=np.full(len(total), np.nan),
                         where=total > 0)  # fmt: skip
        columns = measure_columns(own @ shares, total, mean, self.settings)
        related = relate_industries(self.economy, self.model)
        return rows.assign(jobs=own @ shares, **columns, **related)

    def list_sectors(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Split every industry among its four-digit sectors by their jobs in the nation."""
        economy = self.economy
        own, base = self._count_jobs()
        weight = economy.io_shares * economy.jobs[-1].sum(axis=0)[:, None]
        total = weight.sum(axis=0)
        part = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
        sector, industry = np.nonzero(part)
        found = rows.take(industry).reset_index(drop=True)
        share = part[sector, industry]
        columns = measure_columns(own, base, self._plant_sizes(), self.settings)
        columns |= self._relate_sectors() | {"jobs": own}
        return found.assign(
            industry=economy.sectors["industry"].to_numpy()[sector],
            name=economy.sectors["name"].to_numpy()[sector],
            **{name: found[name].to_numpy() * share for name in MONEY},
            **{name: values[sector] for name, values in columns.items()},
        )

    def _count_jobs(self) -> tuple[Floats, Floats]:
        latest = self.economy.jobs[-1]
        inside = [place for place, area in enumerate(self.economy.areas) if area in self.base]
        own = latest[select_areas(self.economy, self.model.region)].sum(axis=0)
        return own, latest[inside].sum(axis=0)

    def _plant_sizes(self) -> Floats:
        size = self.economy.plant_size
        return np.where(np.isfinite(size), size, self.settings.default_plant_size)

    def _relate_sectors(self) -> dict[str, NDArray[Any]]:
        sectors = align_sectors(self.model, self.economy)
        traded = (sectors["cluster"].notna() & sectors["cluster"].ne(LOCAL)).to_numpy()
        related = np.where(traded, sectors["affinity"].fillna(0.0), np.nan)
        near = sectors["nearest_niche_name"].fillna("").to_numpy(dtype=object)
        return {
            "relatedness": related,
            "relatedness_reason": np.where(traded, "", LOCAL_INDUSTRY).astype(object),
            "nearest_niche": np.where(np.nan_to_num(related) >= NEAR, near, ""),
        }
