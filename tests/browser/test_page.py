"""The page in a real browser, on the default pack: used as staff do, by mouse, key and touch."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

pytestmark = pytest.mark.slow

FLAGS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-gpu", "--no-first-run",
)  # fmt: skip
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
GRAVE = {"serious", "critical"}
PATIENCE_MS = 60_000
HOSTILE = (
    "name;country;city;nace;employees\n"
    "<script>document.title='owned'</script> AG;DE;Ulm;29.32;500\n"
    "<img src=x onerror=alert(1)> GmbH;DE;Bonn;28.15;90\n"
    '=HYPERLINK("http://bad.example") KG;DE;Kiel;29.10;2500\n'
)


@dataclass
class Desk:
    """A page with an eye on what it must never do."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("dialog", self._refuse_dialog)
        self.page.context.route("**/*", self._route)

    def _listen(self, message) -> None:  # type: ignore[no-untyped-def]
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _refuse_dialog(self, dialog) -> None:  # type: ignore[no-untyped-def]
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _route(self, route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(self.address).netloc:
            route.continue_()
        else:
            self.faults.append(f"off loopback: {route.request.url}")
            route.abort()

    def open(self, path: str = "") -> None:
        self.page.goto(self.address + path)

    def find_grave(self) -> list[str]:
        """Serious and critical findings of axe on the page as it stands."""
        answer = Axe().run(self.page).response
        # Without these it has not looked.
        assert len(answer["passes"]) > 10
        found = answer["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found
                if one["impact"] in GRAVE]  # fmt: skip

    def names(self) -> list[str]:
        return self.page.locator("#list td.firm > a").all_inner_texts()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[str]:
    child = subprocess.Popen(
        [sys.executable, "-m", "cluster_engine", "serve", "--port", "0", "--no-browser",
         "--quiet", "--data", str(tmp_path_factory.mktemp("page"))],
        env={**os.environ, "PYTHONPATH": str(checkout)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    yield child.stdout.readline().strip()
    child.terminate()
    assert child.wait(30) == 0
    child.stdout.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Desk]:
    context = browser.new_context(viewport=DESK, accept_downloads=True)
    desk = Desk(context.new_page(), address)
    yield desk
    context.close()
    assert desk.faults == []


def test_a_market_is_picked_and_weighed(desk: Desk) -> None:
    page = desk.page
    desk.open()
    assert desk.find_grave() == []
    page.select_option("#market", "germany")
    page.click("text=Show the list")
    page.wait_for_selector("#list")
    assert desk.find_grave() == []
    before = desk.names()
    assert len(before) == 50

    # By key, as those do who use no mouse.
    page.focus("#w-capacity")
    page.keyboard.press("End")
    for name in ("cluster_fit", "sector_pull", "knowledge"):
        page.focus(f"#w-{name}")
        page.keyboard.press("Home")
    expect(page.locator("#list")).to_contain_text("Capacity to invest 10")
    expect(page.locator("#list[data-intervals='1']")).to_contain_text("Cluster fit 0")
    assert desk.names() != before
    assert "w_capacity=10" in page.url
    page.click("#reset")
    expect(page.locator("#list[data-intervals='1']")).to_contain_text("weights of the model")
    assert desk.names() == before


def test_a_list_is_searched_sorted_and_filtered(desk: Desk) -> None:
    page = desk.page
    desk.open("?market=germany")
    before = desk.names()
    page.fill("#search", "bosch")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.fill("#search", "")
    expect(page.locator("#list tbody tr")).to_have_count(50)
    page.click("#list a[data-sort=firm_name]")
    expect(page.locator("#list th[aria-sort] a")).to_have_text("Firm")
    assert desk.names() == sorted(before, key=str.casefold)
    page.click("#list a[data-sort=rank]")
    expect(page.locator("#list th[aria-sort] a")).to_have_text("Rank")
    page.click("details.clusters summary")
    page.locator("input[name=cluster]").first.check()
    expect(page.locator("#list")).to_contain_text("only of")
    assert 0 < len(desk.names()) < 50
    page.locator("input[name=cluster]").first.uncheck()
    expect(page.locator("#list tbody tr")).to_have_count(50)


def test_firms_are_ticked_left_out_noted_and_downloaded(desk: Desk, tmp_path: Path) -> None:
    page = desk.page
    desk.open("?market=germany")
    before = desk.names()
    page.locator("#list input[name=firm]").nth(0).check()
    page.locator("#list input[name=firm]").nth(2).check()
    expect(page.locator("#shortlist-count")).to_have_text("2")
    page.locator("#list input[name=firm]").nth(2).uncheck()
    expect(page.locator("#shortlist-count")).to_have_text("1")
    page.locator("#list td.firm button").nth(1).click()
    expect(page.locator(".done")).to_contain_text("left out")
    assert before[1] not in desk.names()
    page.click(".done button")
    page.wait_for_selector("#list")
    expect(page.locator("#list td.firm > a").nth(1)).to_have_text(before[1])

    page.locator("#list td.firm > a").first.click()
    expect(page.locator("h1")).to_have_text(before[0])
    assert desk.find_grave() == []
    page.fill("#note", "Call in May <b>soon</b>")
    page.click("text=Save the note")
    expect(page.locator(".done")).to_contain_text("note")
    page.click("nav >> text=Shortlist")
    assert desk.find_grave() == []
    expect(page.locator(".entries textarea")).to_have_value("Call in May <b>soon</b>")
    with page.expect_download() as waiting:
        page.click(".downloads >> text=CSV")
    path = tmp_path / "shortlist.csv"
    waiting.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["firm_name"], row["note"]) == (before[0], "Call in May <b>soon</b>")


def test_a_hostile_list_stays_inert_from_upload_to_download(desk: Desk, tmp_path: Path) -> None:
    page = desk.page
    desk.open("lists")
    assert desk.find_grave() == []
    file = {"name": "<b>a</b>.csv", "mimeType": "text/csv", "buffer": HOSTILE.encode()}
    page.set_input_files("#file", file)  # type: ignore[arg-type]
    page.click("text=Upload and check")
    page.wait_for_selector("text=Quality report")
    assert desk.find_grave() == []
    expect(page.locator("main")).to_contain_text("<script>document.title='owned'</script> AG")
    assert "owned" not in page.title()
    page.click(".tiles >> text=Germany >> nth=0")
    page.wait_for_selector("#list")
    assert len(desk.names()) == 3
    assert page.locator("#list img, #list script").count() == 0
    with page.expect_download() as waiting:
        page.click(".downloads >> text=CSV")
    path = tmp_path / "list.csv"
    waiting.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        names = [row["firm_name"] for row in csv.DictReader(stream)]
    assert sorted(name[0] for name in names) == ["'", "<", "<"]


def test_the_page_can_be_used_on_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    desk = Desk(context.new_page(), address)
    desk.open("?market=india")
    assert desk.find_grave() == []
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    wide, room = desk.page.evaluate(widths)
    assert wide <= room
    desk.page.locator("#list input[name=firm]").nth(0).tap()
    expect(desk.page.locator("#list tr.ticked")).to_have_count(1)
    desk.page.locator("#list td.firm > a").first.tap()
    desk.page.wait_for_selector(".waterfall")
    wide, room = desk.page.evaluate(widths)
    assert wide <= room
    context.close()
    assert desk.faults == []


def test_without_script_everything_is_still_there(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{address}?market=norway&w_gap=9")
    page.locator("#list input[name=firm]").nth(0).check()
    page.click("text=Save ticks")
    assert "w_gap=9" in page.url
    expect(page.locator(".done")).to_contain_text("added")
    assert page.locator("#list tr.ticked").count() >= 1
    page.fill("#search", "ab")
    page.click("text=Apply")
    assert re.search("search=ab", page.url)
    context.close()
