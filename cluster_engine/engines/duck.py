"""Ask firms on this machine with DuckDB: out of core, in as many threads as there are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from cluster_engine.engines.resources import Resources, show_size
from cluster_engine.engines.screen import FILES, NUMBERED, Query
from cluster_engine.errors import LimitError
from cluster_engine.packs.firm_dataset import import_fsspec

Progress = Callable[[str, int, int], None]

POLL_SECONDS = 0.3
PERCENT = 100


class DamagedError(Exception):
    """A question could not be answered, most likely for a damaged file; the engine's own words."""


class DuckEngine:
    """Firms in Parquet files, asked by DuckDB.

    Parameters
    ----------
    files : sequence of str
        Paths, or addresses that fsspec knows.
    resources : Resources
    on_progress : callable, optional
        Called with (stage, per cent done, 100).
    """

    spread = None
    """Draws are made where the caller is; see ``targeting/uncertainty.py``."""

    def __init__(
        self, files: Sequence[str], resources: Resources, on_progress: Progress | None = None
    ) -> None:
        self._files = tuple(files)
        self._on_progress = on_progress
        self._resources = resources
        self._connection = connect(resources, self._files)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def ask(self, query: Query, stage: str = "Reading firms") -> pa.Table:
        """Answer a question about all firms, or those of other files if it names any.

        Raises
        ------
        LimitError
            It needs more memory, or room to spill, than is allowed.
        DamagedError
            A file cannot be read.
        """
        with _report(self._connection, stage, self._on_progress):
            return answer(self._connection, query, query.files or self._files, self._resources)


def connect(resources: Resources, files: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """Open a connection that keeps to the resources and reads where the files are."""
    connection = duckdb.connect(
        config={
            "memory_limit": f"{resources.memory}B",
            "threads": resources.threads,
            "temp_directory": resources.spill,
            # What is read is a table, never a program: nothing is fetched or loaded for it.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
    )
    # Several questions are asked of the same files.
    connection.execute("SET parquet_metadata_cache = true")
    # Questions name the many firms first and what is looked up in small tables after them. Left to
    # itself DuckDB takes a table of its caller's for the larger side, and keeps the firms instead.
    connection.execute("SET disabled_optimizers = 'join_order'")
    # A question that takes long would draw a bar on standard output, which belongs to results.
    connection.execute("SET enable_progress_bar = false; SET enable_progress_bar_print = false")
    for protocol in sorted({name.split("://")[0] for name in files if "://" in name}):
        connection.register_filesystem(import_fsspec().filesystem(protocol))
    return connection


def answer(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    files: Sequence[str],
    resources: Resources,
) -> pa.Table:
    """Run one question over some files; see :meth:`DuckEngine.ask`."""
    names = ", ".join(quote(name) for name in files)
    sql = query.sql.replace(FILES, f"read_parquet([{names}], hive_partitioning=false)").replace(
        NUMBERED, f"read_parquet([{names}], hive_partitioning=false, file_row_number=true)"
    )
    for name, table in query.tables.items():
        connection.register(name, table)
    try:
        return connection.sql(sql).to_arrow_table()
    except duckdb.OutOfMemoryException as fault:
        raise LimitError(
            f"The question needs more than the {show_size(resources.memory)} allowed.",
            hint="Raise --memory-limit, or name a folder with room: --spill FOLDER",
        ) from fault
    except duckdb.InterruptException:
        raise
    except (duckdb.Error, UnicodeDecodeError) as fault:
        # What DuckDB says of a broken file may repeat a text of the file that is no text.
        raise DamagedError(str(fault)) from fault


def quote(text: str) -> str:
    """Write a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def _report(
    connection: duckdb.DuckDBPyConnection, stage: str, on_progress: Progress | None
) -> Iterator[None]:
    """Tell how far a question is while it runs."""
    if on_progress is None:
        yield
        return
    ended = threading.Event()
    connection.execute("SET enable_progress_bar = true")

    def poll() -> None:
        while not ended.wait(POLL_SECONDS):
            done = connection.query_progress()
            if done > 0:
                on_progress(stage, min(int(done), PERCENT), PERCENT)

    watcher = threading.Thread(target=poll, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
