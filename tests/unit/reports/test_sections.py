"""Pages of several tables: escaped, without script, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.reports.report import Report, Shown
from cluster_engine.reports.sections import Section, render_sections, save_sections

HOSTILE = "<script>alert(1)</script>"


def _page() -> str:
    frame = pd.DataFrame({"name": [HOSTILE, None], "change": [-0.001, 1.5]})
    shown = (Shown("name", "Firm"), Shown("change", HOSTILE, "signed"))
    empty = Report("nothing in it", frame.iloc[:0], shown)
    return render_sections(
        HOSTILE, [Section(HOSTILE, (HOSTILE,), (Report(HOSTILE, frame, shown), empty))]
    )


def test_texts_are_escaped_wherever_they_stand() -> None:
    page = _page()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 7
    assert "default-src 'none'" in page
    assert "nothing in it" not in page


def test_a_small_change_has_no_sign() -> None:
    page = _page()
    assert '<td class="number">0</td>' in page
    assert '<td class="number">+1.50</td>' in page


def test_the_same_report_gives_the_same_page() -> None:
    assert _page() == _page()


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        save_sections("title", [], tmp_path / "missing" / "page.html")
