"""How a region's niche clusters hang together: relatedness between them, and a layout."""

from __future__ import annotations

import pandas as pd

from cluster_engine.clustering.evidence import combine
from cluster_engine.clustering.niche_graph import NicheGraph, average_between, draw_niches
from cluster_engine.packs.pack import Pack
from cluster_engine.parameters import Relatedness
from cluster_engine.results import Model, NationalModel
from cluster_engine.settings import rebuild
from cluster_engine.workflows.economy import read_economy
from cluster_engine.workflows.national_evidence import gather_evidence
from cluster_engine.workflows.national_tables import CLUSTERED

NEIGHBOURS = 2
"""Links kept per niche: enough to hang together, few enough to be followed by eye."""


def relate_niches(pack: Pack, model: Model, nation: NationalModel) -> NicheGraph:
    """Relate the niche clusters of a region by the figures the nation's clusters were made from.

    Parameters
    ----------
    pack : Pack
    model : Model
        Whose niches.
    nation : NationalModel
        The clusters the model was made with.

    Returns
    -------
    NicheGraph
        Relatedness of two niches: mean over all pairs of their sectors of the mean rank of the
        pair's similarities, 0 to 1.
    """
    names = [str(name) for name in model.niches["name"]]
    settings = nation.facts["inputs"]["settings"]
    economy = read_economy(pack, int(nation.facts["year"]))
    is_node = (nation.sectors["basis"] == CLUSTERED).to_numpy()
    evidence = gather_evidence(
        pack, economy, is_node.nonzero()[0], rebuild(Relatedness, settings["relatedness"])
    )
    niche_of: pd.Series = model.sectors.set_index("industry")["niche_name"]
    groups = [str(name) for name in niche_of.reindex(list(evidence.codes)).fillna("")]
    relatedness = average_between(combine(evidence.relations), groups, names)
    seed = int(nation.facts["inputs"]["seed"])
    return draw_niches(relatedness, names, NEIGHBOURS, random_state=seed)
