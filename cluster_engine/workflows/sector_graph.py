"""The graph of the nation's related sectors, with the region's figures on it, as a file."""

from __future__ import annotations

from cluster_engine.clustering.evidence import combine
from cluster_engine.clustering.graph import (
    GraphFormat,
    add_attributes,
    build_graph,
    describe_nodes,
    render_graph,
)
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.parameters import Clusters, Relatedness
from cluster_engine.registry.locate import ModelStore
from cluster_engine.settings import rebuild
from cluster_engine.workflows.champion import get_champion
from cluster_engine.workflows.clusters import load_nation
from cluster_engine.workflows.economy import read_economy
from cluster_engine.workflows.national_evidence import gather_evidence
from cluster_engine.workflows.national_tables import CLUSTERED
from cluster_engine.workflows.progress import Note, Progress, be_silent

STAGE = "Drawing the graph"
NODE_COLUMNS = [
    "name", "cluster", "cluster_name", "membership", "jobs", "national_jobs", "lq", "p_specialised",
    "niche_name", "knowledge_class",
]  # fmt: skip


def draw_sector_graph(
    store: ModelStore,
    format_: GraphFormat,
    *,
    region: str | None = None,
    pack: str | None = None,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> bytes:
    """Draw the graph behind a region's champion.

    Parameters
    ----------
    store : ModelStore
        Where champions lie.
    format_ : {"graphml", "json"}
    region, pack : str or None
        None: the defaults.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Returns
    -------
    bytes
        Nodes: sectors with cluster, the region's figures, centralities, community, x and y.
        Links: similarity. An own matrix the model was trained with has no part in them.
    """
    opened = open_pack(pack)
    model = get_champion(
        opened, find_region(opened, region), store,
        may_train=True, on_note=on_note, on_progress=on_progress,
    )  # fmt: skip
    nation = load_nation(opened, store, model)
    settings = nation.facts["inputs"]["settings"]
    economy = read_economy(opened, int(nation.facts["year"]))
    is_node = (nation.sectors["basis"] == CLUSTERED).to_numpy()
    if nation.facts["inputs"]["own_matrix"]:
        on_note("The own matrix the clusters were built with has no part in the links drawn.")
    on_progress(STAGE, 0, 3)
    evidence = gather_evidence(
        opened, economy, is_node.nonzero()[0], rebuild(Relatedness, settings["relatedness"])
    )
    clusters = rebuild(Clusters, settings["clusters"])
    attributes = model.sectors[is_node][NODE_COLUMNS]
    on_progress(STAGE, 1, 3)
    graph = build_graph(
        combine(evidence.relations), evidence.codes, attributes, clusters.neighbours
    )
    on_progress(STAGE, 2, 3)
    figures = describe_nodes(graph, random_state=int(nation.facts["inputs"]["seed"]))
    raw = render_graph(add_attributes(graph, figures), format_)
    on_progress(STAGE, 3, 3)
    return raw
