"""Errors say what, where and what next."""

from __future__ import annotations

import pytest

from cluster_engine.errors import (
    MAX_PROBLEMS_SHOWN,
    BusyError,
    ClusterEngineError,
    DataError,
    LimitError,
    ModelError,
    Problem,
    SettingsError,
)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ClusterEngineError, 1),
        (SettingsError, 2),
        (ModelError, 4),
        (BusyError, 6),
        (LimitError, 7),
    ],
)
def test_every_kind_of_error_has_its_exit_code(kind: type[ClusterEngineError], code: int) -> None:
    fault = kind("What is wrong.", hint="What to do.")
    assert (fault.exit_code, str(fault), fault.hint) == (code, "What is wrong.", "What to do.")


def test_a_problem_names_file_row_column_and_what_was_found() -> None:
    text = str(Problem("a.csv", 7, "jobs", "-3", "The figure must be at least 0."))
    assert all(word in text for word in ("a.csv", "row 7", "'jobs'", "-3", "at least 0"))


def test_a_problem_of_the_whole_file_names_no_row_or_column() -> None:
    text = str(Problem("a.csv", None, None, "nothing", "There must be rows."))
    assert "row 1" not in text
    assert "column" not in text


def test_a_data_error_holds_all_problems_and_shows_the_first() -> None:
    n_problems = MAX_PROBLEMS_SHOWN + 5
    problems = [Problem("a.csv", row, None, "x", "Rule.") for row in range(n_problems)]
    fault = DataError(problems, hint="Mend it.")
    assert fault.exit_code == 3
    assert len(fault.problems) == n_problems
    assert len(str(fault).splitlines()) == MAX_PROBLEMS_SHOWN + 1
    assert "5 more" in str(fault)


def test_a_data_error_needs_a_problem() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        DataError([])
