"""Value-chain gaps: the inputs a region buys elsewhere, and how close it is to making them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.measures.regional_table import (
    calc_gap,
)
from cluster_engine.measures.regionalisation import DELTA_BAND
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.parameters import Concentration, Regional
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Model
from cluster_engine.settings import rebuild
from cluster_engine.workflows.champion import find_niches, get_champion
from cluster_engine.workflows.comparison import Comparison, choose_base, choose_year
from cluster_engine.workflows.economy import read_economy
from cluster_engine.workflows.gap_suppliers import Suppliers
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.region_gaps import build_rows, place_buyer

Floats = NDArray[np.float64]
GapLevel = Literal["industry", "sector"]


@dataclass(frozen=True, slots=True)
class GapRequest:
    """Which gaps to list.

    Attributes
    ----------
    region, pack : str or None
        None: the defaults.
    cluster : str or None
        Buyer: this niche cluster; None: the whole economy of the region.
    delta : float or None
        Exponent of the FLQ; None: that of the model's settings.
    level : {"industry", "sector"}
        Suppliers: input-output industries, or the four-digit sectors in them, each with a part of
        the industry's demand in proportion to its jobs in the nation.
    comparison : Comparison
        Year of the jobs (None: the model's), base and threshold of the LQ shown. Regional
        purchases are always worked out against the whole nation, whose table it is.
    """

    region: str | None = None
    pack: str | None = None
    cluster: str | None = None
    delta: float | None = None
    level: GapLevel = "industry"
    comparison: Comparison = field(default_factory=Comparison)


@dataclass(frozen=True, slots=True)
class GapList:
    """Inputs by the industry that makes them.

    Attributes
    ----------
    model : Model
        Where niche clusters and relatedness come from.
    buyer : str
        Who buys, in words.
    rows : DataFrame
        io_industry (and industry, at the level of sectors), name, jobs, lq, lq_reason, lq_low,
        lq_high, lq_interval_reason, shrunk_lq, p_specialised, demand = regional + interregional +
        imports, leaked = interregional + imports with leaked_low and leaked_high, relatedness,
        relatedness_reason, nearest_niche, gap = leaked x relatedness with gap_low and gap_high, and
        its parts gap_interregional and gap_imports; £m; largest gap first, unknown ones last.
    year : int
        Year of the jobs.
    threshold : float
        LQ of ``p_specialised``.
    delta : float
    band : tuple of float
        Deltas of the low and the high figures.
    """

    model: Model
    buyer: str
    rows: pd.DataFrame
    year: int
    threshold: float
    delta: float
    band: tuple[float, float]


def list_gaps(
    request: GapRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> GapList:
    """List what a region, or one of its niche clusters, buys elsewhere.

    Parameters
    ----------
    request : GapRequest
        What to list.
    store : ModelStore
        Where champions lie.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError
        Unknown region or cluster.
    DataError
        The pack is faulty.
    """
    pack = open_pack(request.pack)
    region = find_region(pack, request.region)
    model = get_champion(
        pack, region, store, may_train=True, on_note=on_note, on_progress=on_progress
    )
    niches = [] if request.cluster is None else find_niches(model, request.cluster)
    trained = model.facts["inputs"]["settings"]
    regional = rebuild(Regional, trained["regional"])
    delta = regional.delta if request.delta is None else request.delta
    band = (min(DELTA_BAND[0], delta), max(DELTA_BAND[1], delta))
    known = {int(value) for value in pack.read("employment", columns=("year",))["year"].unique()}
    asked = request.comparison.year or int(model.facts["year"])
    economy = read_economy(pack, choose_year(pack, known, asked))
    rows = build_rows(economy, place_buyer(economy, model, niches), (band[0], delta, band[1]))
    buyer = " and ".join(niches) or f"all industries of {region.name}"
    on_note(_describe(rows, buyer))
    base = choose_base(pack, region, request.comparison, economy.areas)
    concentration = request.comparison.apply(rebuild(Concentration, trained["concentration"]))
    seen = Suppliers(economy, model, base, concentration)
    rows = seen.list_sectors(rows) if request.level == "sector" else seen.list_industries(rows)
    rows = _rank_gaps(rows)
    year, threshold = economy.years[-1], concentration.specialised_lq
    return GapList(model, buyer, rows, year, threshold, delta, band)


def _rank_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    for name, part in {
        "gap": "leaked",
        "gap_low": "leaked_low",
        "gap_high": "leaked_high",
        "gap_interregional": "interregional",
        "gap_imports": "imports",
    }.items():
        rows = rows.assign(**{name: calc_gap(rows[part], rows["relatedness"])})
    code = "industry" if "industry" in rows else "io_industry"
    order = ["gap", "leaked", code]
    rows = rows.sort_values(order, ascending=[False, False, True], kind="stable")
    return rows.reset_index(drop=True)


def _describe(rows: pd.DataFrame, buyer: str) -> str:
    total = rows[["demand", "regional", "interregional", "imports"]].sum()
    if not total["demand"] > 0:
        return f"{buyer}: the table shows no inputs bought."
    return (
        f"{buyer}: of £{total['demand']:,.0f}m of inputs bought a year, "
        f"£{total['regional']:,.0f}m come from the region, £{total['interregional']:,.0f}m from "
        f"elsewhere in the nation, £{total['imports']:,.0f}m from abroad."
    )
