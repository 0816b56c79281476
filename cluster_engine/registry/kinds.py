"""What the registry can keep: which tables and which facts make up each kind of model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cluster_engine.errors import ModelError
from cluster_engine.registry.files import RETRAIN
from cluster_engine.results import Model, NationalModel, PlaceModel, Region

Stored = Model | NationalModel | PlaceModel


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of model is laid down as plain data.

    Attributes
    ----------
    name : str
        Stands in the manifest.
    since : int
        Oldest protocol whose versions hold all that is needed today; older ones are refused, and
        the error says how to train again.
    tables : tuple of str
        Attributes that are tables; each becomes a Parquet file.
    describe : callable
        Takes a model, returns what else the manifest holds, JSON-ready.
    rebuild : callable
        Takes the manifest and the tables by name, returns the model.
    papers : tuple of str
        Texts that a version may carry besides its card. A version without them is whole; one that
        is there must stand in the manifest like every file. The engine does not read them.
    """

    name: str
    since: int
    tables: tuple[str, ...]
    describe: Callable[[Any], dict[str, Any]]
    rebuild: Callable[[Mapping[str, Any], Mapping[str, Any]], Stored]
    papers: tuple[str, ...] = ()


def _describe_region(model: Model) -> dict[str, Any]:
    return {
        "region": asdict(model.region),
        "facts": dict(model.facts),
        "reference": dict(model.reference),
    }


def _rebuild_region(manifest: Mapping[str, Any], tables: Mapping[str, Any]) -> Model:
    region = Region(**{**manifest["region"], "areas": tuple(manifest["region"]["areas"])})
    return Model(region, reference=manifest["reference"], facts=manifest["facts"], **tables)


def _describe_nation(model: NationalModel) -> dict[str, Any]:
    return {"facts": dict(model.facts)}


def _rebuild_nation(manifest: Mapping[str, Any], tables: Mapping[str, Any]) -> NationalModel:
    return NationalModel(facts=manifest["facts"], **tables)


def _describe_place(model: PlaceModel) -> dict[str, Any]:
    return {"outcome": model.outcome, "facts": dict(model.facts)}


def _rebuild_place(manifest: Mapping[str, Any], tables: Mapping[str, Any]) -> PlaceModel:
    return PlaceModel(manifest["outcome"], facts=manifest["facts"], **tables)


REGION = Kind("region", 3, ("sectors", "niches", "clusters"), _describe_region, _rebuild_region)
NATION = Kind(
    "nation",
    1,
    ("sectors", "memberships", "clusters", "links", "scores", "chance", "moves"),
    _describe_nation,
    _rebuild_nation,
)

PLACE = Kind(
    "place",
    1,
    ("terms", "curves"),
    _describe_place,
    _rebuild_place,
    papers=("hit-rate.md", "hit-rate.json"),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (REGION, NATION, PLACE)}

KIND_OF: Mapping[type, Kind] = {Model: REGION, NationalModel: NATION, PlaceModel: PLACE}


def find_kind(model: Stored) -> Kind:
    """Find the kind of a model."""
    return KIND_OF[type(model)]


def read_kind(manifest: Mapping[str, Any], version: str) -> Kind:
    """Find the kind a manifest names; the first versions named none and are of regions.

    Raises
    ------
    ModelError
        This engine knows no such kind.
    """
    name = manifest.get("kind", REGION.name)
    if name not in KINDS:
        raise ModelError(f"Model {version} is of an unknown kind: {name!r}.", hint=RETRAIN)
    return KINDS[name]
