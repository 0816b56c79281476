"""Writes that outlive a crash: a file or folder is there whole after it is named, or not at all."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cluster_engine.files import sync_folder

WORKING_PREFIXES = (".new-", ".tmp-", ".old-")
"""Names of folders and files that a killed run may leave behind; no reader looks at them."""

READ_ONLY = 0o444
FOLDER_MODE = 0o755


@contextmanager
def build_folder(target: Path) -> Iterator[Path]:
    """Fill a folder beside its place; then close its files for good and put it there at once.

    Parameters
    ----------
    target : Path
        Where it goes. What is there, a damaged version, is moved away first and then removed.

    Yields
    ------
    Path
        An empty folder to write files to.

    Raises
    ------
    OSError
        The system refused; the place is as it was.
    """
    working = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        yield working
        for path in sorted(working.iterdir()):
            _close_for_good(path)
        working.chmod(FOLDER_MODE)
        sync_folder(working)
        _put(working, target)
        sync_folder(target.parent)
    except BaseException:
        remove_tree(working)
        raise


def _close_for_good(path: Path) -> None:
    # Opened for writing: Windows syncs no file that was opened to be read.
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
    path.chmod(READ_ONLY)


def _put(working: Path, target: Path) -> None:
    if not os.path.lexists(target):
        working.replace(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))
    target.replace(aside / target.name)
    try:
        working.replace(target)
    except OSError:
        (aside / target.name).replace(target)
        aside.rmdir()
        raise
    remove_tree(aside)


def remove_tree(path: Path) -> bool:
    """Remove a file or a folder with read-only files; whether it is gone. Follows no links."""
    if path.is_symlink() or path.is_file():
        _unlock(path)
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path, onerror=_unlock_and_retry)
    return not os.path.lexists(path)


def _unlock_and_retry(action: Callable[..., Any], name: str, _fault: Any) -> None:
    # Windows removes no read-only file. What cannot be removed stays, and is told by its owner.
    try:
        _unlock(Path(name))
        action(name)
    except OSError:
        return


def _unlock(path: Path) -> None:
    if os.name == "nt" and not path.is_symlink():
        path.chmod(stat.S_IWRITE | stat.S_IREAD)


def list_leftovers(home: Path) -> list[Path]:
    """Working files and folders that a killed run left in a folder."""
    if not home.is_dir():
        return []
    return sorted(path for path in home.iterdir() if path.name.startswith(WORKING_PREFIXES))
