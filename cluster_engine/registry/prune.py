"""Remove versions that nobody needs any more."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from cluster_engine.registry.aliases import find_aliases
from cluster_engine.registry.durable import remove_tree
from cluster_engine.registry.history import append_event, read_history
from cluster_engine.registry.locate import ModelStore, is_safe_name
from cluster_engine.registry.lock import hold


@dataclass(frozen=True, slots=True)
class Pruned:
    """A version that was removed, or would be.

    Attributes
    ----------
    key, version : str
    n_bytes : int
        Room it took.
    """

    key: str
    version: str
    n_bytes: int


def prune(
    store: ModelStore, key: str, *, newest: int, needed: Collection[str] = (), dry_run: bool = False
) -> tuple[Pruned, ...]:
    """Remove all own versions of a key but those that aliases name, the newest, and the needed.

    Raises
    ------
    BusyError, ModelError
        The folder is written by others, or cannot be.
    """
    home = store.folders(key)[0]
    if not home.is_dir():
        return ()
    if dry_run:
        return tuple(_describe(key, path) for path in _choose(home, newest, needed))
    with hold(home):
        gone = []
        for path in _choose(home, newest, needed):
            gone.append(_describe(key, path))
            _remove(home, path)
            append_event(home, "pruned", path.name, f"not among the newest {newest}, no alias")
    return tuple(gone)


def _choose(home: Path, newest: int, needed: Collection[str]) -> list[Path]:
    folders = {
        path.name: path
        for path in home.iterdir()
        if path.is_dir() and not path.is_symlink() and is_safe_name(path.name)
    }
    trained = {event.version: place for place, event in enumerate(read_history(home))}
    order = sorted(
        folders, key=lambda name: (trained.get(name, -1), folders[name].stat().st_mtime_ns, name)
    )
    kept = {*find_aliases(home).kept, *needed, *order[max(0, len(order) - newest) :]}
    return [folders[name] for name in order if name not in kept]


def _describe(key: str, path: Path) -> Pruned:
    return Pruned(key, path.name, sum(file.stat().st_size for file in path.iterdir()))


def _remove(home: Path, path: Path) -> None:
    # Moved away first: a crash half-way leaves a working folder, not half a version.
    aside = Path(tempfile.mkdtemp(prefix=".old-", dir=home))
    path.replace(aside / path.name)
    remove_tree(aside)
