"""Readers of the entries of a programme's file: what stands there, and where it stands."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any

from cluster_engine.errors import SettingsError

HINT = "An example with all entries: cluster-engine programme --example"

Reader = Callable[[Any, str], Any]


def read_entries(body: Any, known: Mapping[str, Reader], place: str) -> dict[str, Any]:
    """Read a table whose entries are known; an unknown one is refused with the nearest name."""
    if not isinstance(body, Mapping):
        raise SettingsError(f"{place} must be a table. Got {body!r}.", hint=HINT)
    for name in body:
        if name not in known:
            near = get_close_matches(str(name), list(known), n=1)
            lead = f"Did you mean '{near[0]}'? " if near else f"Known: {', '.join(known)}. "
            raise SettingsError(f"{place} has an unknown entry '{name}'.", hint=lead + HINT)
    return {name: known[name](value, f"{place} '{name}'") for name, value in body.items()}


def read_number(low: float = 0.0, high: float = math.inf) -> Reader:
    """A number between two limits."""

    def read(value: Any, place: str) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not low <= value <= high:
            limits = f"of at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
            raise SettingsError(f"{place} must be a number {limits}. Got {value!r}.", hint=HINT)
        return float(value)

    return read


def read_whole(low: int = 0) -> Reader:
    """A whole number of at least so many."""

    def read(value: Any, place: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            raise SettingsError(
                f"{place} must be a whole number of at least {low}. Got {value!r}.", hint=HINT
            )
        return value

    return read


def read_flag(value: Any, place: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise SettingsError(f"{place} must be true or false. Got {value!r}.", hint=HINT)
    return value


def read_text(value: Any, place: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{place} must be a text. Got {value!r}.", hint=HINT)
    return value.strip()


def read_texts(value: Any, place: str) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list):
        raise SettingsError(f"{place} must be a list of texts. Got {value!r}.", hint=HINT)
    return tuple(read_text(item, place) for item in value)


def read_date(value: Any, place: str) -> str:
    """A date, as TOML has it or in quotes; ISO 8601."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    try:
        return dt.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as fault:
        raise SettingsError(
            f"{place} must be a date such as 2027-04-12. Got {value!r}.", hint=HINT
        ) from fault


def read_many(kind: type, readers: Mapping[str, Reader], needed: Collection[str]) -> Reader:
    """A list of tables of one kind."""

    def read(value: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise SettingsError(f"{place} must be a list of tables. Got {value!r}.", hint=HINT)
        found = []
        for number, item in enumerate(value, start=1):
            entry = read_entries(item, readers, f"{place} {number}")
            for name in needed:
                if name not in entry:
                    raise SettingsError(f"{place} {number} lacks '{name}'.", hint=HINT)
            found.append(kind(**entry))
        return tuple(found)

    return read


def read_each(make: Callable[[Any, str], Any]) -> Reader:
    """A table of names that the user chooses."""

    def read(value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise SettingsError(f"{place} must be a table. Got {value!r}.", hint=HINT)
        return {name: make(inner, f"{place}.{name}") for name, inner in value.items()}

    return read
