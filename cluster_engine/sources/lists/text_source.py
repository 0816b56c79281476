"""Open a text file of unknown encoding, plain or packed, as lines.

The bytes are looked through once before anything is parsed: encoding, NUL bytes and the length of
lines are known then, and a file of mixed encodings is refused with the line that differs.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.lists.damage import refuse_damage
from cluster_engine.sources.lists.limits import (
    LIMITS,
    CountingStream,
    refuse,
    require_modest_archive,
    require_modest_file,
)
from cluster_engine.sources.lists.real_type import Kind

BLOCK_BYTES = 1 << 20
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
ENCRYPTED = 0x1
LINE_END = re.compile(rb"\r\n|\r|\n")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file become text.

    Attributes
    ----------
    name : str
        As Python names it.
    guessed : bool
        Whether nothing in the file proves it.
    """

    name: str
    guessed: bool


@contextmanager
def open_bytes(path: Path, kind: Kind) -> Iterator[BinaryIO]:
    """Open a file for its unpacked bytes, within the limits.

    Raises
    ------
    LimitError
        The file is too large, or unpacks to too much.
    DataError
        An archive with more than one file, or with none.
    """
    require_modest_file(path)
    packed = path.stat().st_size
    if kind == "gzip":
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as stream:
            unpacked = CountingStream(cast("BinaryIO", stream), path.name, packed)
            with refuse_damage(path.name):
                yield cast("BinaryIO", io.BufferedReader(unpacked))
    elif kind == "zip":
        with refuse_damage(path.name), zipfile.ZipFile(path) as archive:
            member = _find_only_member(archive, path)
            with archive.open(member) as inner:
                unpacked = CountingStream(cast("BinaryIO", inner), path.name, packed)
                yield cast("BinaryIO", io.BufferedReader(unpacked))
    else:
        with path.open("rb") as stream:
            yield stream


@contextmanager
def open_text(path: Path, kind: Kind, encoding: Encoding) -> Iterator[TextIO]:
    """Open a file for its lines; any of the three line ends closes a line and is kept."""
    with open_bytes(path, kind) as stream, refuse_damage(path.name):
        yield io.TextIOWrapper(stream, encoding=encoding.name, newline="")


def find_encoding(path: Path, kind: Kind) -> Encoding:
    """Find the encoding of a text file by reading it once.

    Parameters
    ----------
    path : Path
        The file.
    kind : {'text', 'gzip', 'zip'}
        How it is packed.

    Returns
    -------
    Encoding
        UTF-8 and UTF-16 with a byte order mark are certain, UTF-8 without is proved by every
        byte; anything else is guessed to be Windows-1252.

    Raises
    ------
    DataError
        NUL bytes, mixed encodings, or bytes of no known encoding; with the line.
    LimitError
        A line longer than a full row may be.
    """
    with open_bytes(path, kind) as stream:
        start = stream.read(4)
        for bom, name in BOMS:
            if start.startswith(bom) and name == "utf-16":
                return Encoding(name, guessed=False)
        return _scan(stream, start, path.name)


def _scan(stream: BinaryIO, start: bytes, file: str) -> Encoding:
    """Look at every line: whether it is UTF-8, certainly is not, or holds a NUL."""
    multibyte, foreign = 0, 0
    line, rest = 1, start
    longest = LIMITS.cell_chars * 40
    while True:
        block = stream.read(BLOCK_BYTES)
        text = rest + block
        # A carriage return at the end waits for the line feed that may follow it.
        cut = max(text.rfind(b"\n") + 1, text.rfind(b"\r")) if block else len(text)
        whole, rest = text[:cut], text[cut:]
        if len(rest) > longest:
            place = f"line {line + _count_lines(whole):,} has more than {longest:,} bytes"
            raise refuse(file, place, f"A line may have {longest:,} bytes at most.")
        if b"\0" in whole:
            row = line + _count_lines(whole[: whole.index(b"\0")])
            rule = "A text file must hold no NUL bytes (is it a damaged or a binary file?)."
            raise _refusal(file, row, "a NUL byte", rule)
        if not whole.isascii():
            found = _classify(whole, line)
            multibyte, foreign = multibyte or found[0], foreign or found[1]
            if multibyte and foreign:
                late = max(multibyte, foreign)
                found_text = f"UTF-8 in line {multibyte}, another encoding in line {foreign}"
                raise _refusal(file, late, found_text, "All lines must have one encoding.")
        line += _count_lines(whole)
        if not block:
            break
    return Encoding("cp1252", guessed=True) if foreign else Encoding("utf-8-sig", guessed=False)


def _count_lines(block: bytes) -> int:
    return block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")


def _classify(block: bytes, first_line: int) -> tuple[int, int]:
    """Return the first line with UTF-8 beyond ASCII and the first that is not UTF-8; 0: none."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return _find_foreign_line(block, first_line), 0
    multibyte, foreign = 0, 0
    for number, line in enumerate(LINE_END.split(block), start=first_line):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            foreign = foreign or number
        else:
            multibyte = multibyte or number
    return multibyte, foreign


def _find_foreign_line(block: bytes, first_line: int) -> int:
    """Return the number of the first line with a byte beyond ASCII."""
    found = BEYOND_ASCII.search(block)
    return first_line + _count_lines(block[: found.start() if found else 0])


def _find_only_member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    require_modest_archive(archive, path.name)
    members = [member for member in archive.infolist() if not member.is_dir()]
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise _refusal(path.name, None, "a password", "The archive must be without a password.")
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:5]) or "no files"
        rule = "The archive must hold exactly one file."
        raise DataError(
            [Problem(path.name, None, None, names, rule)], hint="Unpack it and give one file."
        )
    return members[0]


def _refusal(file: str, row: int | None, found: str, rule: str) -> DataError:
    hint = "Open the file, save it as 'CSV UTF-8' and give that."
    return DataError([Problem(file, row, None, found, rule)], hint=hint)
