"""Gather all that the page about a market shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.packs.choices import make_slug
from cluster_engine.packs.pack import Pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.reports.market_facts import MarketFacts, RegionFacts
from cluster_engine.reports.report import Report
from cluster_engine.results import Model, Ranking
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.workflows.analyse import select_areas
from cluster_engine.workflows.clusters import load_nation
from cluster_engine.workflows.economy import read_economy
from cluster_engine.workflows.gaps import GapList, GapRequest, list_gaps
from cluster_engine.workflows.niche_network import relate_niches
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank import rank_scene
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.rank_stage import Scene, set_scene
from cluster_engine.workflows.value_added import read_value_added

IO_TABLES = ("io_industries", "io_flows", "io_imports", "io_concordance")
STAGES = 3


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What the page is about.

    Attributes
    ----------
    ranking : RankRequest
        The list shown; its ``top`` is the number of firms on the page.
    programme : tuple of Report
        Tables of a programme that was planned; empty: the page has no such part.
    programme_says : tuple of str
        What a reader of the programme must know.
    """

    ranking: RankRequest
    programme: tuple[Report, ...] = ()
    programme_says: tuple[str, ...] = ()


def gather_report(
    request: ReportRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> MarketFacts:
    """Rank the firms of a market, and gather what a reader needs to judge the list.

    Parameters
    ----------
    request : ReportRequest
    store : ModelStore
        Where champions lie.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError, ModelError, DataError
        As in ``rank``.
    """
    notes: list[str] = []

    def keep(sentence: str) -> None:
        notes.append(sentence)
        on_note(sentence)

    scene = set_scene(request.ranking, store, on_note=on_note, on_progress=on_progress)
    ranking = rank_scene(scene, on_note=keep)
    on_progress("Report", 1, STAGES)
    graph = relate_niches(scene.pack, scene.model, load_nation(scene.pack, store, scene.model))
    on_progress("Report", 2, STAGES)
    gaps = _list_gaps(request.ranking, scene, store)
    on_progress("Report", STAGES, STAGES)
    manifest = scene.pack.manifest
    return MarketFacts(
        ranking=ranking,
        codes=_find_codes(scene, ranking),
        criteria={criterion.name: criterion.label for criterion in CRITERIA},
        region=_describe_region(scene.pack, scene.model, gaps),
        niches=_count_firms(scene.model, ranking),
        niche_places=graph.nodes,
        niche_links=graph.links,
        gaps=None if gaps is None else gaps.rows,
        gap_facts={} if gaps is None else _describe_gaps(gaps),
        pack_title=manifest.title,
        pack_remarks=manifest.remarks,
        sources=manifest.sources,
        tables=_list_tables(scene.pack),
        notes=tuple(notes),
        programme=request.programme,
        programme_says=request.programme_says,
    )


def _list_gaps(request: RankRequest, scene: Scene, store: ModelStore) -> GapList | None:
    if not all(scene.pack.has(name) for name in IO_TABLES):
        return None
    return list_gaps(GapRequest(request.region, request.pack), store)


def _describe_gaps(gaps: GapList) -> dict[str, Any]:
    low, high = gaps.band
    return {"delta": gaps.delta, "low": low, "high": high, "year": gaps.year}


def _find_codes(scene: Scene, ranking: Ranking) -> pd.DataFrame:
    """Basis and confidence of the main industry code of every firm listed."""
    codes = scene.chosen.tables.firm_industries
    keys = {"firm_id": ranking.rows["firm_id"], "industry": ranking.rows["industry_code"]}
    first = codes.drop_duplicates(["firm_id", "industry"])
    found = pd.DataFrame(keys).merge(first, on=["firm_id", "industry"], how="left")
    return found[["basis", "confidence"]]


def _count_firms(model: Model, ranking: Ranking) -> pd.DataFrame:
    """Niche clusters with the firms listed that fit each, and the best of them."""
    rows = ranking.rows
    by_niche = rows.drop_duplicates("niche_cluster").set_index("niche_cluster")
    count = rows.groupby("niche_cluster").size()
    names = model.niches["name"]
    return model.niches.assign(
        slug=[make_slug(str(name)) for name in names],
        n_firms=names.map(count).fillna(0).astype(np.int64),
        best_firm=names.map(by_niche["firm_name"]).fillna(""),
        best_rank=names.map(by_niche["rank"]).astype("Int64"),
    )


def _describe_region(pack: Pack, model: Model, gaps: GapList | None) -> RegionFacts:
    jobs, national = float(model.facts["jobs"]), float(model.facts["national_jobs"])
    bought = gaps.rows[["demand", "leaked"]].sum() if gaps is not None else None
    facts = RegionFacts(
        jobs=jobs,
        niche_jobs=float(model.niches["jobs"].sum()),
        jobs_share=jobs / national,
        value_added=np.nan,
        value_per_job=np.nan,
        value_per_job_nation=np.nan,
        value_year=0,
        bought=np.nan if bought is None else float(bought["demand"]),
        bought_elsewhere=np.nan if bought is None else float(bought["leaked"]),
    )
    return _add_value(facts, pack, model)


def _add_value(facts: RegionFacts, pack: Pack, model: Model) -> RegionFacts:
    """Add value added, in all and per job, of the areas and groups that have both figures."""
    economy = read_economy(pack, int(model.facts["year"]))
    value = read_value_added(pack, economy)
    if value is None:
        return facts
    groups = np.arange(len(value.groups))
    member = (value.group_of[:, None] == groups).astype(np.float64)
    jobs = np.where(np.isnan(value.amounts), 0.0, np.nan_to_num(value.jobs) @ member)
    amounts = np.nan_to_num(value.amounts)
    own = select_areas(economy, model.region)
    held: Sequence[float] = (jobs[own].sum(), jobs.sum())
    if not min(held) > 0:
        return facts
    return replace(
        facts,
        value_added=float(amounts[own].sum()),
        value_per_job=float(amounts[own].sum() / held[0] * 1000),
        value_per_job_nation=float(amounts.sum() / held[1] * 1000),
        value_year=value.year,
    )


def _list_tables(pack: Pack) -> pd.DataFrame:
    rows = [
        {"table": table.name, "rows": table.rows, "nature": table.nature,
         "remarks": " ".join(table.remarks)}
        for table in pack.manifest.tables
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["table", "rows", "nature", "remarks"])
