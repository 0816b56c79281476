"""JSON and checksums of the registry: every fault becomes an error that says what to run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster_engine.errors import ModelError
from cluster_engine.files import hash_file, replace_file
from cluster_engine.registry.locate import refuse_link

RETRAIN = (
    "Train the region again: cluster-engine train --region REGION. "
    "`cluster-engine models verify --repair` falls back to the last sound version."
)
VERIFY = "Run: cluster-engine models verify --repair."

MAX_JSON_BYTES = 16 << 20
"""A manifest is a few thousand lines; more is no manifest."""

MAX_TABLE_BYTES = 512 << 20


def write_json(path: Path, body: Mapping[str, Any]) -> None:
    """Write an object, whole or not at all; the same object gives the same bytes."""
    text = json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    replace_file(path, text.encode("utf-8"))


def read_json(path: Path, *, hint: str = RETRAIN) -> dict[str, Any]:
    """Read an object.

    Raises
    ------
    ModelError
        The file cannot be read, is too large, or holds something else.
    """
    place = f"{path.parent.name}/{path.name}"
    refuse_link(path)
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise ModelError(f"{place} is larger than {MAX_JSON_BYTES:,} bytes.", hint=hint)
        body = json.loads(path.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise ModelError(f"{place} cannot be read.", hint=hint) from fault
    if not isinstance(body, dict):
        raise ModelError(f"{place} must hold an object.", hint=hint)
    return body


def verify_file(path: Path, expected: Any) -> None:
    """Compare size and checksum of a file with the manifest, before any parser sees it.

    Raises
    ------
    ModelError
        It is missing or differs.
    """
    refuse_link(path)
    if not path.is_file():
        raise ModelError(f"Model {path.parent.name} lacks {path.name}.", hint=RETRAIN)
    facts = expected if isinstance(expected, Mapping) else {}
    size = path.stat().st_size
    if size > MAX_TABLE_BYTES:
        raise ModelError(
            f"{path.name} of model {path.parent.name} is larger than {MAX_TABLE_BYTES:,} bytes.",
            hint=RETRAIN,
        )
    if size != facts.get("bytes") or hash_file(path) != facts.get("sha256"):
        raise ModelError(
            f"{path.name} of model {path.parent.name} was changed or damaged.", hint=RETRAIN
        )


def verify_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Compare a manifest with the checksum it carries of itself.

    Raises
    ------
    ModelError
        They differ.
    """
    body = {key: value for key, value in manifest.items() if key != "self_sha256"}
    if manifest.get("self_sha256") != hash_body(body):
        raise ModelError(
            f"manifest.json of model {folder.name} was changed or damaged.", hint=RETRAIN
        )


def hash_body(body: Mapping[str, Any]) -> str:
    """SHA-256 of an object in canonical JSON."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
