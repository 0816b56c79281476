"""The run file beside an export: what made it, from what, and the checksums of what it made.

It holds no hour and no folder: the same command on the same data gives the same bytes, and two
runs that differ in a byte differ in a cause that stands in the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster_engine import __version__
from cluster_engine.reports.write import refuse_path, save_bytes, to_plain

FORMAT = 1
ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command, before anything is written.

    Attributes
    ----------
    command : str
    options : mapping
        As given or by default; without where the output goes.
    about : mapping
        What the result is about: region, market, model, weights, seed.
    pack : mapping or None
        Tables with checksums, sources with vintages.
    inputs : sequence of mapping
        Files of the user: name, bytes, sha256.
    """

    command: str
    options: Mapping[str, Any]
    about: Mapping[str, Any]
    pack: Mapping[str, Any] | None
    inputs: Sequence[Mapping[str, Any]] = ()

    @property
    def body(self) -> dict[str, Any]:
        """All that decides the result, JSON-ready."""
        return {
            "format": FORMAT,
            "command": self.command,
            "options": to_json(self.options),
            "package": {"name": "cluster-engine", "version": __version__},
            "about": to_json(self.about),
            "pack": to_json(self.pack),
            "inputs": to_json(self.inputs),
        }

    @property
    def id(self) -> str:
        """Short name of the run: a checksum of all that decides the result."""
        text = json.dumps(self.body, sort_keys=True, ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:ID_DIGITS]


def render_run(run: Run, changes: Mapping[str, int], files: Sequence[tuple[str, bytes]]) -> bytes:
    """Render a run file.

    Parameters
    ----------
    run : Run
    changes : mapping of str to int
        Cells changed on the way out, by what was done to them.
    files : sequence of (str, bytes)
        Name and content of what was written.
    """
    made = [
        {"name": name, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        for name, raw in files
    ]
    body = {"run": run.id, **run.body, "changes": dict(changes), "files": made}
    text = json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return text.encode("utf-8", "replace")


def save_with_run(
    run: Run, changes: Mapping[str, int], files: Sequence[tuple[Path, bytes]], run_path: Path,
    *, force: bool,
) -> None:  # fmt: skip
    """Write files and, last, the run file that vouches for them; each whole or not at all.

    Raises
    ------
    SettingsError
        One of the places is taken or cannot be written; a file is never left cut short.
    """
    raw = render_run(run, changes, [(path.name, content) for path, content in files])
    everything = [*files, (run_path, raw)]
    for path, _ in everything:
        refuse_path(path, force=force)
    for path, content in everything:
        save_bytes(content, path, force=force)


def to_json(value: Any) -> Any:
    """Turn what options and facts hold into what JSON can hold; a path becomes its last part."""
    if isinstance(value, Mapping):
        return {str(name): to_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(part) for part in value]
    return value.name if isinstance(value, Path) else to_plain(value)
