"""Look at every file of every version: what is wrong, and what can be mended without harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cluster_engine.errors import ModelError
from cluster_engine.registry.aliases import ALIASES, has_aliases, read_aliases, write_aliases
from cluster_engine.registry.aliases import find_aliases as _find_aliases
from cluster_engine.registry.audit import DESKTOP_FILES, read_version
from cluster_engine.registry.durable import list_leftovers, remove_tree
from cluster_engine.registry.history import (
    HISTORY,
    append_event,
    count_torn_lines,
    drop_torn_lines,
    read_history,
)
from cluster_engine.registry.locate import SAFE_KEY, ModelStore, is_safe_name
from cluster_engine.registry.lock import HOLDER_SUFFIX, LOCK, hold, is_free, tell_holder

DAMAGED_PREFIX = ".damaged-"
"""Versions set aside by a repair: kept to be looked at, read by nobody."""

RETRAIN_LOCK = ".retrain.lock"

KNOWN_FILES = DESKTOP_FILES | {
    ALIASES, HISTORY, LOCK, LOCK + HOLDER_SUFFIX, RETRAIN_LOCK, RETRAIN_LOCK + HOLDER_SUFFIX,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    place : str
        Region, or region and version, or file.
    fault : str
        What is wrong.
    action : str
        What was done, or what to do.
    is_mended : bool
        Whether it was put right.
    """

    place: str
    fault: str
    action: str
    is_mended: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, and what was found.

    Attributes
    ----------
    n_keys, n_versions, n_files, n_bytes : int
        Regions (and nations), versions, their files, and the bytes of them that were hashed.
    findings : tuple of Finding
    """

    n_keys: int
    n_versions: int
    n_files: int
    n_bytes: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong, or all was mended."""
        return all(finding.is_mended for finding in self.findings)


