"""A report as a page: everything escaped, nothing fetched."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.reports.html import render_html, save_html
from cluster_engine.reports.report import Report, Shown

EVIL = "<script>alert('x')</script>&\"'"
SHOWN = (Shown("name", "Name"), Shown("count", "Count", "count"))


def _report() -> Report:
    frame = pd.DataFrame({"name": [EVIL, "Ulm\u202e"], "count": [1234.0, float("nan")]})
    return Report(EVIL, frame, SHOWN, None, {"files": [EVIL]})


def test_every_text_is_escaped() -> None:
    page = render_html(_report())
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 4


def test_page_fetches_and_runs_nothing() -> None:
    page = render_html(_report())
    assert not re.search(r"(?i)\bsrc=|href=|url\(|@import|<script|\son[a-z]+=", page)
    assert "default-src 'none'" in page


def test_numbers_and_gaps_are_written_as_on_the_terminal() -> None:
    page = render_html(_report())
    assert ">1,234<" in page
    assert ">–<" in page
    assert "\u202e" not in page  # would turn the direction of what follows


def test_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        save_html(_report(), tmp_path / "nowhere" / "page.html")
