"""Save and load model versions: JSON and Parquet, named after their inputs, written whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from cluster_engine.errors import ModelError
from cluster_engine.files import hash_file
from cluster_engine.registry.aliases import (
    Aliases,
    find_aliases,
    has_aliases,
    read_aliases,
    write_aliases,
)
from cluster_engine.registry.audit import (
    CARD,
    MANIFEST,
    PROTOCOL,
    read_version,
)
from cluster_engine.registry.durable import build_folder, list_leftovers, remove_tree
from cluster_engine.registry.files import RETRAIN, hash_body, write_json
from cluster_engine.registry.history import append_event
from cluster_engine.registry.kinds import Stored, find_kind
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.lock import hold
from cluster_engine.registry.tables import write_table

Noun = TypeVar("Noun", bound=Stored)


def make_version(inputs: Mapping[str, Any], year: int) -> str:
    """Name a version after its inputs: the same data, settings and seed give the same name."""
    canonical = json.dumps(inputs, sort_keys=True, ensure_ascii=True)
    return f"{year}-{hashlib.sha256(canonical.encode()).hexdigest()[:8]}"


def find_version(store: ModelStore, key: str, version: str) -> Path | None:
    """Folder of a version that is there already and whole, or None."""
    for home in store.folders(key):
        if is_whole(home / version):
            return home / version
    return None


def is_whole(folder: Path) -> bool:
    """Whether a version can be loaded: a damaged one must not count as there."""
    try:
        read_version(folder)
    except ModelError:
        return False
    return True


def save_version(
    store: ModelStore,
    key: str,
    model: Stored,
    card: str,
    metrics: Mapping[str, Any] | None = None,
    papers: Mapping[str, str] | None = None,
) -> Path:
    """Write a version and make it the challenger; `registry/promote.py` goes on.

    Parameters
    ----------
    store : ModelStore
        Where to.
    key : str
        Folder of the region.
    model : Model or NationalModel
        The version; ``facts['version']`` names it.
    card : str
        What a person should know about it, Markdown.
    metrics : mapping, optional
        How good it is, JSON-ready; the same model has the same.
    papers : mapping of str to str, optional
        Texts beside the card, by file name; those its kind allows.

    Returns
    -------
    Path
        Folder of the version. A version that is already there is left as it is; a damaged one is
        replaced.

    Raises
    ------
    BusyError
        Another process writes to the same folder.
    ModelError
        The folder cannot be written.
    """
    home = store.folders(key)[0]
    target = home / str(model.facts["version"])
    with hold(home):
        if not is_whole(target):
            with build_folder(target) as working:
                _write_papers(working, model, {CARD: card, **(papers or {})})
                _write_files(working, model, metrics or {})
            append_event(home, "trained", target.name, "saved as challenger")
        aliases = find_aliases(home)
        if target.name != aliases.champion:
            write_aliases(home, replace(aliases, challenger=target.name), seen=aliases)
    return target


def prepare_folder(store: ModelStore, key: str) -> None:
    """Make the folder of a region and see that it can be written, before hours are spent.

    What a killed run left behind is swept away.

    Raises
    ------
    BusyError, ModelError
        As :func:`save_version`.
    """
    home = store.folders(key)[0]
    with hold(home):
        for path in list_leftovers(home):
            remove_tree(path)


def load_champion(store: ModelStore, key: str, kind: type[Noun]) -> Noun | None:
    """Load the version in use under a key; None if there is none.

    Parameters
    ----------
    store : ModelStore
    key : str
        Of a region, or of the clusters of the nation.
    kind : {Model, NationalModel}
        What it must be.

    Raises
    ------
    ModelError
        The alias points nowhere, or the version is damaged or of another kind.
    """
    for home in store.folders(key):
        if has_aliases(home):
            aliases = read_aliases(home)
            if aliases.champion is not None:
                return _load_current(home, aliases, kind)
    return None


def find_champion(store: ModelStore, key: str) -> Path | None:
    """Folder of the version in use under a key, unread; None if there is none.

    Raises
    ------
    ModelError
        The aliases are damaged.
    """
    for home in store.folders(key):
        if has_aliases(home):
            champion = read_aliases(home).champion
            if champion is not None:
                return home / champion
    return None


def _load_current(home: Path, aliases: Aliases, kind: type[Noun]) -> Noun:
    try:
        return load_version(home / str(aliases.champion), kind)
    except ModelError:
        # Promoted and pruned by others while it was read: the one of now counts.
        now = read_aliases(home)
        if now.revision == aliases.revision:
            raise
        return load_version(home / str(now.champion), kind)


def load_version(folder: Path, kind: type[Noun]) -> Noun:
    """Load one version after every file has been checked against the manifest.

    Raises
    ------
    ModelError
        No such version, another protocol or kind, or a file that is missing or was changed.
    """
    found = read_version(folder)
    if not isinstance(found, kind):
        raise ModelError(f"Version {folder.name} is no {kind.__name__}.", hint=RETRAIN)
    return found


def _write_papers(working: Path, model: Stored, papers: Mapping[str, str]) -> None:
    unknown = sorted(set(papers) - {CARD, *find_kind(model).papers})
    if unknown:
        raise ValueError(f"A {find_kind(model).name} carries no {unknown[0]}.")
    for name, text in papers.items():
        (working / name).write_text(text, encoding="utf-8", newline="\n")


def _write_files(working: Path, model: Stored, metrics: Mapping[str, Any]) -> None:
    kind = find_kind(model)
    for name in kind.tables:
        write_table(working / f"{name}.parquet", getattr(model, name))
    files = {
        path.name: {"sha256": hash_file(path), "bytes": path.stat().st_size}
        for path in sorted(working.iterdir())
    }
    body = {
        "protocol": PROTOCOL,
        "kind": kind.name,
        "files": files,
        "metrics": dict(metrics),
        **kind.describe(model),
    }
    body["self_sha256"] = hash_body(body)
    write_json(working / MANIFEST, body)
