"""The disk fills up while somebody sends a list, and a list is deleted while somebody reads it."""

from __future__ import annotations

import errno
import io
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.firm_schemas import FIRMS
from cluster_engine.page import child
from cluster_engine.page import uploads as module
from cluster_engine.page.child import Outcome
from cluster_engine.page.faults import DiskFullError
from cluster_engine.page.store import Store
from cluster_engine.page.uploads import Uploads
from tests.unit.page.conftest import LIMITS, Visitor

LIST = b"name;country;nace\n" + b"A AG;DE;29.32\n" * 200
ROLL_BYTES = 1_000
"""A file in a form that is larger goes to the disk while it comes in; Starlette has a megabyte."""


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list written ends in the middle: there is no room for the rest."""

    def copy(source: Any, target: Any) -> None:
        target.write(source.read(100))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", copy)


def send(visitor: Visitor) -> Any:
    return visitor.client.post(
        "/lists", data={"csrf": visitor.read_token()}, files={"file": ("list.csv", LIST)}
    )


@pytest.mark.usefixtures("full_disk")
def test_a_disk_that_fills_up_is_told_and_nothing_of_the_list_stays(
    writer: Visitor, tmp_path: Path
) -> None:
    answer = send(writer)
    assert answer.status_code == 507
    assert "no room left on the disk" in answer.text
    assert "Traceback" not in answer.text
    assert not list((tmp_path / "uploads").iterdir())
    assert "list.csv" not in writer.get("/lists").text


def test_a_disk_that_fills_up_while_the_form_comes_in_is_told(
    writer: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("starlette.formparsers.MultiPartParser.spool_max_size", ROLL_BYTES)
    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", fail)
    answer = send(writer)
    assert answer.status_code == 507
    assert "no room left on the disk" in answer.text
    assert not (tmp_path / "uploads").exists()


def test_a_list_that_cannot_be_noted_down_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    uploads = Uploads(store, LIMITS, None)

    def fail() -> None:
        raise DiskFullError

    monkeypatch.setattr(store, "write", fail)
    with pytest.raises(DiskFullError):
        uploads.add(io.BytesIO(LIST), "list.csv", "")
    uploads.close()
    assert not list((tmp_path / "uploads").iterdir())


def test_how_a_reading_ended_is_told_once_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_full, was_full = threading.Event(), threading.Event()

    def read(*_: object) -> Outcome:
        is_full.set()
        return Outcome("refused", "no room")

    store = Store(tmp_path)
    write = store.write

    def write_if_room() -> Any:
        if is_full.is_set():
            was_full.set()
            raise DiskFullError
        return write()

    monkeypatch.setattr(module, "ROOM_SECONDS", 0.01)
    monkeypatch.setattr(module, "import_apart", read)
    monkeypatch.setattr(store, "write", write_if_room)
    uploads = Uploads(store, LIMITS, None)
    identity = uploads.add(io.BytesIO(LIST), "list.csv", "")
    assert was_full.wait(30)
    assert uploads.get(identity).state == "reading"
    # What cannot be used is given up first: it may be what fills the disk.
    assert not (tmp_path / "uploads" / identity).exists()
    is_full.clear()
    end = time.monotonic() + 30
    while uploads.get(identity).state == "reading" and time.monotonic() < end:
        time.sleep(0.01)
    uploads.close()
    assert (uploads.get(identity).state, uploads.get(identity).message) == ("refused", "no room")


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "no room left on the disk"), (errno.EDQUOT, "no room left on the disk"),
     (errno.EACCES, "could not be kept: forbidden")],
)  # fmt: skip
def test_a_list_that_cannot_be_written_while_it_is_read_is_refused_with_the_reason(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "forbidden")

    monkeypatch.setattr(child, "_limit_self", lambda *_: None)
    monkeypatch.setattr("cluster_engine.workflows.import_lists.run_import", fail)
    outcome = child._run({
        "path": str(tmp_path / "list.csv"), "folder": str(tmp_path / "firms"), "mapping": "",
        "pack": None, "memory": 0, "seconds": 0,
    })  # fmt: skip
    assert outcome.state == "refused"
    assert words in outcome.message


def keep_ready_list(folder: Path) -> str:
    """Put a list that was read among those of a data folder; returns its id."""
    identity = "a" * 16
    home = folder / "uploads" / identity
    (home / "firms").mkdir(parents=True)
    (home / "list.csv").write_bytes(LIST)
    (home / "mapping.json").write_text("[]", encoding="utf-8")
    (home / "firms" / "report.json").write_text('{"report": []}', encoding="utf-8")
    empty = pd.DataFrame(columns=list(FIRMS.column_names), dtype=str)
    empty.to_parquet(home / "firms" / "firms.parquet")
    with Store(folder).write() as connection:
        connection.execute(
            "INSERT INTO uploads VALUES (?, 'mine.csv', 1, '', '', 'ready', '', '')", (identity,)
        )
    return identity


@pytest.mark.parametrize("lost", ["firms/report.json", "mapping.json", "firms/firms.parquet"])
def test_a_report_that_is_deleted_while_it_is_read_is_told_as_gone(
    lost: str, writer: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = keep_ready_list(tmp_path)
    assert writer.get(f"/lists/{identity}").status_code == 200
    # As if it were deleted after the first look: it is still 'ready' there, and gone at the next.
    (tmp_path / "uploads" / identity / lost).unlink()
    get, seen = Uploads.get, []

    def get_and_delete(uploads: Uploads, asked: str) -> Any:
        found = get(uploads, asked)
        seen.append(asked)
        if len(seen) == (2 if "parquet" in lost else 1):
            with Store(tmp_path).write() as connection:
                connection.execute("DELETE FROM uploads")
        return found

    monkeypatch.setattr(Uploads, "get", get_and_delete)
    answer = writer.get(f"/lists/{identity}")
    assert answer.status_code == 400
    assert "There is no such list" in answer.text


def test_a_file_that_is_lost_is_no_deleted_list(tmp_path: Path) -> None:
    identity = keep_ready_list(tmp_path)
    uploads = Uploads(Store(tmp_path), LIMITS, None)
    (tmp_path / "uploads" / identity / "mapping.json").unlink()
    with pytest.raises(FileNotFoundError):
        uploads.read_report(uploads.get(identity))
    uploads.delete(identity)
    with pytest.raises(SettingsError, match="no such list"):
        uploads.get(identity)
