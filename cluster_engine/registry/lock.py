"""One writer at a time in a folder, and who that is."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cluster_engine.errors import BusyError, ModelError

LOCK = ".lock"
LOCK_SECONDS = 30.0
HOLDER_SUFFIX = ".holder"


@contextmanager
def hold(home: Path, *, name: str = LOCK, wait: float | None = None) -> Iterator[None]:
    """Hold the lock of a folder, which is made if need be.

    Parameters
    ----------
    home : Path
        Folder of one region's models, or of all.
    name : str, optional
        Lock file.
    wait : float or None
        Seconds to wait for another holder; None: ``LOCK_SECONDS``.

    Raises
    ------
    BusyError
        Another process holds it; says which.
    ModelError
        The folder cannot be written, or the system refused in the course of the work.
    """
    from filelock import FileLock, Timeout

    path = home / name
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(path, timeout=LOCK_SECONDS if wait is None else wait):
            note = path.with_name(path.name + HOLDER_SUFFIX)
            _sign(note)
            try:
                yield
            finally:
                note.unlink(missing_ok=True)
    except Timeout as fault:
        hint = "Wait for it to end, then try again. `cluster-engine models verify` tells more."
        raise BusyError(f"{path} is held by {tell_holder(path)}.", hint=hint) from fault
    except OSError as fault:
        hint = "Free some space, or choose a folder you can write to: --models FOLDER."
        raise ModelError(f"{home} cannot be written: {fault.strerror}.", hint=hint) from fault


def _sign(note: Path) -> None:
    # Only told to people: the lock itself is the system's, and ends with the process.
    since = datetime.now(UTC).isoformat(timespec="seconds")
    body = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    note.write_text(json.dumps(body), encoding="utf-8")


def tell_holder(lock: Path) -> str:
    """Say who holds a lock, as far as the holder told."""
    try:
        body = json.loads(lock.with_name(lock.name + HOLDER_SUFFIX).read_text(encoding="utf-8"))
        return f"process {body['pid']} on {body['host']} since {body['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run"


def is_free(lock: Path) -> bool:
    """Whether nobody holds a lock."""
    from filelock import FileLock, Timeout

    if not lock.is_file():
        return True
    try:
        with FileLock(lock, timeout=0):
            return True
    except (Timeout, OSError):
        return False
