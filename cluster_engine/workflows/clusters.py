"""List the niche clusters of a region, or the clusters of the nation."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cluster_engine.packs.choices import find_region, make_slug
from cluster_engine.packs.pack import open_pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Model
from cluster_engine.workflows.champion import find_niches, get_champion
from cluster_engine.workflows.progress import Note, Progress, be_silent


@dataclass(frozen=True, slots=True)
class ClusterList:
    """Clusters of a region.

    Attributes
    ----------
    model : Model
        Where they come from.
    rows : DataFrame
        Niche clusters with the short name the command line takes, or clusters of the nation.
    """

    model: Model
    rows: pd.DataFrame


def list_clusters(
    store: ModelStore,
    *,
    region: str | None = None,
    pack: str | None = None,
    of_nation: bool = False,
    cluster: str | None = None,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> ClusterList:
    """List the niche clusters of a region, or the clusters of the nation by the region's LQ.

    Parameters
    ----------
    store : ModelStore
        Where champions lie.
    region, pack : str or None
        None: the defaults.
    of_nation : bool
        Clusters of the nation instead of niche clusters.
    cluster : str or None
        Only this niche cluster.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError
        Unknown region or cluster.
    """
    opened = open_pack(pack)
    place = find_region(opened, region)
    model = get_champion(
        opened, place, store, may_train=True, on_note=on_note, on_progress=on_progress
    )
    if of_nation:
        rows = model.clusters.sort_values(["lq", "cluster"], ascending=[False, True], kind="stable")
    else:
        rows = model.niches.assign(slug=[make_slug(name) for name in model.niches["name"]])
        if cluster is not None:
            rows = rows[rows["name"].isin(find_niches(model, cluster))]
    return ClusterList(model, rows.reset_index(drop=True))
