"""JSON and checksums of the registry: every fault becomes an error that says what to run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster_engine.errors import ModelError
from cluster_engine.files import hash_file, replace_file

RETRAIN = "Train the region again: cluster-engine train --region REGION."


def write_json(path: Path, body: Mapping[str, Any]) -> None:
    """Write an object, whole or not at all; the same object gives the same bytes."""
    text = json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    replace_file(path, text.encode("utf-8"))


def read_json(path: Path) -> dict[str, Any]:
    """Read an object.

    Raises
    ------
    ModelError
        The file cannot be read, or holds something else.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise ModelError(f"{path.parent.name}/{path.name} cannot be read.", hint=RETRAIN) from fault
    if not isinstance(body, dict):
        raise ModelError(f"{path.parent.name}/{path.name} must hold an object.", hint=RETRAIN)
    return body


def verify_file(path: Path, expected: Mapping[str, Any]) -> None:
    """Compare size and checksum of a file with the manifest, before any parser sees it.

    Raises
    ------
    ModelError
        The file is missing or differs.
    """
    if not path.is_file():
        raise ModelError(f"Model {path.parent.name} lacks {path.name}.", hint=RETRAIN)
    if path.stat().st_size != expected.get("bytes") or hash_file(path) != expected.get("sha256"):
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
