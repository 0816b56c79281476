"""Why two versions of a region differ: what changed in their inputs, and what that can have moved.

A version keeps the checksums of its tables, its settings, seed, engine and packages; so what
changed is certain. What a change moved is not: where data and code changed together, a figure that
depends on both cannot be put down to one of them, and this is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cluster_engine.targeting.swaps import CODES, FIRM_LIST, SCORE_SETTINGS, YARDSTICK

DATA, CODE, SETTINGS, FIRMS = "data", "code", "settings", "firm list"
UNSEPARATED = "not separable"
CAUSES = (DATA, CODE, SETTINGS, FIRMS, UNSEPARATED)
"""Tables of the pack; engine, packages, seed; weights and other settings; firms; several."""

FIRM_TABLES = ("firms", "firm_industries", "firm_homes", "firm_facts")

JOB_TABLES = ("areas", "regions", "industries", "employment", "enterprises")
TRADE_TABLES = ("io_industries", "io_flows", "io_imports", "io_concordance")
CLUSTER_TABLES = (*JOB_TABLES, *TRADE_TABLES, "establishments", "occupations", "labour_flows")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a part of a score is made from.

    Attributes
    ----------
    way : str
        What it belongs to, in words.
    tables : tuple of str
        Of the pack.
    settings : tuple of str
        Sections, or entries written 'section.entry'.
    is_drawn : bool
        Whether it depends on the seed and on a similarity matrix of the user's own.
    """

    way: str
    tables: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    is_drawn: bool = False


FIGURES, CLUSTERS, CURVES = "region's figures", "clusters", "learned curves"
WEIGHTS = "weights"
WAYS = (FIGURES, CLUSTERS, CURVES, YARDSTICK, WEIGHTS, FIRM_LIST)
"""By way of what a cause works."""

_CLUSTERED = ("concentration", "relatedness", "clusters", "niches")
_NICHE_TRADE = Origin(FIGURES, CLUSTER_TABLES, (*_CLUSTERED, "regional"), is_drawn=True)

ORIGINS: Mapping[str, Origin] = {
    CODES: Origin(FIGURES, ("industries", "employment")),
    "specialisation": Origin(FIGURES, (*JOB_TABLES, "establishments"), ("concentration",)),
    "affinity": Origin(CLUSTERS, CLUSTER_TABLES, _CLUSTERED, is_drawn=True),
    "pull": Origin(CURVES, (*JOB_TABLES, *TRADE_TABLES), ("place", "concentration")),
    "supplier": _NICHE_TRADE,
    "customer": _NICHE_TRADE,
    "class_level": Origin(FIGURES, ("industries",), ("scoring.knowledge_classes",)),
    "added_value": Origin(FIGURES, ("value_added", *JOB_TABLES)),
    "gap": _NICHE_TRADE,
}
"""Of every part that comes from sectors; the other things that can be swapped are causes, or, as
the yardstick, made from all of them."""


