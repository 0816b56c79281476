"""JSON of the registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import ModelError
from cluster_engine.registry.files import hash_body, read_json, verify_manifest, write_json


def test_the_same_object_gives_the_same_bytes(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"b": 1, "a": "é"})
    write_json(tmp_path / "b", {"a": "é", "b": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert read_json(tmp_path / "a") == {"a": "é", "b": 1}


def test_a_missing_file_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nothing"):
        read_json(tmp_path / "nothing")


def test_the_hash_of_an_object_does_not_depend_on_order() -> None:
    assert hash_body({"a": 1, "b": (2, 3)}) == hash_body({"b": [2, 3], "a": 1})
    assert hash_body({"a": 1}) != hash_body({"a": 1.5})


def test_a_manifest_without_a_checksum_of_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="changed or damaged"):
        verify_manifest(tmp_path, {"protocol": 1})
