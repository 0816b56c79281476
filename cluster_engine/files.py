"""Write a file whole or not at all; tell whether two files are the same."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

READ_BLOCK_BYTES = 1 << 20
FILE_MODE = 0o644


def replace_file(path: Path, raw: bytes) -> None:
    """Put bytes in place of a file at once: a reader sees the old file or the new one.

    Parameters
    ----------
    path : Path
        The file; its folder must be there.
    raw : bytes
        What it shall hold.

    Raises
    ------
    OSError
        The folder cannot be written; the old file is untouched.
    """
    handle, name = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
    working = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        working.chmod(FILE_MODE)
        working.replace(path)
        sync_folder(path.parent)
    except BaseException:
        working.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder outlive a crash; Windows needs and knows no such thing.

    Raises
    ------
    OSError
        The system refused.
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_file(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(READ_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
