"""Fit the model of one region: analysis, niche clusters, yardstick, facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from typing import Any

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.validate import check_pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Model, PlaceModel
from cluster_engine.targeting.features import FirmTables, build_features
from cluster_engine.targeting.reference import fit_reference
from cluster_engine.workflows.analyse import Analysis, analyse, select_areas
from cluster_engine.workflows.economy import Economy, read_economy
from cluster_engine.workflows.firm_tables import read_firm_tables
from cluster_engine.workflows.inputs import PACKAGES
from cluster_engine.workflows.model_tables import build_cluster_table, build_sector_table
from cluster_engine.workflows.mover import learn_weights
from cluster_engine.workflows.national import NationalClusters, cluster_nation
from cluster_engine.workflows.national_place import calc_pull, learn_national_place, recall_studies
from cluster_engine.workflows.niche_table import build_niche_table
from cluster_engine.workflows.profile import make_profile
from cluster_engine.workflows.progress import Progress
from cluster_engine.workflows.promotion import Policy
from cluster_engine.workflows.training import Training
from cluster_engine.workflows.value_added import calc_value_per_job, read_value_added
from cluster_engine.workflows.value_table import add_value_columns

MINIMUM_AREAS = 3
"""Co-location is a correlation over areas: with fewer it is always 1 or -1."""


def read_checked(training: Training, on_progress: Progress) -> Economy:
    """Read the figures of a pack after all its tables were checked.

    Raises
    ------
    DataError
        A table is faulty, or areas cannot be compared.
    """
    on_progress("Reading the pack", 0, 1)
    # A repeated key or an unknown code would not stop the arithmetic, only make it wrong.
    check_pack(training.pack)
    economy = read_economy(training.pack, training.year)
    check_areas(training, economy)
    on_progress("Reading the pack", 1, 1)
    return economy


@dataclass(frozen=True, slots=True)
class Nation:
    """What all regions of a pack are fitted with.

    Attributes
    ----------
    economy : Economy
        Figures that were checked.
    clusters : NationalClusters
    place : PlaceModel or None
        Where sectors grow; None: the pack has too few areas or years to learn it.
    studies : mapping
        Facts of the studies that it was judged by.
    """

    economy: Economy
    clusters: NationalClusters
    place: PlaceModel | None
    studies: Mapping[str, Any]


def prepare_nation(
    training: Training,
    economy: Economy,
    store: ModelStore,
    *,
    policy: Policy,
    on_progress: Progress,
) -> Nation:
    """Find the clusters of the nation and learn where sectors grow, or load what was kept.

    Raises
    ------
    BusyError, ModelError
        The models folder cannot be written.
    """
    clusters = cluster_nation(
        training.national_task, economy, store, policy=policy, on_progress=on_progress
    )
    task = training.place_task
    place = learn_national_place(task, store, policy=policy, on_progress=on_progress)
    return Nation(economy, clusters, place, recall_studies(task, store, place))


def fit_region(training: Training, nation: Nation) -> Model:
    """Fit one region's model to figures that were checked."""
    analysis = analyse(nation.economy, training.region, nation.clusters, training.settings)
    pull = calc_pull(training.place_task, nation.place, training.region)
    firms = read_firm_tables(training.pack)
    model = _build_tables(training, analysis, pull, firms.firm_industries)
    model = _fit_yardstick(training, analysis, model, firms)
    place = None if nation.place is None else nation.place.facts["version"]
    return replace(model, facts={**model.facts, "place": place})


def _build_tables(
    training: Training, analysis: Analysis, pull: pd.DataFrame, firm_industries: pd.DataFrame
) -> Model:
    pack, settings = training.pack, training.settings
    industries = pack.read("industries", columns=("industry", "name"))
    areas = pack.read("areas", columns=("area", "area_name"))
    added = read_value_added(pack, analysis.economy)
    own = select_areas(analysis.economy, analysis.region)
    names = dict(zip(industries["industry"], industries["name"], strict=True))
    productivity = None if added is None else calc_value_per_job(added, own)
    sectors = build_sector_table(analysis, names, settings, training.names)
    sectors = sectors.assign(
        **{str(name): pull[name].reindex(sectors["industry"]).to_numpy() for name in pull}
    )
    model = Model(
        region=training.region,
        sectors=sectors,
        niches=build_niche_table(
            sectors,
            analysis,
            settings,
            value=productivity,
            area_names=dict(zip(areas["area"], areas["area_name"], strict=True)),
        ),
        clusters=build_cluster_table(sectors, analysis),
        reference={},
        facts={"inputs": training.list_inputs()},
    )
    return add_value_columns(model, analysis, productivity, firm_industries, settings)


def _fit_yardstick(
    training: Training, analysis: Analysis, model: Model, firms: FirmTables
) -> Model:
    pack, settings = training.pack, training.settings
    features = build_features(
        firms,
        model.sectors,
        largest_sales_per_employee=settings.scoring.largest_sales_per_employee,
    )
    model = replace(
        model, reference=fit_reference(features, settings.scoring, settings.uncertainty)
    )
    facts = _list_facts(training, analysis, len(features.firms))
    mover = learn_weights(training.movers, model, pack, settings)
    profile = make_profile(
        pack, training.region, training.year, model.sectors, features, settings.profile
    )
    return replace(model, facts={**facts, "mover": mover.as_facts(), "profile": profile})


def check_areas(training: Training, economy: Economy) -> None:
    """Refuse employment in which areas cannot be compared.

    Raises
    ------
    DataError
        An area has no jobs, or too few areas have some.
    """
    file = training.pack.entry("employment").file
    totals = zip(economy.areas, economy.jobs[-1].sum(axis=1), strict=True)
    filled = {area for area, jobs in totals if jobs > 0}
    wanted = {*economy.areas, *training.region.areas}
    rule = f"Every area must have jobs in {training.year}."
    problems = [
        Problem(file, None, "area", f"none for '{area}'", rule) for area in sorted(wanted - filled)
    ]
    if len(filled) < MINIMUM_AREAS:
        rule = f"There must be at least {MINIMUM_AREAS} areas with jobs to compare."
        problems.append(Problem(file, None, "area", f"{len(filled)}", rule))
    if problems:
        raise DataError(problems, hint="Add the figures, or leave the area out of the pack.")


def _list_facts(training: Training, analysis: Analysis, n_firms: int) -> dict[str, Any]:
    special, inputs = analysis.specialisation, training.list_inputs()
    # Of the tables it depends on: another table of the pack must not change what is written here.
    used = {source for table in inputs["tables"] for source in training.pack.entry(table).sources}
    return {
        "version": training.version,
        "year": training.year,
        "inputs": inputs,
        "packages": {package: installed_version(package) for package in PACKAGES},
        "jobs": float(special.jobs.sum()),
        "national_jobs": float(special.national_jobs.sum()),
        "n_sectors": len(analysis.economy.sectors),
        "n_clustered": len(analysis.national.clustered),
        "n_clusters": len(analysis.national.model.clusters),
        "n_niches": int(analysis.niches.max()) + 1,
        "n_firms": n_firms,
        "n_missing": analysis.economy.n_missing,
        "national": analysis.national.model.facts["version"],
        "stability": analysis.national.model.facts["stability"],
        "sources": [
            {"id": source.id, "title": source.title, "vintage": source.vintage,
             "licence": source.licence}
            for source in training.pack.manifest.sources
            if source.id in used
        ],
    }  # fmt: skip
