"""A table on its way out: the frame, how its columns read, and the facts around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Format = Literal[
    "text", "count", "ratio", "fine", "share", "signed", "signed_share", "score", "lines"
]


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the terminal table.

    Attributes
    ----------
    column : str
        Column of the frame.
    header : str
        As shown.
    format : {"text", "count", "ratio", "fine", "share", "signed", "signed_share", "score", "lines"}
        How cells are written; 'fine' has three decimals, 'lines' breaks at newlines.
    min_width, max_width : int or None
        Characters.
    """

    column: str
    header: str
    format: Format = "text"
    min_width: int | None = None
    max_width: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A table with all that its outputs need.

    Attributes
    ----------
    title : str
        One line above the terminal table.
    frame : DataFrame
        Every column; CSV and JSON hold all of them.
    shown : tuple of Shown
        Columns of the terminal table.
    shown_frame : DataFrame or None
        Frame of the terminal table where it differs from ``frame``; the same rows.
    facts : mapping
        What the table is about; JSON holds it.
    """

    title: str
    frame: pd.DataFrame
    shown: tuple[Shown, ...]
    shown_frame: pd.DataFrame | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
