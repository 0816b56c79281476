"""Whether what arrived is what was asked for: type, checksum, columns, sheets, unpacked size."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.fetch.catalogue import FileEntry, Kind
from cluster_engine.sources.fetch.manners import PassingFaultError
from cluster_engine.sources.lists.damage import PACKED
from cluster_engine.sources.lists.limits import require_modest_archive

HEAD_BYTES = 1 << 20
ZIP_MAGIC = b"PK\x03\x04"
DIGEST_ITEM = re.compile(r"(sha-256|sha-512|md5)=:?([A-Za-z0-9+/=]+):?", re.IGNORECASE)
ALGORITHMS = {"sha-256": "sha256", "sha-512": "sha512", "md5": "md5"}
PAGE = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|head|body|script)", re.IGNORECASE
)
HINT = (
    "The old file is kept. See the publisher's page; a renamed column or sheet is mended in the "
    "catalogue and the reader."
)


def require_type(kind: Kind, headers: Mapping[str, str], file: str) -> None:
    """Refuse a web page where a file was asked for, before its body is read.

    Raises
    ------
    DataError
        The content type is HTML.
    """
    told = headers.get("content-type", "").partition(";")[0].strip().lower()
    if told in ("text/html", "application/xhtml+xml"):
        raise _refusal(file, f"a web page ({told})", f"The answer must be a {kind} file.")


def require_digest(path: Path, headers: Mapping[str, str], *, published: str = "") -> None:
    """Compare the checksums that the server or the catalogue gives.

    Parameters
    ----------
    path : Path
        What has arrived, whole.
    headers : mapping of str to str
        Of the last answer: Content-MD5, Digest (RFC 3230), Repr-Digest (RFC 9530). Content-MD5 of
        a part (status 206) must have been taken out.
    published : str
        SHA-256, hexadecimal; empty: none.

    Raises
    ------
    PassingFaultError
        One of them differs.
    """
    told = [
        (ALGORITHMS[name.lower()], _decode(value))
        for header in ("digest", "repr-digest")
        for name, value in DIGEST_ITEM.findall(headers.get(header, ""))
    ]
    if headers.get("content-md5"):
        told.append(("md5", _decode(headers["content-md5"])))
    if published:
        told.append(("sha256", published.lower()))
    for algorithm, expected in told:
        digest = hashlib.new(algorithm, usedforsecurity=False)
        with path.open("rb") as stream:
            while block := stream.read(HEAD_BYTES):
                digest.update(block)
        if digest.hexdigest() != expected:
            raise PassingFaultError(
                f"the {algorithm} checksum is {digest.hexdigest()[:12]}…, not {expected[:12]}…"
            )


def require_shape(path: Path, entry: FileEntry, file: str) -> None:
    """Check the form of a file: what its reader will ask for must be there.

    Raises
    ------
    DataError
        A web page, another kind of file, a missing column or sheet; with the nearest name found.
    LimitError
        An archive that would unpack to too much.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head.strip():
        raise _refusal(file, "nothing", f"The answer must be a {entry.kind} file.")
    if PAGE.match(head):
        raise _refusal(file, "a web page or XML message", f"It must be a {entry.kind} file.")
    if entry.kind == "csv":
        require_names(entry.columns, _split_header(head, file), file, "column")
        return
    if not head.startswith(ZIP_MAGIC):
        raise _refusal(file, f"bytes {head[:8]!r}", f"The answer must be a {entry.kind} file.")
    try:
        with zipfile.ZipFile(path) as archive:
            require_modest_archive(archive, file)
            damaged = archive.testzip()
            if entry.kind == "zip":
                _require_members(archive, entry, file)
    except (*PACKED, OSError) as fault:
        raise _refusal(file, str(fault), "The archive must be whole.") from fault
    if damaged is not None:
        raise _refusal(file, f"a damaged part '{damaged}'", "The archive must be whole.")
    if entry.kind == "xlsx":
        _require_sheets(path, entry, file)


def require_names(
    wanted: Iterable[str], present: Iterable[str], file: str, what: str, row: int | None = 1
) -> None:
    """Refuse a list of names that lacks one, and say which came instead.

    Raises
    ------
    DataError
        A name is missing.
    """
    found = list(present)
    problems = []
    for name in wanted:
        if name not in found:
            near = get_close_matches(name, found, n=1, cutoff=0.5)
            instead = f"'{near[0]}' instead" if near else f"{what}s " + ", ".join(found)[:300]
            problems.append(Problem(file, row, name, instead, f"The {what} must be there."))
    if problems:
        raise DataError(problems, hint=HINT)


def _require_members(archive: zipfile.ZipFile, entry: FileEntry, file: str) -> None:
    tables = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    if len(tables) != 1:
        found = ", ".join(archive.namelist()[:5]) or "nothing"
        raise _refusal(file, found, "The archive must hold one CSV file.")
    with archive.open(tables[0]) as stream:
        require_names(entry.columns, _split_header(stream.read(HEAD_BYTES), file), file, "column")


def _require_sheets(path: Path, entry: FileEntry, file: str) -> None:
    from openpyxl import load_workbook

    # From a stream: the ending of an unfinished file says nothing to openpyxl.
    with path.open("rb") as stream:
        book = load_workbook(stream, read_only=True)
        try:
            require_names(entry.sheets, book.sheetnames, file, "sheet", None)
        finally:
            book.close()


def _split_header(head: bytes, file: str) -> list[str]:
    line = head.split(b"\n", 1)[0]
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _refusal(file, str(fault), "The header must be UTF-8.") from fault
    return next(csv.reader(io.StringIO(text.rstrip("\r"))), [])


def _decode(value: str) -> str:
    try:
        return base64.b64decode(value.strip(), validate=True).hex()
    except ValueError as fault:
        raise PassingFaultError(f"the checksum given is no checksum: {value[:40]!r}") from fault


def _refusal(file: str, found: str, rule: str) -> DataError:
    return DataError([Problem(file, None, None, found, rule)], hint=HINT)
