"""Take an answer into an unfinished file, and take it up again where it broke off.

The unfinished file is '.NAME.part'; beside it '.NAME.part.json' notes the address and the version,
so that a later run goes on only with the same version of the same file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from cluster_engine.errors import LimitError
from cluster_engine.sources.fetch.catalogue import Kind
from cluster_engine.sources.fetch.checks import require_type
from cluster_engine.sources.fetch.manners import PassingFaultError
from cluster_engine.sources.fetch.record import Validator
from cluster_engine.sources.fetch.transport import Answer, Transport, hide_query

CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask for.

    Attributes
    ----------
    url : str
        With secrets; never noted or told.
    label : str
        Address to note: without secrets.
    name : str
        File name, for messages.
    kind : {"csv", "xlsx", "zip"}
    plain_allowed : bool
        Whether http may be used.
    """

    url: str
    label: str
    name: str
    kind: Kind
    plain_allowed: bool


@dataclass(frozen=True, slots=True)
class Received:
    """How the server answered: None in place of headers says 'not changed'."""

    headers: dict[str, str] | None
    validator: Validator


@dataclass(frozen=True, slots=True)
class Part:
    """An unfinished file."""

    path: Path

    @property
    def note(self) -> Path:
        """Where the version is noted."""
        return self.path.with_name(self.path.name + ".json")

    def clear(self) -> None:
        """Take both away."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def find_version(self, label: str) -> str:
        """Return the version of what is there, for If-Range; empty: start from the first byte."""
        try:
            told = json.loads(self.note.read_text(encoding="utf-8"))
            same = told["url"] == label and self.path.stat().st_size > 0
            return str(told["version"]) if same else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def note_version(self, label: str, validator: Validator) -> None:
        """Note the version of an answer; one without a strong version cannot be taken up again."""
        weak = validator.etag.startswith("W/")
        version = validator.last_modified if weak or not validator.etag else validator.etag
        if version:
            text = json.dumps({"url": label, "version": version})
            self.note.write_text(text, encoding="utf-8")
        else:
            self.note.unlink(missing_ok=True)


def receive(
    wanted: Wanted, part: Part, transport: Transport, known: Validator | None = None
) -> Received:
    """Ask once, and take the body into the part; go on where an earlier try broke off.

    Parameters
    ----------
    wanted : Wanted
    part : Part
    transport : Transport
    known : Validator, optional
        Version at hand: the server may say that it is still the same.

    Raises
    ------
    PassingFaultError
        The answer broke off or is short; what has arrived is kept if it can be taken up again.
    DataError
        A web page came in place of the file.
    LimitError
        The file is larger than allowed.
    """
    headers = {"Accept-Encoding": "identity", "User-Agent": "cluster-engine"}
    version = part.find_version(wanted.label)
    start = part.path.stat().st_size if version else 0
    if version:
        headers |= {"Range": f"bytes={start}-", "If-Range": version}
    elif known is not None and known.is_given:
        headers |= {"If-None-Match": known.etag} if known.etag else {}
        headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
    with transport.ask(wanted.url, headers, plain_allowed=wanted.plain_allowed) as answer:
        if answer.status == 304:
            if known is None or not known.is_given:
                raise PassingFaultError(f"{wanted.label}: 304 without a question")
            return Received(None, known)
        require_type(wanted.kind, answer.headers, wanted.name)
        told = dict(answer.headers)
        validator = Validator(told.get("etag", ""), told.get("last-modified", ""))
        start, total = _find_place(answer, part, start)
        if start:
            # It would be the checksum of the rest alone.
            told.pop("content-md5", None)
        _take(answer, wanted, part, start=start, validator=validator, transport=transport)
    size = part.path.stat().st_size
    if total is not None and size != total:
        if size > total:
            part.clear()
        raise PassingFaultError(f"{hide_query(wanted.label)}: {size:,} of {total:,} bytes came")
    return Received(told, validator)


def _find_place(answer: Answer, part: Part, start: int) -> tuple[int, int | None]:
    """Byte at which the body goes on, and size of the whole where it is known."""
    place = hide_query(answer.url)
    if answer.status == 206:
        match = CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
        if match is None or int(match[1]) != start:
            part.clear()
            raise PassingFaultError(f"{place}: another part of the file than asked for")
        return start, int(match[3])
    if answer.status == 416:
        part.clear()
        raise PassingFaultError(f"{place}: the part asked for is not there")
    length = answer.headers.get("content-length", "")
    return 0, int(length) if length.isdigit() else None


def _take(
    answer: Answer,
    wanted: Wanted,
    part: Part,
    *,
    start: int,
    validator: Validator,
    transport: Transport,
) -> None:
    limits = transport.limits
    began = transport.clock()
    taken = start
    # Noted before the first byte: a run that is killed can be taken up too.
    part.note_version(wanted.label, validator)
    with part.path.open("ab" if start else "wb") as stream:
        for block in answer.blocks:
            taken += len(block)
            if taken > limits.file_bytes:
                stream.close()
                part.clear()
                raise LimitError(
                    f"{wanted.name}: more than {limits.file_bytes:,} bytes come.",
                    hint="Raise --max-mb if the file may be that large.",
                )
            stream.write(block)
            if transport.clock() - began > limits.file_seconds:
                raise PassingFaultError(f"{hide_query(wanted.label)}: too slow")
