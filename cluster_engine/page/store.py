"""The file in which shortlists, notes and uploads are kept: SQLite, safe under several users.

Every call opens a connection of its own, so that any thread or process may call. Whoever writes
takes the lock first (BEGIN IMMEDIATE) and waits for others; readers never wait (WAL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cluster_engine.errors import BusyError, ClusterEngineError, SettingsError
from cluster_engine.page.faults import DiskFullError

STORE_FILE = "page.sqlite"
WAIT_SECONDS = 10.0
"""For another writer; a write takes milliseconds."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE shortlists (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL CHECK (name <> ''),
            created_at TEXT NOT NULL,
            created_by TEXT NOT NULL
        )""",
        """CREATE TABLE entries (
            id INTEGER PRIMARY KEY,
            shortlist INTEGER NOT NULL REFERENCES shortlists (id),
            list TEXT NOT NULL,
            firm_id TEXT NOT NULL,
            firm_name TEXT NOT NULL,
            country TEXT NOT NULL,
            region TEXT NOT NULL,
            market TEXT NOT NULL,
            weights TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('listed', 'excluded', 'removed')),
            note TEXT NOT NULL,
            version INTEGER NOT NULL,
            UNIQUE (shortlist, list, firm_id)
        )""",
        """CREATE TABLE changes (
            id INTEGER PRIMARY KEY,
            entry INTEGER NOT NULL REFERENCES entries (id),
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            action TEXT NOT NULL,
            old_state TEXT NOT NULL,
            old_note TEXT NOT NULL,
            new_state TEXT NOT NULL,
            new_note TEXT NOT NULL,
            version INTEGER NOT NULL
        )""",
        "CREATE INDEX changes_of_entry ON changes (entry, id)",
    ),
    (
        """CREATE TABLE uploads (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'reading', 'ready', 'refused')),
            message TEXT NOT NULL,
            hint TEXT NOT NULL
        )""",
    ),
)
"""Statements that lead from one version of the file to the next; only ever added to."""


class Store:
    """A data folder's database.

    Parameters
    ----------
    folder : Path
        Made where it is missing.

    Raises
    ------
    SettingsError
        The folder or file cannot be used, or a newer engine has made it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / STORE_FILE
        try:
            # Notes on firms are nobody else's business on a shared machine.
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as fault:
            raise SettingsError(
                f"The folder {folder} cannot be made: {fault.strerror}.",
                hint="Choose another one: cluster-engine serve --data FOLDER",
            ) from fault
        self._migrate()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Open for reading: one moment's state, whatever others write meanwhile."""
        with self._open() as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open for writing: all of the block's changes, or none of them."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
            ) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA foreign_keys = ON")
                # WAL with NORMAL may lose the last second in a power cut, never the file's order.
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
        except sqlite3.Error as fault:
            raise self._translate(fault) from fault

    def _translate(self, fault: sqlite3.Error) -> ClusterEngineError:
        name = getattr(fault, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return BusyError(
                "Somebody else is writing to the shortlists.", hint="Try again in a moment."
            )
        if name.startswith("SQLITE_FULL"):
            return DiskFullError()
        return SettingsError(
            f"{self.path} cannot be used: {fault}.",
            hint="Put back a copy, or choose another folder: cluster-engine serve --data FOLDER",
        )

    def _migrate(self) -> None:
        with self.write() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > len(MIGRATIONS):
                raise SettingsError(
                    f"{self.path} was made by a newer cluster-engine (version {version} of the "
                    f"file; this one knows {len(MIGRATIONS)}).",
                    hint="Update cluster-engine, or choose another folder: --data FOLDER",
                )
            for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
