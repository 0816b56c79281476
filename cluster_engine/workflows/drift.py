"""Watch for drift: the figures of now beside those that a version was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import ModelError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.packs.validate import check_pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import (
    find_champion,
    find_version,
    load_champion,
    load_version,
)
from cluster_engine.results import Model
from cluster_engine.settings import Settings, read_settings
from cluster_engine.targeting.features import build_features
from cluster_engine.workflows.drift_findings import DriftReport, RegionDrift, order_rows
from cluster_engine.workflows.drift_rows import (
    DriftRow,
    compare_counts,
    compare_divisions,
    compare_firms,
    compare_sectors,
)
from cluster_engine.workflows.economy import Economy, read_economy
from cluster_engine.workflows.firm_tables import read_firm_tables
from cluster_engine.workflows.profile import count_figures, measure_sectors, recall_counts
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.training import Training

CHAMPION = "champion"


@dataclass(frozen=True, slots=True)
class DriftRequest:
    """What to hold against what.

    Attributes
    ----------
    region : str or None
        None: every region of the pack that has a champion.
    against : str
        'champion', or a version of the region.
    pack : str or None
    settings : Path or None
    """

    region: str | None = None
    against: str = CHAMPION
    pack: str | None = None
    settings: Path | None = None


def watch_drift(
    request: DriftRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> DriftReport:
    """Hold the figures of a pack against those that regions' versions were made from.

    Nothing is trained. Features that only training gives are compared where a version of the
    pack's present figures is there.

    Raises
    ------
    DataError
        The pack is faulty.
    ModelError
        There is no such version, or no region has a champion.
    """
    pack, settings = open_pack(request.pack), read_settings(request.settings)
    versions = _find_versions(pack, request, settings, store)
    check_pack(pack)
    economy = read_economy(pack, pack.manifest.default_year)
    found = []
    untrained: list[str] = []
    unprofiled: list[str] = []
    for number, (training, folder) in enumerate(versions):
        on_progress("Comparing", number, len(versions))
        known = find_version(store, training.key, training.version)
        present = None if known is None else load_version(known, Model).sectors
        champion = load_version(folder, Model)
        found.append(hold_against(training, champion, economy, present))
        if present is None:
            untrained.append(training.region.name)
        if "profile" not in champion.facts:
            unprofiled.append(training.region.name)
    on_progress("Comparing", len(versions), len(versions))
    _note_gaps(untrained, unprofiled, on_note)
    return DriftReport(pack.manifest.name, tuple(found))


def _note_gaps(untrained: list[str], unprofiled: list[str], on_note: Note) -> None:
    if untrained:
        on_note(
            f"{_tell_regions(untrained)}: no version of the pack's present figures is there; of "
            "the sectors only what the pack tells is compared."
        )
    if unprofiled:
        on_note(
            f"{_tell_regions(unprofiled)}: the version is of an engine that kept no profile; "
            "features and codes of firms are not compared."
        )


def _tell_regions(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} regions"


def _find_versions(
    pack: Pack, request: DriftRequest, settings: Settings, store: ModelStore
) -> list[tuple[Training, Path]]:
    names = sorted(set(pack.read("regions")["region"]))
    wanted = names if request.region is None else [request.region]
    year = pack.manifest.default_year
    trainings = [Training(pack, find_region(pack, name), settings, year) for name in wanted]
    pairs = []
    for training in trainings:
        if request.against == CHAMPION:
            folder = find_champion(store, training.key)
        else:
            folder = find_version(store, training.key, request.against)
        if folder is not None:
            pairs.append((training, folder))
    if not pairs:
        where = request.region or f"any region of '{pack.manifest.name}'"
        raise ModelError(
            f"There is no {'champion' if request.against == CHAMPION else request.against} of "
            f"{where} to compare with.",
            hint="`cluster-engine models list` shows what is there; `train` makes a champion.",
        )
    return pairs


def load_sound_champion(store: ModelStore, key: str) -> Model | None:
    """The champion of a region; None where there is none, or it is damaged or of an old form."""
    try:
        return load_champion(store, key, Model)
    except ModelError:
        return None


def find_drift(training: Training, store: ModelStore, champion: Model | None) -> RegionDrift | None:
    """Hold the version of a training, which is there, against a champion; None without one."""
    folder = find_version(store, training.key, training.version)
    if champion is None or folder is None:
        return None
    return hold_against(training, champion, None, load_version(folder, Model).sectors)


def hold_against(
    training: Training, champion: Model, economy: Economy | None, sectors: pd.DataFrame | None
) -> RegionDrift:
    """Compare the pack of a training with what a version was made from.

    Parameters
    ----------
    training : Training
    champion : Model
    economy : Economy or None
        Needed without ``sectors``.
    sectors : DataFrame or None
        Sector table of a version made from the pack's present figures; None: only what the pack
        tells is compared.

    Raises
    ------
    ValueError
        Neither is given.
    """
    if sectors is None:
        if economy is None:
            raise ValueError("The 'economy' must be given without 'sectors'.")
        sectors = measure_sectors(economy, training.region, training.settings)
    rows = sorted(_compare(training, champion, sectors), key=order_rows)
    return RegionDrift(training.region.slug, str(champion.facts["version"]), tuple(rows))


def _compare(training: Training, champion: Model, sectors: pd.DataFrame) -> Iterator[DriftRow]:
    pack, settings = training.pack, training.settings
    limits, profile = settings.drift, settings.profile
    features = build_features(
        read_firm_tables(pack), champion.sectors,
        largest_sales_per_employee=settings.scoring.largest_sales_per_employee,
    )  # fmt: skip
    counts = count_figures(pack, training.region, training.year, sectors, features)
    yield from compare_counts(recall_counts(champion.facts), counts, limits)
    industries = pack.read("industries", columns=("industry", "name"))
    names = dict(zip(industries["industry"], industries["name"], strict=True))
    yield from compare_divisions(champion.sectors, sectors, names, limits)
    yield from compare_sectors(champion.sectors, sectors, profile, limits)
    yield from compare_firms(champion, features, limits)
