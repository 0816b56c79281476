"""What the pages show and do: list, weights, firm, shortlist, downloads, API."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from starlette.datastructures import QueryParams

from cluster_engine.page.view import read_view
from tests.unit.page.conftest import LIMITS, OpenPage, Visitor

GERMANY = "market=germany"


def read_firms(text: str) -> list[str]:
    """firm_ids of a list as shown, in their order."""
    return re.findall(r'name="shown" value="([^"]+)"', text)


def rank(visitor: Visitor, query: str = GERMANY) -> list[str]:
    answer = visitor.get(f"/api/rank?{query}")
    assert answer.status_code == 200, answer.text
    return [row["firm_id"] for row in answer.json()["rows"]]


def test_the_first_page_says_what_to_do_and_offers_markets(visitor: Visitor) -> None:
    text = visitor.get("/").text
    assert "Which firms should we talk to?" in text
    assert 'href="/?market=germany"' in text


def test_every_page_names_the_model_and_how_old_its_figures_are(visitor: Visitor) -> None:
    version = visitor.get("/health").json()["model"]
    for path in ("/", f"/?{GERMANY}", f"/firm?{GERMANY}&firm=t01", "/shortlist", "/lists",
                 "/about", "/nothing"):  # fmt: skip
        text = visitor.get(path).text
        assert version in text, path
        assert "jobs of <strong>2021</strong>" in text, path


def test_the_list_is_the_one_of_the_command_line(
    visitor: Visitor, run, toy_pack: Path, toy_models: Path
) -> None:  # type: ignore[no-untyped-def]
    ran = run("rank", "--market", "germany", "--pack", toy_pack, "--models", toy_models,
              "--format", "json", "--weight", "gap=4")  # fmt: skip
    wanted = json.loads(ran.out)["rows"]
    found = visitor.get(f"/api/rank?{GERMANY}&w_gap=4&intervals=1").json()["rows"]
    # How many are on the list decides what p_top is about: 25 there, 50 here.
    assert [row | {"p_top": 0} for row in found] == [row | {"p_top": 0} for row in wanted]
    assert read_firms(visitor.get(f"/?{GERMANY}&w_gap=4").text) == [
        row["firm_id"] for row in wanted
    ]


def test_a_weight_of_the_model_is_no_weight_of_the_user(visitor: Visitor) -> None:
    plain = visitor.get(f"/api/rank?{GERMANY}").json()
    weight = re.search(r'name="w_gap"[^>]* data-own="([^"]+)"', visitor.get(f"/?{GERMANY}").text)
    assert weight is not None
    assert visitor.get(f"/api/rank?{GERMANY}&w_gap={weight[1]}").json() == plain
    assert visitor.get(f"/api/rank?{GERMANY}&w_gap=9").json()["user_weights"] == {"gap": 9}


def test_moving_a_weight_moves_the_list(visitor: Visitor) -> None:
    others = "&".join(
        f"w_{name}=0" for name in ("cluster_fit", "sector_pull", "supplier_link", "customer_link",
                                   "knowledge", "gap", "productivity")
    )  # fmt: skip
    assert rank(visitor, f"{GERMANY}&{others}&w_capacity=10") != rank(visitor)


def test_search_sort_and_clusters_choose_and_order_the_firms(visitor: Visitor) -> None:
    found = visitor.get(f"/?{GERMANY}&search=BROT").text
    assert read_firms(found) == ["t06"]
    by_name = read_firms(visitor.get(f"/?{GERMANY}&sort=firm_name").text)
    assert sorted(by_name) == sorted(rank(visitor))
    # '<b>Müller…' and '=SUM(A1)' come before letters.
    assert by_name[:2] == ["t03", "t04"]
    cluster = re.search(r'name="cluster" value="([^"]+)"', found)
    assert cluster is not None
    query = urlencode({"market": "germany", "cluster": html.unescape(cluster[1])})
    rows = visitor.get(f"/api/rank?{query}").json()["rows"]
    assert {row["niche_cluster"] for row in rows} == {html.unescape(cluster[1])}


def test_names_are_escaped_wherever_they_stand(writer: Visitor) -> None:
    writer.post("/tick", page="list", back=GERMANY, shown=["t03"], firm=["t03"])
    name = "&lt;b&gt;Müller &amp; Söhne&lt;/b&gt;"
    for path in (f"/?{GERMANY}", f"/firm?{GERMANY}&firm=t03", "/shortlist"):
        text = writer.get(path).text
        assert name in text, path
        assert "<b>M" not in text, path


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("market=atlantis", 400, "no market"),
        ("market=germany&region=atlantis", 400, "no region"),
        ("market=germany&region=south", 409, "cluster-engine train --region south"),
        ("market=germany&w_gap=nan", 400, "number from 0 to 10"),
        ("market=germany&w_gap=-1", 400, "number from 0 to 10"),
        ("market=germany&w_gap=1e9", 400, "number from 0 to 10"),
        ("market=germany&rows=0", 400, "from 1 to 200"),
        ("market=germany&rows=99999999999999999999", 400, "from 1 to 200"),
        ("market=germany&rows=٣", 400, "from 1 to 200"),
        ("market=germany&sort=drop", 400, "put in order"),
        ("market=germany&cluster=atlantis", 400, "niche cluster"),
        ("market=germany&list=../../etc", 400, "no such list"),
        (f"market={'x' * 300}", 400, "too long"),
    ],
)
def test_what_is_wrong_is_told_with_a_hint_and_no_traceback(
    query: str, status: int, words: str, visitor: Visitor
) -> None:
    page = visitor.get(f"/?{query}")
    answer = visitor.get(f"/api/rank?{query}")
    assert (page.status_code, answer.status_code) == (status, status)
    assert words in html.unescape(page.text)
    assert words in answer.json()["error"] + answer.json()["hint"]
    assert "Traceback" not in page.text + answer.text


def test_an_unknown_address_and_a_wrong_method_are_pages(visitor: Visitor) -> None:
    assert "There is no such page" in visitor.get("/nothing").text
    assert visitor.get("/tick").status_code == 405
    assert visitor.get("/static/..%2fapp.py").status_code == 404
    assert visitor.get("/download/list.exe?market=germany").status_code == 400


def test_a_bug_is_a_page_without_its_traceback(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(tmp_path)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("cluster_engine.page.rankings.rank_again", fail)
    answer = page.get(f"/?{GERMANY}&w_gap=9")
    assert answer.status_code == 500
    assert "This is a bug" in answer.text
    assert "secret detail" not in answer.text
    assert "content-security-policy" in answer.headers


def test_the_points_of_the_waterfall_add_up(visitor: Visitor) -> None:
    text = visitor.get(f"/firm?{GERMANY}&firm=t01&w_gap=4").text
    shown = re.findall(r'<td class="number">([+-]?[\d.]+)</td>', text)
    base, *points, score = (float(number) for number in shown)
    assert len(points) == 11
    assert base + sum(points) == pytest.approx(score, abs=0.005)
    assert "(yours)" in text


def test_ticks_add_and_take_off_only_what_was_shown(writer: Visitor) -> None:
    writer.post("/name", name="Anna", page="list", back=GERMANY)
    writer.post("/tick", page="list", back=GERMANY, shown=["t01", "t02"], firm=["t01", "t02"])
    headers = {"accept": "application/json"}
    told = writer.post("/tick", headers, page="list", back=GERMANY, shown="t02").json()
    assert told["listed"] == 1
    told = writer.post("/tick", headers, page="list", back=GERMANY, shown="t03", firm="t03").json()
    assert told["listed"] == 2
    text = writer.get("/shortlist").text
    assert "Auto Nord AG" in text
    assert "taken off" in text
    assert '<td class="nowrap">Anna</td>' in text


def test_a_firm_that_is_left_out_leaves_the_list_and_comes_back(writer: Visitor) -> None:
    before = rank(writer)
    page = writer.post("/leave-out", page="list", back=GERMANY, firm=before[0])
    assert read_firms(page.text) == before[1:]
    assert "left out" in page.text
    change = re.search(r'name="change" value="(\d+)"', page.text)
    assert change is not None
    page = writer.post("/undo", page="list", back=GERMANY, change=change[1])
    assert read_firms(page.text) == before
    assert rank(writer) == before


def test_ranks_stay_those_among_all_firms(writer: Visitor) -> None:
    before = rank(writer)
    page = writer.post("/leave-out", page="list", back=GERMANY, firm=before[0])
    first = re.search(r'class="rank number">(\d+)<', page.text)
    assert first is not None
    assert first[1] == "2"


def test_two_visitors_do_not_overwrite_each_others_note(
    open_page: OpenPage, tmp_path: Path
) -> None:
    anna, ben = open_page(tmp_path), open_page(tmp_path)
    anna.post("/name", name="Anna")
    ben.post("/name", name="Ben")
    anna.post("/add", page="firm", back=GERMANY, firm="t01")
    fields = dict(re.findall(r'name="(entry|version)" value="(\d+)"', ben.get("/shortlist").text))
    ben.post("/note", page="shortlist", note="Ben called", **fields)
    answer = anna.post("/note", page="shortlist", note="Anna wrote", **fields)
    assert answer.status_code == 409
    assert "Ben changed Auto Nord AG" in answer.text
    assert "Ben called" in answer.text
    assert "Anna wrote" in answer.text
    assert "Anna wrote" not in anna.get("/shortlist").text
    newer = dict(re.findall(r'name="(entry|version)" value="(\d+)"', answer.text))
    anna.post("/note", page="shortlist", note="Ben called, Anna wrote", **newer)
    assert "Ben called, Anna wrote" in ben.get("/shortlist").text


def test_a_note_that_is_too_long_is_refused(writer: Visitor) -> None:
    writer.post("/add", page="firm", back=GERMANY, firm="t01")
    answer = writer.post("/note", entry="1", version="1", note="x" * (LIMITS.note_chars + 1))
    assert answer.status_code == 400
    assert "2,000 characters" in answer.text


def read_csv(raw: bytes) -> list[dict[str, str]]:
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_the_list_as_a_file_is_safe_and_complete(visitor: Visitor) -> None:
    answer = visitor.get(f"/download/list.csv?{GERMANY}&w_gap=4")
    rows = read_csv(answer.content)
    assert [row["firm_id"] for row in rows] == rank(visitor, f"{GERMANY}&w_gap=4")
    assert "'=SUM(A1)" in [row["firm_name"] for row in rows]
    assert answer.headers["content-disposition"] == ('attachment; filename="germany-for-north.csv"')


def test_the_shortlist_as_a_file_holds_notes_and_ranks_of_the_weights_it_was_picked_with(
    writer: Visitor,
) -> None:
    writer.post("/name", name="=Anna")
    writer.post("/add", page="firm", back=f"{GERMANY}&w_gap=4", firm="t04")
    writer.post("/add", page="firm", back="market=japan", firm="t08")
    writer.post("/leave-out", page="list", back=GERMANY, firm="t01")
    writer.post("/note", entry="1", version="1", note="=1+1\r\nsecond line")
    rows = {row["firm_id"]: row for row in read_csv(writer.get("/download/shortlist.csv").content)}
    assert sorted(rows) == ["t04", "t08"]
    own = rows["t04"]
    assert (own["note"], own["picked_by"], own["weights"]) == ("'=1+1\nsecond line", "'=Anna",
                                                              "gap=4")  # fmt: skip
    wanted = {
        row["firm_id"]: row for row in writer.get(f"/api/rank?{GERMANY}&w_gap=4").json()["rows"]
    }["t04"]
    assert (float(own["score"]), int(own["rank"])) == (wanted["score"], wanted["rank"])
    assert rows["t08"]["market"] == "japan"


@pytest.mark.parametrize("page", ["//evil.example", "http://evil.example", "", "firm"])
def test_a_form_leads_back_only_to_pages_of_ours(page: str, writer: Visitor) -> None:
    token = writer.read_token()
    writer.client.follow_redirects = False
    body = {"csrf": token, "name": "A", "page": page, "back": GERMANY, "firm": "//evil.example"}
    target = writer.client.post("/name", data=body).headers["location"]
    assert re.match(r"^/(firm)?\?market=germany", target)


def test_a_view_survives_its_address() -> None:
    query = (
        "region=north&market=germany&list=abc%2Bpack&cluster=A+%26+B&cluster=C&w_gap=4.5"
        "&search=%3Cb%3E&sort=country&rows=25"
    )
    view = read_view(QueryParams(query), LIMITS)
    assert view.clusters == ("A & B", "C")
    assert (view.upload, view.with_pack) == ("abc", True)
    assert read_view(QueryParams(view.to_query()), LIMITS) == view


def test_the_description_of_the_endpoints_names_what_is_there(visitor: Visitor) -> None:
    body = visitor.get("/openapi.json").json()
    for path, methods in body["paths"].items():
        needed = {
            one["name"]: {"market": "germany", "firm": "t01"}[one["name"]]
            for one in methods["get"].get("parameters", ())
            if one["required"]
        }
        answer = visitor.get(path, params=needed)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == "application/json"
        schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert isinstance(answer.json(), {"object": dict, "array": list}[schema["type"]])


def test_the_list_alone_is_what_the_script_asks_for(visitor: Visitor) -> None:
    part = visitor.get(f"/?{GERMANY}&part=list&intervals=0").text
    assert part.startswith('<div id="list" data-intervals="0"')
    assert "<html" not in part
    assert 'data-intervals="1"' in visitor.get(f"/?{GERMANY}&part=list&intervals=1").text


def test_a_firm_is_explained_with_the_intervals_of_its_list(
    open_page: OpenPage, tmp_path: Path
) -> None:
    drawn = open_page(tmp_path)
    alone = drawn.get(f"/api/explain?{GERMANY}&firm=t01&w_gap=3").json()
    fresh = open_page(tmp_path)
    fresh.get(f"/?{GERMANY}&w_gap=3")
    assert fresh.get(f"/api/explain?{GERMANY}&firm=t01&w_gap=3").json() == alone
    assert alone["firm"]["rank_low"] <= alone["firm"]["rank"] <= alone["firm"]["rank_high"]


def test_where_many_wait_for_intervals_the_list_comes_without_them(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(tmp_path, limits=replace(LIMITS, draws_waiting=0))
    assert 'data-intervals="0"' in page.get(f"/?{GERMANY}&w_gap=7").text
    # A download is worth waiting for.
    rows = read_csv(page.get(f"/download/list.csv?{GERMANY}&w_gap=7").content)
    assert all(row["rank_low"] for row in rows)


def test_where_ranges_take_too_long_all_that_is_asked_for_comes_without_and_says_so(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(tmp_path, limits=replace(LIMITS, draws_wait_seconds=0))
    page.post("/tick", page="list", back=GERMANY, shown=["t01"], firm=["t01"])
    text = page.get(f"/firm?{GERMANY}&firm=t01").text
    assert "not yet: others wait for theirs" in text
    assert "90 % sure" not in text
    assert page.get(f"/api/rank?{GERMANY}&intervals=1").json()["draws"] == 0
    for path in (f"/download/list.csv?{GERMANY}", "/download/shortlist.csv"):
        answer = page.get(path)
        assert answer.headers["content-disposition"].endswith('-without-ranges.csv"')
        rows = read_csv(answer.content)
        assert rows
        assert not any(row["rank_low"] or row["p_top"] for row in rows)
        assert all(row["rank"] for row in rows)


# What openpyxl does not know of: the bars inside cells.
@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_workbooks_hold_list_and_shortlist_as_texts(writer: Visitor) -> None:
    answer = writer.get(f"/download/list.xlsx?{GERMANY}&w_gap=4")
    assert answer.headers["content-disposition"].endswith('filename="germany-for-north.xlsx"')
    names, firms = read_workbook(answer.content)
    assert names[0] == "Targets"
    assert len(names) == 6
    assert "=SUM(A1)" in firms
    writer.post("/add", page="firm", back=GERMANY, firm="t04")
    writer.post("/note", entry="1", version="1", note="=1+1")
    _, cells = read_workbook(writer.get("/download/shortlist.xlsx").content)
    assert {"=SUM(A1)", "=1+1"} <= cells


def read_workbook(raw: bytes) -> tuple[list[str], set[object]]:
    """Names of the sheets, and the texts of the first; none may be a formula."""
    book = openpyxl.load_workbook(io.BytesIO(raw))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    return book.sheetnames, {cell.value for cell in cells}
