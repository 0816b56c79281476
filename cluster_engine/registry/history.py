"""What happened to the models of a region: one line of JSON per event, only ever added to.

Time, user and host stand here and nowhere else: a version holds nothing that could not be made
again.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cluster_engine.files import replace_file

HISTORY = "history.jsonl"
MAX_HISTORY_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history.

    Attributes
    ----------
    when : str
        UTC, ISO 8601.
    who : str
        user@host.
    action : str
        'trained', 'promoted', 'kept', 'rolled back', 'pruned', 'repaired'.
    version : str
        What it happened to.
    reason : str
        Why, in a sentence.
    facts : mapping
        JSON-ready: ``champion`` is the version in use before.
    """

    when: str
    who: str
    action: str
    version: str
    reason: str
    facts: Mapping[str, Any]


def append_event(
    home: Path, action: str, version: str, reason: str, facts: Mapping[str, Any] | None = None
) -> None:
    """Add a line; to be called by the holder of the lock.

    Raises
    ------
    OSError
        The system refused; at worst half a line was written, which readers pass over.
    """
    body = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": _tell_user(),
        "action": action,
        "version": version,
        "reason": reason,
        "facts": dict(facts or {}),
    }
    line = (json.dumps(body, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")
    path = home / HISTORY
    with path.open("ab") as stream:
        # A line that a crash cut short must not swallow this one.
        torn = _is_torn(path)
        stream.write(b"\n" + line if torn else line)
        stream.flush()
        os.fsync(stream.fileno())


def read_history(home: Path) -> tuple[Event, ...]:
    """Events of a region, oldest first; lines that cannot be read are left out."""
    return tuple(event for event in map(_parse, _read_lines(home)) if event is not None)


def count_torn_lines(home: Path) -> int:
    """Lines that a crash cut short or that were damaged."""
    return sum(_parse(line) is None for line in _read_lines(home))


def drop_torn_lines(home: Path) -> None:
    """Write the history anew without the lines that cannot be read; the lock must be held."""
    lines = [line + b"\n" for line in _read_lines(home) if _parse(line) is not None]
    replace_file(home / HISTORY, b"".join(lines))


def _read_lines(home: Path) -> list[bytes]:
    path = home / HISTORY
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_HISTORY_BYTES:
        return []
    return [line for line in path.read_bytes().split(b"\n") if line.strip()]


def _parse(line: bytes) -> Event | None:
    try:
        body = json.loads(line)
        texts = [body[name] for name in ("when", "who", "action", "version", "reason")]
        facts = body["facts"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not all(isinstance(text, str) for text in texts) or not isinstance(facts, dict):
        return None
    when, who, action, version, reason = texts
    return Event(when, who, action, version, reason, facts)


def _is_torn(path: Path) -> bool:
    with path.open("rb") as stream:
        if stream.seek(0, os.SEEK_END) == 0:
            return False
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) != b"\n"


def _tell_user() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"
