"""Read a version only after everything about it was checked: nothing in it can run.

A version is a manifest, tables and a card. Estimators are stored in no form, so none is opened:
what could hold one (pickle, joblib, skops) is refused by name and by content before any parser
sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cluster_engine.errors import ModelError
from cluster_engine.registry.files import RETRAIN, read_json, verify_file, verify_manifest
from cluster_engine.registry.kinds import Kind, Stored, read_kind
from cluster_engine.registry.locate import is_safe_name, refuse_link
from cluster_engine.registry.tables import read_table

PROTOCOL = 3
"""Form of a version. 1: no metrics; 2: metrics, and of regions figures of value, of doubt
and of what draws new jobs; 3: of regions weights that may be learned and a
yardstick of profits. To raise it: add a reader below, keep a small version of the old form in
``tests/data/model-protocols``, and say in docs/models.md what changed."""

MANIFEST = "manifest.json"
CARD = "card.md"

DESKTOP_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave behind; never opened, and no reason to refuse a model."""


def _read_first(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Protocol 1 kept no metrics, and its first versions named no kind."""
    return {"kind": "region", "metrics": {}, **manifest}


def _read_second(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return dict(manifest)


READERS: Mapping[int, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    1: _read_first,
    2: _read_second,
    3: _read_second,
}
"""Protocol to what turns its manifest into one of today."""


def read_version(folder: Path) -> Stored:
    """Read a version after every file of it was checked.

    Raises
    ------
    ModelError
        No such version, an unknown protocol or kind, a file that is missing, was changed, or is of
        a kind that is not opened.
    """
    try:
        manifest = read_manifest(folder)
        kind = read_kind(manifest, folder.name)
        _refuse_old(manifest, kind, folder)
        _audit_files(folder, manifest, kind)
        tables = {name: read_table(folder / f"{name}.parquet") for name in kind.tables}
        return kind.rebuild(manifest, tables)
    except OSError as fault:
        raise _tell_unreadable(folder, fault) from fault
    except (KeyError, TypeError, AttributeError) as fault:
        raise ModelError(
            f"manifest.json of model {folder.name} lacks what a {kind.name} needs: {fault}.",
            hint=RETRAIN,
        ) from fault


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a version, in the form of today, after its checksum was verified.

    Raises
    ------
    ModelError
        No such version, an unknown protocol, or a manifest that was changed.
    """
    try:
        is_there = is_safe_name(folder.name) and (folder / MANIFEST).is_file()
    except OSError as fault:
        raise _tell_unreadable(folder, fault) from fault
    if not is_there:
        raise ModelError(
            f"There is no model version {folder.name} in {folder.parent}.", hint=RETRAIN
        )
    refuse_link(folder)
    manifest = read_json(folder / MANIFEST)
    protocol = manifest.get("protocol")
    if type(protocol) is not int or protocol not in READERS:
        known = " and ".join(str(number) for number in sorted(READERS))
        hint = RETRAIN
        if isinstance(protocol, int) and protocol > PROTOCOL:
            hint = "It comes from a newer engine: bring cluster-engine up to date, or train again."
        raise ModelError(
            f"Model {folder.name} has protocol {protocol!r}; this engine reads {known}.", hint=hint
        )
    verify_manifest(folder, manifest)
    return READERS[protocol](manifest)


def _tell_unreadable(folder: Path, fault: OSError) -> ModelError:
    hint = f"See who may read it. {RETRAIN}"
    return ModelError(f"Model {folder.name} cannot be read: {fault.strerror}.", hint=hint)


def _refuse_old(manifest: Mapping[str, Any], kind: Kind, folder: Path) -> None:
    if manifest["protocol"] < kind.since:
        raise ModelError(
            f"Model {folder.name} has protocol {manifest['protocol']}; a {kind.name} of before "
            f"protocol {kind.since} lacks figures that are needed today.",
            hint=RETRAIN,
        )


def _audit_files(folder: Path, manifest: Mapping[str, Any], kind: Kind) -> None:
    listed = manifest.get("files")
    if not isinstance(listed, Mapping):
        raise ModelError(f"manifest.json of model {folder.name} lists no files.", hint=RETRAIN)
    papers = {name for name in kind.papers if name in listed}
    known = {CARD, *papers, *(f"{table}.parquet" for table in kind.tables)}
    present = {path.name for path in folder.iterdir()} - {MANIFEST} - DESKTOP_FILES
    for name in sorted(({*listed} | present) - known):
        raise ModelError(
            f"Model {folder.name} holds '{name}', which is no part of a model. It was not opened: "
            "this engine reads tables in Parquet, and no pickle, joblib or skops file.",
            hint=f"Remove it, and ask who put it there. {RETRAIN}",
        )
    for name in sorted(known):
        verify_file(folder / name, listed.get(name))
