"""Every page of the documentation: links lead somewhere, commands are real, images are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cluster_engine.cli.reference import render_reference
from tests.cli.command_lines import OPEN_ENDED, PROGRAM, parse_line

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data/SOURCES.md",
     ROOT / "benchmarks/README.md", *(ROOT / "cluster_engine").rglob("*.md")]
)  # fmt: skip
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
GUIDES = ["docs/quick-start.md", "docs/projects.md", "docs/how-to-rank-your-own-list.md",
          "docs/how-to-retrain.md", "docs/how-to-plan-a-programme.md"]  # fmt: skip
OUTSIDE = ("http://", "https://", "mailto:")


def read_tokens(page: Path) -> list[Token]:
    """Parse a page, tables included."""
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


def flatten(tokens: list[Token]) -> Iterator[Token]:
    """Yield tokens with those inside them."""
    for token in tokens:
        yield token
        yield from flatten(token.children or [])


def list_targets(page: Path) -> list[str]:
    """Where the links and images of a page lead."""
    found = []
    for token in flatten(read_tokens(page)):
        target = token.attrs.get("href" if token.type == "link_open" else "src")
        if token.type in ("link_open", "image") and target:
            found.append(unquote(str(target)))
    return found


def list_anchors(page: Path) -> set[str]:
    """Anchors that a page's headings get, as GitHub makes them."""
    tokens = read_tokens(page)
    titles = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def list_commands_of_page(page: Path) -> list[str]:
    """Lines of code that call the program; those that go on in the next line are joined."""
    lines = []
    for token in flatten(read_tokens(page)):
        if token.type in ("code_block", "fence") and token.info in ("", "sh", "bash", "shell"):
            lines += token.content.replace("\\\n", " ").splitlines()
    called = [re.sub(r"^(\S*/|\$ )(?=cluster-engine\b)", "", line.strip()) for line in lines]
    return [
        line
        for line in called
        if line.startswith(f"{PROGRAM} ") and not any(sign in line for sign in OPEN_ENDED)
    ]


def test_pages_are_found_and_read() -> None:
    assert {"README.md", "CHANGELOG.md", "docs/README.md", "docs/models.md"} <= set(NAMES)
    page = ROOT / "docs/README.md"
    assert "quick-start.md" in list_targets(page)
    assert "start-here" in list_anchors(page)
    assert "cluster-engine doctor" in list_commands_of_page(ROOT / "docs/projects.md")


@pytest.mark.parametrize("name", NAMES)
def test_links_and_images_lead_to_files_and_headings(name: str) -> None:
    page = ROOT / name
    for target in list_targets(page):
        if target.startswith(OUTSIDE):
            continue
        file, _, anchor = target.partition("#")
        place = (page.parent / file).resolve() if file else page
        assert place.exists(), f"{name}: {target}"
        assert place.is_relative_to(ROOT), f"{name}: {target}"
        if anchor:
            assert anchor in list_anchors(place), f"{name}: {target}"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "docs/commands.md"])
def test_commands_on_a_page_are_taken_by_the_program(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in list_commands_of_page(ROOT / name):
        try:
            parse_line(line, tmp_path)
        except (click.ClickException, LookupError) as fault:
            pytest.fail(f"{name}: {line}: {fault}")


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_shows_commands(name: str) -> None:
    assert len(list_commands_of_page(ROOT / name)) >= 5


def test_every_page_of_the_docs_is_in_the_index() -> None:
    index = {target.split("#")[0] for target in list_targets(ROOT / "docs/README.md")}
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages - index == set()


def test_command_reference_is_what_the_commands_say() -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert text == render_reference(), "run: python scripts/build_command_reference.py"
