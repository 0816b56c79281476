"""Lay out a pack's employment panel for the place model: features at a year, outcomes after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cluster_engine.clustering.methods import cut_trees
from cluster_engine.measures.input_output import calc_io_similarity
from cluster_engine.measures.relatedness import (
    average_ranks,
    calc_colocation,
    calc_shared_digits,
    lift_similarity,
)
from cluster_engine.packs.pack import Pack
from cluster_engine.settings import Settings
from cluster_engine.targeting.place.data import RECENT, PlaceData
from cluster_engine.workflows.economy import SECTOR_DIGITS, read_economy

Floats = NDArray[np.float64]

N_CLUSTERS = 30
"""Clusters of the nation that `cluster_strength` is measured in; Delgado et al. (2016) take 30."""


def read_place_data(pack: Pack, year: int, settings: Settings) -> PlaceData:
    """Read all that is known at the end of a year, clusters of the nation included.

    Sizes of enterprises and the input-output table are of one vintage and say nothing of any area;
    `docs/hit-rate.md` names that limit.
    """
    economy = read_economy(pack, year)
    codes = tuple(economy.sectors["industry"])
    default = settings.concentration.default_plant_size
    plants = np.where(np.isfinite(economy.plant_size), economy.plant_size, default)
    data = PlaceData(
        years=economy.years,
        jobs=economy.jobs,
        codes=codes,
        knowledge_class=tuple(economy.sectors["knowledge_class"]),
        plant_size=plants,
        enterprise_size=np.minimum(_read_enterprise_sizes(pack, codes, default), plants),
        flows=economy.io.flows,
        io_shares=economy.io_shares,
        clusters=np.full(len(codes), -1, dtype=np.int64),
    )
    return replace(data, clusters=cluster_at(data))


def cluster_at(data: PlaceData) -> NDArray[np.int64]:
    """Cluster the sectors on the figures of the data alone, shape (n_sectors,).

    The consensus clusters of the nation that ship are found on the latest years: used for an
    earlier year they would know its future. These are cut once by Ward linkage of the mean of
    ranks of co-location, input-output shares and classification.
    """
    jobs = data.jobs[-RECENT:].mean(axis=0)
    held = jobs[jobs.sum(axis=1) > 0]
    trade = lift_similarity(calc_io_similarity(data.flows), data.io_shares)
    # Fewer than three areas make no correlation; the other relations must do.
    places = [calc_colocation(held)] if len(held) >= 3 else []
    relations = [*places, trade, calc_shared_digits(data.codes)]
    similarity = average_ranks(relations, [1.0] * len(relations))
    number = max(2, min(N_CLUSTERS, len(data.codes) // 3))
    return cut_trees(similarity, [number], "ward")[0]


def _read_enterprise_sizes(pack: Pack, codes: Sequence[str], default: float) -> Floats:
    """Mean jobs of an enterprise of every sector."""
    if not pack.has("enterprises"):
        return np.full(len(codes), default)
    table = pack.read("enterprises")
    table = table.assign(
        industry=table["industry"].str[:SECTOR_DIGITS],
        jobs=table["enterprises"] * table["mean_size"],
    )
    sums = table.groupby("industry")[["jobs", "enterprises"]].sum().reindex(list(codes))
    jobs, number = sums["jobs"].to_numpy(np.float64), sums["enterprises"].to_numpy(np.float64)
    known = np.nan_to_num(number) > 0
    sizes: Floats = np.divide(jobs, number, out=np.full(len(codes), default), where=known)
    return sizes
