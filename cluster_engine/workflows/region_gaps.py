"""What a region buys elsewhere, by input-output industry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.regional_table import (
    SourcedDemand,
    calc_gap,
    calc_leakage_band,
    calc_sourced_demand,
)
from cluster_engine.measures.regionalisation import DELTA_BAND, calc_flq
from cluster_engine.results import Model
from cluster_engine.workflows.analyse import select_areas
from cluster_engine.workflows.economy import Economy
from cluster_engine.workflows.industry_relatedness import align_sectors, relate_industries

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RegionalBuyer:
    """Who buys inputs, as the input-output table sees it.

    Attributes
    ----------
    lq : ndarray of float, shape (n_io,)
        Location quotients of the region, by jobs; 0 where not defined.
    region_share : float
        Of the nation's jobs.
    shares : ndarray of float, shape (n_io,)
        The buyer's part of the nation's industry.
    """

    lq: Floats
    region_share: float
    shares: Floats


def build_region_gaps(economy: Economy, model: Model, delta: float) -> pd.DataFrame:
    """List what a whole region buys elsewhere by input-output industry, in the table's order.

    Parameters
    ----------
    economy : Economy
        The figures the model was made from.
    model : Model
        Its sector table tells relatedness.
    delta : float
        Exponent of the FLQ, between those of the band.

    Returns
    -------
    DataFrame
        io_industry, name, leaked, relatedness, relatedness_reason, gap, gap_low, gap_high; £m.
    """
    buyer = place_buyer(economy, model, [])
    rows = build_rows(economy, buyer, (DELTA_BAND[0], delta, DELTA_BAND[1]))
    rows = rows.assign(**relate_industries(economy, model))
    for name, part in {"gap": "leaked", "gap_low": "leaked_low", "gap_high": "leaked_high"}.items():
        rows = rows.assign(**{name: calc_gap(rows[part], rows["relatedness"])})
    return rows


def place_buyer(economy: Economy, model: Model, niches: Sequence[str]) -> RegionalBuyer:
    """See a region's niche clusters, or with none its whole economy, as a buyer of inputs."""
    own = select_areas(economy, model.region)
    latest = economy.jobs[-1]
    jobs, national = latest[own].sum(axis=0), latest.sum(axis=0)
    region_io, nation_io = jobs @ economy.io_shares, national @ economy.io_shares
    lq = calc_lq(region_io[None, :], nation_io)
    names = align_sectors(model, economy)["niche_name"]
    held = (jobs * names.isin(niches).to_numpy()) @ economy.io_shares if niches else region_io
    return RegionalBuyer(
        lq=np.nan_to_num(lq.values[0]),
        region_share=float(jobs.sum() / national.sum()),
        shares=np.divide(held, nation_io, out=np.zeros_like(held), where=nation_io > 0),
    )


def build_rows(
    economy: Economy, buyer: RegionalBuyer, deltas: tuple[float, float, float]
) -> pd.DataFrame:
    """List what a buyer takes from where, £m, at a low, a middle and a high delta of the FLQ."""
    io = economy.io
    region: dict[str, Any] = {"lq": buyer.lq, "region_share": buyer.region_share}
    shares = buyer.shares[None, :]
    demand = calc_sourced_demand(
        io.flows, io.imports, shares=shares, quotients=calc_flq(delta=deltas[1], **region)
    )
    low, _, high = calc_leakage_band(io.flows, shares=shares, deltas=deltas, **region)[:, 0]
    return pd.DataFrame(
        {
            "io_industry": io.codes,
            "name": io.names,
            **_list_origins(demand),
            "leaked_low": low + demand.imports[0],
            "leaked_high": high + demand.imports[0],
        }
    )


def _list_origins(demand: SourcedDemand) -> dict[str, Floats]:
    return {
        "demand": demand.total[0],
        "regional": demand.regional[0],
        "interregional": demand.interregional[0],
        "imports": demand.imports[0],
        "leaked": demand.interregional[0] + demand.imports[0],
    }
