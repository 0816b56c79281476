"""Bytes of models, for comparisons."""

from __future__ import annotations

from pathlib import Path


def read_versions(models: Path) -> dict[str, bytes]:
    """Files of all versions; histories hold the time."""
    paths = (path for path in models.rglob("*") if path.is_file())
    return {
        str(path.relative_to(models)): path.read_bytes()
        for path in paths
        if path.name != "history.jsonl"
    }
