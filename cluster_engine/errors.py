"""Every error the engine raises on purpose, and the exit code each one means.

An error says what is wrong, where, and what to do next. Problems found in data are collected and
raised once, so that a user mends a file in one go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_PROBLEMS_SHOWN = 20


class ClusterEngineError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    message : str
        What is wrong and where, in one sentence.
    hint : str, optional
        What to do next: a command, or a change to make.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(ClusterEngineError):
    """An option, a name or a settings file is wrong, or an extra is not installed."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in one input file.

    Attributes
    ----------
    file : str
        Name of the file.
    row : int or None
        Row as a spreadsheet numbers it: the header is row 1. None: the file as a whole.
    column : str or None
        Column name. None: the row as a whole.
    found : str
        What stands there.
    rule : str
        What should stand there.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    rule: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column '{self.column}'"
        return f"{place}: {self.rule} Found: {self.found}."


class DataError(ClusterEngineError):
    """Input data are rejected. Holds every problem found, not only the first.

    Parameters
    ----------
    problems : sequence of Problem
        At least one.
    hint : str, optional
        What to do next.
    """

    exit_code = 3

    def __init__(self, problems: Sequence[Problem], *, hint: str = "") -> None:
        if not problems:
            raise ValueError("The 'problems' of a DataError must not be empty.")
        shown = [str(problem) for problem in problems[:MAX_PROBLEMS_SHOWN]]
        if len(problems) > MAX_PROBLEMS_SHOWN:
            shown.append(f"… and {len(problems) - MAX_PROBLEMS_SHOWN} more.")
        super().__init__("\n".join(shown), hint=hint)
        self.problems = tuple(problems)


class ModelError(ClusterEngineError):
    """A model version or the registry cannot be used."""

    exit_code = 4


class BusyError(ClusterEngineError):
    """Another process holds the lock."""

    exit_code = 6


class LimitError(ClusterEngineError):
    """A file would need more memory, rows or room on disk than is allowed."""

    exit_code = 7


class NetworkError(ClusterEngineError):
    """A publisher's server, or the way there, failed; nothing that was there is touched."""

    exit_code = 8
