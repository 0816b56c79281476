"""What a contract of a table is made of: columns with type, unit and rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "number", "boolean"]

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
"""Pattern of a short name for the command line."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    kind : {"text", "integer", "number", "boolean"}
    meaning : str
        What the column holds, in words.
    unit : str
        Unit of a number ("jobs", "£m"); empty for text.
    nullable : bool
        Whether an empty cell is allowed and means "not known".
    minimum, maximum : float or None
        Inclusive bounds of a number.
    values : tuple of str
        The only texts allowed; empty: any.
    pattern : str
        Regular expression that the whole text must match; empty: any.
    refers_to : str
        "table.column" in which the value must exist; empty: none.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    pattern: str = ""
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a pack: its columns, in order, its key, and whether a pack can do without.

    Attributes
    ----------
    without : str
        What a pack that lacks the table cannot tell, as shown to people.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = True
    without: str = ""

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def text_column(name: str, meaning: str, **rules: object) -> Column:
    """Return a column of text."""
    return Column(name, "text", meaning, **rules)  # type: ignore[arg-type]


def amount_column(name: str, meaning: str, unit: str, **rules: object) -> Column:
    """Return a column of numbers, which may be unknown unless a rule says otherwise."""
    rules = {"nullable": True, **rules}
    return Column(name, "number", meaning, unit, **rules)  # type: ignore[arg-type]
