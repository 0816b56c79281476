"""Shortlists: firms that people picked or left out, their notes, and who changed what when."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

from cluster_engine.errors import SettingsError
from cluster_engine.page.picked import (
    ACTIONS,
    Change,
    ChangedMeanwhileError,
    Entry,
    FirmPicked,
    Shortlist,
    State,
)
from cluster_engine.page.store import Store

FIRST_NAME = "Shortlist"
"""Of the shortlist that is there before anybody has made one."""


CHANGES = (
    "SELECT c.*, e.firm_name, e.version AS newest FROM changes c JOIN entries e ON e.id = c.entry "
)


class Shortlists:
    """All shortlists of a data folder.

    Parameters
    ----------
    store : Store
    now : callable, optional
        Gives the time; for tests.
    """

    def __init__(self, store: Store, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._store = store
        self._now = now

    def create(self, name: str, who: str) -> int:
        """Make a shortlist and return its number."""
        with self._store.write() as connection:
            return self._create(connection, name, who)

    def get_default(self, who: str) -> int:
        """Return the oldest shortlist; the first call makes one."""
        with self._store.write() as connection:
            row = connection.execute("SELECT min(id) FROM shortlists").fetchone()
            return int(row[0]) if row[0] is not None else self._create(connection, FIRST_NAME, who)

    def list_all(self) -> list[Shortlist]:
        """Return all shortlists, the oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(
                "SELECT s.*, (SELECT count(*) FROM entries e WHERE e.shortlist = s.id "
                "AND e.state = 'listed') AS n_listed FROM shortlists s ORDER BY s.id"
            ).fetchall()
        return [Shortlist(**dict(row)) for row in rows]

    def get_change(self, change_id: int) -> Change | None:
        """Return one change, or None."""
        with self._store.read() as connection:
            row = connection.execute(CHANGES + "WHERE c.id = ?", (change_id,)).fetchone()
        return None if row is None else _read_change(row)

    def list_entries(self, shortlist: int) -> list[Entry]:
        """Return the firms that are listed or left out, in order of their first picking."""
        with self._store.read() as connection:
            rows = connection.execute(
                "SELECT * FROM entries WHERE shortlist = ? AND state <> 'removed' ORDER BY id",
                (shortlist,),
            ).fetchall()
        return [_read_entry(row) for row in rows]

    def list_changes(self, shortlist: int, limit: int) -> list[Change]:
        """Return the latest changes, the newest first; the last one of a firm can be undone."""
        with self._store.read() as connection:
            rows = connection.execute(
                CHANGES + "WHERE e.shortlist = ? ORDER BY c.id DESC LIMIT ?", (shortlist, limit)
            ).fetchall()
        return [_read_change(row) for row in rows]

    def put(self, shortlist: int, firm: FirmPicked, state: State, who: str) -> int | None:
        """Add a firm, leave it out, or take it off; what is so already stays as it is.

        Returns
        -------
        int or None
            The change, to be undone with; None where nothing changed.

        Raises
        ------
        SettingsError
            There is no such shortlist.
        """
        with self._store.write() as connection:
            _require_shortlist(connection, shortlist)
            entry = _find(connection, shortlist, firm)
            if entry is None:
                if state == "removed":
                    return None
                entry = _insert(connection, shortlist, firm)
            if entry.state == state:
                return None
            if state == "listed":
                _repick(connection, entry.id, firm)
            return self._change(connection, entry, state, entry.note, ACTIONS[state], who)

    def write_note(self, entry_id: int, note: str, version: int, who: str) -> int | None:
        """Write a firm's note, if nobody has changed the entry since it was read.

        Raises
        ------
        ChangedMeanwhileError
            Somebody has.
        SettingsError
            There is no such entry.
        """
        with self._store.write() as connection:
            entry = _get(connection, entry_id)
            if entry.note == note:
                return None
            if entry.version != version:
                raise ChangedMeanwhileError(entry, _last_author(connection, entry))
            return self._change(connection, entry, entry.state, note, "note", who)

    def undo(self, change_id: int, who: str) -> int:
        """Put an entry back to what it was before its latest change.

        Raises
        ------
        ChangedMeanwhileError
            It has been changed since.
        SettingsError
            There is no such change.
        """
        with self._store.write() as connection:
            row = connection.execute("SELECT * FROM changes WHERE id = ?", (change_id,)).fetchone()
            if row is None:
                raise SettingsError("There is no such change.", hint="Load the page again.")
            entry = _get(connection, row["entry"])
            if entry.version != row["version"]:
                raise ChangedMeanwhileError(entry, _last_author(connection, entry))
            return self._change(
                connection, entry, row["old_state"], row["old_note"], f"undone: {row['action']}",
                who,
            )  # fmt: skip

    def _create(self, connection: sqlite3.Connection, name: str, who: str) -> int:
        done = connection.execute(
            "INSERT INTO shortlists (name, created_at, created_by) VALUES (?, ?, ?)",
            (name, self._tell_time(), who),
        )
        return int(done.lastrowid or 0)

    def _change(
        self, connection: sqlite3.Connection, entry: Entry, state: State, note: str, action: str,
        who: str,
    ) -> int:  # fmt: skip
        connection.execute(
            "UPDATE entries SET state = ?, note = ?, version = ? WHERE id = ?",
            (state, note, entry.version + 1, entry.id),
        )
        done = connection.execute(
            "INSERT INTO changes (entry, at, who, action, old_state, old_note, new_state, new_note,"
            " version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (entry.id, self._tell_time(), who, action, entry.state, entry.note, state, note,
             entry.version + 1),
        )  # fmt: skip
        return int(done.lastrowid or 0)

    def _tell_time(self) -> str:
        return self._now().isoformat(timespec="seconds")