APART = (
    "scoring.weights", "scoring.base", "scoring.criterion_limit", "mover", "stars", "uncertainty",
    "value",
)  # fmt: skip
"""Settings that the yardstick of a score does not depend on."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Things that are swapped together: one cause, by one way.

    Attributes
    ----------
    cause : str
        One of ``CAUSES``.
    way : str
        One of ``WAYS``.
    things : tuple of str
        Of :data:`cluster_engine.targeting.swaps.SWAPPABLE`.
    suspects : tuple of str
        Causes that may have played a part; one, unless they cannot be separated.
    """

    cause: str
    way: str
    things: tuple[str, ...]
    suspects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between the inputs of two versions.

    Attributes
    ----------
    tables : frozenset of str
        Of the pack but those of firms.
    firm_tables : frozenset of str
    settings : frozenset of str
        Sections, and 'section.entry'.
    code : tuple of str
        Engine, protocol and packages: what they were and are.
    year, seed, own_matrix, movers : bool
        Whether it changed; movers: the events that weights are learned from.
    has_learned : bool
        Whether weights of either version were learned from events.
    """

    tables: frozenset[str]
    firm_tables: frozenset[str]
    settings: frozenset[str]
    code: tuple[str, ...]
    year: bool
    seed: bool
    own_matrix: bool
    movers: bool
    has_learned: bool

    def describe(self) -> dict[str, str]:
        """Cause to what changed, in words; causes without a change are left out."""
        flags = {"year": self.year, "own matrix": self.own_matrix, "events": self.movers}
        told = {
            DATA: [*sorted(self.tables), *(name for name in flags if flags[name])],
            CODE: [*self.code, *(["seed"] if self.seed else [])],
            SETTINGS: sorted(name for name in self.settings if "." in name),
            FIRMS: sorted(self.firm_tables),
        }
        return {cause: ", ".join(parts) for cause, parts in told.items() if parts}


def compare_inputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """Compare what two versions say they were made from, by the facts of their manifests."""
    first, second = old["inputs"], new["inputs"]
    tables = _list_other(first["tables"], second["tables"])
    return Changes(
        tables=frozenset(tables) - {*FIRM_TABLES},
        firm_tables=frozenset(tables) & {*FIRM_TABLES},
        settings=frozenset(_list_settings(first["settings"], second["settings"])),
        code=_list_code(old, new),
        year=first["year"] != second["year"],
        seed=first.get("seed") != second.get("seed"),
        own_matrix=first.get("own_matrix") != second.get("own_matrix"),
        movers=first.get("movers") != second.get("movers"),
        has_learned=bool(first.get("movers") or second.get("movers")),
    )


def plan_swaps(differences: Collection[str], changes: Changes) -> tuple[Swap, ...]:
    """Group the things that differ by cause and way, each group to be swapped at once.

    Parameters
    ----------
    differences : collection of str
        Of :data:`cluster_engine.targeting.swaps.SWAPPABLE`.
    changes : Changes
    """
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for thing in differences:
        suspects = _suspect(thing, changes)
        groups.setdefault((_find_way(thing), suspects), []).append(thing)
    return tuple(
        Swap(suspects[0] if len(suspects) == 1 else UNSEPARATED, way, tuple(things), suspects)
        for (way, suspects), things in groups.items()
    )


def _find_way(thing: str) -> str:
    if thing in ORIGINS:
        return ORIGINS[thing].way
    return WEIGHTS if thing == SCORE_SETTINGS else thing


def _suspect(thing: str, changes: Changes) -> tuple[str, ...]:
    """Causes that can have changed a thing; where nothing recorded can, the machine it ran on."""
    if thing == SCORE_SETTINGS:
        return _suspect_weights(changes)
    if thing == FIRM_LIST:
        return (FIRMS,)
    if thing == YARDSTICK:
        # Made from every figure and from the firms.
        can = {
            cause for cause in changes.describe() if cause != SETTINGS or _moves_yardstick(changes)
        }
        return tuple(cause for cause in CAUSES if cause in can) or (CODE,)
    origin = ORIGINS[thing]
    has_data = changes.year or changes.tables & {*origin.tables}
    suspects = (
        (DATA, bool(has_data) or (origin.is_drawn and changes.own_matrix)),
        (CODE, bool(changes.code) or (origin.is_drawn and changes.seed)),
        (SETTINGS, bool(changes.settings & {*origin.settings})),
    )
    return tuple(cause for cause, is_one in suspects if is_one) or (CODE,)


def _suspect_weights(changes: Changes) -> tuple[str, ...]:
    """Weights are set, or learned from events that firms of the pack and its figures explain."""
    sections = {name.partition(".")[0] for name in changes.settings}
    data = changes.movers or (
        changes.has_learned and (changes.tables or changes.firm_tables or changes.year)
    )
    suspects = (
        (DATA, bool(data)),
        (CODE, changes.has_learned and bool(changes.code)),
        (SETTINGS, bool(sections & {"scoring", "mover"})),
    )
    return tuple(cause for cause, is_one in suspects if is_one) or (SETTINGS,)


def _moves_yardstick(changes: Changes) -> bool:
    entries = {name for name in changes.settings if "." in name} - {*APART}
    return any(name.partition(".")[0] not in APART for name in entries)


def _list_other(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def _list_settings(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    sections = _list_other(first, second)
    return sections + [
        f"{section}.{entry}"
        for section in sections
        for entry in _list_other(first.get(section, {}), second.get(section, {}))
    ]


def _list_code(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """What engine, protocol and packages were and are, where they differ."""
    first, second = (
        {name: facts["inputs"].get(name) for name in ("engine", "protocol")}
        | facts.get("packages", {})
        for facts in (old, new)
    )
    return tuple(
        f"{name} {first.get(name)} → {second.get(name)}" for name in _list_other(first, second)
    )
