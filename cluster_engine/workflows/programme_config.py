"""Read a programme's file: strict names, types and limits; every fault with what to do."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from cluster_engine.errors import SettingsError
from cluster_engine.parameters import Programme
from cluster_engine.workflows.programme_entries import (
    HINT,
    Reader,
    read_date,
    read_each,
    read_entries,
    read_flag,
    read_many,
    read_number,
    read_text,
    read_texts,
    read_whole,
)


@dataclass(frozen=True, slots=True)
class MissionSpec:
    """A mission or a fair as the file has it; £ and officer days, None: by the settings."""

    name: str
    market: str
    meetings: int | None = None
    date: str = ""
    place: str = ""
    cost: float | None = None
    officer_days: float | None = None
    clusters: tuple[str, ...] = ()
    firms_from: tuple[str, ...] = ()
    is_fair: bool = False


@dataclass(frozen=True, slots=True)
class MarketSpec:
    """Rules for one market."""

    required: bool = False
    minimum_firms: int | None = None
    maximum_firms: int | None = None
    visits: int | None = None


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    """Rules for one cluster."""

    minimum_firms: int = 0
    maximum_firms: int | None = None
    minimum_share: float = 0.0
    maximum_share: float | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A programme's file; None: by the settings.

    Attributes
    ----------
    markets : tuple of str or None
        As the user wrote them; None: all of the pack.
    officer_days : mapping of str to float
        By language, lower case; empty: by the settings.
    programme : Programme
        Assumptions, with the user's own in place.
    own_assumptions : tuple of str
        Names of those.
    """

    programme: Programme
    markets: tuple[str, ...] | None = None
    officer_days: Mapping[str, float] = field(default_factory=dict)
    market: Mapping[str, MarketSpec] = field(default_factory=dict)
    cluster: Mapping[str, ClusterSpec] = field(default_factory=dict)
    missions: tuple[MissionSpec, ...] = ()
    excluded_firms: tuple[str, ...] = ()
    only_niche_clusters: bool = True
    minimum_markets: int = 0
    maximum_markets: int | None = None
    own_assumptions: tuple[str, ...] = ()


def read_example() -> str:
    """The commented example of a programme's file."""
    place = files("cluster_engine.workflows").joinpath("programme_example.toml")
    return place.read_text(encoding="utf-8")


def read_config(path: Path | None, programme: Programme) -> Config:
    """Read a programme's file; without one, the programme of the settings.

    Raises
    ------
    SettingsError
        The file cannot be read or is no TOML; an entry is unknown, of another type or out of range.
    """
    if path is None:
        return Config(programme)
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise SettingsError(f"{path} cannot be read: {fault.strerror}.", hint=HINT) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path.name} is not valid TOML: {fault}.", hint=HINT) from fault
    return parse_config(body, path.name, programme)


def parse_config(body: Mapping[str, Any], name: str, programme: Programme) -> Config:
    """Turn the body of a programme's file into what it means; see :func:`read_config`."""
    found = read_entries(body, TOP, name)
    own = found.pop("assumptions", {})
    for entry in SETTINGS_AT_TOP:
        if entry in found:
            own = {**own, entry: found.pop(entry)}
    fairs = tuple(replace(fair, is_fair=True) for fair in found.pop("fairs", ()))
    missions = (*found.pop("missions", ()), *fairs)
    twice = sorted({spec.name for spec in missions if
                    sum(spec.name == other.name for other in missions) > 1})  # fmt: skip
    if twice:
        raise SettingsError(f"{name}: two missions are called '{twice[0]}'.", hint=HINT)
    names = tuple(sorted(own))
    own = {entry: _fit(entry, value, f"{name} '{entry}'") for entry, value in own.items()}
    return Config(replace(programme, **own), missions=missions, own_assumptions=names, **found)


def _markets(value: Any, place: str) -> tuple[str, ...] | None:
    if value == "all":
        return None
    found = read_texts(value, place)
    if not found:
        raise SettingsError(f'{place} must name a market, or be "all".', hint=HINT)
    return found


def _days(value: Any, place: str) -> dict[str, float]:
    found = read_each(read_number())(value, place)
    return {language.strip().lower(): days for language, days in found.items()}


def _fit(name: str, value: float, place: str) -> float | int:
    kinds = {entry.name: str(entry.type) for entry in fields(Programme)}
    if kinds[name] == "int" and value != int(value):
        raise SettingsError(f"{place} must be a whole number. Got {value!r}.", hint=HINT)
    if name in POSITIVE and value <= 0:
        raise SettingsError(f"{place} must be above 0. Got {value!r}.", hint=HINT)
    return int(value) if kinds[name] == "int" else value


MISSION: Mapping[str, Reader] = {
    "name": read_text, "market": read_text, "place": read_text, "date": read_date,
    "meetings": read_whole(1), "cost": read_number(), "officer_days": read_number(),
    "clusters": read_texts, "firms_from": read_texts,
}  # fmt: skip
MARKET: Mapping[str, Reader] = {
    "required": read_flag, "minimum_firms": read_whole(),
    "maximum_firms": read_whole(1), "visits": read_whole(),
}  # fmt: skip
CLUSTER: Mapping[str, Reader] = {
    "minimum_firms": read_whole(), "maximum_firms": read_whole(),
    "minimum_share": read_number(0, 1), "maximum_share": read_number(0, 1),
}  # fmt: skip
SHARES = frozenset({"success_rate", "highest_success_rate", "largest_cluster_share", "gap"})
POSITIVE = frozenset({"meetings", "meetings_per_day", "draws", "success_lift"})
ASSUMPTIONS: Mapping[str, Reader] = {
    entry.name: read_number(0, 1) if entry.name in SHARES else read_number()
    for entry in fields(Programme)
}
SETTINGS_AT_TOP = (
    "budget", "minimum_clusters", "largest_cluster_share", "minimum_firms", "maximum_firms",
)  # fmt: skip
"""Entries of the settings that a programme's file has among its rules."""

TOP: Mapping[str, Reader] = {
    "markets": _markets,
    "budget": read_number(),
    "only_niche_clusters": read_flag,
    "minimum_markets": read_whole(),
    "maximum_markets": read_whole(),
    "minimum_clusters": read_whole(),
    "largest_cluster_share": read_number(0, 1),
    "minimum_firms": read_whole(),
    "maximum_firms": read_whole(1),
    "excluded_firms": read_texts,
    "officer_days": _days,
    "market": read_each(lambda value, place: MarketSpec(**read_entries(value, MARKET, place))),
    "cluster": read_each(lambda value, place: ClusterSpec(**read_entries(value, CLUSTER, place))),
    "missions": read_many(MissionSpec, MISSION, ("name", "market")),
    "fairs": read_many(MissionSpec, MISSION, ("name", "market", "cost")),
    "assumptions": lambda value, place: read_entries(value, ASSUMPTIONS, place),
}
