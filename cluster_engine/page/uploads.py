"""Firm lists that people upload: kept under names of our own, read in a process with limits."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from cluster_engine.errors import (
    ClusterEngineError,
    DataError,
    LimitError,
    Problem,
    SettingsError,
)
from cluster_engine.page.child import STOPPED, Outcome, import_apart
from cluster_engine.page.faults import telling_full_disk
from cluster_engine.page.store import Store
from cluster_engine.parameters import Page

FOLDER = "uploads"
ZIP_MAGIC = b"PK\x03\x04"
OLD_WORKBOOK_MAGIC = b"\xd0\xcf\x11\xe0"
FIRMS, MAPPING, REPORT = "firms", "mapping.json", "report.json"
STORED = re.compile(r"list\.(?:csv|xlsx): ")
"""How a report names a file, by the name it is kept under."""
ROOM_SECONDS = 2.0
"""How often it is tried to say how a reading ended, while the disk is full."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A list that was uploaded.

    Attributes
    ----------
    id : str
        Made here; the name of its folder.
    name : str
        As the file was called; for people only.
    bytes : int
    at, who : str
    state : str
        'waiting', 'reading', 'ready' or 'refused'.
    message, hint : str
        Why it was refused.
    """

    id: str
    name: str
    bytes: int
    at: str
    who: str
    state: str
    message: str
    hint: str


class Uploads:
    """All uploads of a data folder.

    Parameters
    ----------
    store : Store
    limits : Page
        Bytes, memory, seconds, and how many are kept.
    pack : str or None
        Pack that lists are compared with.
    stopping : threading.Event, optional
        Set when the page is stopped: a list that is being read is given up.
    """

    def __init__(
        self, store: Store, limits: Page, pack: str | None,
        stopping: threading.Event | None = None,
    ) -> None:  # fmt: skip
        self._stopping = stopping or threading.Event()
        self._store = store
        self._limits = limits
        self._pack = pack
        # One at a time: an import takes both cores and up to the memory allowed.
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
        self._set_where(
            "state IN ('waiting', 'reading')", (),
            STOPPED,
        )  # fmt: skip

    def close(self) -> None:
        """Give up a running import and start no other: nobody waits minutes for Ctrl-C."""
        self._stopping.set()
        self._worker.shutdown(wait=False, cancel_futures=True)

    def add(self, stream: BinaryIO, name: str, who: str) -> str:
        """Keep a file and have it read; returns its id.

        Raises
        ------
        DataError
            It is empty, or of a kind that cannot be read.
        LimitError
            So many are kept already, or the disk is full.
        """
        if len(self.list_all()) >= self._limits.uploads_kept:
            raise LimitError(
                f"{self._limits.uploads_kept} lists are kept already.",
                hint="Delete one that is no longer needed.",
            )
        ending = _find_ending(stream, name)
        identity = secrets.token_hex(8)
        path = self._folder(identity) / f"list{ending}"
        try:
            self._keep(stream, path)
            with self._store.write() as connection:
                connection.execute(
                    "INSERT INTO uploads VALUES (?, ?, ?, ?, ?, 'waiting', '', '')",
                    (identity, name, path.stat().st_size,
                     datetime.now(UTC).isoformat(timespec="seconds"), who),
                )  # fmt: skip
        except BaseException:
            # Half a list that nobody sees would only take room.
            shutil.rmtree(path.parent, ignore_errors=True)
            raise
        self._worker.submit(self._read, identity, path)
        return identity

    def delete(self, identity: str) -> None:
        """Forget a list and remove its files; entries of shortlists stay."""
        upload = self.get(identity)
        if upload.state == "reading":
            raise SettingsError("The list is being read.", hint="Wait until that has ended.")
        with self._store.write() as connection:
            connection.execute("DELETE FROM uploads WHERE id = ?", (upload.id,))
        shutil.rmtree(self._folder(upload.id), ignore_errors=True)

    def list_all(self) -> list[Upload]:
        """Return all uploads, the newest first."""
        return self._query(lambda connection: connection.execute(
            "SELECT * FROM uploads ORDER BY at DESC, id"))  # fmt: skip

    def get(self, identity: str) -> Upload:
        """Return one upload.

        Raises
        ------
        SettingsError
            There is none of this id.
        """
        found = self._query(lambda connection: connection.execute(
            "SELECT * FROM uploads WHERE id = ?", (identity,)))  # fmt: skip
        if not found:
            raise SettingsError("There is no such list.", hint="Look under 'Your lists'.")
        return found[0]

    def get_firms(self, identity: str) -> Path:
        """Folder of the imported firms of a list that is ready.

        Raises
        ------
        SettingsError
            There is none, or it is not ready.
        """
        upload = self.get(identity)
        if upload.state != "ready":
            raise SettingsError(
                f"The list '{upload.name}' is not ready to be ranked.",
                hint="See its report under 'Your lists'.",
            )
        return self._folder(upload.id) / FIRMS

    def read_report(self, upload: Upload) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the quality report and the mapping of columns of a list that is ready."""
        folder = self._folder(upload.id)
        with self.reading(upload.id):
            report = json.loads((folder / FIRMS / REPORT).read_text(encoding="utf-8"))["report"]
            mapping = json.loads((folder / MAPPING).read_text(encoding="utf-8"))
        for row in report:
            row["item"] = STORED.sub("", str(row["item"]), count=1)
        return report, mapping

    @contextmanager
    def reading(self, identity: str) -> Iterator[None]:
        """Read files of a list, or nothing where the id is ''; somebody may delete it meanwhile.

        Raises
        ------
        SettingsError
            Somebody has.
        """
        try:
            yield
        except (OSError, ClusterEngineError):
            if identity:
                self.get(identity)
            raise

    def _keep(self, stream: BinaryIO, path: Path) -> None:
        with telling_full_disk():
            path.parent.mkdir(parents=True, mode=0o700)
            with path.open("wb") as target:
                shutil.copyfileobj(stream, target)

    def _read(self, identity: str, path: Path) -> None:
        self._set(identity, Outcome("reading"))
        folder = path.parent / FIRMS
        outcome = import_apart(path, folder, path.parent / MAPPING, self._pack, self._limits,
                               self._stopping)  # fmt: skip
        if outcome.state == "refused":
            # Nobody can use it; and where the disk is full, what follows needs the room.
            shutil.rmtree(path.parent, ignore_errors=True)
        self._set(identity, outcome)

    def _set(self, identity: str, outcome: Outcome) -> None:
        """Say where a list stands; on a full disk, as soon as there is room again."""
        while True:
            try:
                self._set_where("id = ?", (identity,), outcome)
                return
            except ClusterEngineError:
                if self._stopping.wait(ROOM_SECONDS):
                    return

    def _set_where(self, where: str, values: tuple[str, ...], outcome: Outcome) -> None:
        statement = f"UPDATE uploads SET state = ?, message = ?, hint = ? WHERE {where}"  # noqa: S608 - ours
        with self._store.write() as connection:
            connection.execute(statement, (outcome.state, outcome.message, outcome.hint, *values))

    def _query(self, ask: Callable[[sqlite3.Connection], sqlite3.Cursor]) -> list[Upload]:
        with self._store.read() as connection:
            rows: list[Mapping[str, Any]] = ask(connection).fetchall()
        return [Upload(**dict(row)) for row in rows]

    def _folder(self, identity: str) -> Path:
        return self._store.folder / FOLDER / identity


def _find_ending(stream: BinaryIO, name: str) -> str:
    """Tell a workbook from text by its first bytes: names are only for people.

    Raises
    ------
    DataError
        It is empty, or an old workbook.
    """
    head = stream.read(len(ZIP_MAGIC))
    stream.seek(0)
    rule = ""
    if not head:
        rule = "The file must hold a list."
    elif head == OLD_WORKBOOK_MAGIC:
        rule = "The list must be .xlsx or .csv."
    if rule:
        found = "nothing" if not head else "an old workbook (.xls)"
        raise DataError(
            [Problem(name, None, None, found, rule)], hint="Save it as .xlsx and upload that."
        )
    return ".xlsx" if head == ZIP_MAGIC else ".csv"
