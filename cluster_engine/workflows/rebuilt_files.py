"""What became of every file of a version that was made again: the bytes, or what they say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from cluster_engine.files import hash_file
from cluster_engine.registry.audit import MANIFEST
from cluster_engine.registry.files import read_json
from cluster_engine.registry.tables import read_table

Difference = Literal["", "packages", "encoding", "content", "missing"]
"""The same bytes; a manifest that names other packages, or checksums of files that are listed
themselves; a table with the same cells, stored otherwise; other content; in one version only."""

HARMLESS: frozenset[Difference] = frozenset({"", "packages", "encoding"})
"""Differences that leave every figure and every text of the model as it was."""

Row = tuple[str, str, int, bool, Difference]


def compare_folders(first: Path, second: Path) -> list[Row]:
    """Compare two versions file by file.

    Parameters
    ----------
    first, second : Path
        Folders of the version that is kept and of the one made again.

    Returns
    -------
    list of tuple
        Version, file, bytes in the first, whether the bytes are the same, and what differs.
    """
    names = sorted({path.name for folder in (first, second) for path in folder.iterdir()})
    rows: list[Row] = []
    for name in names:
        size = (first / name).stat().st_size if (first / name).is_file() else 0
        difference = _find_difference(first / name, second / name)
        rows.append((first.name, name, size, not difference, difference))
    return rows


def _find_difference(first: Path, second: Path) -> Difference:
    if not (first.is_file() and second.is_file()):
        return "missing"
    if hash_file(first) == hash_file(second):
        return ""
    if first.name == MANIFEST:
        is_same = _leave_out_packages(read_json(first)) == _leave_out_packages(read_json(second))
        return "packages" if is_same else "content"
    if first.suffix == ".parquet":
        # Another pyarrow may write the same cells in other bytes.
        return "encoding" if read_table(first).equals(read_table(second)) else "content"
    return "content"


def _leave_out_packages(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest without the names of packages, and without checksums: those of files follow."""
    kept = {key: value for key, value in manifest.items() if key not in ("files", "self_sha256")}
    facts = {key: value for key, value in kept["facts"].items() if key != "packages"}
    return {**kept, "facts": facts}
