"""Shortlists: states, notes, history, undo; several users at once; the file through the years."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_engine.errors import BusyError, SettingsError
from cluster_engine.page import store as store_module
from cluster_engine.page.picked import ChangedMeanwhileError, FirmPicked
from cluster_engine.page.shortlists import Shortlists
from cluster_engine.page.store import MIGRATIONS, STORE_FILE, Store

BOSCH = FirmPicked("", "f1", "Bosch", "DE", "north", "germany", "")
OTHERS = [replace(BOSCH, firm_id=f"f{number}") for number in range(2, 42)]
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def make(folder: Path) -> Shortlists:
    return Shortlists(Store(folder), lambda: NOON)


def test_a_firm_is_added_left_out_and_taken_off(tmp_path: Path) -> None:
    lists = make(tmp_path)
    number = lists.create("Autumn", "Anna")
    assert lists.put(number, BOSCH, "removed", "Anna") is None
    assert lists.put(number, BOSCH, "listed", "Anna") is not None
    assert lists.put(number, BOSCH, "listed", "Ben") is None
    lists.put(number, BOSCH, "excluded", "Ben")
    (entry,) = lists.list_entries(number)
    assert (entry.state, entry.firm) == ("excluded", BOSCH)
    lists.put(number, BOSCH, "removed", "Anna")
    assert lists.list_entries(number) == []
    told = [(one.who, one.action, one.at) for one in lists.list_changes(number, 10)]
    at = NOON.isoformat()
    assert told == [("Anna", "taken off", at), ("Ben", "left out", at), ("Anna", "added", at)]


def test_undo_brings_back_state_and_note_and_can_be_undone(tmp_path: Path) -> None:
    lists = make(tmp_path)
    number = lists.create("Autumn", "Anna")
    lists.put(number, BOSCH, "listed", "Anna")
    (entry,) = lists.list_entries(number)
    lists.write_note(entry.id, "call in May", entry.version, "Anna")
    out = lists.put(number, BOSCH, "excluded", "Ben")
    assert out is not None
    again = lists.undo(out, "Anna")
    (entry,) = lists.list_entries(number)
    assert (entry.state, entry.note) == ("listed", "call in May")
    lists.undo(again, "Ben")
    assert lists.list_entries(number)[0].state == "excluded"
    with pytest.raises(ChangedMeanwhileError):
        lists.undo(out, "Anna")


def test_a_note_is_not_written_over_one_that_was_not_seen(tmp_path: Path) -> None:
    lists = make(tmp_path)
    number = lists.create("Autumn", "Anna")
    lists.put(number, BOSCH, "listed", "Anna")
    (seen,) = lists.list_entries(number)
    lists.write_note(seen.id, "Ben was here", seen.version, "Ben")
    with pytest.raises(ChangedMeanwhileError, match="Ben changed Bosch") as caught:
        lists.write_note(seen.id, "Anna was here", seen.version, "Anna")
    assert caught.value.entry.note == "Ben was here"
    lists.write_note(seen.id, "both", caught.value.entry.version, "Anna")
    assert lists.list_entries(number)[0].note == "both"


def test_picking_again_notes_the_weights_of_now(tmp_path: Path) -> None:
    lists = make(tmp_path)
    number = lists.create("Autumn", "Anna")
    lists.put(number, BOSCH, "listed", "Anna")
    lists.put(number, BOSCH, "removed", "Anna")
    lists.put(number, replace(BOSCH, weights="gap=4"), "listed", "Anna")
    (entry,) = lists.list_entries(number)
    assert entry.firm.weights == "gap=4"


@pytest.mark.parametrize("call", ["put", "note", "undo"])
def test_what_is_not_there_is_told(call: str, tmp_path: Path) -> None:
    lists = make(tmp_path)
    calls = {
        "put": lambda: lists.put(7, BOSCH, "listed", ""),
        "note": lambda: lists.write_note(7, "x", 1, ""),
        "undo": lambda: lists.undo(7, ""),
    }
    with pytest.raises(SettingsError, match="There is no such"):
        calls[call]()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shortlists:
    """Shortlists that many examples write to: each makes one of its own."""
    return make(tmp_path_factory.mktemp("store"))


STEPS = st.tuples(
    st.integers(0, 1), st.sampled_from(["listed", "excluded", "removed", "note", "undo"])
)


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=8))
def test_the_history_tells_every_state_without_a_gap(
    shared: Shortlists, steps: list[tuple[int, str]]
) -> None:
    number = shared.create("Autumn", "")
    for place, step in steps:
        _take_step(shared, number, OTHERS[place], step)
    with shared._store.read() as connection:
        entries = connection.execute("SELECT * FROM entries WHERE shortlist = ?", (number,))
        for entry in entries.fetchall():
            state, note = "removed", ""
            changes = connection.execute(
                "SELECT * FROM changes WHERE entry = ? ORDER BY id", (entry["id"],)
            ).fetchall()
            for place, change in enumerate(changes, start=1):
                assert (change["old_state"], change["old_note"]) == (state, note)
                assert change["version"] == place
                state, note = change["new_state"], change["new_note"]
            assert (entry["state"], entry["note"]) == (state, note)
            assert entry["version"] == len(changes) > 0


def _take_step(lists: Shortlists, number: int, firm: FirmPicked, step: str) -> None:
    changes = lists.list_changes(number, 1)
    entries = lists.list_entries(number)
    if step == "undo":
        if changes:
            lists.undo(changes[0].id, "")
    elif step == "note":
        if entries:
            lists.write_note(entries[0].id, f"note {len(changes)}", entries[0].version, "")
    else:
        lists.put(number, firm, step, "")  # type: ignore[arg-type]


def test_threads_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    lists = make(tmp_path)
    number = lists.create("Autumn", "")
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda firm: lists.put(number, firm, "listed", ""), OTHERS * 2))
    assert sum(one is not None for one in done) == len(OTHERS)
    assert len(lists.list_entries(number)) == len(OTHERS)
    assert len(lists.list_changes(number, 1000)) == len(OTHERS)


def _race(folder: Path, entry: int, who: str, barrier, results) -> None:  # type: ignore[no-untyped-def]
    lists = make(folder)
    barrier.wait(30)
    try:
        lists.write_note(entry, f"note of {who}", 1, who)
        results.put(who)
    except ChangedMeanwhileError:
        results.put("")


def test_of_processes_that_write_one_note_at_once_exactly_one_wins(tmp_path: Path) -> None:
    lists = make(tmp_path)
    number = lists.create("Autumn", "")
    lists.put(number, BOSCH, "listed", "")
    (entry,) = lists.list_entries(number)
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(4), context.Queue()
    racers = [
        context.Process(target=_race, args=(tmp_path, entry.id, f"p{place}", barrier, results))
        for place in range(4)
    ]
    for racer in racers:
        racer.start()
    told = [results.get(timeout=30) for _ in racers]
    for racer in racers:
        racer.join(30)
    (winner,) = [who for who in told if who]
    assert lists.list_entries(number)[0].note == f"note of {winner}"
    assert [one.who for one in lists.list_changes(number, 10)] == [winner, ""]


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / STORE_FILE)) as connection:
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute(
            "INSERT INTO shortlists (name, created_at, created_by) VALUES ('Old', '', '')"
        )
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    store = Store(tmp_path)
    assert [one.name for one in Shortlists(store).list_all()] == ["Old"]
    with store.read() as connection:
        assert connection.execute("SELECT count(*) FROM uploads").fetchone()[0] == 0
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)


def test_a_file_of_a_newer_engine_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path)
    with closing(sqlite3.connect(tmp_path / STORE_FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SettingsError, match="newer cluster-engine"):
        Store(tmp_path)


def test_a_file_that_is_no_database_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / STORE_FILE).write_bytes(b"no database at all, but long enough to be read" * 20)
    with pytest.raises(SettingsError, match="cannot be used"):
        Store(tmp_path)
    assert (tmp_path / STORE_FILE).read_bytes().startswith(b"no database")


def test_a_writer_that_waits_too_long_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = make(tmp_path)
    monkeypatch.setattr(store_module, "WAIT_SECONDS", 0.05)
    with closing(sqlite3.connect(tmp_path / STORE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="Somebody else"):
            lists.create("Autumn", "")
        # Readers do not wait for writers.
        assert lists.list_all() == []


def test_a_block_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    statement = "INSERT INTO shortlists (name, created_at, created_by) VALUES (?, '', '')"
    with pytest.raises(SettingsError), store.write() as connection:  # noqa: PT012
        connection.execute(statement, ("Half",))
        # A column that may not be empty.
        connection.execute(statement, (None,))
    assert Shortlists(store).list_all() == []
