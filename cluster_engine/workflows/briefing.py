"""Gather a briefing about one firm: why it, whom it would deal with, what the region offers it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.registry.locate import ModelStore
from cluster_engine.reports.briefing_facts import Briefing
from cluster_engine.workflows.economy import read_economy
from cluster_engine.workflows.explain import ExplainRequest, explain_in_scene
from cluster_engine.workflows.offer import build_offer
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank_stage import set_scene
from cluster_engine.workflows.sites import read_sites

USED_TABLES = (
    "employment", "io_flows", "value_added", "region_offer", "area_occupations", "firms",
    "firm_industries",
)  # fmt: skip
"""Tables a briefing quotes; their sources are named in it."""


@dataclass(frozen=True, slots=True)
class BriefingRequest:
    """Which firm, in which list.

    Attributes
    ----------
    asked : ExplainRequest
    sites : Path or None
        The agency's file of universities and sites.
    """

    asked: ExplainRequest
    sites: Path | None = None


def brief(
    request: BriefingRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> Briefing:
    """Gather a briefing.

    Parameters
    ----------
    request : BriefingRequest
    store : ModelStore
        Where champions lie.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError, ModelError
        As in :func:`cluster_engine.workflows.explain.explain`.
    DataError
        As there, or the file of sites is faulty.
    """
    sites = None if request.sites is None else read_sites(request.sites)
    scene = set_scene(request.asked.ranking, store, on_note=on_note, on_progress=on_progress)
    found = explain_in_scene(request.asked, scene, on_note=on_note)
    row = found.ranking.rows.iloc[0]
    firms = scene.chosen.tables.firms
    firm = firms[firms["firm_id"] == row["firm_id"]].iloc[0]
    industry = str(row["industry_code"])
    sectors = scene.model.sectors.set_index("industry")
    economy = read_economy(scene.pack, int(scene.model.facts["year"]))
    manifest = scene.pack.manifest
    used = {
        source for table in manifest.tables if table.name in USED_TABLES for source in table.sources
    }
    return Briefing(
        explanation=found,
        firm={str(name): None if pd.isna(cell) else cell for name, cell in firm.items()},
        country=scene.market.countries.get(str(row["country"]), str(row["country"])),
        sector={str(name): cell for name, cell in sectors.loc[industry].items()},
        offer=build_offer(scene.pack, economy, scene.model.region, industry),
        sites=sites,
        sources=tuple(source for source in manifest.sources if source.id in used),
    )
