"""Change the champion of a region, or write down why it stays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster_engine.registry.aliases import Aliases, crown, find_aliases, has_aliases, write_aliases
from cluster_engine.registry.durable import build_folder
from cluster_engine.registry.history import append_event
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.lock import hold
from cluster_engine.registry.versions import is_whole


def promote(
    store: ModelStore,
    key: str,
    folder: Path,
    reason: str = "asked for",
    *,
    action: str = "promoted",
    seen: Aliases | None = None,
) -> None:
    """Make a version the champion of its region, and write down why.

    A shipped version that no own champion hides is champion already; nothing is written then.

    Parameters
    ----------
    store : ModelStore
    key : str
    folder : Path
        Of the version, among the own or the shipped ones.
    reason : str, optional
    action : str, optional
        'promoted' or 'rolled back'.
    seen : Aliases, optional
        What the decision was made from; refused if the aliases were changed since.

    Raises
    ------
    BusyError, ModelError
        Another run holds the lock or changed the aliases; the folder cannot be written.
    """
    home = store.folders(key)[0]
    if (
        folder.parent != home
        and find_aliases(home).champion is None
        and (
            # The shipped champion, and no own one that hides it.
            find_aliases(folder.parent).champion == folder.name
        )
    ):
        return
    with hold(home):
        aliases = find_aliases(home)
        after = crown(aliases, folder.name)
        if after == aliases and has_aliases(home):
            return
        if folder.parent != home:
            _copy_version(folder, home / folder.name)
        write_aliases(home, after, seen=aliases if seen is None else seen)
        append_event(home, action, folder.name, reason, {"champion": aliases.champion})


def keep_champion(
    store: ModelStore, key: str, version: str, reason: str, facts: Mapping[str, Any]
) -> None:
    """Write down why a version was not promoted.

    Raises
    ------
    BusyError, ModelError
        Another run holds the lock or changed the aliases; the folder cannot be written.
    """
    home = store.folders(key)[0]
    with hold(home):
        append_event(home, "kept", version, reason, facts)


def _copy_version(folder: Path, target: Path) -> None:
    if is_whole(target):
        return
    with build_folder(target) as working:
        for path in sorted(folder.iterdir()):
            (working / path.name).write_bytes(path.read_bytes())
