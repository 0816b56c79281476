"""Save and load model versions: JSON and Parquet, named after their inputs, written whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from cluster_engine.errors import BusyError, ModelError
from cluster_engine.files import hash_file
from cluster_engine.packs.tables import read_parquet
from cluster_engine.registry.files import (
    RETRAIN,
    hash_body,
    read_json,
    verify_file,
    verify_manifest,
    write_json,
)
from cluster_engine.registry.kinds import Stored, find_kind, read_kind
from cluster_engine.registry.locate import ModelStore

Noun = TypeVar("Noun", bound=Stored)

MANIFEST = "manifest.json"
ALIASES = "aliases.json"
LOCK_SECONDS = 30


def make_version(inputs: Mapping[str, Any], year: int) -> str:
    """Name a version after its inputs: the same data, settings and seed give the same name."""
    canonical = json.dumps(inputs, sort_keys=True, ensure_ascii=True)
    return f"{year}-{hashlib.sha256(canonical.encode()).hexdigest()[:8]}"


def find_version(store: ModelStore, key: str, version: str) -> Path | None:
    """Folder of a version that is there already and whole, or None."""
    for home in store.folders(key):
        if _is_whole(home / version):
            return home / version
    return None


def _is_whole(folder: Path) -> bool:
    # A damaged version must not count as there: training again has to mend it.
    try:
        _load(folder)
    except ModelError:
        return False
    return True


def save_version(store: ModelStore, key: str, model: Stored, card: str) -> Path:
    """Write a version and make it the champion.

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
    with _hold(home):
        if not _is_whole(target):
            _write_folder(home, target, model, card)
        _set_champion(home, target.name)
    return target


def prepare_folder(store: ModelStore, key: str) -> None:
    """Make the folder of a region and see that it can be written, before hours are spent.

    Raises
    ------
    BusyError, ModelError
        As :func:`save_version`.
    """
    with _hold(store.folders(key)[0]):
        pass


def promote(store: ModelStore, key: str, folder: Path) -> None:
    """Make a version the champion of its region.

    A shipped version that no own champion hides is champion already; nothing is written then.

    Raises
    ------
    BusyError, ModelError
        As :func:`save_version`.
    """
    home = store.folders(key)[0]
    if folder.parent == home:
        with _hold(home):
            _set_champion(home, folder.name)
    elif (home / ALIASES).is_file():
        with _hold(home):
            shutil.copytree(folder, home / folder.name, dirs_exist_ok=True)
            _set_champion(home, folder.name)


@contextmanager
def _hold(home: Path) -> Iterator[None]:
    """Hold the lock of a region's folder, made if need be."""
    from filelock import FileLock, Timeout

    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / ".lock", timeout=LOCK_SECONDS):
            yield
    except Timeout as fault:
        hint = "Wait for the other run to end, then try again."
        raise BusyError(f"Another run holds {home / '.lock'}.", hint=hint) from fault
    except OSError as fault:
        hint = "Choose a folder you can write to: --models DIR."
        raise ModelError(f"{home} cannot be written: {fault.strerror}.", hint=hint) from fault


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
        if (home / ALIASES).is_file():
            aliases = read_json(home / ALIASES)
            return load_version(home / str(aliases.get("champion", "")), kind)
    return None


def load_version(folder: Path, kind: type[Noun]) -> Noun:
    """Load one version after every file has been checked against the manifest.

    Raises
    ------
    ModelError
        No such version, another protocol or kind, or a file that is missing or was changed.
    """
    found = _load(folder)
    if not isinstance(found, kind):
        raise ModelError(f"Version {folder.name} is no {kind.__name__}.", hint=RETRAIN)
    return found


def _load(folder: Path) -> Stored:
    if not (folder / MANIFEST).is_file():
        raise ModelError(
            f"There is no model version {folder.name} in {folder.parent}.", hint=RETRAIN
        )
    manifest = read_json(folder / MANIFEST)
    kind = read_kind(manifest, folder.name)
    if manifest.get("protocol") != kind.protocol:
        raise ModelError(
            f"Model {folder.name} has protocol {manifest.get('protocol')}; this engine reads "
            f"{kind.protocol}.",
            hint=RETRAIN,
        )
    verify_manifest(folder, manifest)
    for name in sorted({*manifest["files"], *(f"{table}.parquet" for table in kind.tables)}):
        verify_file(folder / name, manifest["files"].get(name, {}))
    tables = {name: read_parquet(folder / f"{name}.parquet") for name in kind.tables}
    return kind.rebuild(manifest, tables)


def _write_folder(home: Path, target: Path, model: Stored, card: str) -> None:
    working = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
    kind = find_kind(model)
    try:
        for name in kind.tables:
            _write_table(working / f"{name}.parquet", getattr(model, name))
        (working / "card.md").write_text(card, encoding="utf-8", newline="\n")
        files = {
            path.name: {"sha256": hash_file(path), "bytes": path.stat().st_size}
            for path in sorted(working.iterdir())
        }
        body = {
            "protocol": kind.protocol,
            "kind": kind.name,
            "files": files,
            **kind.describe(model),
        }
        body["self_sha256"] = hash_body(body)
        write_json(working / MANIFEST, body)
        working.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        working.replace(target)
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise


def _write_table(path: Path, table: Any) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    parquet.write_table(arrow, path, compression="zstd", version="2.6")


def _set_champion(home: Path, version: str) -> None:
    path = home / ALIASES
    try:
        old = read_json(path)
    except ModelError:
        # None yet, or a damaged one: training again has to mend it.
        old = {}
    if old.get("champion") == version:
        return
    revision = old.get("revision")
    new = {
        "revision": (revision if isinstance(revision, int) else 0) + 1,
        "champion": version,
        "previous": old.get("champion"),
    }
    write_json(path, new)