def check_store(
    store: ModelStore,
    *,
    repair: bool = False,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Check:
    """Check the own models and the shipped ones; mend the own ones where that is safe.

    Parameters
    ----------
    store : ModelStore
    repair : bool, optional
        Sweep what killed runs left, set damaged versions aside, lead aliases back to the last sound
        version. The list of versions needs no repair: it is the folders themselves.
    on_progress : callable, optional
        Takes (stage, regions checked, regions in all).

    Raises
    ------
    BusyError, ModelError
        With ``repair``: the folder is written by others, or cannot be.
    """
    findings: list[Finding] = []
    n_keys = n_versions = n_files = n_bytes = 0
    for home in dict.fromkeys((store.home, store.shipped)):
        may_mend = repair and home == store.home
        findings += _check_top(home, may_mend)
        keys = _list_keys(home)
        for number, folder in enumerate(keys):
            if on_progress is not None:
                on_progress(f"Checking {home}", number, len(keys))
            n_keys += 1
            if may_mend:
                with hold(folder):
                    findings += _check_key(folder, may_mend=True)
            else:
                findings += _check_key(folder, may_mend=False)
            files = [path for version in _list_versions(folder) for path in version.iterdir()]
            n_versions += len(_list_versions(folder))
            n_files += len(files)
            n_bytes += sum(path.lstat().st_size for path in files)
    return Check(n_keys, n_versions, n_files, n_bytes, tuple(findings))


def _list_keys(home: Path) -> list[Path]:
    if not home.is_dir():
        return []
    return sorted(
        path
        for path in home.iterdir()
        if path.is_dir() and not path.is_symlink() and SAFE_KEY.fullmatch(path.name)
    )


def _list_versions(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_dir() and not path.is_symlink() and is_safe_name(path.name)
    )


def _check_top(home: Path, may_mend: bool) -> Iterator[Finding]:
    keys = _list_keys(home)
    for path in sorted(home.iterdir()) if home.is_dir() else ():
        if path not in keys and path.name not in KNOWN_FILES:
            yield _stray(path)
    yield from _check_holder(home, RETRAIN_LOCK, may_mend)


def _check_key(folder: Path, *, may_mend: bool) -> list[Finding]:
    damaged = {}
    for version in _list_versions(folder):
        try:
            read_version(version)
        except ModelError as fault:
            damaged[version] = fault.message
    return [
        *_check_leftovers(folder, may_mend),
        *_check_strays(folder),
        # Before versions are set aside: an alias that names one has to be led back in any case.
        *_check_aliases(folder, {path.name for path in damaged}, may_mend),
        *(_tell_damaged(path, fault, may_mend) for path, fault in damaged.items()),
        *_check_history(folder, may_mend),
        *(() if may_mend else _check_holder(folder, LOCK, may_mend=False)),
    ]


def _check_leftovers(folder: Path, may_mend: bool) -> Iterator[Finding]:
    for path in list_leftovers(folder):
        fault = "left behind by a run that was killed"
        if may_mend and remove_tree(path):
            yield Finding(f"{folder.name}/{path.name}", fault, "removed", is_mended=True)
        else:
            yield Finding(f"{folder.name}/{path.name}", fault, "run with --repair")


def _check_strays(folder: Path) -> Iterator[Finding]:
    known = {*_list_versions(folder), *list_leftovers(folder)}
    for path in sorted(folder.iterdir()):
        if path in known or path.name in KNOWN_FILES or path.name.startswith(DAMAGED_PREFIX):
            continue
        yield _stray(path)


def _stray(path: Path) -> Finding:
    what = "a link" if path.is_symlink() else "no part of the registry"
    return Finding(
        f"{path.parent.name}/{path.name}", f"{what}; it was not opened",
        "look at it, and remove it by hand",
    )  # fmt: skip


def _check_aliases(folder: Path, damaged: set[str], may_mend: bool) -> Iterator[Finding]:
    sound = {path.name for path in _list_versions(folder)} - damaged
    if not has_aliases(folder):
        return
    place = f"{folder.name}/{ALIASES}"
    try:
        aliases = read_aliases(folder)
        wrong = [role for role in ("champion", "previous", "challenger")
                 if getattr(aliases, role) and getattr(aliases, role) not in sound]  # fmt: skip
        fault = "; ".join(
            f"{role} {getattr(aliases, role)} is missing or damaged" for role in wrong
        )
    except ModelError as error:
        aliases, wrong, fault = _find_aliases(folder), ["champion"], error.message
    if not wrong:
        return
    if not may_mend:
        yield Finding(place, fault, "run with --repair")
        return
    fallback = _find_fallback(folder, sound) if "champion" in wrong else aliases.champion
    mended = replace(
        aliases,
        champion=fallback,
        previous=aliases.previous if aliases.previous in sound - {fallback} else None,
        challenger=aliases.challenger if aliases.challenger in sound - {fallback} else None,
    )
    write_aliases(folder, mended, seen=aliases)
    told = f"champion is {fallback}" if fallback else "no sound version: train the region again"
    append_event(folder, "repaired", fallback or "none", f"{fault}; {told}")
    yield Finding(place, fault, told, is_mended=fallback is not None)


def _find_fallback(folder: Path, sound: set[str]) -> str | None:
    """The last version in use that is sound; without a history of use, the one there is."""
    used = [
        event.version
        for event in read_history(folder)
        if event.action in ("promoted", "rolled back", "repaired") and event.version in sound
    ]
    previous = _find_aliases(folder).previous
    if previous in sound:
        used.append(str(previous))
    if used:
        return used[-1]
    # Never promoted: one version alone leaves no choice; of several none was judged.
    return next(iter(sound)) if len(sound) == 1 else None


def _tell_damaged(version: Path, fault: str, may_mend: bool) -> Finding:
    place = f"{version.parent.name}/{version.name}"
    if not may_mend:
        return Finding(place, fault, "run with --repair, or train the region again")
    aside = version.with_name(DAMAGED_PREFIX + version.name)
    if aside.exists():
        remove_tree(aside)
    version.replace(aside)
    append_event(version.parent, "repaired", version.name, f"set aside: {fault}")
    return Finding(place, fault, f"set aside as {aside.name}", is_mended=True)


def _check_history(folder: Path, may_mend: bool) -> Iterator[Finding]:
    torn = count_torn_lines(folder)
    if not torn:
        return
    place, fault = f"{folder.name}/{HISTORY}", f"{torn} line(s) cut short or damaged"
    if not may_mend:
        yield Finding(place, fault, "run with --repair")
        return
    drop_torn_lines(folder)
    append_event(folder, "repaired", "none", f"history: {fault}, left out")
    yield Finding(place, fault, "left out", is_mended=True)


def _check_holder(folder: Path, name: str, may_mend: bool) -> Iterator[Finding]:
    note = folder / (name + HOLDER_SUFFIX)
    if not note.is_file() or not is_free(folder / name):
        return
    fault = f"the lock's holder, {tell_holder(folder / name)}, is gone"
    if may_mend:
        note.unlink(missing_ok=True)
    action = "removed" if may_mend else "harmless: the next run takes the lock"
    # The system has freed the lock with its process; only the note outlived it.
    yield Finding(f"{folder.name}/{note.name}", fault, action, is_mended=True)
