"""Texts that a spreadsheet would run get an apostrophe, and lose exactly that one again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.formula_guard import guard, is_guarded, unguard
from cluster_engine.sources.lists.cells import open_list, read_grid
from cluster_engine.sources.lists.read_report import ReadLog

PAIRS = [
    ("=1+1", "'=1+1"), ("-5", "'-5"), ("'=1+1", "''=1+1"), ("''=1", "'''=1"), ("Bosch", "Bosch"),
    ("'s-Hertogenbosch", "'s-Hertogenbosch"), ("", ""), ("'", "'"), ("＝1", "'＝1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "written"), PAIRS)
def test_what_is_written_is_read_back(text: str, written: str) -> None:
    assert guard(text) == written
    assert unguard(written) == text
    assert is_guarded(written) == (written != text)


@pytest.mark.parametrize("number", [-1, -2.5, None, True])
def test_what_is_no_text_is_left_alone(number: object) -> None:
    assert guard(number) is number


def test_the_reader_of_lists_takes_the_guard_off_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Company,Country\n'=1+1,DE\n''=1+1,DE\n's-Bosch,NL\n", encoding="utf-8")
    log = ReadLog(path.name)
    grid = read_grid(open_list(path, log), log)
    assert grid.cells["Company"].tolist() == ["=1+1", "'=1+1", "'s-Bosch"]
    assert log.fixes["apostrophe before the sign of a formula taken off"] == 2
