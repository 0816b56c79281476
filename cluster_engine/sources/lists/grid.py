"""The cells of a list before anything is decided about them: text, with row numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.texts import clean_text, make_key

if TYPE_CHECKING:
    import pandas as pd

FLAGS = frozenset({"estimated"})
FIRST_COLUMN = "No."
"""For running numbers, which exports put into a first column without a header."""

_FOOTER = re.compile(
    r"(?i)^(?:grand |sub)?(?:totals?|summe|gesamt(?:summe)?|insgesamt|somme|suma|totale)\b[:\s]*$"
    r"|^(?:sources?|quellen?|notes?|anmerkung(?:en)?|hinweis|fuente|nota|©|copyright|\(c\)|\* )"
    r"|^(?:exported|generated|created|report (?:run|date)|export vom|stand)\b"
)


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells below a header.

    Attributes
    ----------
    cells : DataFrame
        Text, '' where empty, shape (n_rows, n_columns); the columns are the cleaned header, the
        index holds the row as a spreadsheet counts.
    typed : DataFrame or None
        Whether the file holds a cell as a number or date rather than as text, same shape; None:
        the file holds text only.
    """

    cells: pd.DataFrame
    typed: pd.DataFrame | None = None

    def is_typed(self, column: str) -> pd.Series[bool] | None:
        """Return which cells of a column the file holds as numbers or dates."""
        return None if self.typed is None else self.typed[column]


def clean_header(raw: list[str], log: ReadLog, row: int) -> list[str]:
    """Return the header with blanks, byte order marks and line breaks mended.

    A header twice, or a column without a header, is noted as a problem.
    """
    names = _tell_apart([clean_text(text.replace("\ufeff", "")) for text in raw])
    if names and not names[0] and any(names):
        names[0] = FIRST_COLUMN
    log.add_fix("header cleaned", sum(a != b for a, b in zip(raw, names, strict=True)))
    for folded, count in Counter(name.casefold() for name in names if name).items():
        if count > 1:
            name = next(name for name in names if name.casefold() == folded)
            rule = "Each column must have a header of its own."
            log.add_problem(row, name, f"'{name}' {count} times", rule, hint="Rename one of them.")
    return names


def _tell_apart(names: list[str]) -> list[str]:
    """Name flags such as 'Estimated', which some exports repeat, after the column before."""
    return [
        f"{names[n - 1]} {name}" if n and name.casefold() in FLAGS else name
        for n, name in enumerate(names)
    ]


def is_footer(first: str) -> bool:
    """Tell whether a cell that stands alone in a row opens a total, a note or a source."""
    return _FOOTER.match(first) is not None


def find_header_row(rows: list[list[str]], known: frozenset[str]) -> int:
    """Return the place of the header among the first rows.

    Parameters
    ----------
    rows : list of list of str
        The first rows, cleaned.
    known : frozenset of str
        Keys of headers that some format or language uses.

    Returns
    -------
    int
        Place in `rows`; the first row with most known headers, else the first that is as full as
        the rows usually are.
    """
    hits = [sum(make_key(cell) in known for cell in row if cell) for row in rows]
    best = max(hits, default=0)
    if best >= 2:
        return hits.index(best)
    filled = [sum(1 for cell in row if cell) for row in rows]
    usual = Counter(count for count in filled if count).most_common(1)
    width = usual[0][0] if usual else 0
    for place, count in enumerate(filled):
        if count and (hits[place] or count >= 0.6 * width):
            return place
    return 0
