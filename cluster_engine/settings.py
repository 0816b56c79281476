"""The engine's parameters: every threshold and weight, read from one TOML file.

Each entry of the file carries value, unit, nature and reference. The dataclasses of `parameters`
hold the values alone; the file is the documentation.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from cluster_engine.errors import SettingsError
from cluster_engine.parameters import (
    Clusters,
    Concentration,
    Drift,
    Evaluation,
    Gates,
    Mover,
    Niches,
    Page,
    Place,
    Profile,
    Programme,
    Regional,
    Relatedness,
    Scoring,
    Stars,
    Uncertainty,
    Value,
)

Section = TypeVar("Section")

ENTRY_KEYS = {"value", "unit", "nature", "reference"}
NATURES = {"published", "convention", "prior"}


@dataclass(frozen=True, slots=True)
class Settings:
    """All parameters of one run."""

    concentration: Concentration
    relatedness: Relatedness
    clusters: Clusters
    niches: Niches
    stars: Stars
    place: Place
    regional: Regional
    scoring: Scoring
    mover: Mover
    uncertainty: Uncertainty
    value: Value
    evaluation: Evaluation
    profile: Profile
    gates: Gates
    drift: Drift
    programme: Programme
    page: Page

    def as_values(self) -> dict[str, Any]:
        """Values that decide a model, nested as in the file, ready for JSON.

        Those of `JUDGING` are left out: they decide which model is used and what is told of it, not
        what is in it.
        """
        return {name: value for name, value in _plain(self).items() if name not in JUDGING}


SECTIONS: Mapping[str, type] = {
    "concentration": Concentration,
    "relatedness": Relatedness,
    "clusters": Clusters,
    "niches": Niches,
    "stars": Stars,
    "place": Place,
    "regional": Regional,
    "scoring": Scoring,
    "mover": Mover,
    "uncertainty": Uncertainty,
    "value": Value,
    "evaluation": Evaluation,
    "profile": Profile,
    "gates": Gates,
    "drift": Drift,
    "programme": Programme,
    "page": Page,
}

JUDGING = ("gates", "drift", "programme", "page")
"""Sections that are no part of a model: they decide how it is used."""


def read_settings(path: Path | None = None) -> Settings:
    """Read a settings file; without one, the settings that ship.

    Raises
    ------
    SettingsError
        The file is missing or is no TOML, an entry is unknown, missing, of another type, without a
        unit or a reference, or a weight is negative.
    """
    source = path if path is not None else files("cluster_engine").joinpath("settings.toml")
    name = path.name if path is not None else "settings.toml"
    try:
        raw = tomllib.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        raise SettingsError(f"There is no settings file {path}.") from fault
    except OSError as fault:
        raise SettingsError(f"{path} cannot be read: {fault.strerror}.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{name} is not valid TOML: {fault}.") from fault
    _check_names(raw, list(SECTIONS), name)
    values = {
        section: kind(**_section_values(raw[section], kind, f"{name} [{section}]"))
        for section, kind in SECTIONS.items()
    }
    settings = Settings(**values)
    if path is not None:
        shipped = read_settings().scoring
        for part in ("weights", "typical_employees", "prior_mean", "prior_sd"):
            known = list(getattr(shipped, part))
            _check_names(getattr(settings.scoring, part), known, f"{name} [scoring.{part}]")
    _check_ranges(settings, name)
    return settings


def rebuild(kind: type[Section], values: Mapping[str, Any]) -> Section:
    """Rebuild a section from the values a model was trained with, as JSON holds them."""
    return kind(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
    )


def rebuild_settings(values: Mapping[str, Any], shipped: Settings) -> Settings:
    """Rebuild the settings a model was trained with; mappings in the order of those that ship.

    JSON holds mappings in order of name, but sums of numbers depend on their order in the last bit.

    Raises
    ------
    SettingsError
        The model knew other sections than this engine.
    """
    _check_names(
        values, [name for name in SECTIONS if name not in JUDGING], "the settings of the model"
    )
    sections: dict[str, Any] = {
        name: rebuild(kind, _in_order(values[name], _plain(getattr(shipped, name))))
        for name, kind in SECTIONS.items()
        if name not in JUDGING
    }
    return Settings(**sections, **{name: getattr(shipped, name) for name in JUDGING})


def _in_order(values: Any, order: Any) -> Any:
    if not isinstance(values, Mapping) or not isinstance(order, Mapping):
        return values
    names = [*(name for name in order if name in values), *sorted(set(values) - set(order))]
    return {name: _in_order(values[name], order.get(name)) for name in names}


def read_scoring(values: Mapping[str, Any]) -> Scoring:
    """Rebuild the scoring settings from the values a model was trained with."""
    return rebuild(Scoring, values)


def _section_values(raw: Mapping[str, Any], kind: type, place: str) -> dict[str, Any]:
    _check_names(raw, [field.name for field in fields(kind)], place)
    values = {}
    for field in fields(kind):
        values[field.name] = _entry_value(raw[field.name], f"{place} {field.name}")
        if not _fits(values[field.name], str(field.type)):
            raise SettingsError(
                f"{place} {field.name} must be of type {field.type}. Got {values[field.name]!r}."
            )
    return values


def _fits(value: Any, kind: str) -> bool:
    """Whether a value is of the type a dataclass here asks for; true and false are no numbers."""
    if kind in ("int", "float"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (isinstance(value, int) if kind == "int" else math.isfinite(value))
    if kind.startswith("tuple["):
        inner = kind.removeprefix("tuple[").removesuffix(", ...]")
        return isinstance(value, tuple) and all(_fits(item, inner) for item in value)
    if kind == "str":
        return isinstance(value, str)
    return isinstance(value, Mapping) and all(_fits(item, "float") for item in value.values())


def _entry_value(entry: Any, place: str) -> Any:
    if not isinstance(entry, dict):
        raise SettingsError(f"{place} must be a table with value, unit, nature and reference.")
    if "value" not in entry:
        return {name: _entry_value(inner, f"{place}.{name}") for name, inner in entry.items()}
    _check_names(entry, sorted(ENTRY_KEYS), place)
    if entry["nature"] not in NATURES:
        known = ", ".join(sorted(NATURES))
        raise SettingsError(f"{place}: 'nature' must be one of {known}. Got {entry['nature']!r}.")
    value = entry["value"]
    return tuple(value) if isinstance(value, list) else value


def _check_names(raw: Any, known: list[str], place: str) -> None:
    if not isinstance(raw, Mapping):
        raise SettingsError(f"{place} must be a table. Got {raw!r}.")
    for name in raw:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else "Known: " + ", ".join(known) + "."
            raise SettingsError(f"{place} has an unknown entry '{name}'.", hint=hint)
    for name in known:
        if name not in raw:
            raise SettingsError(f"{place} lacks the entry '{name}'.")


def _check_ranges(settings: Settings, name: str) -> None:
    for criterion, weight in settings.scoring.weights.items():
        if weight < 0:
            raise SettingsError(
                f"{name}: the weight of '{criterion}' must be a number of at least 0. Got {weight}."
            )
    if not 0 <= settings.regional.delta < 1:
        raise SettingsError(f"{name}: 'delta' must be in [0, 1). Got {settings.regional.delta}.")
    if not 0 < settings.mover.label_rate <= 1:
        raise SettingsError(
            f"{name}: 'label_rate' must be above 0 and at most 1. Got {settings.mover.label_rate}."
        )


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value
