"""Read and write `pack.toml`, and with it a whole pack.

Reading imports neither numpy nor pandas, so that a command can list packs at once.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_engine.errors import DataError, Problem
from cluster_engine.files import hash_file
from cluster_engine.packs.manifest import MANIFEST_FILE, Manifest
from cluster_engine.packs.manifest_rules import parse_manifest
from cluster_engine.schemas import TABLES

if TYPE_CHECKING:
    import pandas as pd


def read_manifest(folder: Path) -> Manifest:
    """Read `pack.toml` of a pack and check its form, not the tables it lists.

    Parameters
    ----------
    folder : Path
        Folder of the pack.

    Returns
    -------
    Manifest

    Raises
    ------
    DataError
        No such folder or file; no valid TOML; a key missing, unknown or of the wrong form; a table
        file that is absent, lies outside the folder or is a link. All faults at once.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        found = "no such file" if folder.is_dir() else f"no folder {folder}"
        rule = f"A pack is a folder with a {MANIFEST_FILE} in it."
        problem = Problem(MANIFEST_FILE, None, None, found, rule)
        raise DataError([problem], hint="'cluster-engine data list' names the packs at hand.")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        line = re.search(r"at line (\d+)", str(fault))
        row = int(line.group(1)) if line else None
        problem = Problem(MANIFEST_FILE, row, None, str(fault), "The file must be valid TOML.")
        raise DataError([problem], hint="Mend the line, or build the pack again.") from fault
    return parse_manifest(content, folder)


def write_pack(folder: Path, manifest: Manifest, frames: Mapping[str, pd.DataFrame]) -> Manifest:
    """Write a pack: one Parquet file per table, then the manifest with checksums.

    Everything is built in a temporary folder beside the pack and moved in file by file, the
    manifest last: a killed run leaves checksums that do not match, never a pack that looks whole.

    Parameters
    ----------
    folder : Path
        Folder of the pack; made if absent. Other files in it are left alone.
    manifest : Manifest
        Its `rows` and `sha256` are filled in here.
    frames : mapping of str to DataFrame
        One frame per table of the manifest, with the columns of its contract.

    Returns
    -------
    Manifest
        As written.

    Raises
    ------
    DataError
        A frame lacks a column of its contract, has another one, or a cell has the wrong type.
    """
    listed = [entry.name for entry in manifest.tables]
    if sorted(listed) != sorted(frames):
        raise ValueError(f"The 'frames' must be those of the manifest. Got {sorted(frames)}.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        written = _write_files(work, manifest, frames)
        folder.mkdir(exist_ok=True)
        for name in [*(entry.file for entry in written.tables), MANIFEST_FILE]:
            _move_safely(work / name, folder / name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return written


def _write_files(work: Path, manifest: Manifest, frames: Mapping[str, pd.DataFrame]) -> Manifest:
    import tomli_w

    from cluster_engine.packs.parquet import write_parquet

    entries = []
    for entry in sorted(manifest.tables, key=lambda entry: list(TABLES).index(entry.name)):
        path = work / entry.file
        write_parquet(frames[entry.name], TABLES[entry.name], path)
        rows = len(frames[entry.name])
        entries.append(replace(entry, rows=rows, sha256=hash_file(path)))
    written = replace(manifest, tables=tuple(entries))
    text = tomli_w.dumps(asdict(written), multiline_strings=False)
    (work / MANIFEST_FILE).write_text(text, encoding="utf-8", newline="\n")
    return written


def _move_safely(path: Path, target: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
    path.chmod(0o644)
    path.replace(target)
