"""Tell what a file is by its first bytes: an extension is only what somebody called it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from cluster_engine.errors import DataError, Problem

Kind = Literal["text", "gzip", "zip", "workbook"]

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
GZIP_MAGIC = b"\x1f\x8b"
ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")
HEAD_BYTES = 4_096
OLE_BYTES = 1_000_000

_REFUSED = (
    (re.compile(rb"%PDF-"), "a PDF", "Export the list as CSV or XLSX."),
    (
        re.compile(rb"(?i)\s*(?:<!doctype html|<html|<head|<table|<meta)"),
        "an HTML page",
        "Open it in a spreadsheet and save it as XLSX.",
    ),
    (
        re.compile(rb"(?i)\s*<\?xml"),
        "an XML file",
        "Open it in a spreadsheet and save it as XLSX.",
    ),
    (re.compile(rb"PAR1"), "a Parquet file", "Export the list as CSV or XLSX."),
    (re.compile(rb"(?:\x89PNG|\xff\xd8\xff|GIF8)"), "a picture", "Give the list as CSV or XLSX."),
    (re.compile(rb"(?:\xfd7zXZ|BZh|7z\xbc\xaf|Rar!)"), "a packed file", "Unpack it first."),
)


def find_kind(path: Path) -> Kind:
    """Return how the file must be read.

    Parameters
    ----------
    path : Path
        Any file.

    Raises
    ------
    DataError
        No such file, an empty file, or none that holds a list; the real type is named.
    """
    if not path.is_file():
        rule = "The list must be a file that exists."
        raise _refusal(path, "no such file", rule, "Check the path of the file.")
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise _refusal(path, "an empty file", "The file must hold a table.", "Export it again.")
    rule = "The file must be a table in CSV or XLSX."
    if head.startswith(OLE_MAGIC):
        raise _refuse_ole(path, rule)
    if head.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        return _find_zip_kind(path, rule)
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    body = head.removeprefix(b"\xef\xbb\xbf")
    for pattern, name, advice in _REFUSED:
        if pattern.match(body):
            raise _refusal(path, f"{name} called '{path.suffix or path.name}'", rule, advice)
    return "text"


def _refuse_ole(path: Path, rule: str) -> DataError:
    with path.open("rb") as stream:
        start = stream.read(OLE_BYTES)
    if ENCRYPTED_MARK in start:
        found = "a workbook that is protected by a password"
        return _refusal(path, found, rule, "Take the password off in the spreadsheet and save.")
    found = "an old Excel workbook (.xls)"
    return _refusal(path, found, rule, "Open it in a spreadsheet and save it as XLSX.")


def _find_zip_kind(path: Path, rule: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError) as fault:
        found = f"a damaged workbook or archive ({fault})"
        raise _refusal(path, found, rule, "Export it again.") from fault
    if "xl/workbook.xml" in names:
        return "workbook"
    if "xl/workbook.bin" in names:
        found = "a binary workbook (.xlsb)"
        raise _refusal(path, found, rule, "Save it as XLSX.")
    if "mimetype" in names and "content.xml" in names:
        found = "an OpenDocument table (.ods)"
        raise _refusal(path, found, rule, "Save it as XLSX.")
    if "[Content_Types].xml" in names:
        found = "an Office document without a workbook"
        raise _refusal(path, found, rule, "Save the table as XLSX.")
    return "zip"


def _refusal(path: Path, found: str, rule: str, hint: str) -> DataError:
    return DataError([Problem(path.name, None, None, found, rule)], hint=hint)
