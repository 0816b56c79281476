"""How old a champion and its figures are, and what a reader should know about that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cluster_engine.packs.pack import Pack
from cluster_engine.registry.history import read_history
from cluster_engine.registry.locate import ModelStore, make_key
from cluster_engine.results import Model
from cluster_engine.workflows.champion import note_stale


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a page says about the model behind it.

    Attributes
    ----------
    version : str
    year : int
        Of the jobs.
    trained : str
        Day on which it was trained here, ISO 8601; '' where it came with the engine.
    engine : str
        Version of the engine that trained it.
    sources : tuple of mapping
        title, vintage, licence of every source of the model.
    warnings : tuple of str
        Old figures; figures that have changed since the training.
    """

    version: str
    year: int
    trained: str
    engine: str
    sources: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]


def tell_freshness(
    pack: Pack, model: Model, store: ModelStore, *, today: date, old_years: int
) -> Freshness:
    """Tell how fresh a champion is.

    Parameters
    ----------
    pack : Pack
    model : Model
        Its champion for a region.
    store : ModelStore
        Where its history lies.
    today : date
    old_years : int
        Years after which figures are called old.
    """
    version, year = str(model.facts["version"]), int(model.facts["year"])
    warnings: list[str] = []
    age = today.year - year
    if age > old_years:
        warnings.append(
            f"The jobs are those of {year}, {age} years ago; newer figures may be out "
            "(cluster-engine data fetch --list)."
        )
    note_stale(pack, model, warnings.append)
    home = store.folders(make_key(pack.manifest.name, model.region.slug))[0]
    days = [
        event.when[:10]
        for event in read_history(home)
        if event.version == version and event.action == "trained"
    ]
    return Freshness(
        version,
        year,
        days[-1] if days else "",
        str(model.facts["inputs"].get("engine", "")),
        tuple(model.facts.get("sources", ())),
        tuple(warnings),
    )
