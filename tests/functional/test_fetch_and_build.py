"""From a publisher's server to a pack: the figures are those of the pack that ships."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from cluster_engine.errors import DataError
from cluster_engine.packs.pack import open_pack
from cluster_engine.sources.fetch.record import read_record
from cluster_engine.sources.fetch.transport import Transport
from cluster_engine.workflows.build_pack import build_great_britain_pack
from cluster_engine.workflows.fetch import FetchChoice, fetch_sources
from cluster_engine.workflows.fetched_inputs import find_fetched
from cluster_engine.workflows.great_britain import SOURCES
from tests.unit.sources.fetch.server import StatisticsServer
from tests.unit.workflows.publisher_files import list_publisher_files

BRES = "/api/v01/dataset/NM_189_1.data.csv"
COUNTS = "/api/v01/dataset/NM_142_1.data.csv"
ONS = "/file"
TOY = (
    "DATE,GEOGRAPHY_CODE,INDUSTRY_CODE,EMPLOYMENT_SIZEBAND_NAME,OBS_VALUE\n2021,K1,29320,1000+,5\n"
)


def answer_as_nomis(path: Path) -> bytes:
    """A tidy file in the form of the API: COUNT is called OBS_VALUE, MEASURES stands by."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*("OBS_VALUE" if name == "COUNT" else name for name in header), "MEASURES"])
    writer.writerows([*row, "20100"] for row in rows)
    return out.getvalue().encode()


@pytest.mark.slow
@pytest.mark.shared_data
def test_a_pack_built_from_fetched_files_has_the_figures_that_ship(
    server: StatisticsServer,
    transport: Transport,
    shared_data: Path,
    checkout: Path,
    tmp_path: Path,
) -> None:
    raw = shared_data / "data"
    jobs = raw / "bres/bres_employment_itl2_sic5_2015_2021.csv.gz"
    counts = raw / "bres/gb_businesscounts_sic5_sizeband_2016_2021.csv.gz"
    server.put(BRES, answer_as_nomis(jobs), page_limit=100_000)
    server.put(COUNTS, answer_as_nomis(counts), page_limit=100_000)
    choice = FetchChoice(("bres", "business-counts"), base_url=server.url, uid="0x1")
    transport.limits = type(transport.limits)(timeout=60, file_bytes=10**9)
    fetch_sources(choice, tmp_path / "raw", transport=transport)

    given = find_fetched(tmp_path / "raw", SOURCES)
    inputs = replace(
        list_publisher_files(shared_data, checkout), **given.paths, sources=given.sources
    )
    build_great_britain_pack(inputs, tmp_path / "pack")

    built, shipped = open_pack(str(tmp_path / "pack")), open_pack("great-britain")
    for name in ("areas", "employment", "enterprises"):
        # Not their bytes, which also tell the version of the library that wrote them.
        assert_frame_equal(built.read(name), shipped.read(name))
    (bres,) = (source for source in built.manifest.sources if source.id == "bres")
    assert bres.vintage.startswith("2015-2021 (fetched 20")
    assert bres.url.startswith(server.url + BRES)


def fetch_toy(server: StatisticsServer, transport: Transport, folder: Path, vintage: str) -> None:
    server.put(COUNTS, TOY, page_limit=10)
    choice = FetchChoice(("business-counts",), vintage=vintage, base_url=server.url)
    fetch_sources(choice, folder, transport=transport)


def test_of_two_vintages_the_one_fetched_last_is_taken(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    fetch_toy(server, transport, tmp_path, "2022")
    fetch_toy(server, transport, tmp_path, "2021")
    note = json.loads((tmp_path / "fetched.json").read_text())
    note["files"]["business_counts_2022.csv"]["fetched_at"] = "2020-01-01T00:00:00+00:00"
    (tmp_path / "fetched.json").write_text(json.dumps(note))

    given = find_fetched(tmp_path, SOURCES)

    assert given.paths == {"business_counts": tmp_path / "business_counts_2021.csv"}
    assert {source.id for source in given.sources} == {source.id for source in SOURCES}


def test_a_fetched_file_that_was_touched_is_not_built_from(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    fetch_toy(server, transport, tmp_path, "2021")
    (tmp_path / "business_counts_2021.csv").write_text("touched")

    with pytest.raises(DataError, match="as it was fetched"):
        find_fetched(tmp_path, SOURCES)
    with pytest.raises(DataError, match="There must be one"):
        find_fetched(tmp_path / "empty", SOURCES)


def test_the_command_fetches_lists_and_says_nothing_when_nothing_is_new(
    server: StatisticsServer, run: Callable[..., object], tmp_path: Path
) -> None:
    server.put(COUNTS, TOY, page_limit=10, etag="auto")
    options = ("data", "fetch", "business-counts", "--base-url", server.url, "--output", tmp_path)

    first = run(*options, "--format", "json")
    again = run(*options)
    quiet = run(*options, "--quiet")

    assert (first.code, again.code, quiet.code) == (0, 0, 0)
    assert json.loads(first.out)["rows"][0]["state"] == "new"
    assert "nothing new" in again.err
    assert (quiet.out, quiet.err) == ("", "")
    assert read_record(tmp_path)["business_counts_2021.csv"].licence.startswith("Open Government")


def test_the_command_lists_without_a_network(run: Callable[..., object], tmp_path: Path) -> None:
    listed = run("data", "fetch", "--list", "--format", "csv")
    planned = run("data", "fetch", "bres", "--vintage", "2019-2020", "--dry-run", "--format", "csv")

    assert listed.code == planned.code == 0
    assert "eurostat-sbs" in listed.out
    assert "date=2019,2020" in planned.out


@pytest.mark.parametrize(
    ("fault", "code"), [((404, {}), 8), ((302, {"Location": "file:///etc/passwd"}), 8), (None, 3)]
)
def test_faults_end_with_their_exit_codes(
    server: StatisticsServer, run: Callable[..., object], tmp_path: Path, fault: object, code: int
) -> None:
    server.put(COUNTS, TOY.replace("OBS_VALUE", "VALUE"), page_limit=10)
    if fault:
        server.fail(COUNTS, fault)

    ran = run(
        "data", "fetch", "business-counts", "--base-url", server.url, "--output", tmp_path,
        "--attempts", "1",
    )  # fmt: skip

    assert ran.code == code
    assert "Traceback" not in ran.err


def test_without_the_extra_the_command_says_what_to_install(
    run_fresh: Callable[..., object], tmp_path: Path
) -> None:
    (tmp_path / "tenacity.py").write_text("raise ModuleNotFoundError('no', name='tenacity')\n")
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).resolve().parents[2])])

    ran = run_fresh(
        "data", "fetch", "bres", "--output", tmp_path / "x", variables={"PYTHONPATH": path}
    )

    assert ran.code == 2
    assert "cluster-engine[stats]" in ran.err
    assert not (tmp_path / "x").exists()
