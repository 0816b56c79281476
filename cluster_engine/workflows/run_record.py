"""What an export was made from: pack, lists of the user, model; for the run file beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cluster_engine.files import hash_file
from cluster_engine.packs.pack import open_pack
from cluster_engine.reports.handover import Handover
from cluster_engine.reports.shortlist import list_facts


def describe_pack(name: str | None) -> dict[str, Any]:
    """Describe a pack, JSON-ready: tables with checksums, sources with vintages.

    Raises
    ------
    DataError
        There is no such pack.
    """
    manifest = open_pack(name).manifest
    return {
        "name": manifest.name,
        "title": manifest.title,
        "classification": manifest.classification,
        "tables": {
            entry.name: {"rows": entry.rows, "sha256": entry.sha256, "nature": entry.nature}
            for entry in manifest.tables
        },
        "sources": [
            {"id": source.id, "vintage": source.vintage, "licence": source.licence}
            for source in manifest.sources
        ],
    }


def describe_inputs(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Describe files of the user by name, size and checksum; of a folder, every file in it."""
    found = []
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                name = (
                    f"{path.name}/{file.relative_to(path).as_posix()}"
                    if file != path
                    else path.name
                )
                found.append(
                    {"name": name, "bytes": file.stat().st_size, "sha256": hash_file(file)}
                )
    return found


def describe_ranking(handover: Handover) -> dict[str, Any]:
    """Describe a ranking, JSON-ready: whose firms, which model, weights, settings and draws."""
    weights = handover.criteria.set_index("criterion")["weight"]
    return {
        **list_facts(handover.ranking),
        **handover.facts,
        "weights_used": {str(name): float(weight) for name, weight in weights.items()},
    }
