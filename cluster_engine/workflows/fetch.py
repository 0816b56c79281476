"""Fetch sources: plan, fetch file by file, keep the note beside the files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_engine.errors import BusyError, SettingsError
from cluster_engine.sources.fetch.catalogue import find_source, read_catalogue
from cluster_engine.sources.fetch.download import Fetching, Outcome, fetch_file
from cluster_engine.sources.fetch.manners import FetchLimits, require_client
from cluster_engine.sources.fetch.plan import FileRequest, plan_fetch
from cluster_engine.sources.fetch.record import read_record, write_record
from cluster_engine.sources.fetch.transport import Transport

if TYPE_CHECKING:
    import pandas as pd

LOCK_FILE = ".fetch.lock"


@dataclass(frozen=True, slots=True)
class FetchChoice:
    """What to fetch, and from where.

    Attributes
    ----------
    sources : tuple of str
        Names in the catalogue.
    vintage : str or None
        None: the catalogue's.
    base_url : str or None
        A mirror in place of the publisher's server.
    catalogue : Path or None
        A catalogue of one's own over the one that ships.
    uid : str
        Key for Nomis; empty: none.
    limits : FetchLimits
    """

    sources: tuple[str, ...]
    vintage: str | None = None
    base_url: str | None = None
    catalogue: Path | None = None
    uid: str = ""
    limits: FetchLimits = field(default_factory=FetchLimits)


def plan_sources(choice: FetchChoice) -> tuple[FileRequest, ...]:
    """Return every file that would be fetched, with its address; nothing is opened.

    Raises
    ------
    SettingsError
        No source, an unknown one, or a vintage or base that cannot be used.
    DataError
        The catalogue is faulty.
    """
    catalogue = read_catalogue(choice.catalogue)
    if not choice.sources:
        raise SettingsError(
            "Name a source to fetch.",
            hint="'cluster-engine data fetch --list' names them: " + ", ".join(catalogue) + ".",
        )
    return tuple(
        request
        for name in dict.fromkeys(choice.sources)
        for request in plan_fetch(
            find_source(catalogue, name), vintage=choice.vintage, base_url=choice.base_url
        )
    )


def fetch_sources(
    choice: FetchChoice,
    folder: Path,
    *,
    transport: Transport | None = None,
    note: Callable[[str], None] = lambda _text: None,
) -> pd.DataFrame:
    """Fetch what is new into a folder.

    Parameters
    ----------
    choice : FetchChoice
    folder : Path
        Made if absent. `fetched.json` in it is kept up to date after each file.
    transport : Transport, optional
        Tests give one with a clock of their own.
    note : callable
        Told what is fetched.

    Returns
    -------
    DataFrame
        source, file, state ('new', 'changed', 'same'), size (bytes), sha256, vintage, licence.

    Raises
    ------
    SettingsError
        As `plan_sources`, or the extra is missing.
    BusyError
        Another run fetches into the folder.
    NetworkError, DataError, LimitError
        As `fetch_file`. Files fetched before stay and are noted.
    """
    from filelock import FileLock, Timeout

    require_client()
    requests = plan_sources(choice)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK_FILE, timeout=0):
            used = transport or Transport(choice.limits)
            try:
                outcomes = _fetch_all(requests, Fetching(folder, used, choice.uid), note)
            finally:
                used.close()
    except Timeout as fault:
        raise BusyError(
            f"Another run fetches into {folder}.", hint="Wait until it has ended."
        ) from fault
    return _lay_out(requests, outcomes)


def list_catalogue(path: Path | None = None) -> pd.DataFrame:
    """Return what can be fetched: a row per file, with address, licence and reader.

    Raises
    ------
    DataError
        The catalogue is faulty.
    """
    sources = read_catalogue(path).values()
    return _describe([request for source in sources for request in plan_fetch(source)])


def list_plan(choice: FetchChoice) -> pd.DataFrame:
    """Return what would be fetched, as `list_catalogue` does; nothing is opened.

    Raises
    ------
    SettingsError, DataError
        As `plan_sources`.
    """
    return _describe(plan_sources(choice))


def _describe(requests: Sequence[FileRequest]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "source": request.source.id,
            "file": request.name,
            "vintage": request.vintage,
            "title": request.source.title,
            "publisher": request.source.publisher,
            "licence": request.source.licence,
            "url": request.url,
            "page": request.source.page,
            "reader": request.entry.reader,
            "role": request.entry.role,
        }
        for request in requests
    ]
    return pd.DataFrame(rows)


def _fetch_all(
    requests: Sequence[FileRequest], fetching: Fetching, note: Callable[[str], None]
) -> list[Outcome]:
    record = read_record(fetching.folder)
    outcomes = []
    for request in requests:
        known = record.get(request.name)
        outcome = fetch_file(request, fetching, known)
        if outcome.fetched != known:
            record[request.name] = outcome.fetched
            write_record(fetching.folder, record)
        if outcome.state == "same":
            note(f"{request.name}: nothing new.")
        else:
            note(f"{request.name}: {outcome.state}, {outcome.fetched.size:,} bytes.")
        outcomes.append(outcome)
    return outcomes


def _lay_out(requests: Sequence[FileRequest], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "source": request.source.id,
            "file": request.name,
            "state": outcome.state,
            "size": outcome.fetched.size,
            "sha256": outcome.fetched.sha256,
            "vintage": outcome.fetched.vintage,
            "licence": outcome.fetched.licence,
        }
        for request, outcome in zip(requests, outcomes, strict=True)
    ]
    return pd.DataFrame(rows)
