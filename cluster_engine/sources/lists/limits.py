"""Limits that a file must keep before and while it is read.

A file of a few kilobytes can unpack to gigabytes or claim a million columns. Sizes are checked
before the file is opened, and counted again while it is unpacked, for a header can lie.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cluster_engine.errors import LimitError

S_IFLNK = 0o120000
S_IFMT = 0o170000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may need.

    Attributes
    ----------
    file_bytes : int
        Bytes on disk.
    unpacked_bytes : int
        Bytes once unpacked.
    ratio : int
        Unpacked bytes for each packed byte.
    ratio_from_bytes : int
        Unpacked bytes below which the ratio is not asked for: tiny files of zeros do no harm.
    rows, columns : int
        Rows and columns of the table.
    cell_chars : int
        Characters of one cell, as many as a spreadsheet holds.
    members : int
        Files in one archive.
    workbook_bytes : int
        Bytes of a workbook on disk.
    """

    file_bytes: int = 8_000_000_000
    unpacked_bytes: int = 8_000_000_000
    ratio: int = 200
    ratio_from_bytes: int = 5_000_000
    rows: int = 5_000_000
    columns: int = 500
    cell_chars: int = 32_767
    members: int = 2_000
    workbook_bytes: int = 500_000_000


LIMITS = Limits()


def refuse(file: str, found: str, rule: str, *, hint: str = "") -> LimitError:
    """Return the error for a file beyond a limit."""
    advice = hint or "Split the file, or save only the rows and columns that are needed."
    return LimitError(f"{file}: {rule} Found: {found}.", hint=advice)


def require_modest_file(path: Path, limits: Limits = LIMITS) -> None:
    """Refuse a file with more bytes than allowed.

    Raises
    ------
    LimitError
        The file is too large.
    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        rule = f"A list may have {limits.file_bytes:,} bytes at most."
        raise refuse(path.name, f"{size:,} bytes", rule)


def require_modest_archive(archive: zipfile.ZipFile, file: str, limits: Limits = LIMITS) -> None:
    """Refuse a zip archive, a workbook included, that could fill memory or leave its folder.

    Raises
    ------
    LimitError
        Too many members, too many bytes, too high a ratio, or a name outside the archive.
    """
    members = archive.infolist()
    if len(members) > limits.members:
        rule = f"An archive may hold {limits.members:,} files at most."
        raise refuse(file, f"{len(members):,} files", rule)
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        linked = (member.external_attr >> 16) & S_IFMT == S_IFLNK
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0] or linked:
            rule = "Files of an archive must lie inside it and be no links."
            raise refuse(file, f"'{member.filename[:80]}'", rule, hint="Do not open this file.")
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    check_unpacked(file, packed, unpacked, limits)


def check_unpacked(file: str, packed: int, unpacked: int, limits: Limits = LIMITS) -> None:
    """Refuse what unpacks to too much, as a whole or for its size.

    Parameters
    ----------
    file : str
        Name of the file.
    packed, unpacked : int
        Bytes.

    Raises
    ------
    LimitError
        Beyond the limits.
    """
    if unpacked > limits.unpacked_bytes:
        rule = f"A list may unpack to {limits.unpacked_bytes:,} bytes at most."
        raise refuse(file, f"{unpacked:,} bytes", rule)
    if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * max(packed, 1):
        rule = f"A file may unpack to {limits.ratio} times its size at most."
        raise refuse(file, f"{unpacked // max(packed, 1):,} times", rule)


class CountingStream(io.RawIOBase):
    """Reads an unpacking stream and stops it at the limits.

    Parameters
    ----------
    stream : BinaryIO
        Gives unpacked bytes.
    file : str
        Name of the file.
    packed : int
        Bytes on disk.
    """

    def __init__(self, stream: BinaryIO, file: str, packed: int) -> None:
        super().__init__()
        self._stream = stream
        self._file = file
        self._packed = packed
        self._unpacked = 0

    def readable(self) -> bool:
        """Tell that this stream can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # narrower than Buffer
        """Read into a buffer and count.

        Raises
        ------
        LimitError
            More bytes than a file of this size may unpack to.
        """
        block = self._stream.read(len(buffer))
        self._unpacked += len(block)
        check_unpacked(self._file, self._packed, self._unpacked)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close the stream and what it reads from."""
        self._stream.close()
        super().close()
