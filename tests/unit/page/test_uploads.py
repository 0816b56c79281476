"""Lists that people upload: hostile names, hostile files, limits; then ranked."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cluster_engine.errors import LimitError
from cluster_engine.page.child import Outcome, import_apart
from cluster_engine.page.store import Store
from cluster_engine.page.uploads import Uploads
from tests.unit.page.conftest import LIMITS, OpenPage, Visitor

HOSTILE = (
    "name;country;city;nace;employees\n"
    "<script>alert(1)</script> Motoren AG;DE;Ulm;29.32;500\n"
    '=HYPERLINK("http://bad.example") GmbH;DE;Bonn;29.32;90\n'
    "+49 Autoteile KG;DE;Köln;29.10;2500\n"
).encode()
WAIT_SECONDS = 120


def upload(visitor: Visitor, body: bytes, name: str = "list.csv") -> str:
    """Upload a file and return the address of its report."""
    answer = visitor.client.post(
        "/lists", data={"csrf": visitor.read_token()}, files={"file": (name, body, "text/csv")}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.url.path)


def wait(visitor: Visitor, path: str) -> str:
    """Text of a report once the list has been read."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        text = visitor.get(path).text
        if "data-wait" not in text:
            return text
        time.sleep(0.1)
    raise TimeoutError(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def owner(open_page: OpenPage, folder: Path) -> Visitor:
    return open_page(folder)


@pytest.fixture(scope="module")
def report(owner: Visitor) -> str:
    """Address of the report of a hostile list, read and ready."""
    path = upload(owner, HOSTILE, "../../<b>evil</b>.csv")
    wait(owner, path)
    return path


@pytest.mark.slow
def test_a_hostile_list_is_reported_inert(owner: Visitor, report: str) -> None:
    text = owner.get(report).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Motoren AG" in text
    assert "<script>alert" not in text
    assert "name begins like a formula" in text
    assert "b&gt;.csv" in text
    assert ".." not in re.search(r"<h1>(.*)</h1>", text)[1]  # type: ignore[index]


@pytest.mark.slow
def test_the_name_of_a_file_is_no_path(owner: Visitor, report: str, folder: Path) -> None:
    stored = [path for path in folder.rglob("*") if path.is_file()]
    assert all(folder in path.parents for path in stored)
    assert not [path for path in stored if "evil" in str(path.relative_to(folder))]


@pytest.mark.slow
def test_a_list_is_ranked_ticked_and_downloaded(owner: Visitor, report: str) -> None:
    identity = report.rsplit("/", 1)[1]
    query = f"market=germany&list={identity}"
    rows = owner.get(f"/api/rank?{query}").json()["rows"]
    assert len(rows) == 3
    assert owner.get(f"/?{query}").text.count('name="shown"') == 3
    both = owner.get(f"/api/rank?{query}%2Bpack").json()["rows"]
    assert {row["firm_id"] for row in both} > {row["firm_id"] for row in rows}
    formula = next(row for row in rows if row["firm_name"].startswith("="))
    owner.post("/add", page="firm", back=query, firm=formula["firm_id"])
    raw = owner.get("/download/shortlist.csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK" in raw
    assert re.search(r"(^|,|\")=HYPERLINK", raw) is None


@pytest.mark.slow
def test_a_deleted_list_leaves_its_firms_on_the_shortlist(
    owner: Visitor, report: str, folder: Path
) -> None:
    # The last of those that need this list.
    identity = report.rsplit("/", 1)[1]
    query = f"market=germany&list={identity}"
    firm = owner.get(f"/api/rank?{query}").json()["rows"][0]
    owner.post("/add", page="firm", back=query, firm=firm["firm_id"])
    owner.post("/lists/delete", list=identity)
    assert not (folder / "uploads" / identity).exists()
    assert owner.get(f"/?{query}").status_code == 400
    raw = owner.get("/download/shortlist.csv").content.decode("utf-8-sig")
    assert "no longer among the firms" in raw
    assert firm["firm_id"] in raw
    page = owner.post("/take-off", page="shortlist", back=query, firm=firm["firm_id"])
    assert page.status_code == 200
    assert firm["firm_id"] not in owner.get("/download/shortlist.csv").text


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"", "must hold a list"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "must be .xlsx or .csv")],
)
def test_a_file_that_is_no_list_is_refused_at_once(
    body: bytes, words: str, writer: Visitor
) -> None:
    answer = writer.client.post(
        "/lists", data={"csrf": writer.read_token()}, files={"file": ("a.xls", body)}
    )
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(writer: Visitor) -> None:
    text = wait(writer, upload(writer, b"PK\x03\x04 no workbook"))
    assert "This list cannot be used" in text
    assert "Traceback" not in text


def test_an_upload_beyond_the_limit_is_refused(writer: Visitor) -> None:
    answer = writer.client.post(
        "/lists", data={"csrf": writer.read_token()},
        files={"file": ("big.csv", b"x" * (LIMITS.upload_bytes + 1))},
    )  # fmt: skip
    assert answer.status_code == 413
    assert "command line" in answer.text


def test_an_upload_without_a_file_or_with_two_is_refused(writer: Visitor) -> None:
    data = {"csrf": writer.read_token()}
    assert writer.client.post("/lists", data=data).status_code == 400
    two = [("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))]
    assert writer.client.post("/lists", data=data, files=two).status_code == 400


@pytest.mark.parametrize("identity", ["%2e%2e%2fpage.sqlite", "x" * 300, "0" * 16])
def test_a_list_that_is_not_there_is_told(identity: str, visitor: Visitor) -> None:
    assert visitor.get(f"/lists/{identity}").status_code in (400, 404)


def make_uploads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Uploads:
    """Uploads whose reading takes no time."""
    monkeypatch.setattr(
        "cluster_engine.page.uploads.import_apart", lambda *_: Outcome("refused", "not now")
    )
    return Uploads(Store(folder), LIMITS, None)


def test_so_many_are_kept_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = make_uploads(tmp_path, monkeypatch)
    for _ in range(LIMITS.uploads_kept):
        uploads.add(io.BytesIO(b"name\nA\n"), "a.csv", "")
    with pytest.raises(LimitError, match="are kept already"):
        uploads.add(io.BytesIO(b"name\nA\n"), "a.csv", "")
    uploads.close()


def test_a_reading_that_a_stop_cut_short_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    with store.write() as connection:
        connection.execute(
            "INSERT INTO uploads VALUES ('a1', 'a.csv', 1, '', '', 'reading', '', '')"
        )
    (found,) = make_uploads(tmp_path, monkeypatch).list_all()
    assert (found.state, found.message) == (
        "refused", "The page was stopped while the list was read."
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (replace(LIMITS, import_memory_bytes=250_000_000), "failed|memory"),
        (replace(LIMITS, import_seconds=0), "more than 0 seconds"),
    ],
)
def test_a_reading_beyond_its_limits_ends_and_says_so(
    limits: object, words: str, tmp_path: Path, toy_pack: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(HOSTILE)
    outcome = import_apart(
        path,
        tmp_path / "firms",
        tmp_path / "mapping.json",
        str(toy_pack),
        limits,  # type: ignore[arg-type]
    )
    assert outcome.state == "refused"
    assert re.search(words, outcome.message)
    assert "command line" in outcome.hint
    assert not (tmp_path / "firms").exists()
