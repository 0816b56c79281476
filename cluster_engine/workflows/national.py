"""Cluster the nation's sectors, once for all its regions, and keep the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine import __version__
from cluster_engine.clustering.evidence import Evidence, combine
from cluster_engine.clustering.identity import carry_numbers, match_clusters
from cluster_engine.clustering.naming import NameRule
from cluster_engine.clustering.niches import cut_tight_groups
from cluster_engine.clustering.solution import find_clusters
from cluster_engine.errors import ModelError
from cluster_engine.packs.pack import Pack
from cluster_engine.registry.audit import PROTOCOL
from cluster_engine.registry.locate import NATION_KEY, ModelStore, make_key
from cluster_engine.registry.versions import (
    find_version,
    load_champion,
    load_version,
    make_version,
    prepare_folder,
    save_version,
)
from cluster_engine.results import NationalModel
from cluster_engine.settings import Settings
from cluster_engine.workflows.economy import Economy
from cluster_engine.workflows.gates import NATION_GATES, Case
from cluster_engine.workflows.inputs import hash_tables, list_packages
from cluster_engine.workflows.metrics import list_national_metrics
from cluster_engine.workflows.national_card import write_national_card
from cluster_engine.workflows.national_evidence import gather_evidence
from cluster_engine.workflows.national_placement import (
    explain_sectors,
    list_kept_names,
    name_placed,
    place_sectors,
    read_labels,
)
from cluster_engine.workflows.national_tables import (
    CLUSTERED,
    build_links,
    build_memberships,
    build_moves,
    build_national_clusters,
    build_national_sectors,
)
from cluster_engine.workflows.progress import Progress
from cluster_engine.workflows.promotion import Candidate, Policy, decide
from cluster_engine.workflows.rounding import round_numbers

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

INPUT_TABLES = (
    "areas", "industries", "employment", "establishments", "occupations", "labour_flows",
    "io_industries", "io_flows", "io_imports", "io_concordance",
)  # fmt: skip
"""Tables that the clusters depend on."""


@dataclass(frozen=True, slots=True)
class NationalTask:
    """What to cluster, and from what.

    Attributes
    ----------
    pack : Pack
    settings : Settings
    year : int
        Latest year of employment used.
    seed : int
    own : DataFrame or None
        The user's own similarity matrix, codes as index and columns.
    names : tuple of NameRule
        Names that the user gives to clusters.
    """

    pack: Pack
    settings: Settings
    year: int
    seed: int = 0
    own: pd.DataFrame | None = None
    names: tuple[NameRule, ...] = ()

    def list_inputs(self) -> dict[str, Any]:
        """Everything the clusters depend on but their predecessors, JSON-ready."""
        values = self.settings.as_values()
        return {
            "engine": __version__,
            "protocol": PROTOCOL,
            "pack": self.pack.manifest.name,
            "tables": hash_tables(self.pack, INPUT_TABLES),
            "year": self.year,
            "seed": self.seed,
            "settings": {name: values[name] for name in ("relatedness", "clusters")},
            "own_matrix": None if self.own is None else hash_frame(self.own),
            "names": [asdict(rule) for rule in self.names if rule.scope == "cluster"],
        }


@dataclass(frozen=True, slots=True)
class NationalClusters:
    """The clusters of the nation as an analysis of a region needs them.

    Attributes
    ----------
    model : NationalModel
    clustered : ndarray of int, shape (n_clustered,)
        Positions of the sectors that were clustered.
    similarity : ndarray of float, shape (n_clustered, n_clustered)
        Mean of ranks of the relations, 0 to 1.
    labels : ndarray of int, shape (n_sectors,)
        Cluster of every sector; -1 for local ones.
    groups : ndarray of int, shape (n_clustered,)
        Tight group inside the cluster.
    """

    model: NationalModel
    clustered: Labels
    similarity: Floats
    labels: Labels
    groups: Labels


def cluster_nation(
    task: NationalTask,
    economy: Economy,
    store: ModelStore,
    *,
    on_progress: Progress,
    policy: Policy = "gates",
) -> NationalClusters:
    """Load the clusters made from the same inputs before, or find, save and use them.

    Raises
    ------
    BusyError, ModelError
        The models folder cannot be written.
    """
    inputs = task.list_inputs()
    name = make_version(inputs, task.year)
    key = make_key(task.pack.manifest.name, NATION_KEY)
    clustered = select_clustered(economy, task.settings)
    evidence = gather_evidence(task.pack, economy, clustered, task.settings.relatedness, task.own)
    folder = find_version(store, key, name)
    if folder is not None:
        model = load_version(folder, NationalModel)
    else:
        prepare_folder(store, key)
        predecessor = _load_predecessor(store, key)
        model = _make_model(task, economy, evidence, clustered, predecessor, on_progress)
        model = _with_facts(model, inputs, name, predecessor)
        metrics = list_national_metrics(model)
        folder = save_version(store, key, model, write_national_card(model), metrics)
    # A region is made with these clusters in any case; this decides whose names are carried on.
    decide(store, Candidate(key, folder, NATION_GATES, _make_case(task.settings)), policy)
    similarity = combine(evidence.relations)
    labels = model.sectors["cluster"].to_numpy(np.int64)
    groups = cut_tight_groups(similarity, labels[clustered], task.settings.niches.tightness)
    return NationalClusters(model, clustered, similarity, labels, groups)


def _make_case(
    settings: Settings,
) -> Callable[[Mapping[str, Any], Mapping[str, Any], Path], Case]:
    return lambda new, old, _champion: Case(new, old, None, settings.gates)


def _load_predecessor(store: ModelStore, key: str) -> NationalModel | None:
    """Clusters whose numbers and names are carried on; none where there are none, or damaged."""
    try:
        return load_champion(store, key, NationalModel)
    except ModelError:
        # Training again is what mends a damaged version: it must not stop here.
        return None


def select_clustered(economy: Economy, settings: Settings) -> Labels:
    """Positions of the sectors to cluster: traded, large enough, in the input-output table."""
    return np.flatnonzero(explain_sectors(economy, settings) == CLUSTERED)


def _make_model(
    task: NationalTask,
    economy: Economy,
    evidence: Evidence,
    clustered: Labels,
    predecessor: NationalModel | None,
    on_progress: Progress,
) -> NationalModel:
    settings = task.settings.clusters
    solution = find_clusters(evidence, settings, random_state=task.seed, on_progress=on_progress)
    codes = tuple(economy.sectors["industry"])
    weights = dict(zip(codes, economy.jobs[-1].sum(axis=0).tolist(), strict=True))
    found = dict(zip(solution.codes, solution.labels.tolist(), strict=True))
    matches = match_clusters(read_labels(predecessor), found, weights)
    numbers = carry_numbers(matches)
    placement = place_sectors(economy, task.settings, clustered, solution, numbers)
    names = name_placed(
        task.pack, task.names, economy, placement, list_kept_names(predecessor, matches, numbers)
    )
    areas = task.pack.read("areas", columns=("area", "area_name"))
    return NationalModel(
        sectors=round_numbers(build_national_sectors(economy, placement, solution, settings)),
        memberships=round_numbers(build_memberships(placement, solution)),
        clusters=round_numbers(
            build_national_clusters(
                economy, placement, solution, names, settings,
                dict(zip(areas["area"], areas["area_name"], strict=True)),
            )
        ),
        links=round_numbers(build_links(economy, placement, solution)),
        scores=round_numbers(pd.concat([solution.held_out, solution.in_sample])),
        chance=round_numbers(solution.chance),
        moves=round_numbers(build_moves(economy, placement, solution)),
        facts={
            "stability": round(solution.stability.mean, 6),
            "number": solution.number,
            "n_clustered": len(clustered),
            "largest_share": round(float(np.bincount(solution.labels).max() / len(clustered)), 6),
            "changes": [
                {"old": match.old, "new": None if match.new is None else numbers[match.new],
                 "overlap": round(match.overlap, 6)}
                for match in matches
            ],
        },
    )  # fmt: skip


def _with_facts(
    model: NationalModel, inputs: dict[str, Any], name: str, predecessor: NationalModel | None
) -> NationalModel:
    facts = {
        "version": name,
        "year": inputs["year"],
        "follows": None if predecessor is None else predecessor.facts["version"],
        "inputs": inputs,
        "packages": list_packages(),
        "n_clusters": len(model.clusters),
        **model.facts,
    }
    return NationalModel(
        model.sectors, model.memberships, model.clusters, model.links, model.scores, model.chance,
        model.moves, facts,
    )  # fmt: skip


def hash_frame(frame: pd.DataFrame) -> str:
    """SHA-256 of a frame of numbers, whatever the order of its rows and columns."""
    import hashlib

    ordered = frame.sort_index(axis=0).sort_index(axis=1)
    text = ordered.to_csv(float_format="%.17g", lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()
