"""The rows of delimited text: full ones in blocks, all others noted with what is wrong."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TextIO

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.lists.grid import is_footer
from cluster_engine.sources.lists.limits import LIMITS, refuse
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.real_type import Kind
from cluster_engine.sources.lists.text_source import Encoding
from cluster_engine.sources.lists.texts import clean_text

CANDIDATES = (";", "\t", ",", "|")
DELIMITER_NAMES = {";": "semicolon", "\t": "tab", ",": "comma", "|": "pipe"}
CHUNK_ROWS = 50_000
_QUOTE_HINT = "Close the quote, or double a quote that belongs to the text, and read it again."


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text file is laid out.

    Attributes
    ----------
    path : Path
        The file.
    kind : str
        How it is packed.
    encoding : Encoding
        How its bytes become text.
    delimiter : str
        One character.
    skip_lines : int
        Lines before the first row (`sep=;`).
    header_row : int
        Row of the header.
    header : tuple of str
        Cleaned; '' for a column without a header.
    """

    path: Path
    kind: Kind
    encoding: Encoding
    delimiter: str
    skip_lines: int
    header_row: int
    header: tuple[str, ...]


@dataclass(slots=True)
class RowReader:
    """Yields blocks of full rows; notes the others."""

    layout: Layout
    log: ReadLog
    picked: list[int]
    short: list[tuple[int, list[str]]] = field(default_factory=list)

    def iter_blocks(self, stream: TextIO) -> Iterator[tuple[list[int], list[Sequence[str]]]]:
        """Yield row numbers and cells of full rows, some ten thousand at a time."""
        width = len(self.layout.header)
        every = len(self.picked) == width
        pick = itemgetter(*self.picked) if len(self.picked) > 1 else None
        for _ in range(self.layout.skip_lines):
            next(stream)
        reader = csv.reader(stream, delimiter=self.layout.delimiter, strict=True)
        numbers: list[int] = []
        cells: list[Sequence[str]] = []
        row = 0
        for row, record in self._iter_records(reader):
            if row <= self.layout.header_row:
                continue
            full = record if len(record) == width else self._mend(row, record, width)
            if full is None or not any(full):
                continue
            numbers.append(row)
            if every:
                cells.append(full)
            else:
                cells.append(pick(full) if pick else [full[n] for n in self.picked])
            if len(cells) >= CHUNK_ROWS:
                yield numbers, cells
                numbers, cells = [], []
            if row > LIMITS.rows + self.layout.header_row:
                rule = f"A list may have {LIMITS.rows:,} rows at most."
                raise refuse(self.log.file, "more rows", rule)
        self._settle_short(row + 1)
        if cells:
            yield numbers, cells

    def _iter_records(self, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
        row, line = 0, 0
        while True:
            line = getattr(reader, "line_num", 0)
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                lines = getattr(reader, "line_num", 0) - line
                raise self._explain(str(fault), row + 1, lines) from fault
            row += 1
            yield row, record

    def _explain(self, fault: str, row: int, lines: int) -> Exception:
        if "field larger" in fault and lines <= 1:
            rule = f"A cell may have {LIMITS.cell_chars:,} characters at most."
            return refuse(f"{self.log.file}, row {row}", "a longer cell", rule)
        if "field larger" in fault or "unexpected end" in fault:
            found = "a quote that is opened in this row and not closed"
        else:
            found = f"a quote inside a quoted cell ({fault})"
        rule = "Quotes must be closed and, inside a quoted cell, doubled."
        return DataError([Problem(self.log.file, row, None, found, rule)], hint=_QUOTE_HINT)

    def _mend(self, row: int, record: list[str], width: int) -> list[str] | None:
        if not any(cell.strip() for cell in record):
            return None
        if len(record) > width and not any(cell.strip() for cell in record[width:]):
            self.log.add_fix("empty cells behind the last column taken off")
            return record[:width]
        if len(record) < width:
            self.short.append((row, record))
        else:
            self._note_ragged(row, record, width)
        return None

    def _note_ragged(self, row: int, record: list[str], width: int) -> None:
        text = self.layout.delimiter.join(record)
        others = [c for c in CANDIDATES if c != self.layout.delimiter]
        for other in others:
            if width > 1 and text.count(other) + 1 == width:
                found = f"cells divided by {DELIMITER_NAMES[other]}"
                rule = f"All rows must be divided by {self.log.delimiter}, as the header is."
                self.log.add_problem(row, None, found, rule)
                return
        rule = f"Each row must have {width} cells, as the header has."
        hint = "Put quotes around a cell that holds the delimiter."
        self.log.add_problem(row, None, f"{len(record)} cells", rule, hint=hint)

    def _settle_short(self, end: int) -> None:
        """Take short rows at the very end for notes if they read like notes; refuse the others."""
        width = len(self.layout.header)
        for row, record in reversed(self.short):
            filled = [cell for cell in record if cell.strip()]
            last = row >= end - 1 - len(self.short) * 2
            if last and len(filled) <= 2 and is_footer(clean_text(filled[0])):
                self.log.add_drop("note or total below the table", [row])
            else:
                self._note_ragged(row, record, width)
