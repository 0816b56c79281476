"""Train a region: analyse the pack, fit the yardstick, save a version, make it champion."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from cluster_engine import __version__
from cluster_engine.clustering.naming import NameRule
from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.packs.validate import check_pack
from cluster_engine.registry.kinds import REGION
from cluster_engine.registry.locate import ModelStore, make_key
from cluster_engine.registry.versions import (
    find_version,
    load_version,
    make_version,
    prepare_folder,
    promote,
    save_version,
)
from cluster_engine.results import Model, Region
from cluster_engine.settings import Settings, read_settings
from cluster_engine.targeting.features import build_features
from cluster_engine.targeting.reference import fit_reference
from cluster_engine.workflows.analyse import Analysis, analyse, select_areas
from cluster_engine.workflows.card import write_card
from cluster_engine.workflows.cluster_files import read_names, read_similarity
from cluster_engine.workflows.economy import Economy, read_economy
from cluster_engine.workflows.firm_tables import read_firm_tables
from cluster_engine.workflows.inputs import PACKAGES, hash_tables
from cluster_engine.workflows.model_tables import build_cluster_table, build_sector_table
from cluster_engine.workflows.national import NationalTask, cluster_nation, hash_frame
from cluster_engine.workflows.national_place import PlaceTask, calc_pull, learn_national_place
from cluster_engine.workflows.niche_table import build_niche_table
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.value_added import calc_value_per_job, read_value_added
from cluster_engine.workflows.value_table import add_value_columns

INPUT_TABLES = (
    "areas", "regions", "industries", "employment", "enterprises", "establishments", "occupations",
    "labour_flows", "io_industries", "io_flows", "io_imports", "io_concordance", "value_added",
    "firms", "firm_industries", "firm_homes", "firm_facts",
)  # fmt: skip
"""Tables that a model depends on."""

MINIMUM_AREAS = 3
"""Co-location is a correlation over areas: with fewer it is always 1 or -1."""


@dataclass(frozen=True, slots=True)
class Training:
    """What to train, and from what.

    Attributes
    ----------
    pack : Pack
    region : Region
    settings : Settings
    year : int
        Latest year of employment used.
    seed : int
        Seed of the clustering.
    own : DataFrame or None
        The user's own similarity matrix of sectors.
    names : tuple of NameRule
        Names that the user gives to clusters and niches.
    """

    pack: Pack
    region: Region
    settings: Settings
    year: int
    seed: int = 0
    own: pd.DataFrame | None = None
    names: tuple[NameRule, ...] = ()

    @property
    def national_task(self) -> NationalTask:
        """What the clusters of the nation are made from."""
        return NationalTask(
            self.pack, self.settings, self.year, seed=self.seed, own=self.own, names=self.names
        )

    def list_inputs(self) -> dict[str, Any]:
        """Everything the result depends on, JSON-ready; the version is named after it."""
        return {
            "engine": __version__,
            "protocol": REGION.protocol,
            "pack": self.pack.manifest.name,
            "tables": hash_tables(self.pack, INPUT_TABLES),
            "region": self.region.slug,
            "year": self.year,
            "seed": self.seed,
            "settings": self.settings.as_values(),
            "own_matrix": None if self.own is None else hash_frame(self.own),
            "names": [asdict(rule) for rule in self.names],
        }


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, and whether there was anything to do."""

    model: Model
    is_new: bool


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What to train, as the user wrote it; None: the pack's defaults and the shipped settings."""

    region: str | None = None
    pack: str | None = None
    year: int | None = None
    settings: Path | None = None
    seed: int = 0
    similarity: Path | None = None
    names: Path | None = None


def train_region(
    request: TrainRequest, store: ModelStore, *, on_progress: Progress = be_silent
) -> Trained:
    """Train the region a user asked for; see :func:`train`."""
    pack = open_pack(request.pack)
    training = Training(
        pack=pack,
        region=find_region(pack, request.region),
        settings=read_settings(request.settings),
        year=request.year or pack.manifest.default_year,
        seed=request.seed,
        own=None if request.similarity is None else read_similarity(request.similarity, pack),
        names=() if request.names is None else read_names(request.names, pack),
    )
    return train(training, store, on_progress=on_progress)


def train(
    training: Training,
    store: ModelStore,
    *,
    on_progress: Progress = be_silent,
) -> Trained:
    """Train one region and make the result its champion.

    Parameters
    ----------
    training : Training
        What to train.
    store : ModelStore
        Where to keep it.
    on_progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Trained
        With the same inputs as a version that is there already, that version.
    """
    inputs = training.list_inputs()
    name = make_version(inputs, training.year)
    key = make_key(training.pack.manifest.name, training.region.slug)
    there = find_version(store, key, name)
    if there is not None:
        promote(store, key, there)
        return Trained(load_version(there, Model), is_new=False)
    economy = _read_checked(training, on_progress)
    prepare_folder(store, key)
    # Small matrices: a second BLAS thread costs more than it brings, and one gives the same bits.
    with threadpool_limits(limits=1):
        national = cluster_nation(training.national_task, economy, store, on_progress=on_progress)
        analysis = analyse(economy, training.region, national, training.settings)
        task = PlaceTask(training.pack, training.settings, training.year)
        place = learn_national_place(task, store, on_progress=on_progress)
        pull = calc_pull(task, place, training.region)
        model = _build_model(training, analysis, pull, inputs, name)
    on_progress("Saving the model", 0, 1)
    save_version(store, key, model, write_card(model))
    on_progress("Saving the model", 1, 1)
    return Trained(model, is_new=True)


def _read_checked(training: Training, on_progress: Progress) -> Economy:
    on_progress("Reading the pack", 0, 1)
    # A repeated key or an unknown code would not stop the arithmetic, only make it wrong.
    check_pack(training.pack)
    economy = read_economy(training.pack, training.year)
    _check_areas(training, economy)
    on_progress("Reading the pack", 1, 1)
    return economy


def _build_model(
    training: Training,
    analysis: Analysis,
    pull: pd.DataFrame,
    inputs: dict[str, Any],
    name: str,
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
        facts={"inputs": inputs},
    )
    tables = read_firm_tables(pack)
    model = add_value_columns(model, analysis, productivity, tables.firm_industries, settings)
    features = build_features(
        tables,
        model.sectors,
        largest_sales_per_employee=settings.scoring.largest_sales_per_employee,
    )
    return replace(
        model,
        reference=fit_reference(features, settings.scoring, settings.uncertainty),
        facts=_list_facts(training, inputs, name, analysis, len(features.firms)),
    )


def _check_areas(training: Training, economy: Economy) -> None:
    """Refuse employment in which areas cannot be compared."""
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


def _list_facts(
    training: Training, inputs: dict[str, Any], name: str, analysis: Analysis, n_firms: int
) -> dict[str, Any]:
    special = analysis.specialisation
    return {
        "version": name,
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
        ],
    }  # fmt: skip
