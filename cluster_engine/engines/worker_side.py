"""What runs on a worker: a question about some files, by a connection that is kept for the next."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from cluster_engine import __version__
from cluster_engine.engines.duck import answer, connect
from cluster_engine.engines.resources import Resources, name_spill
from cluster_engine.engines.screen import Query, merge
from cluster_engine.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes
    ----------
    name : str
        Different for every engine that was started.
    version : str
        Of cluster-engine.
    resources : Resources
        Of one thread of a worker.
    """

    name: str
    version: str
    resources: Resources


@dataclass(slots=True)
class _Kept:
    """The connection of one thread, and the caller for whom it was opened."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    caller: str = ""
    connection: duckdb.DuckDBPyConnection | None = None

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


_KEPT: dict[int, _Kept] = {}
"""By thread: as many databases as tasks run at the same time, whoever asks."""


def hold(query: Query) -> Query:
    """Keep a question for the tasks that need it: made again by whoever is left if it is lost."""
    return query


def answer_files(files: Sequence[str], query: Query, caller: Caller) -> pa.Table:
    """Answer a question about some files.

    Raises
    ------
    SettingsError
        The caller has another version.
    LimitError, DamagedError
        See :func:`cluster_engine.engines.duck.answer`.
    """
    if caller.version != __version__:
        raise SettingsError(
            f"A worker has cluster-engine {__version__}, this machine {caller.version}.",
            hint="Install the same version everywhere.",
        )
    with _borrow(caller, files) as connection:
        return answer(connection, query, files, caller.resources)


def merge_answers(answers: Sequence[pa.Table], query: Query) -> pa.Table:
    """Merge answers."""
    return merge(query, answers)


def forget(caller: str) -> None:
    """Close the connections that were opened for a caller and are not in use."""
    for kept in list(_KEPT.values()):
        if kept.lock.acquire(blocking=False):
            try:
                if kept.caller == caller:
                    kept.close()
            finally:
                kept.lock.release()


@contextmanager
def _borrow(caller: Caller, files: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Connection of this thread, for this caller; it is not used again after a fault."""
    thread = threading.get_ident()
    kept = _KEPT.setdefault(thread, _Kept())
    with kept.lock:
        if kept.caller != caller.name or kept.connection is None:
            kept.close()
            # Databases of one folder could mistake each other's files for their own.
            spill = name_spill(caller.resources.spill, f"{os.getpid()}-{thread}")
            kept.connection = connect(replace(caller.resources, spill=spill), files)
            kept.caller = caller.name
        try:
            yield kept.connection
        except BaseException:
            kept.close()
            raise
