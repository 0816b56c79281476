from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from cluster_engine import __version__
from cluster_engine.engines import worker_side
from cluster_engine.engines.duck import DamagedError
from cluster_engine.engines.resources import Resources
from cluster_engine.engines.screen import FILES, Query
from cluster_engine.engines.worker_side import Caller, answer_files, forget
from cluster_engine.errors import SettingsError

QUERY = Query(
    f"SELECT n, current_setting('temp_directory') AS spill FROM {FILES} JOIN profiles USING (n)",
    {"profiles": pa.table({"n": [1, 2]})},
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    pq.write_table(pa.table({"n": [1, 2, 3]}), tmp_path / "firms.parquet")
    return str(tmp_path / "firms.parquet")


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    one = Caller("one", __version__, Resources(100_000_000, 1, str(tmp_path / "spill")))
    yield one
    forget(one.name)


def find_connection() -> object:
    return worker_side._KEPT[threading.get_ident()].connection


def test_a_connection_is_kept_for_the_next_question_of_the_same_caller(
    file: str, caller: Caller
) -> None:
    assert answer_files((file,), QUERY, caller)["n"].to_pylist() == [1, 2]
    first = find_connection()
    # The tables of a question are those of this one, not of the last.
    other = replace(QUERY, tables={"profiles": pa.table({"n": [3]})})
    assert answer_files((file, file), other, caller)["n"].to_pylist() == [3, 3]
    assert find_connection() is first
    answer_files((file,), QUERY, replace(caller, name="two"))
    assert find_connection() is not first
    forget("one")
    assert find_connection() is not None
    forget("two")
    assert find_connection() is None


def test_a_connection_is_not_used_again_after_a_fault(
    file: str, caller: Caller, tmp_path: Path
) -> None:
    answer_files((file,), QUERY, caller)
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1")
    with pytest.raises(DamagedError):
        answer_files((str(tmp_path / "damaged.parquet"),), QUERY, caller)
    assert find_connection() is None
    assert answer_files((file,), QUERY, caller).num_rows == 2


def test_every_thread_spills_to_a_folder_of_its_own(
    file: str, caller: Caller, tmp_path: Path
) -> None:
    found = [answer_files((file,), QUERY, caller)["spill"][0].as_py()]

    def work() -> None:
        found.append(answer_files((file,), QUERY, caller)["spill"][0].as_py())

    other = threading.Thread(target=work)
    other.start()
    other.join()
    assert len(set(found)) == 2
    assert all(folder.startswith(caller.resources.spill) for folder in found)


def test_a_connection_in_use_is_left_alone(file: str, caller: Caller) -> None:
    with worker_side._borrow(caller, (file,)) as connection:
        forget(caller.name)
        assert connection.sql("SELECT 1").fetchall() == [(1,)]


def test_another_version_is_refused(file: str, caller: Caller) -> None:
    with pytest.raises(SettingsError, match=r"this machine 0\.0\.1"):
        answer_files((file,), QUERY, replace(caller, version="0.0.1"))


def test_no_progress_is_written_into_the_output_of_the_caller(tmp_path: Path) -> None:
    # Without a script DuckDB believes that somebody is typing; a worker may have none.
    text = f"""
from cluster_engine import __version__
from cluster_engine.engines.resources import Resources
from cluster_engine.engines.worker_side import Caller, _borrow
with _borrow(Caller("one", __version__, Resources(10**8, 1, {str(tmp_path)!r})), ()) as connection:
    print(connection.sql("SELECT current_setting('enable_progress_bar')").fetchall())
"""
    ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert ran.stdout == "[(False,)]\n"
