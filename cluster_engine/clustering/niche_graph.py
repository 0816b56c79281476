"""The network of a region's niche clusters: how related they are, and where to draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.communities import link_neighbours
from cluster_engine.clustering.graph import DIGITS

Floats = NDArray[np.float64]

SHORTEST = 0.5
"""Length of a link between niches that are as related as can be: their names need room."""


@dataclass(frozen=True, slots=True)
class NicheGraph:
    """Niche clusters on a plane, and the strongest links between them.

    Attributes
    ----------
    nodes : DataFrame
        One row per niche in the order given: name, x, y (0 to 1; close niches are drawn close),
        degree (links).
    links : DataFrame
        One row per link, strongest first: first, second (names), relatedness (0 to 1).
    """

    nodes: pd.DataFrame
    links: pd.DataFrame


def average_between(similarity: Floats, groups: Sequence[str], names: Sequence[str]) -> Floats:
    """Mean similarity of the members of every two groups.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric.
    groups : sequence of str, length n_sectors
        Group of every sector; one that is not among ``names`` is left out.
    names : sequence of str, length n_groups

    Returns
    -------
    ndarray of float, shape (n_groups, n_groups)
        0 for a group without members, and on the diagonal.
    """
    member = np.array([[group == name for group in groups] for name in names], dtype=np.float64)
    member = member.reshape(len(names), len(groups))
    pairs = np.outer(member.sum(axis=1), member.sum(axis=1))
    total = member @ np.nan_to_num(similarity) @ member.T
    mean: Floats = np.divide(total, pairs, out=np.zeros_like(pairs), where=pairs > 0)
    np.fill_diagonal(mean, 0.0)
    return mean


def draw_niches(
    relatedness: Floats, names: Sequence[str], neighbours: int, *, random_state: int
) -> NicheGraph:
    """Keep the strongest links of every niche, and find a place for each.

    Parameters
    ----------
    relatedness : ndarray of float, shape (n_niches, n_niches)
        Of :func:`average_between`.
    names : sequence of str, length n_niches
        All different.
    neighbours : int
        Links kept per niche; a link stays if either end keeps it.
    random_state : int
        Seed of the layout.

    Notes
    -----
    Layout by Kamada & Kawai (1989) on paths along the links kept, a link being as long as its
    niches are unlike; begun from that of Fruchterman & Reingold (1991).
    """
    graph = nx.Graph()
    graph.add_nodes_from(names)
    if len(names) > 1:
        linked = link_neighbours(relatedness, neighbours)
        for one, other in np.argwhere(np.triu(linked, 1) > 0).tolist():
            value = round(float(linked[one, other]), DIGITS)
            graph.add_edge(names[one], names[other], weight=value, length=SHORTEST + 1.0 - value)
    places = _place(graph, random_state)
    nodes = pd.DataFrame(
        {
            "name": list(names),
            "x": places[:, 0],
            "y": places[:, 1],
            "degree": [graph.degree(name) for name in names],
        }
    )
    rows = [(*sorted(pair), weight) for *pair, weight in graph.edges.data("weight")]
    links = pd.DataFrame(rows, columns=["first", "second", "relatedness"])
    links = links.sort_values(
        ["relatedness", "first", "second"], ascending=[False, True, True], kind="stable"
    )
    return NicheGraph(nodes, links.reset_index(drop=True))


def _place(graph: nx.Graph, random_state: int) -> Floats:
    """Places of the nodes, each axis stretched to 0 to 1; shape (n_nodes, 2)."""
    if not len(graph):
        return np.zeros((0, 2))
    start = nx.spring_layout(graph, seed=random_state, weight="weight")
    # Pieces without a path between them have no distance: only a connected graph can be refined.
    connected = len(graph) > 2 and nx.is_connected(graph)
    found = nx.kamada_kawai_layout(graph, pos=start, weight="length") if connected else start
    places = np.array([found[node] for node in graph], dtype=np.float64)
    low, span = places.min(axis=0), np.ptp(places, axis=0)
    scaled = np.divide(places - low, span, out=np.full_like(places, 0.5), where=span > 0)
    stretched: Floats = np.round(scaled, DIGITS)
    return stretched
