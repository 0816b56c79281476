"""Notes on what is not known about a firm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.targeting.notes import UNKNOWN_NOTES, write_notes

ROW = {
    "basis": "official code", "confidence": np.nan, "year": 2022, "employees": np.nan,
    "n_industries": 1,
}  # fmt: skip


def _notes(unknown: dict[str, bool], **row: Any) -> str:
    table = pd.DataFrame([ROW | row])
    flags = {part: np.array([unknown.get(part, False)]) for part in UNKNOWN_NOTES}
    return write_notes(table, flags)[0]


def test_every_unknown_part_has_its_own_note() -> None:
    notes = _notes(dict.fromkeys(UNKNOWN_NOTES, True)).split("; ")
    assert notes[-len(UNKNOWN_NOTES) :] == list(UNKNOWN_NOTES.values())
    assert len(set(UNKNOWN_NOTES.values())) == len(UNKNOWN_NOTES)


def test_every_note_on_something_unknown_says_so_and_what_stands_in() -> None:
    assert all("unknown" in note and "used" in note for note in UNKNOWN_NOTES.values())


def test_a_code_from_text_is_noted_with_its_confidence() -> None:
    assert "83%" in _notes({}, basis="activity text", confidence=0.834)


def test_a_code_from_text_without_confidence_is_noted_without_a_figure() -> None:
    text = _notes({}, basis="activity text")
    assert "activity" in text
    assert "%" not in text
    assert "nan" not in text


def test_an_official_code_needs_no_note() -> None:
    assert _notes({}, year=None) == ""


def test_one_code_for_a_very_large_group_is_noted() -> None:
    assert "group of 409,881 employees" in _notes({}, employees=409_881.0)
    assert "group" not in _notes({}, employees=409_881.0, n_industries=2)
    assert "group" not in _notes({}, employees=99_999.0)


def test_the_year_of_the_figures_is_noted() -> None:
    assert "2022" in _notes({})


def test_notes_go_to_the_firm_they_are_about() -> None:
    table = pd.DataFrame([ROW, ROW])
    flags = {part: np.array([False, False]) for part in UNKNOWN_NOTES}
    flags["rd"] = np.array([False, True])
    first, second = write_notes(table, flags)
    assert "R&D" not in first
    assert "R&D" in second
