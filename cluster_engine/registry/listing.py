"""List the versions of a key, and which of them an alias names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cluster_engine.errors import ModelError
from cluster_engine.registry.aliases import Aliases, find_aliases
from cluster_engine.registry.audit import read_manifest
from cluster_engine.registry.locate import ModelStore, is_safe_name


@dataclass(frozen=True, slots=True)
class Listed:
    """A version among others.

    Attributes
    ----------
    key, version : str
    folder : Path
    roles : tuple of str
        'champion', 'challenger', 'previous'; empty for most.
    manifest : mapping or None
        In the form of today; None where it cannot be read.
    """

    key: str
    version: str
    folder: Path
    roles: tuple[str, ...]
    manifest: Mapping[str, Any] | None


def list_versions(store: ModelStore, key: str) -> tuple[Listed, ...]:
    """Versions of a key, by name; an own one hides a shipped one of the same name."""
    roles = find_roles(store, key)
    folders = {
        folder.name: folder
        for home in reversed(store.folders(key))
        if home.is_dir()
        for folder in home.iterdir()
        if folder.is_dir() and is_safe_name(folder.name)
    }
    return tuple(
        Listed(key, name, folder, roles.get(name, ()), _try_manifest(folder))
        for name, folder in sorted(folders.items())
    )


def find_roles(store: ModelStore, key: str) -> dict[str, tuple[str, ...]]:
    """Version to the aliases that name it; shipped ones count where there is no own champion."""
    aliases = Aliases()
    for home in reversed(store.folders(key)):
        own = find_aliases(home)
        aliases = replace(own, champion=own.champion or aliases.champion)
    roles: dict[str, tuple[str, ...]] = {}
    for role in ("champion", "challenger", "previous"):
        name = getattr(aliases, role)
        if name:
            roles[name] = (*roles.get(name, ()), role)
    return roles


def _try_manifest(folder: Path) -> Mapping[str, Any] | None:
    try:
        return read_manifest(folder)
    except ModelError:
        return None
