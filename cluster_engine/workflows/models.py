"""Look after the models: list, show, promote, roll back, prune."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.errors import ModelError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.registry.aliases import find_aliases
from cluster_engine.registry.history import read_history
from cluster_engine.registry.listing import Listed, find_roles, list_versions
from cluster_engine.registry.locate import SHARED_KEYS, ModelStore, make_key
from cluster_engine.registry.promote import promote
from cluster_engine.registry.prune import prune
from cluster_engine.registry.versions import find_version
from cluster_engine.workflows.metrics import recall_metrics

LIST_HINT = "`cluster-engine models list` shows what is there."

LIST_COLUMNS = ["key", "version", "role", "protocol", "year", "stability", "n_clusters", "n_niches",
                "state"]  # fmt: skip


def find_key(store: ModelStore, region: str | None, pack: str | None) -> str:
    """Key of a region of a pack, of the clusters of the nation, or of any models that are there."""
    # Every pack has clusters of its nation: which ones are meant, its name tells.
    if region is not None and region not in SHARED_KEYS and region in store.list_keys():
        return region
    opened = open_pack(pack)
    if region in SHARED_KEYS:
        return make_key(opened.manifest.name, region)
    return make_key(opened.manifest.name, find_region(opened, region).slug)


def list_models(store: ModelStore, key: str | None) -> pd.DataFrame:
    """One row per version, of one key or of all."""
    keys = store.list_keys() if key is None else (key,)
    rows = [_describe(one) for name in keys for one in list_versions(store, name)]
    return pd.DataFrame(rows, columns=LIST_COLUMNS)


def _describe(listed: Listed) -> dict[str, Any]:
    row: dict[str, Any] = {"key": listed.key, "version": listed.version,
                           "role": ", ".join(listed.roles)}  # fmt: skip
    if listed.manifest is None:
        return {**row, "state": "cannot be read: run cluster-engine models verify"}
    metrics = recall_metrics(listed.manifest)
    told = {name: metrics.get(name) for name in ("stability", "n_clusters", "n_niches")}
    facts = listed.manifest["facts"]
    return {**row, **told, "year": facts["year"], "state": "ok",
            "protocol": listed.manifest["protocol"]}  # fmt: skip


def show_model(store: ModelStore, key: str, version: str | None) -> pd.DataFrame:
    """All that is known about a version, the champion without one named: about, fact.

    Raises
    ------
    ModelError
        There is no such version.
    """
    listed = _find(store, key, version)
    manifest = listed.manifest or {}
    rows = [("version", listed.version), ("role", ", ".join(listed.roles) or "none")]
    for block in ("protocol", "kind", "metrics", "facts", "files"):
        rows += _flatten(block, manifest.get(block))
    home = store.folders(key)[0]
    rows += [
        (f"{event.when} {event.action}", f"{event.version}: {event.reason} ({event.who})")
        for event in read_history(home)
        if event.version == listed.version
    ]
    return pd.DataFrame(rows, columns=["about", "fact"])


def _flatten(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [row for key in sorted(value) for row in _flatten(f"{name}.{key}", value[key])]
    if isinstance(value, list):
        return [(name, f"{len(value)}: " + ", ".join(map(str, value[:12])))]
    return [(name, str(value))]


def _find(store: ModelStore, key: str, version: str | None) -> Listed:
    for listed in list_versions(store, key):
        if listed.version == version or (version is None and "champion" in listed.roles):
            if listed.manifest is None:
                raise ModelError(
                    f"Version {listed.version} of {key} cannot be read.",
                    hint="Run: cluster-engine models verify.",
                )
            return listed
    what = "champion" if version is None else f"version {version}"
    raise ModelError(f"There is no {what} of {key}.", hint=LIST_HINT)


def promote_version(store: ModelStore, key: str, version: str, reason: str) -> str:
    """Make a version the champion, whatever the gates said; returns the champion before.

    Raises
    ------
    ModelError
        There is no such version, or it is damaged.
    """
    return _crown(store, key, version, reason, "promoted")


def roll_back(store: ModelStore, key: str, reason: str) -> tuple[str, str]:
    """Make the champion before the champion again; returns it, and the one that was replaced.

    Raises
    ------
    ModelError
        There is none, or it is damaged.
    """
    previous = find_aliases(store.folders(key)[0]).previous
    if previous is None:
        raise ModelError(f"{key} has no champion before this one.", hint=LIST_HINT)
    return previous, _crown(store, key, previous, reason, "rolled back")


def _crown(store: ModelStore, key: str, version: str, reason: str, action: str) -> str:
    folder = find_version(store, key, version)
    if folder is None:
        raise ModelError(f"There is no sound version {version} of {key}.", hint=LIST_HINT)
    before = next((name for name, told in find_roles(store, key).items() if "champion" in told), "")
    seen = find_aliases(store.folders(key)[0])
    promote(store, key, folder, reason, action=action, seen=seen)
    return before


def prune_models(store: ModelStore, key: str | None, *, newest: int, is_dry: bool) -> pd.DataFrame:
    """Remove old versions of one key or all; what rebuilding the rest needs stays.

    Returns
    -------
    DataFrame
        One row per version that went (or would go): key, version, bytes.
    """
    keys = store.list_keys() if key is None else (key,)
    # Shared models last: what the regions that are left were made with stays.
    ordered = sorted(keys, key=lambda name: (_is_shared(name), name))
    rows: list[tuple[str, str, int]] = []
    for name in ordered:
        needed = _list_needed(store) if _is_shared(name) else ()
        gone = prune(store, name, newest=newest, needed=needed, dry_run=is_dry)
        rows += [(one.key, one.version, one.n_bytes) for one in gone]
    return pd.DataFrame(rows, columns=["key", "version", "bytes"])


def _is_shared(key: str) -> bool:
    return any(shared in key for shared in SHARED_KEYS)


def _list_needed(store: ModelStore) -> tuple[str, ...]:
    """Shared models that regions' versions were made with, and clusters whose names they follow."""
    manifests = [
        one.manifest for key in store.list_keys() for one in list_versions(store, key)
        if one.manifest is not None
    ]  # fmt: skip
    facts = [manifest["facts"] for manifest in manifests]
    return tuple(
        str(one[name])
        for one in facts
        for name in ("national", "follows", "place")
        if one.get(name)
    )
