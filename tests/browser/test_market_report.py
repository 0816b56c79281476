"""The report in a real browser: quiet, harmless, searchable, accessible, fit for a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_engine.registry.locate import open_store
from cluster_engine.reports.market_report import render_market_report
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.report import ReportRequest, gather_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

N_FIRMS = 60
HOSTILE = (
    "<script>document.title='run'</script>",
    "<img src=x onerror=\"document.title='run'\">",
    "javascript:document.title='run'",
    "</script><script>document.title='run'</script>",
    '"><b onmouseover="document.title=\'run\'">',
    "{{7*7}}",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Germany for the default region, the first firms called what an attacker would call them."""
    request = ReportRequest(RankRequest("germany", top=N_FIRMS, draws=20, may_train=False))
    facts = gather_report(request, open_store(None))
    rows = facts.ranking.rows.copy()
    for place, name in enumerate(HOSTILE):
        rows.loc[place, ["firm_name", "city", "reason_1", "data_notes"]] = name
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(
        render_market_report(replace(facts, ranking=replace(facts.ranking, rows=rows)))
    )
    return path


@dataclass
class Opened:
    """A page, and what it said and asked for."""

    page: Page
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


@pytest.fixture
def open_report(browser: Browser, report: Path) -> Iterator[Open]:
    contexts = []

    def open_report(size: dict[str, int] = DESK, *, scripts: bool = True) -> Opened:
        context = browser.new_context(viewport=size, java_script_enabled=scripts)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("console", lambda message: opened.told.append(message.text))
        opened.page.on("pageerror", lambda fault: opened.told.append(str(fault)))
        opened.page.on("request", lambda request: opened.asked.append(request.url))
        opened.page.goto(report.as_uri())
        if scripts:
            opened.page.wait_for_function(
                "document.querySelectorAll('.chart svg').length === "
                "document.querySelectorAll('.chart').length"
            )
        return opened

    yield open_report
    for context in contexts:
        context.close()


def _names(page: Page) -> list[str]:
    return page.locator("#firms-table tbody:visible th").all_inner_texts()


def test_nothing_is_fetched_and_nothing_goes_wrong(open_report: Open, report: Path) -> None:
    opened = open_report()
    assert opened.page.locator(".chart svg").count() == 4
    assert opened.asked == [report.as_uri()]
    assert opened.told == []


def test_policy_forbids_what_the_page_does_not_need(open_report: Open) -> None:
    page = open_report().page
    blocked = page.evaluate(
        "new Promise(tell => { document.addEventListener('securitypolicyviolation', "
        "event => tell(event.blockedURI)); setTimeout('1', 0); })"
    )
    assert blocked == "eval"
    reached = page.evaluate("fetch('https://example.org').then(() => 'yes', () => 'no')")
    assert reached == "no"


def test_names_of_firms_are_inert(open_report: Open) -> None:
    page = open_report().page
    for name in HOSTILE:
        assert name in " ".join(_names(page))
    assert "run" not in page.title()
    for point in page.locator("#chart-ranks [aria-roledescription='rule mark']").all()[:6]:
        point.hover(force=True)
    assert page.locator("#firms-table img, #vg-tooltip-element img").count() == 0
    assert page.evaluate("[...document.links].every(link => /^(https?|file):/.test(link.href))")


def test_search_and_filters_narrow_the_list_and_say_so(open_report: Open) -> None:
    page = open_report().page
    page.fill("#search", "bosch power")
    assert len(_names(page)) == 1
    assert page.inner_text("#told") == f"1 of {N_FIRMS} firms shown"
    page.click("#clear")
    assert len(_names(page)) == N_FIRMS
    page.select_option("#niche", index=1)
    niche = page.input_value("#niche")
    shown = page.locator("#firms-table tbody:visible td:nth-child(6)").all_inner_texts()
    assert shown
    assert set(shown) == {niche}


def test_columns_sort_both_ways_and_say_so(open_report: Open) -> None:
    page = open_report().page
    score = page.locator("#firms-table thead th", has_text="Score")
    before = _names(page)
    score.get_by_role("button").press("Enter")
    assert score.get_attribute("aria-sort") == "ascending"
    keys = page.locator("#firms-table tbody td:last-child[data-key]")
    scores = [float(key) for key in keys.evaluate_all("all => all.map(cell => cell.dataset.key)")]
    assert scores == sorted(scores)
    assert len(set(scores)) > 1
    score.get_by_role("button").press("Enter")
    assert score.get_attribute("aria-sort") == "descending"
    assert page.locator("#firms-table [aria-sort]").count() == 1
    assert _names(page) == before


def test_a_waterfall_opens_by_keyboard_and_adds_up(open_report: Open) -> None:
    page = open_report().page
    firm = page.locator("#firms-table tbody").nth(10)
    firm.locator("summary").press("Enter")
    assert firm.locator(".falls").is_visible()
    points = [float(text.replace("−", "-")) for text in firm.locator(".falls b").all_inner_texts()]
    assert sum(points[:-1]) == pytest.approx(points[-1], abs=0.06)  # each rounded to 0.005


def test_choosing_a_niche_shows_its_links(open_report: Open) -> None:
    page = open_report().page
    lines = page.locator("#chart-network [aria-roledescription='rule mark']")
    faded = lines.evaluate_all(
        "all => all.filter(line => +line.getAttribute('opacity') < 1).length"
    )
    page.get_by_label("Show the links of").select_option(index=1)
    page.wait_for_timeout(200)
    now = lines.evaluate_all("all => all.filter(line => +line.getAttribute('opacity') < 1).length")
    assert 0 < now < faded


def test_no_barrier_that_axe_knows(open_report: Open) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_report().page
    page.locator("#firms-table summary").nth(8).click()
    found = Axe().run(page).response["violations"]
    grave = [
        (rule["id"], rule["nodes"][0]["html"])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_a_phone_never_scrolls_sideways(open_report: Open) -> None:
    page = open_report(PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_scripts_all_is_there(open_report: Open) -> None:
    page = open_report(scripts=False).page
    assert len(_names(page)) == N_FIRMS
    assert not page.locator(".controls").is_visible()
    page.locator("#firms-table summary").nth(7).click()
    assert page.locator("#firms-table tbody").nth(7).locator(".falls").is_visible()


def test_paper_shows_the_first_waterfalls_and_hides_the_controls(open_report: Open) -> None:
    page = open_report().page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#firms-table details[open]").count() == 25
    assert not page.locator(".controls").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#firms-table details[open]").count() == 0
