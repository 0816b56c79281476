"""Make the pictures of the docs: open what the engine writes in a browser, and photograph it.

Run from a checkout with the extras `report` and `test` installed: ``python
scripts/build_screenshots.py``. A new picture is one entry of SHOTS.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
FLAGS = (
    "--no-sandbox --disable-background-networking --disable-component-update --disable-sync "
    "--disable-gpu --no-first-run"
).split()
DRAWN = (
    "document.querySelectorAll('.chart svg').length === document.querySelectorAll('.chart').length"
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: the command that writes the page, its size, and what is shown of it."""

    command: tuple[str, ...]
    width: int
    height: int
    show: Callable[[Page], None]
    until: str = "true"


def scroll_to(place: str, *, click: str = "") -> Callable[[Page], None]:
    """Show the page from an element on, after a click."""

    def show(page: Page) -> None:
        if click:
            page.locator(click).first.click()
        page.locator(place).first.evaluate("node => node.scrollIntoView()")

    return show


REPORT = ("report", "--market", "germany")
BRIEFING = ("briefing", "trumpf", "--market", "germany")
SHOTS: Mapping[str, Shot] = {
    "report": Shot(REPORT, 1180, 900, scroll_to("body"), DRAWN),
    "report-network": Shot(REPORT, 1180, 780, scroll_to("#chart-network"), DRAWN),
    "report-firms": Shot(
        REPORT, 1180, 820,
        scroll_to("#firms .controls", click="#firms-table tbody:nth-of-type(3) summary"), DRAWN,
    ),
    "briefing": Shot(BRIEFING, 1000, 900, scroll_to("body")),
    "report-phone": Shot(REPORT, 390, 780, scroll_to("#firms .controls"), DRAWN),
}  # fmt: skip


def photograph(name: str, shot: Shot, browser: Browser, folder: Path) -> None:
    """Write the page unless it was written for another picture, and take the picture."""
    path = folder / f"{'-'.join(shot.command).replace('--', '')}.html"
    if not path.exists():
        command = [sys.executable, "-m", "cluster_engine", *shot.command, "-q", "-o", str(path)]
        subprocess.run(command, check=True)  # noqa: S603 - own commands
    page = browser.new_page(viewport={"width": shot.width, "height": shot.height})
    page.goto(path.as_uri())
    page.wait_for_function(shot.until)
    shot.show(page)
    page.wait_for_timeout(200)
    page.screenshot(path=IMAGES / f"{name}.png")
    page.close()


def main() -> None:
    """Make the pictures asked for, or all."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(SHOTS)}; all without any")
    names = parser.parse_args().names or list(SHOTS)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not set(names) <= set(SHOTS):
        parser.error("no Chromium on this machine" if chromium is None else "no such picture")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in names:
            photograph(name, SHOTS[name], browser, Path(folder))
            print(IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
