"""Fetch one planned file: ask, check, put in place whole, note where it comes from."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urljoin

from cluster_engine.errors import DataError, LimitError, Problem
from cluster_engine.files import FILE_MODE, hash_file
from cluster_engine.sources.fetch.checks import HINT, require_digest, require_shape
from cluster_engine.sources.fetch.manners import PassingFaultError
from cluster_engine.sources.fetch.pages import GUEST_RECORDS, MEMBER_RECORDS, receive_pages
from cluster_engine.sources.fetch.partial import Part, Received, Wanted, receive
from cluster_engine.sources.fetch.plan import FileRequest
from cluster_engine.sources.fetch.record import Fetched, Validator
from cluster_engine.sources.fetch.retrying import try_again
from cluster_engine.sources.fetch.transport import Answer, Transport, hide_query

MAX_INDEX_BYTES = 10_000_000
State = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Attributes
    ----------
    state : {"new", "changed", "same"}
        'same': nothing new at the publisher's, nothing written.
    fetched : Fetched
        The note for `fetched.json`.
    """

    state: State
    fetched: Fetched


@dataclass(frozen=True, slots=True)
class Fetching:
    """What all files of a run share.

    Attributes
    ----------
    folder : Path
        Where files go.
    transport : Transport
    uid : str
        The user's key for Nomis; empty: as a guest. Sent, never noted.
    now : callable
        Time of day, for the note.
    """

    folder: Path
    transport: Transport
    uid: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def fetch_file(request: FileRequest, fetching: Fetching, known: Fetched | None) -> Outcome:
    """Fetch a file unless the one at hand is still the publisher's.

    Parameters
    ----------
    request : FileRequest
    fetching : Fetching
    known : Fetched or None
        Note on the file at hand.

    Returns
    -------
    Outcome

    Raises
    ------
    NetworkError
        The server or the way there failed, after all tries.
    DataError
        What came is not what the reader accepts; the file at hand is kept.
    LimitError
        It is too large.
    """
    target = fetching.folder / request.name
    if known is not None and not (target.is_file() and hash_file(target) == known.sha256):
        known = None
    wanted, published = _find_file(request, fetching)
    if known is not None and known.url != wanted.label:
        # Another address: what the server said of the old one does not hold.
        known = replace(known, validators=())
    part = Part(target.with_name(f".{target.name}.part"))
    try:
        validators = _receive(request, wanted, part, fetching, known)
        if validators is None and known is not None:
            return Outcome("same", known)
        require_shape(part.path, request.entry, request.name)
    except (DataError, LimitError):
        part.clear()
        raise
    return _put_in_place(request, wanted, part, fetching, known, validators or (), published)


def _receive(
    request: FileRequest, wanted: Wanted, part: Part, fetching: Fetching, known: Fetched | None
) -> tuple[Validator, ...] | None:
    versions = known.validators if known is not None else ()
    transport = fetching.transport
    if request.source.protocol == "nomis":
        records = MEMBER_RECORDS if fetching.uid else GUEST_RECORDS
        columns = request.entry.columns
        return receive_pages(
            wanted, part, transport, columns=columns, page_records=records, known=versions
        )

    def attempt() -> Received:
        received = receive(wanted, part, transport, versions[0] if versions else None)
        if received.headers is not None:
            try:
                require_digest(part.path, received.headers, published=request.entry.sha256)
            except PassingFaultError as fault:
                part.clear()
                raise PassingFaultError(f"{hide_query(wanted.label)}: {fault}") from fault
        return received

    received = try_again(attempt, transport.limits, transport.sleep)
    return None if received.headers is None else (received.validator,)


def _find_file(request: FileRequest, fetching: Fetching) -> tuple[Wanted, str]:
    """Address of the file, and when it was published where an index says so."""
    wanted = Wanted(
        request.url, request.url, request.name, request.entry.kind, request.plain_allowed
    )
    if request.source.protocol == "nomis" and fetching.uid:
        mark = "&" if "?" in request.url else "?"
        secret = f"{request.url}{mark}uid={quote(fetching.uid, safe='')}"
        return replace(wanted, url=secret), ""
    if request.source.protocol != "index":
        return wanted, ""
    transport = fetching.transport

    def attempt() -> Any:
        with transport.ask(
            request.url, {"User-Agent": "cluster-engine"}, plain_allowed=request.plain_allowed
        ) as answer:
            return _read_index(answer, request)

    index = try_again(attempt, transport.limits, transport.sleep)
    told = _look_up(index, request)
    url = urljoin(request.url, told["url"])
    published = _look_up_text(index, (*request.entry.pointer[:-2], "publish_date"))
    return replace(wanted, url=url, label=url), published


def _read_index(answer: Answer, request: FileRequest) -> Any:
    raw = b""
    for block in answer.blocks:
        raw += block
        if len(raw) > MAX_INDEX_BYTES:
            raise LimitError(f"{request.name}: the index has more than {MAX_INDEX_BYTES:,} bytes.")
    try:
        return json.loads(raw)
    except ValueError as fault:
        found = raw[:60].decode("utf-8", "replace")
        raise _index_fault(request, found, "The index must be JSON.") from fault


def _look_up(index: Any, request: FileRequest) -> dict[str, Any]:
    place = index
    for key in request.entry.pointer:
        if not isinstance(place, dict) or key not in place:
            found = ", ".join(map(str, place)) if isinstance(place, dict) else type(place).__name__
            rule = f"The index must have {'.'.join(request.entry.pointer)}; no '{key}'."
            raise _index_fault(request, found[:200], rule)
        place = place[key]
    if not isinstance(place, dict) or not isinstance(place.get("url"), str):
        raise _index_fault(request, str(place)[:200], "The index must give the 'url' of the file.")
    return place


def _look_up_text(index: Any, keys: tuple[str, ...]) -> str:
    place = index
    for key in keys:
        place = place.get(key) if isinstance(place, dict) else None
    return place if isinstance(place, str) else ""


def _index_fault(request: FileRequest, found: str, rule: str) -> DataError:
    return DataError([Problem(hide_query(request.url), None, None, found, rule)], hint=HINT)


def _put_in_place(
    request: FileRequest,
    wanted: Wanted,
    part: Part,
    fetching: Fetching,
    known: Fetched | None,
    validators: tuple[Validator, ...],
    published: str,
) -> Outcome:
    sha256, size = hash_file(part.path), part.path.stat().st_size
    target = fetching.folder / request.name
    source = request.source
    same = known is not None and known.sha256 == sha256
    fetched = Fetched(
        source=source.id,
        title=source.title,
        publisher=source.publisher,
        licence=source.licence,
        vintage=request.vintage,
        page=source.page,
        role=request.entry.role,
        pack_source=source.source,
        url=wanted.label,
        fetched_at=fetching.now().isoformat(timespec="seconds"),
        published_at=published,
        sha256=sha256,
        size=size,
        validators=validators,
    )
    if same and known is not None:
        part.clear()
        # The first time counts; only what helps to ask again is brought up to date.
        return Outcome("same", replace(known, url=wanted.label, validators=validators))
    state: State = "changed" if target.is_file() else "new"
    with part.path.open("rb") as stream:
        os.fsync(stream.fileno())
    part.path.chmod(FILE_MODE)
    part.path.replace(target)
    part.clear()
    return Outcome(state, fetched)