def _require_shortlist(connection: sqlite3.Connection, shortlist: int) -> None:
    found = connection.execute("SELECT 1 FROM shortlists WHERE id = ?", (shortlist,)).fetchone()
    if found is None:
        raise SettingsError("There is no such shortlist.", hint="Choose one under 'Shortlists'.")


def _find(connection: sqlite3.Connection, shortlist: int, firm: FirmPicked) -> Entry | None:
    row = connection.execute(
        "SELECT * FROM entries WHERE shortlist = ? AND list = ? AND firm_id = ?",
        (shortlist, firm.list, firm.firm_id),
    ).fetchone()
    return None if row is None else _read_entry(row)


def _get(connection: sqlite3.Connection, entry_id: int) -> Entry:
    row = connection.execute("SELECT * FROM entries WHERE id = ?", (entry_id,)).fetchone()
    if row is None:
        raise SettingsError("There is no such firm on a shortlist.", hint="Load the page again.")
    return _read_entry(row)


def _insert(connection: sqlite3.Connection, shortlist: int, firm: FirmPicked) -> Entry:
    done = connection.execute(
        "INSERT INTO entries (shortlist, list, firm_id, firm_name, country, region, market, "
        "weights, state, note, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'removed', '', 0)",
        (shortlist, firm.list, firm.firm_id, firm.firm_name, firm.country, firm.region, firm.market,
         firm.weights),
    )  # fmt: skip
    return Entry(int(done.lastrowid or 0), shortlist, firm, "removed", "", 0)


def _repick(connection: sqlite3.Connection, entry_id: int, firm: FirmPicked) -> None:
    """Note how the firm was ranked when it was picked this time."""
    connection.execute(
        "UPDATE entries SET firm_name = ?, country = ?, region = ?, market = ?, weights = ? "
        "WHERE id = ?",
        (firm.firm_name, firm.country, firm.region, firm.market, firm.weights, entry_id),
    )


def _last_author(connection: sqlite3.Connection, entry: Entry) -> str:
    row = connection.execute(
        "SELECT who FROM changes WHERE entry = ? ORDER BY id DESC LIMIT 1", (entry.id,)
    ).fetchone()
    return "" if row is None else str(row["who"])


def _read_entry(row: sqlite3.Row) -> Entry:
    names = ("list", "firm_id", "firm_name", "country", "region", "market", "weights")
    firm = FirmPicked(*(row[name] for name in names))
    return Entry(row["id"], row["shortlist"], firm, row["state"], row["note"], row["version"])


def _read_change(row: sqlite3.Row) -> Change:
    return Change(
        row["id"], row["entry"], row["firm_name"], row["at"], row["who"], row["action"],
        row["new_note"], row["version"] == row["newest"],
    )  # fmt: skip
