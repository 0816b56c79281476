"""`data convert` and `rank --engine` as their user calls them, and what may go wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from cluster_engine.packs.firm_dataset import MANIFEST
from cluster_engine.packs.firm_list import FirmListTables

sys.path.insert(0, str(Path(__file__).parent))
from made_lists import make_tables, write_list

RANK = ("rank", "--market", "german-speaking", "--draws", "20", "--quiet", "--format", "csv")

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def tables() -> FirmListTables:
    return make_tables(400, 3)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, tables: FirmListTables) -> Path:
    return write_list(tmp_path_factory.mktemp("lists") / "imported", tables)


@pytest.fixture(scope="module")
def converted(imported: Path, run: Run) -> Path:
    to = imported.parent / "converted"
    ran = run("data", "convert", imported, "--to", to)
    assert ran.code == 0, ran.err
    assert "Converted 400 firms" in ran.err
    return to


@pytest.fixture
def damaged(converted: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(converted, tmp_path / "damaged"))


def rank(run: Run, toy_pack: Path, toy_models: Path, *arguments: str | Path) -> Any:
    return run(*RANK, "--pack", toy_pack, "--region", "north", "--models", toy_models, *arguments)


@pytest.fixture
def rank_toy(run: Run, toy_pack: Path, toy_models: Path) -> Run:
    return lambda *arguments: rank(run, toy_pack, toy_models, *arguments)


def test_every_engine_prints_the_list_of_the_imported_one(
    rank_toy: Run, imported: Path, converted: Path, tables: FirmListTables
) -> None:
    expected = rank_toy("--firms", imported, "--top", "40", "--max-per-cluster", "4")
    assert expected.code == 0, expected.err
    assert expected.out.count("\n") > 10
    for engine in ("auto", "local", "duckdb"):
        found = rank_toy(
            "--firms", converted, "--top", "40", "--max-per-cluster", "4", "--engine", engine,
            "--memory-limit", "200MB", "--threads", "1",
        )  # fmt: skip
        assert (found.code, found.out) == (0, expected.out), found.err


def test_a_firm_of_a_converted_list_is_explained(
    run: Run, toy_pack: Path, toy_models: Path, rank_toy: Run, converted: Path
) -> None:
    first = rank_toy("--firms", converted, "--format", "json", "--top", "1")
    firm = json.loads(first.out)["rows"][0]["firm_id"]
    ran = run(
        "explain", firm, "--market", "german-speaking", "--pack", toy_pack, "--region", "north",
        "--models", toy_models, "--firms", converted, "--draws", "0",
    )  # fmt: skip
    assert ran.code == 0, ran.err


def test_a_dry_run_says_what_would_be_done(rank_toy: Run, converted: Path) -> None:
    ran = rank_toy("--firms", converted, "--engine", "duckdb", "--dry-run")
    assert ran.code == 0, ran.err
    assert "engine,duckdb on this machine" in ran.out
    assert "firms of the market,400" in ran.out.replace('"', "")


def test_a_file_cut_short_is_named(rank_toy: Run, damaged: Path) -> None:
    file = next(damaged.glob("firms/country=DE/*.parquet"))
    file.write_bytes(file.read_bytes()[:-9])
    ran = rank_toy("--firms", damaged, "--engine", "duckdb")
    assert ran.code == 3
    assert "country=DE/part-00000.parquet" in ran.err
    assert "data convert" in ran.err


@pytest.mark.parametrize("engine", ["duckdb", "local"])
def test_a_file_with_other_bytes_is_named(rank_toy: Run, damaged: Path, engine: str) -> None:
    file = next(damaged.glob("firms/country=DE/*.parquet"))
    raw = bytearray(file.read_bytes())
    raw[4 : len(raw) // 2] = bytes(len(raw) // 2 - 4)
    file.write_bytes(raw)
    ran = rank_toy("--firms", damaged, "--engine", engine)
    assert ran.code == 3, ran.err
    assert "country=DE/part-00000.parquet" in ran.err


@pytest.mark.parametrize("engine", ["duckdb", "local"])
def test_a_firm_that_stands_twice_is_named(rank_toy: Run, damaged: Path, engine: str) -> None:
    file = next(damaged.glob("firms/country=DE/*.parquet"))
    firms = pq.read_table(file, partitioning=None)
    pq.write_table(pa.concat_tables([firms, firms]), file)
    body = json.loads((damaged / MANIFEST).read_text())
    for entry in body["files"]:
        entry["bytes"] = (damaged / entry["path"]).stat().st_size
    (damaged / MANIFEST).write_text(json.dumps(body))
    ran = rank_toy("--firms", damaged, "--engine", engine)
    assert ran.code == 3, ran.err
    assert "A firm must stand once" in ran.err


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"format": 99}', '{"format": 1, "files": [{"path": 1}], "tables": []}'],
)
def test_a_manifest_that_is_none_is_refused(rank_toy: Run, damaged: Path, text: str) -> None:
    (damaged / MANIFEST).write_text(text)
    ran = rank_toy("--firms", damaged)
    assert ran.code == 3
    assert MANIFEST in ran.err


def test_a_manifest_cannot_point_outside(rank_toy: Run, damaged: Path) -> None:
    body = json.loads((damaged / MANIFEST).read_text())
    body["files"][0]["path"] = "../converted/firms/country=AT/part-00000.parquet"
    (damaged / MANIFEST).write_text(json.dumps(body))
    ran = rank_toy("--firms", damaged)
    assert ran.code == 3
    assert "inside the folder" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--engine", "duckdb"), 2, "needs a converted list"),
        (("--scheduler", "tcp://127.0.0.1:9"), 2, "needs a converted list"),
        (("--firms", "{converted}", "--with-pack"), 2, "is ranked alone"),
        (("--firms", "{converted}", "--firms", "{imported}"), 2, "is ranked alone"),
        (("--firms", "{converted}", "--memory-limit", "999TB"), 7, "would swap"),
        (("--firms", "{converted}", "--memory-limit", "1MB"), 7, "needs 64.0 MB"),
        (("--firms", "{converted}", "--memory-limit", "lots"), 2, "no size"),
        (("--firms", "{converted}", "--engine", "local", "--scheduler", "tcp://a:1"), 2, "dask"),
        (("--firms", "nosuch://bucket/list"), 3, "manifest"),
    ],
)  # fmt: skip
def test_what_does_not_go_is_refused_with_the_next_step(
    rank_toy: Run,
    converted: Path,
    imported: Path,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    places = {"converted": converted, "imported": imported}
    ran = rank_toy(*(argument.format(**places) for argument in arguments))
    assert ran.code == code, ran.err
    assert words in ran.err


def test_without_dask_the_command_to_install_it_is_told(
    rank_toy: Run, converted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = rank_toy("--firms", converted, "--engine", "dask")
    assert ran.code == 2
    assert "pip install 'cluster-engine[scale]'" in ran.err


def test_a_taken_folder_is_kept(run: Run, imported: Path, converted: Path, tmp_path: Path) -> None:
    ran = run("data", "convert", imported, "--to", converted)
    assert (ran.code, "--force" in ran.err) == (2, True)
    (tmp_path / "note.txt").write_text("mine")
    assert run("data", "convert", imported, "--to", tmp_path, "--force").code == 2
    assert (tmp_path / "note.txt").read_text() == "mine"


def test_converting_again_gives_the_same_bytes(
    run: Run, imported: Path, converted: Path, tmp_path: Path
) -> None:
    to = tmp_path / "again"
    assert run("data", "convert", imported, "--to", to).code == 0
    assert run("data", "convert", imported, "--to", to, "--force", "--threads", "1").code == 0
    assert (to / MANIFEST).read_bytes() == (converted / MANIFEST).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again"]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("employees", float("inf"), "isinf(employees)"),
        ("sales", -1.0, "sales < 0"),
        ("country", "../x", "country"),
        ("size_class", "vast", "size_class"),
    ],
)
def test_a_cell_that_breaks_its_rule_is_refused(
    run: Run, tables: FirmListTables, tmp_path: Path, column: str, value: Any, words: str
) -> None:
    firms = tables.firms.copy()
    firms.loc[7, column] = value
    bad = FirmListTables(
        firms, tables.firm_industries, tables.firm_notes, tables.firm_identities, tables.firm_homes
    )
    to = tmp_path / "converted"
    ran = run("data", "convert", write_list(tmp_path / "bad", bad), "--to", to)
    assert ran.code == 3, ran.err
    assert words in ran.err
    assert not to.exists()


def test_a_firm_that_stands_twice_is_refused(
    run: Run, tables: FirmListTables, tmp_path: Path
) -> None:
    import pandas as pd

    bad = FirmListTables(
        pd.concat([tables.firms, tables.firms.head(1)]), tables.firm_industries,
        tables.firm_notes, tables.firm_identities, tables.firm_homes,
    )  # fmt: skip
    ran = run("data", "convert", write_list(tmp_path / "bad", bad), "--to", tmp_path / "to")
    assert ran.code == 3
    assert "must stand once" in ran.err


def test_an_address_of_an_object_store_is_read(
    rank_toy: Run, imported: Path, converted: Path
) -> None:
    import fsspec

    store = fsspec.filesystem("memory")
    store.put(str(converted), "/lists", recursive=True)
    try:
        found = rank_toy("--firms", "memory://lists", "--engine", "duckdb", "--top", "10")
        assert found.code == 0, found.err
        assert found.out == rank_toy("--firms", imported, "--top", "10").out
    finally:
        store.rm("/lists", recursive=True)


@pytest.fixture
def small_files(run: Run, tables: FirmListTables, imported: Path, tmp_path: Path) -> Path:
    """The list in many files."""
    from cluster_engine.engines.resources import find_resources
    from cluster_engine.workflows.convert_firms import ConvertRequest, convert_firms

    request = ConvertRequest((imported,), tmp_path / "small", rows_per_file=30)
    convert_firms(request, find_resources())
    return request.to


def ask_dask(
    place: Path, toy_pack: Path, toy_models: Path, client: Any, on_progress: Any = None
) -> str:
    """CSV of the list that workers rank."""
    from cluster_engine.engines.resources import find_resources
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.shortlist import report_ranking
    from cluster_engine.reports.write import render
    from cluster_engine.workflows.big_firms import EngineRequest, rank_big
    from cluster_engine.workflows.rank_request import RankRequest
    from cluster_engine.workflows.rank_stage import set_stage

    asked = RankRequest(
        "german-speaking", "north", str(toy_pack), top=40, max_per_cluster=4, draws=20
    )
    stage = set_stage(asked, open_store(toy_models))
    engine = EngineRequest("dask", find_resources("200MB"), client=client)
    found = rank_big(
        str(place), stage.market, stage.model, stage.plan, engine,
        on_progress=on_progress or (lambda *_: None),
    )  # fmt: skip
    return render(report_ranking(found.ranking), "csv")


@pytest.fixture
def many_workers() -> Iterator[Callable[[bool], Any]]:
    """Start two workers: threads of this process, or processes of their own."""
    from contextlib import ExitStack

    from distributed import Client, LocalCluster

    with ExitStack() as closing:

        def start(are_processes: bool) -> Any:
            # Threads of one process speak to each other without a network.
            where = {"host": "127.0.0.1"} if are_processes else {}
            cluster = LocalCluster(
                n_workers=2, threads_per_worker=1, processes=are_processes,
                dashboard_address=None, silence_logs=50, **where,
            )  # fmt: skip
            closing.enter_context(cluster)
            return closing.enter_context(Client(cluster))

        yield start


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # those of the packages of Dask are not ours
def test_workers_list_the_same_firms(
    many_workers: Any, rank_toy: Run, imported: Path, small_files: Path, toy_pack: Path,
    toy_models: Path,
) -> None:  # fmt: skip
    found = ask_dask(small_files, toy_pack, toy_models, many_workers(False))
    expected = rank_toy("--firms", imported, "--top", "40", "--max-per-cluster", "4")
    assert found == expected.out


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_worker_killed_in_the_middle_changes_nothing(
    many_workers: Any, rank_toy: Run, imported: Path, small_files: Path, toy_pack: Path,
    toy_models: Path,
) -> None:  # fmt: skip
    client = many_workers(True)
    workers = client.run(os.getpid)
    killed = threading.Event()

    def kill(stage: str, done: int, total: int) -> None:
        if done < total and not killed.is_set():
            killed.set()
            os.kill(next(iter(workers.values())), signal.SIGKILL)

    found = ask_dask(small_files, toy_pack, toy_models, client, kill)
    assert killed.is_set()
    assert set(client.run(os.getpid).values()) != set(workers.values())
    expected = rank_toy("--firms", imported, "--top", "40", "--max-per-cluster", "4")
    assert found == expected.out


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_scheduler_that_does_not_answer_is_told(rank_toy: Run, converted: Path) -> None:
    ran = rank_toy("--firms", converted, "--scheduler", "tcp://127.0.0.1:9")
    assert ran.code == 8
    assert "does not answer" in ran.err
