"""Draw the pictures of the page in `docs/images/`: start the page, use it, photograph it.

    .venv/bin/python scripts/build_page_screenshots.py [--output docs/images]

Needs Chromium. The page is opened on loopback with a data folder of its own, which is thrown away.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-gpu", "--no-first-run",
)  # fmt: skip
STOP_SECONDS = 30
DESK = {"width": 1160, "height": 720}
PHONE = {"width": 390, "height": 844}
LIST = """company;country;city;nace;employees;turnover (EUR m)
Musterwerk Antriebe GmbH;Germany;Stuttgart;28.15;1200;240
Beispiel Batterien AG;Germany;Munich;27.20;3400;810
<script>alert(1)</script> Motoren;Germany;Ulm;29.32;500;95
=HYPERLINK("http://bad.example") GmbH;Germany;Bonn;26.51;80;12
Holzhandel Nord KG;Germany;Kiel;46.73;35;
"""


@contextmanager
def run_page(data: Path) -> Iterator[str]:
    """Start the page on a free port and give its address."""
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "cluster_engine", "serve", "--port", "0", "--no-browser", "--quiet",
         "--data", str(data)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        if child.stdout is not None:
            yield child.stdout.readline().strip()
    finally:
        child.terminate()
        child.wait(STOP_SECONDS)


def photograph(page: Page, path: Path) -> None:
    """Take a picture once nothing moves."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def draw(browser: Browser, address: str, folder: Path) -> None:
    """Use the page as staff do, and photograph it on the way."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(address)
    photograph(page, folder / "page-start.png")
    page.select_option("#market", "germany")
    page.click("text=Show the list")
    page.wait_for_selector("#list")
    page.fill("#who", "Anna")
    with page.expect_navigation():
        page.click(".who button")
    page.focus("#w-gap")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("#list[data-intervals='1'] >> text=your weights")
    for place in (0, 2, 4):
        page.locator("#list input[name=firm]").nth(place).click()
    page.wait_for_selector("#shortlist-count:text-is('3')")
    page.mouse.wheel(0, -10_000)
    photograph(page, folder / "page-list.png")
    page.locator("#list td.firm a").first.click()
    photograph(page, folder / "page-firm.png")
    page.fill(
        "#note", "Met their head of purchasing in Hanover; looks for a site near a car maker."
    )
    page.click("text=Save the note")
    page.goto(f"{address}shortlist")
    photograph(page, folder / "page-shortlist.png")
    page.goto(f"{address}lists")
    page.set_input_files(
        "#file", {"name": "trade fair.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    page.click("text=Upload and check")
    page.wait_for_selector("text=Quality report", timeout=120_000)
    photograph(page, folder / "page-upload.png")
    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    small = phone.new_page()
    small.goto(f"{address}?market=germany")
    small.locator("#list h1").scroll_into_view_if_needed()
    small.evaluate("document.querySelector('#list').scrollIntoView()")
    photograph(small, folder / "page-phone.png")


def main() -> None:
    """Draw all pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path("docs/images"))
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with (
        tempfile.TemporaryDirectory() as data,
        run_page(Path(data)) as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=browser_path, args=list(ARGUMENTS))
        draw(browser, address, folder)
        browser.close()


if __name__ == "__main__":
    main()
