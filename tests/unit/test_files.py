"""Files are written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from cluster_engine.files import FILE_MODE, READ_BLOCK_BYTES, hash_file, replace_file


def test_a_file_holds_the_bytes_given_and_can_be_read_by_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    replace_file(path, b"a\r\nb\0")
    assert path.read_bytes() == b"a\r\nb\0"
    assert path.stat().st_mode & 0o777 == FILE_MODE


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "none" / "a.txt", b"")


@pytest.mark.parametrize("size", [0, 1, READ_BLOCK_BYTES, READ_BLOCK_BYTES + 1])
def test_a_file_is_hashed_whole(tmp_path: Path, size: int) -> None:
    raw = b"x" * size
    (tmp_path / "a").write_bytes(raw)
    assert hash_file(tmp_path / "a") == hashlib.sha256(raw).hexdigest()
