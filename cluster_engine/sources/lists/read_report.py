"""What reading a list did to it: counted, with rows to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cluster_engine.errors import DataError, Problem

MAX_ROWS_LISTED = 50
MAX_PROBLEMS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows left out for one reason.

    Attributes
    ----------
    reason : str
        Why.
    count : int
        How many.
    rows : tuple of int
        The first of them, as a spreadsheet counts.
    """

    reason: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that was kept as it stands but may be wrong.

    Attributes
    ----------
    what : str
        What looks wrong.
    count : int
        How often.
    examples : tuple of str
        The first of them, with their rows.
    """

    what: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What was read, and what reading changed.

    Attributes
    ----------
    file, format, encoding, delimiter, sheet : str
        Where the records come from; '' where it does not apply.
    rows_read : int
        Rows below the header that are not blank.
    rows_kept : int
        Firm records made.
    dropped : tuple of Dropped
        Rows left out, by reason.
    fixes : Mapping of str to int
        Cells, rows or headers mended, by kind.
    guesses : tuple of str
        Decisions that the file does not prove.
    doubts : tuple of Doubt
        Kept, but suspicious.
    missing : Mapping of str to int
        Records without a value, by field.
    """

    file: str
    format: str
    encoding: str
    delimiter: str
    sheet: str
    rows_read: int
    rows_kept: int
    dropped: tuple[Dropped, ...]
    fixes: Mapping[str, int]
    guesses: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    missing: Mapping[str, int]


@dataclass(slots=True)
class ReadLog:
    """Collects what happens while a list is read; `raise_problems` ends it, `freeze` reports it."""

    file: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    rows_read: int = 0
    fixes: Counter[str] = field(default_factory=Counter)
    guesses: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    n_problems: int = 0
    hints: list[str] = field(default_factory=list)
    _dropped: dict[str, list[int]] = field(default_factory=dict)
    _n_dropped: Counter[str] = field(default_factory=Counter)
    _doubts: dict[str, list[str]] = field(default_factory=dict)
    _n_doubts: Counter[str] = field(default_factory=Counter)

    def add_problem(
        self, row: int | None, column: str | None, found: str, rule: str, *, hint: str = ""
    ) -> None:
        """Note a fault for which the file will be rejected."""
        self.n_problems += 1
        if len(self.problems) < MAX_PROBLEMS_KEPT:
            self.problems.append(Problem(self.file, row, column, found, rule))
        if hint and hint not in self.hints:
            self.hints.append(hint)

    def add_drop(self, reason: str, rows: Iterable[int]) -> None:
        """Note rows left out."""
        listed = [int(row) for row in rows]
        if listed:
            self._n_dropped[reason] += len(listed)
            kept = self._dropped.setdefault(reason, [])
            kept.extend(listed[: MAX_ROWS_LISTED - len(kept)])

    def add_doubt(self, what: str, examples: Iterable[str], *, count: int | None = None) -> None:
        """Note what was kept although it may be wrong."""
        listed = list(examples)
        number = len(listed) if count is None else count
        if number:
            self._n_doubts[what] += number
            kept = self._doubts.setdefault(what, [])
            kept.extend(listed[: MAX_ROWS_LISTED - len(kept)])

    def add_guess(self, text: str) -> None:
        """Note a decision that the file does not prove, once."""
        if text not in self.guesses:
            self.guesses.append(text)

    def add_fix(self, kind: str, count: int = 1) -> None:
        """Note cells, rows or headers that were mended."""
        if count:
            self.fixes[kind] += int(count)

    def raise_problems(self, default_hint: str = "") -> None:
        """Reject the file if any fault was noted.

        Raises
        ------
        DataError
            With all faults, up to a cap.
        """
        if self.problems:
            hint = " ".join(self.hints) or default_hint or "Mend the file and read it again."
            if self.n_problems > len(self.problems):
                hint += f" {self.n_problems:,} faults in all."
            raise DataError(self.problems, hint=hint)

    def freeze(self, *, format_name: str, rows_kept: int, missing: Mapping[str, int]) -> ReadReport:
        """Return the report."""
        return ReadReport(
            file=self.file,
            format=format_name,
            encoding=self.encoding,
            delimiter=self.delimiter,
            sheet=self.sheet,
            rows_read=self.rows_read,
            rows_kept=rows_kept,
            dropped=tuple(
                Dropped(reason, self._n_dropped[reason], tuple(rows))
                for reason, rows in sorted(self._dropped.items())
            ),
            fixes=dict(sorted(self.fixes.items())),
            guesses=tuple(self.guesses),
            doubts=tuple(
                Doubt(what, self._n_doubts[what], tuple(listed))
                for what, listed in sorted(self._doubts.items())
            ),
            missing=dict(missing),
        )
