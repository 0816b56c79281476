"""Where every sector of the nation belongs, and what its cluster is called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.identity import Match
from cluster_engine.clustering.naming import NameRule, name_clusters
from cluster_engine.clustering.solution import ClusterSolution
from cluster_engine.clustering.traded import find_traded
from cluster_engine.packs.pack import Pack
from cluster_engine.results import LOCAL, NationalModel
from cluster_engine.settings import Settings
from cluster_engine.workflows.economy import Economy
from cluster_engine.workflows.national_tables import (
    ALONE,
    CLUSTERED,
    LOCAL_SECTOR,
    NO_JOBS,
    OUTSIDE,
    PLACED,
    Placement,
)

Labels = NDArray[np.int64]

KEEP_NAME = 0.8
"""Overlap with its predecessor from which a cluster keeps its name too, not only its number."""


def place_sectors(
    economy: Economy,
    settings: Settings,
    clustered: Labels,
    solution: ClusterSolution,
    numbers: dict[int, int],
) -> Placement:
    """Give every sector its cluster; too small ones the commonest of their group, or division."""
    codes = economy.sectors["industry"]
    labels = np.full(len(codes), LOCAL, dtype=np.int64)
    labels[clustered] = [numbers[int(label)] for label in solution.labels]
    basis = explain_sectors(economy, settings)
    known = pd.Series(labels[clustered], index=codes.iloc[clustered])
    for place in np.flatnonzero(basis == ALONE):
        for digits in (3, 2):
            near = known[known.index.str.startswith(codes.iloc[place][:digits])]
            if len(near):
                labels[place] = int(near.mode().iloc[0])
                basis[place] = PLACED
                break
    return Placement(clustered, labels, basis)


def name_placed(
    pack: Pack,
    rules: Sequence[NameRule],
    economy: Economy,
    placement: Placement,
    kept: dict[int, str],
) -> dict[int, str]:
    """Name the clusters: as the user says, as before, or after their leading groups."""
    industries = pack.read("industries", columns=("industry", "name"))
    traded = np.flatnonzero(placement.labels != LOCAL)
    sectors = economy.sectors.iloc[traded][["industry"]].assign(
        cluster=placement.labels[traded], jobs=economy.jobs[-1].sum(axis=0)[traded]
    )
    short = dict(zip(industries["industry"], industries["name"], strict=True))
    given = [rule for rule in rules if rule.scope == "cluster"]
    return name_clusters(sectors, short, rules=given, kept=kept)


def list_kept_names(
    predecessor: NationalModel | None, matches: list[Match], numbers: dict[int, int]
) -> dict[int, str]:
    """Names of the clusters that overlap enough with their predecessor, by number."""
    if predecessor is None:
        return {}
    old = predecessor.clusters.set_index("cluster")["name"]
    return {
        numbers[match.new]: str(old[match.old])
        for match in matches
        if match.new is not None and match.old is not None and match.overlap >= KEEP_NAME
    }


def read_labels(predecessor: NationalModel | None) -> dict[str, int]:
    """Cluster of every sector that was clustered before, by code."""
    if predecessor is None:
        return {}
    inside = predecessor.sectors[predecessor.sectors["basis"] == CLUSTERED]
    return dict(zip(inside["industry"], inside["cluster"].astype(int), strict=True))


def explain_sectors(economy: Economy, settings: Settings) -> NDArray[np.str_]:
    """Say of every sector whether it is clustered, or why not."""
    recent = economy.jobs[-settings.relatedness.years :].mean(axis=0)
    total = recent.sum(axis=0)
    traded = find_traded(tuple(economy.sectors["industry"]), recent, settings.clusters)
    in_table = economy.io_shares.sum(axis=1) > 0
    basis = np.full(len(total), CLUSTERED, dtype=object)
    basis[~in_table] = OUTSIDE
    basis[total < settings.relatedness.minimum_jobs] = ALONE
    basis[~traded] = LOCAL_SECTOR
    basis[total == 0] = NO_JOBS
    return basis
