"""How close the industries of the input-output table are to what a region already does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Regional
from cluster_engine.results import LOCAL, Model
from cluster_engine.settings import rebuild
from cluster_engine.workflows.economy import Economy

Floats = NDArray[np.float64]

NO_SECTOR = "no sector of the classification belongs to this industry"
LOCAL_INDUSTRY = "local industry: relatedness is measured for traded sectors"
RESOURCE = "natural resource: made where the deposit lies"
NO_NICHE = "the region has no niche cluster"

NEAR = 0.4
"""Relatedness below which the nearest niche is so far that its name would mislead."""


def align_sectors(model: Model, economy: Economy) -> pd.DataFrame:
    """Sectors of the model in the order of the economy."""
    return model.sectors.set_index("industry").reindex(list(economy.sectors["industry"]))


def relate_industries(economy: Economy, model: Model) -> dict[str, NDArray[Any]]:
    """How related each input-output industry is to the region's niches, 0 to 1, or why unknown.

    The mean of the champion's sector affinity over the industry's traded sectors, weighted by their
    jobs in the nation; and the niche that the most weight is nearest to.
    """
    sectors = align_sectors(model, economy)
    traded = (sectors["cluster"].notna() & sectors["cluster"].ne(LOCAL)).to_numpy()
    affinity = np.where(traded, sectors["affinity"].fillna(0.0), 0.0)
    # A sector without jobs counts as a trace, so that an industry of such sectors is not undefined.
    everyone = economy.io_shares * (economy.jobs[-1].sum(axis=0) + 1e-6)[:, None]
    weight = everyone * traded[:, None]
    reasons = _explain(economy, model, everyone, weight)
    total = np.where(reasons == "", weight.sum(axis=0), np.nan)
    related = np.clip(affinity @ weight / total, 0.0, 1.0)
    pull = pd.DataFrame(weight * affinity[:, None])
    by_niche = pull.groupby(sectors["nearest_niche_name"].fillna("").to_numpy()).sum()
    strongest = by_niche.index.to_numpy(dtype=object)[by_niche.to_numpy().argmax(axis=0)]
    return {
        "relatedness": related,
        "relatedness_reason": reasons,
        "nearest_niche": np.where(np.nan_to_num(related) >= NEAR, strongest, ""),
    }


def _explain(economy: Economy, model: Model, everyone: Floats, traded: Floats) -> NDArray[Any]:
    """Why an industry has no relatedness, empty where it has; one text per industry."""
    settings = rebuild(Regional, model.facts["inputs"]["settings"]["regional"])
    codes = economy.sectors["industry"]
    bound = codes.str.startswith(settings.resource_sectors).to_numpy()
    jobs = everyone.sum(axis=0)
    reasons = np.full(len(jobs), "", dtype=object)
    if model.niches.empty:
        reasons[:] = NO_NICHE
    reasons[traded.sum(axis=0) < settings.traded_share * jobs] = LOCAL_INDUSTRY
    reasons[(everyone * bound[:, None]).sum(axis=0) > 0.5 * jobs] = RESOURCE
    reasons[jobs == 0] = NO_SECTOR
    return reasons
