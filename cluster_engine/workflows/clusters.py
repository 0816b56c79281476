"""List the niche clusters of a region, or the clusters of the nation, and what is behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from cluster_engine.errors import ModelError
from cluster_engine.packs.choices import find_region, make_slug, refuse_unknown
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.locate import NATION_KEY, ModelStore, make_key
from cluster_engine.registry.versions import find_version, load_version
from cluster_engine.results import LOCAL, Model, NationalModel
from cluster_engine.workflows.champion import find_niches, get_champion
from cluster_engine.workflows.progress import Note, Progress, be_silent

View = Literal["niches", "nation", "members", "detail", "scores", "links"]


@dataclass(frozen=True, slots=True)
class ClusterRequest:
    """What of the clusters to list.

    Attributes
    ----------
    region, pack : str or None
        None: the defaults.
    view : {"niches", "nation", "members", "detail", "scores", "links"}
    name : str or None
        Niche cluster or cluster of the nation, or part of its name; None: all.
    of_nation : bool
        Whether members are those of the clusters of the nation, not of the niches.
    """

    region: str | None = None
    pack: str | None = None
    view: View = "niches"
    name: str | None = None
    of_nation: bool = False


@dataclass(frozen=True, slots=True)
class ClusterList:
    """Clusters of a region.

    Attributes
    ----------
    model : Model
        Where they come from.
    rows : DataFrame
        Columns by view.
    """

    model: Model
    rows: pd.DataFrame


def list_clusters(
    request: ClusterRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> ClusterList:
    """List clusters; a region without a champion is trained first.

    Parameters
    ----------
    request : ClusterRequest
        What to list.
    store : ModelStore
        Where champions lie.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError
        Unknown region or cluster.
    ModelError
        The clusters of the nation that the model was made with are not there any more.
    """
    opened = open_pack(request.pack)
    model = get_champion(
        opened, find_region(opened, request.region), store,
        may_train=True, on_note=on_note, on_progress=on_progress,
    )  # fmt: skip
    source = Source(opened, store, model)
    return ClusterList(model, VIEWS[request.view](source, request).reset_index(drop=True))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a view come from."""

    pack: Pack
    store: ModelStore
    model: Model

    @property
    def nation(self) -> NationalModel:
        """The clusters of the nation that the region's model was made with."""
        return load_nation(self.pack, self.store, self.model)


def load_nation(pack: Pack, store: ModelStore, model: Model) -> NationalModel:
    """Load the clusters of the nation that a region's model was made with.

    Raises
    ------
    ModelError
        They are not there, or damaged.
    """
    version = model.facts.get("national")
    folder = version and find_version(store, make_key(pack.manifest.name, NATION_KEY), version)
    if not folder:
        raise ModelError(
            f"The clusters of the nation behind model {model.facts['version']} are not there.",
            hint=f"Run: cluster-engine train --region {model.region.slug}",
        )
    return load_version(folder, NationalModel)


def _list_niches(source: Source, request: ClusterRequest) -> pd.DataFrame:
    model = source.model
    rows = model.niches.assign(slug=[make_slug(name) for name in model.niches["name"]])
    if request.name is not None:
        rows = rows[rows["name"].isin(find_niches(model, request.name))]
    return rows


def _list_nation(source: Source, request: ClusterRequest) -> pd.DataFrame:
    rows = source.model.clusters
    if request.name is not None:
        rows = rows[rows["name"] == find_cluster(source.model, request.name)]
    return rows.sort_values(["lq", "cluster"], ascending=[False, True], kind="stable")


def find_cluster(model: Model, asked: str) -> str:
    """Name of the cluster of the nation that is meant.

    Raises
    ------
    SettingsError
        None or several; the known ones are listed.
    """
    names = {make_slug(name): str(name) for name in model.clusters["name"]}
    wanted = make_slug(asked)
    hits = [slug for slug in names if wanted and wanted in slug]
    if wanted in names:
        return names[wanted]
    if len(hits) == 1:
        return names[hits[0]]
    raise refuse_unknown("cluster of the nation", asked, names)


def _list_members(source: Source, request: ClusterRequest) -> pd.DataFrame:
    """One row per sector of the clusters, with its place in the clusters of the nation."""
    nation = source.nation
    names = {LOCAL: "", **nation.clusters.set_index("cluster")["name"].to_dict()}
    place = nation.sectors[["industry", "basis", "second_cluster", "second_membership", "bridges"]]
    rows = source.model.sectors.merge(place, on="industry", how="left", validate="one_to_one")
    rows = rows.assign(second=rows["second_cluster"].map(names))
    of_nation = request.of_nation
    group = "cluster_name" if of_nation else "niche_name"
    rows = rows[rows["cluster"] != LOCAL] if of_nation else rows[rows["niche"] >= 0]
    if request.name is not None:
        chosen = (
            [find_cluster(source.model, request.name)]
            if of_nation
            else find_niches(source.model, request.name)
        )
        rows = rows[rows[group].isin(chosen)]
    columns = [
        group, "industry", "name", "jobs", "national_jobs", "lq", "p_specialised", "membership",
        "second", "second_membership", "bridges", "basis", "knowledge_class",
    ]  # fmt: skip
    ordered = rows.sort_values([group, "jobs", "industry"], ascending=[True, False, True])
    return ordered[columns].rename(columns={group: "group"})


def _list_scores(source: Source, _request: ClusterRequest) -> pd.DataFrame:
    """Scores on figures left out, family by family, then in sample, then against chance."""
    # Imported here: only this view needs it.
    from cluster_engine.workflows.national_scores import compare_scores

    return compare_scores(source.nation)


def _list_links(source: Source, request: ClusterRequest) -> pd.DataFrame:
    """Links between clusters of the nation, the closest first."""
    nation = source.nation
    names = nation.clusters.set_index("cluster")["name"]
    rows = nation.links.assign(
        first_name=nation.links["first"].map(names), second_name=nation.links["second"].map(names)
    )
    if request.name is not None:
        name = find_cluster(source.model, request.name)
        rows = rows[(rows["first_name"] == name) | (rows["second_name"] == name)]
    return rows.sort_values(["similarity", "first", "second"], ascending=[False, True, True])


def _list_detail(source: Source, request: ClusterRequest) -> pd.DataFrame:
    # Imported here: only this view needs it.
    from cluster_engine.workflows.cluster_detail import describe_cluster

    return describe_cluster(source.model, source.nation, request.name or "")


VIEWS: Mapping[View, Callable[[Source, ClusterRequest], pd.DataFrame]] = {
    "niches": _list_niches,
    "nation": _list_nation,
    "members": _list_members,
    "detail": _list_detail,
    "scores": _list_scores,
    "links": _list_links,
}
