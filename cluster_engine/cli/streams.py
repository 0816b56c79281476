"""The three streams of a process, whatever the system made of them."""

from __future__ import annotations

import codecs
import errno
import io
import locale
import os
import sys
from typing import NoReturn, TextIO


class ClosedOutput(io.TextIOBase):
    """Standard output of a process that was given none: a result must not vanish unnoticed."""

    def write(self, _text: str) -> NoReturn:
        """Refuse, as the system would.

        Raises
        ------
        OSError
            Always.
        """
        raise OSError(errno.EBADF, "standard output is closed; name a file with --output FILE")


def prepare_streams() -> None:
    """Make the streams safe to write to.

    Closed ones are opened on nothing: else the next file that is opened would take their place.
    Files and pipes get UTF-8 in every locale, so that the same command gives the same bytes; on a
    terminal a sign that it cannot show becomes a question mark. PYTHONIOENCODING overrules.
    """
    for handle in (0, 1, 2):
        _occupy(handle)
    # Python sets a stream to None where it was closed; its types do not say so.
    streams: list[TextIO | None] = [sys.stdin, sys.stdout, sys.stderr]
    if streams[0] is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    if streams[1] is None:
        sys.stdout = ClosedOutput()
    if streams[2] is None:
        sys.stderr = io.TextIOWrapper(io.BytesIO())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            _choose_encoding(stream)


def _occupy(handle: int) -> None:
    try:
        os.fstat(handle)
    except OSError:
        # The lowest free number is taken, and lower ones are occupied by now.
        os.open(os.devnull, os.O_RDWR)


def _choose_encoding(stream: io.TextIOWrapper) -> None:
    if codecs.lookup(stream.encoding).name == "utf-8":
        return
    if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
        stream.reconfigure(errors="replace")
    else:
        stream.reconfigure(encoding="utf-8", errors="strict")


def find_console_encoding() -> str:
    """Encoding that the system gave to text that goes to the terminal."""
    named = os.environ.get("PYTHONIOENCODING", "").split(":")[0]
    if named or sys.flags.utf8_mode:
        return named or "utf-8"
    if sys.stdout.isatty():
        return sys.stdout.encoding
    return locale.getpreferredencoding(False)
