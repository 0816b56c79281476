"""Read a programme's file: strict names, types and limits; every fault with what to do."""

from __future__ import annotations

import datetime
import math
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from cluster_engine.errors import SettingsError
from cluster_engine.settings import Programme

HINT = "An example with all entries: cluster-engine programme --example"


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


Reader = Callable[[Any, str], Any]


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
    found = _read(body, TOP, name)
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


def _read(body: Any, known: Mapping[str, Reader], place: str) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise SettingsError(f"{place} must be a table. Got {body!r}.", hint=HINT)
    for name in body:
        if name not in known:
            near = get_close_matches(str(name), list(known), n=1)
            lead = f"Did you mean '{near[0]}'? " if near else f"Known: {', '.join(known)}. "
            raise SettingsError(f"{place} has an unknown entry '{name}'.", hint=lead + HINT)
    return {name: known[name](value, f"{place} '{name}'") for name, value in body.items()}


def _number(low: float = 0.0, high: float = math.inf) -> Reader:
    def read(value: Any, place: str) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not low <= value <= high:
            limits = f"of at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
            raise SettingsError(f"{place} must be a number {limits}. Got {value!r}.", hint=HINT)
        return float(value)

    return read


def _whole(low: int = 0) -> Reader:
    def read(value: Any, place: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            raise SettingsError(
                f"{place} must be a whole number of at least {low}. Got {value!r}.", hint=HINT
            )
        return value

    return read


def _flag(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"{place} must be true or false. Got {value!r}.", hint=HINT)
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{place} must be a text. Got {value!r}.", hint=HINT)
    return value.strip()


def _texts(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SettingsError(f"{place} must be a list of texts. Got {value!r}.", hint=HINT)
    return tuple(_text(item, place) for item in value)


def _markets(value: Any, place: str) -> tuple[str, ...] | None:
    if value == "all":
        return None
    found = _texts(value, place)
    if not found:
        raise SettingsError(f"{place} must name a market, or be \"all\".", hint=HINT)
    return found


def _date(value: Any, place: str) -> str:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as fault:
        raise SettingsError(
            f"{place} must be a date such as 2027-04-12. Got {value!r}.", hint=HINT
        ) from fault


def _many(kind: type, readers: Mapping[str, Reader], needed: Collection[str]) -> Reader:
    def read(value: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise SettingsError(f"{place} must be a list of tables. Got {value!r}.", hint=HINT)
        found = []
        for number, item in enumerate(value, start=1):
            entry = _read(item, readers, f"{place} {number}")
            for name in needed:
                if name not in entry:
                    raise SettingsError(f"{place} {number} lacks '{name}'.", hint=HINT)
            found.append(kind(**entry))
        return tuple(found)

    return read


def _each(make: Callable[[Any, str], Any]) -> Reader:
    def read(value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise SettingsError(f"{place} must be a table. Got {value!r}.", hint=HINT)
        return {name: make(inner, f"{place}.{name}") for name, inner in value.items()}

    return read


def _days(value: Any, place: str) -> dict[str, float]:
    found = _each(_number())(value, place)
    return {language.strip().lower(): days for language, days in found.items()}


def _fit(name: str, value: float, place: str) -> float | int:
    kinds = {entry.name: str(entry.type) for entry in fields(Programme)}
    if kinds[name] == "int" and value != int(value):
        raise SettingsError(f"{place} must be a whole number. Got {value!r}.", hint=HINT)
    if name in POSITIVE and value <= 0:
        raise SettingsError(f"{place} must be above 0. Got {value!r}.", hint=HINT)
    return int(value) if kinds[name] == "int" else value


MISSION: Mapping[str, Reader] = {
    "name": _text, "market": _text, "place": _text, "date": _date, "meetings": _whole(1),
    "cost": _number(), "officer_days": _number(), "clusters": _texts, "firms_from": _texts,
}  # fmt: skip
MARKET: Mapping[str, Reader] = {
    "required": _flag, "minimum_firms": _whole(), "maximum_firms": _whole(1), "visits": _whole(),
}  # fmt: skip
CLUSTER: Mapping[str, Reader] = {
    "minimum_firms": _whole(), "maximum_firms": _whole(),
    "minimum_share": _number(0, 1), "maximum_share": _number(0, 1),
}  # fmt: skip
SHARES = frozenset({"success_rate", "highest_success_rate", "largest_cluster_share", "gap"})
POSITIVE = frozenset({"meetings", "meetings_per_day", "draws", "success_lift"})
ASSUMPTIONS: Mapping[str, Reader] = {
    entry.name: _number(0, 1) if entry.name in SHARES else _number() for entry in fields(Programme)
}
SETTINGS_AT_TOP = (
    "budget", "minimum_clusters", "largest_cluster_share", "minimum_firms", "maximum_firms",
)  # fmt: skip
"""Entries of the settings that a programme's file has among its rules."""

TOP: Mapping[str, Reader] = {
    "markets": _markets,
    "budget": _number(),
    "only_niche_clusters": _flag,
    "minimum_markets": _whole(),
    "maximum_markets": _whole(),
    "minimum_clusters": _whole(),
    "largest_cluster_share": _number(0, 1),
    "minimum_firms": _whole(),
    "maximum_firms": _whole(1),
    "excluded_firms": _texts,
    "officer_days": _days,
    "market": _each(lambda value, place: MarketSpec(**_read(value, MARKET, place))),
    "cluster": _each(lambda value, place: ClusterSpec(**_read(value, CLUSTER, place))),
    "missions": _many(MissionSpec, MISSION, ("name", "market")),
    "fairs": _many(MissionSpec, MISSION, ("name", "market", "cost")),
    "assumptions": lambda value, place: _read(value, ASSUMPTIONS, place),
}
