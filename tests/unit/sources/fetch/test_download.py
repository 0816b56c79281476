"""One file over HTTP: what is asked, what is kept, and every way it can go wrong."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cluster_engine.errors import DataError, LimitError, NetworkError
from cluster_engine.sources.fetch.catalogue import FileEntry, SourceEntry
from cluster_engine.sources.fetch.download import Fetching, Outcome, fetch_file
from cluster_engine.sources.fetch.manners import FetchLimits, read_retry_after
from cluster_engine.sources.fetch.plan import plan_fetch
from cluster_engine.sources.fetch.record import Fetched
from cluster_engine.sources.fetch.transport import Transport
from tests.unit.sources.fetch.server import FakeTime, StatisticsServer, calc_digest, zip_csv

PATH = "/data/jobs.csv"
TEXT = "code,jobs\n" + "".join(f"{number:05d},{number}\n" for number in range(2000))
OTHER = TEXT.replace("00001,1\n", "00001,7\n")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_source(**told: object) -> SourceEntry:
    whole: dict[str, object] = {
        "name": "jobs.csv", "path": PATH, "kind": "csv", "reader": "none", "parameters": {},
        "columns": ("code", "jobs"), **told,
    }  # fmt: skip
    entry = FileEntry(**whole)  # type: ignore[arg-type]
    return SourceEntry(
        "toy", "Toy jobs", "Toy office", "OGL", "https://toy.test/page", "https://toy.test",
        "file", "2021", (entry,), "bres",
    )  # fmt: skip


def get(
    server: StatisticsServer,
    transport: Transport,
    folder: Path,
    known: Fetched | None = None,
    **told: object,
) -> Outcome:
    (request,) = plan_fetch(make_source(**told), base_url=server.url)
    return fetch_file(request, Fetching(folder, transport, now=lambda: NOON), known)


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def leave_a_part(server: StatisticsServer, transport: Transport, folder: Path) -> None:
    """A run that ends with half of version 1."""
    server.put(PATH, TEXT, etag='"v1"')
    server.fail(PATH, "truncate", (503, {}), (503, {}))
    with pytest.raises(NetworkError):
        get(server, transport, folder)


def test_a_file_arrives_whole_with_a_note_of_its_origin(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT, etag='"v1"', last_modified="Sun, 01 Feb 2026 09:30:00 GMT")

    got = get(server, transport, tmp_path)

    assert (tmp_path / "jobs.csv").read_text() == TEXT
    assert list_names(tmp_path) == ["jobs.csv"]
    assert got.state == "new"
    note = got.fetched
    assert note.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (note.size, note.licence, note.url) == (len(TEXT), "OGL", server.url + PATH)
    assert note.fetched_at == "2026-03-01T12:00:00+00:00"
    assert note.validators[0].etag == '"v1"'


@pytest.mark.parametrize(
    "version", [{"etag": '"v1"'}, {"last_modified": "Sun, 01 Feb 2026 09:30:00 GMT"}]
)
def test_what_has_not_changed_is_not_sent_again(
    server: StatisticsServer, transport: Transport, tmp_path: Path, version: dict[str, str]
) -> None:
    server.put(PATH, TEXT, **version)
    first = get(server, transport, tmp_path)

    second = get(server, transport, tmp_path, first.fetched)

    assert [asked.status for asked in server.asked] == [200, 304]
    assert second == Outcome("same", first.fetched)


def test_a_new_version_takes_the_place_of_the_old(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT, etag='"v1"')
    first = get(server, transport, tmp_path)
    server.put(PATH, OTHER, etag='"v2"')

    second = get(server, transport, tmp_path, first.fetched)

    assert second.state == "changed"
    assert (tmp_path / "jobs.csv").read_text() == OTHER


def test_without_a_version_the_bytes_decide_what_is_new(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT)
    first = get(server, transport, tmp_path)

    assert get(server, transport, tmp_path, first.fetched) == Outcome("same", first.fetched)
    assert list_names(tmp_path) == ["jobs.csv"]


def test_a_file_changed_by_hand_is_fetched_again(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT, etag='"v1"')
    first = get(server, transport, tmp_path)
    (tmp_path / "jobs.csv").write_text("touched")

    get(server, transport, tmp_path, first.fetched)

    assert [asked.status for asked in server.asked] == [200, 200]
    assert (tmp_path / "jobs.csv").read_text() == TEXT


def test_a_server_error_that_passes_is_waited_out_with_growing_pauses(
    server: StatisticsServer, transport: Transport, fake_time: FakeTime, tmp_path: Path
) -> None:
    server.put(PATH, TEXT)
    server.fail(PATH, (500, {}), (503, {}))

    get(server, transport, tmp_path)

    assert [asked.status for asked in server.asked] == [500, 503, 200]
    waits = [wait for wait in fake_time.slept if wait > transport.limits.pause]
    assert 2 <= waits[0] <= 4 <= waits[1] <= 6


def test_retry_after_is_obeyed(
    server: StatisticsServer, transport: Transport, fake_time: FakeTime, tmp_path: Path
) -> None:
    server.put(PATH, TEXT)
    server.fail(PATH, (429, {"Retry-After": "77"}))

    get(server, transport, tmp_path)

    assert 77 in fake_time.slept


def test_a_wait_beyond_the_limit_ends_the_run_and_says_how_long(
    server: StatisticsServer, transport: Transport, fake_time: FakeTime, tmp_path: Path
) -> None:
    server.put(PATH, TEXT)
    server.fail(PATH, (429, {"Retry-After": "3600"}))

    with pytest.raises(NetworkError, match="3,600 seconds"):
        get(server, transport, tmp_path)
    assert fake_time.slept == []


def test_retry_after_may_be_a_date() -> None:
    assert read_retry_after("Wed, 01 Jan 2020 00:00:00 GMT") == 0
    assert read_retry_after("Fri, 01 Jan 2100 00:00:00 GMT") > 1e9
    assert read_retry_after("soon") == 0


def test_a_server_that_stays_down_is_told_after_all_tries(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT)
    server.fail(PATH, (503, {}), (503, {}), (503, {}))

    with pytest.raises(NetworkError, match=r"answered 503, 3 times") as caught:
        get(server, transport, tmp_path)
    assert caught.value.exit_code == 8
    assert list_names(tmp_path) == []


def test_nobody_listening_is_a_network_error(transport: Transport, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (request,) = plan_fetch(make_source(), base_url=f"http://127.0.0.1:{port}")

    with pytest.raises(NetworkError, match="3 times"):
        fetch_file(request, Fetching(tmp_path, transport), None)


def test_a_file_that_is_not_there_is_not_asked_for_again(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    with pytest.raises(NetworkError, match="404"):
        get(server, transport, tmp_path)
    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", ["truncate", "reset", "hang"])
def test_a_broken_download_goes_on_where_it_stopped(
    server: StatisticsServer, transport: Transport, tmp_path: Path, fault: str
) -> None:
    server.put(PATH, TEXT, etag='"v1"')
    server.fail(PATH, fault)

    get(server, transport, tmp_path)

    assert (tmp_path / "jobs.csv").read_text() == TEXT
    again = server.asked[1]
    if fault != "reset":  # a reset may throw away what was under way
        assert again.status == 206
        assert again.headers["if-range"] == '"v1"'
    assert list_names(tmp_path) == ["jobs.csv"]


def test_a_later_run_takes_up_what_an_earlier_one_left(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    leave_a_part(server, transport, tmp_path)
    assert list_names(tmp_path) == [".jobs.csv.part", ".jobs.csv.part.json"]

    get(server, transport, tmp_path)

    assert server.asked[-1].status == 206
    assert (tmp_path / "jobs.csv").read_text() == TEXT


def test_a_part_of_an_older_version_is_thrown_away(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    leave_a_part(server, transport, tmp_path)
    server.put(PATH, OTHER, etag='"v2"')

    get(server, transport, tmp_path)

    assert server.asked[-1].status == 200
    assert (tmp_path / "jobs.csv").read_text() == OTHER


def test_a_server_that_knows_no_ranges_sends_it_all_again(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT, etag='"v1"', ranges=False)
    server.fail(PATH, "truncate")

    get(server, transport, tmp_path)

    assert [asked.status for asked in server.asked] == [200, 200]
    assert (tmp_path / "jobs.csv").read_text() == TEXT


def test_without_a_version_a_broken_download_starts_anew(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT, etag='W/"weak"')
    server.fail(PATH, "truncate")

    get(server, transport, tmp_path)

    assert "range" not in server.asked[1].headers
    assert (tmp_path / "jobs.csv").read_text() == TEXT


def test_a_part_that_is_already_whole_is_asked_for_again(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT, etag='"v1"')
    (tmp_path / ".jobs.csv.part").write_text(TEXT)
    note = json.dumps({"url": server.url + PATH, "version": '"v1"'})
    (tmp_path / ".jobs.csv.part.json").write_text(note)

    get(server, transport, tmp_path)

    assert [asked.status for asked in server.asked] == [416, 200]
    assert (tmp_path / "jobs.csv").read_text() == TEXT


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-MD5": calc_digest(OTHER.encode(), "md5")},
        {"Digest": "SHA-256=" + calc_digest(OTHER.encode())},
        {"Repr-Digest": f"sha-256=:{calc_digest(OTHER.encode())}:"},
        {"Content-MD5": "no checksum"},
    ],
)
def test_a_wrong_checksum_is_refused(
    server: StatisticsServer, transport: Transport, tmp_path: Path, headers: dict[str, str]
) -> None:
    (tmp_path / "jobs.csv").write_text("old")
    server.put(PATH, TEXT, etag='"v1"', headers=headers)

    with pytest.raises(NetworkError, match="checksum"):
        get(server, transport, tmp_path)
    assert len(server.asked) == 3
    assert list_names(tmp_path) == ["jobs.csv"]
    assert (tmp_path / "jobs.csv").read_text() == "old"


def test_right_checksums_are_accepted(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    raw = TEXT.encode()
    headers = {
        "Content-MD5": calc_digest(raw, "md5"),
        "Repr-Digest": f"sha-256=:{calc_digest(raw)}:, sha-512=:{calc_digest(raw, 'sha512')}:",
    }
    server.put(PATH, TEXT, headers=headers)

    assert get(server, transport, tmp_path, sha256=hashlib.sha256(raw).hexdigest()).state == "new"


def test_a_published_checksum_is_compared(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT)

    with pytest.raises(NetworkError, match="sha256 checksum"):
        get(server, transport, tmp_path, sha256="0" * 64)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<!DOCTYPE html><title>Sorry</title>", "text/html; charset=utf-8"),
        ("<!DOCTYPE html><title>Sorry</title>", "text/csv"),
        ("\n<?xml version='1.0'?><message>queued</message>", "text/csv"),
        ("", "text/csv"),
    ],
)
def test_a_page_in_place_of_the_file_is_refused_and_the_old_file_kept(
    server: StatisticsServer, transport: Transport, tmp_path: Path, body: str, content_type: str
) -> None:
    (tmp_path / "jobs.csv").write_text("old")
    server.put(PATH, body, content_type=content_type)

    with pytest.raises(DataError) as caught:
        get(server, transport, tmp_path)
    assert caught.value.exit_code == 3
    assert list_names(tmp_path) == ["jobs.csv"]
    assert (tmp_path / "jobs.csv").read_text() == "old"


def test_a_renamed_column_is_named(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, TEXT.replace("code,jobs", "code,jobs_count"))

    with pytest.raises(DataError, match=r"column 'jobs'.*Found: 'jobs_count' instead"):
        get(server, transport, tmp_path)
    assert list_names(tmp_path) == []


def test_a_file_beyond_the_limit_is_cut_off(
    server: StatisticsServer, fake_time: FakeTime, tmp_path: Path
) -> None:
    server.put(PATH, TEXT)
    small = Transport(FetchLimits(file_bytes=1000), fake_time.clock, fake_time.sleep)

    with pytest.raises(LimitError, match="1,000 bytes"):
        get(server, small, tmp_path)
    small.close()
    assert list_names(tmp_path) == []


def test_a_zip_bomb_is_refused(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, zip_csv("jobs.csv", "code,jobs\n" + "0" * 20_000_000))

    with pytest.raises(LimitError):
        get(server, transport, tmp_path, kind="zip")
    assert list_names(tmp_path) == []


def test_a_damaged_zip_is_refused(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    raw = bytearray(zip_csv("jobs.csv", TEXT))
    raw[len(raw) // 2] ^= 0xFF
    server.put(PATH, bytes(raw))

    with pytest.raises(DataError):
        get(server, transport, tmp_path, kind="zip")


def test_a_zip_is_looked_into_for_its_columns(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(PATH, zip_csv("jobs.csv", TEXT.replace("code", "industry")))

    with pytest.raises(DataError, match="column 'code'"):
        get(server, transport, tmp_path, kind="zip")


def test_redirects_are_followed_but_not_for_ever(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put("/moved.csv", TEXT)
    server.fail(PATH, (302, {"Location": "/moved.csv"}))
    assert get(server, transport, tmp_path).state == "new"

    server.fail(PATH, *[(302, {"Location": PATH})] * 10)
    with pytest.raises(NetworkError, match="redirects"):
        get(server, transport, tmp_path)


def test_a_redirect_away_from_https_is_refused(transport: Transport) -> None:
    with (
        pytest.raises(NetworkError, match="only https"),
        transport.ask("http://127.0.0.1:1/x", {}),
    ):
        pass


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl, which makes the certificate")
def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    (request,) = plan_fetch(make_source(), base_url=server.url.replace("http:", "https:"))

    with pytest.raises(NetworkError, match="no trusted connection"):
        fetch_file(request, Fetching(tmp_path, transport), None)
    assert server.asked == []


def test_requests_to_one_host_keep_their_distance(
    server: StatisticsServer, transport: Transport, fake_time: FakeTime, tmp_path: Path
) -> None:
    server.put(PATH, TEXT)

    get(server, transport, tmp_path)
    get(server, transport, tmp_path)

    assert fake_time.slept == [transport.limits.pause]
