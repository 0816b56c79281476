"""Weights of the criteria that a user sets, without training a model again."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from cluster_engine.errors import SettingsError
from cluster_engine.parameters import Scoring

LARGEST = 100.0
"""Points per standard deviation above which a weight must be a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class UserWeights:
    """Weights as the user wrote them.

    Attributes
    ----------
    file : Path or None
        TOML: ``gap = 2`` on lines of their own, or in a table ``[weights]``.
    texts : tuple of str
        'gap=2'; they win against the file.
    """

    file: Path | None = None
    texts: tuple[str, ...] = ()

    def apply(self, scoring: Scoring) -> tuple[Scoring, tuple[str, ...]]:
        """Set the weights.

        Returns
        -------
        Scoring
            The settings with the weights.
        tuple of str
            Names of the criteria that the user has set.

        Raises
        ------
        SettingsError
            The file cannot be read, a criterion is unknown, or a weight is no number of at least 0.
        """
        given: dict[str, float] = {}
        if self.file is not None:
            for name, value in _read_file(self.file).items():
                given[name] = _check(name, value, scoring.weights, self.file.name)
        for text in self.texts:
            name, sign, value = text.partition("=")
            if not sign:
                raise SettingsError(
                    f"--weight {text}: a weight must read NAME=NUMBER.", hint="E.g. --weight gap=2"
                )
            given[name.strip()] = _check(
                name.strip(), _to_number(value), scoring.weights, f"--weight {text}"
            )
        weights = {**scoring.weights, **given}
        return replace(scoring, weights=weights), tuple(sorted(given))


def _read_file(path: Path) -> Mapping[str, object]:
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise SettingsError(f"{path} cannot be read: {fault.strerror}.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(
            f"{path.name} is not valid TOML: {fault}.", hint="Write one weight a line: gap = 2"
        ) from fault
    inner = body.get("weights", body)
    if not isinstance(inner, Mapping):
        raise SettingsError(f"{path.name}: 'weights' must be a table. Got {inner!r}.")
    return inner


def _to_number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _check(name: str, value: object, known: Mapping[str, float], place: str) -> float:
    if name not in known:
        near = get_close_matches(name, list(known), n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "Known: " + ", ".join(known) + "."
        raise SettingsError(f"{place}: there is no criterion '{name}'.", hint=hint)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(float(value)) or not 0 <= float(value) <= LARGEST:  # type: ignore[arg-type]
        raise SettingsError(
            f"{place}: the weight of '{name}' must be a number from 0 to {LARGEST:g}, in points "
            f"per standard deviation. Got {value!r}."
        )
    return float(value)  # type: ignore[arg-type]
