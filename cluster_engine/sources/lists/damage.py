"""Turn what a damaged file makes libraries raise into one error that names the file."""

from __future__ import annotations

import errno
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from cluster_engine.errors import DataError, Problem

PACKED = (zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, EOFError, NotImplementedError)
WORKBOOK = (*PACKED, KeyError, ValueError, TypeError, AttributeError, IndexError, ParseError)
"""What openpyxl lets through when parts of a workbook are missing or no XML."""


@contextmanager
def refuse_damage(file: str) -> Iterator[None]:
    """Reject a packed or a text file whose bytes are damaged.

    Parameters
    ----------
    file : str
        Name of the file.

    Raises
    ------
    DataError
        Whatever is read inside does not unpack or decode.
    """
    try:
        yield
    except PACKED as fault:
        rule = "The packed file must be whole."
        hint = "Download or export it again."
        raise DataError([Problem(file, None, None, str(fault), rule)], hint=hint) from fault
    except OSError as fault:
        # An archive whose table of contents points outside of it; any other fault is the disk's.
        if fault.errno != errno.EINVAL:
            raise
        rule = "The packed file must be whole."
        found = "a part outside of the file"
        hint = "Download or export it again."
        raise DataError([Problem(file, None, None, found, rule)], hint=hint) from fault
    except UnicodeDecodeError as fault:
        found = f"bytes that are no {fault.encoding} ({fault.reason})"
        rule = "The text must be UTF-8, UTF-16 or Windows-1252 throughout."
        hint = "Open the file, save it as 'CSV UTF-8' and give that."
        raise DataError([Problem(file, None, None, found, rule)], hint=hint) from fault


@contextmanager
def refuse_damaged_workbook(file: str) -> Iterator[None]:
    """Reject a workbook that cannot be read.

    Parameters
    ----------
    file : str
        Name of the file.

    Raises
    ------
    DataError
        Parts are missing, damaged, or hold what a workbook must not (XML entities).
    """
    try:
        yield
    except (*WORKBOOK, OSError) as fault:
        rule = "The file must be a whole Excel workbook (.xlsx)."
        found = f"{type(fault).__name__}: {fault}"[:200]
        hint = "Open it in a spreadsheet and save it again as XLSX."
        raise DataError([Problem(file, None, None, found, rule)], hint=hint) from fault
