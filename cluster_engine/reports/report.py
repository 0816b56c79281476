"""A table on its way out: the frame, how its columns read, the facts around it, a CSV's style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Format = Literal[
    "text", "count", "ratio", "fine", "share", "signed", "signed_share", "score", "lines"
]
CsvEncoding = Literal["utf-8-sig", "utf-8"]
ExcelLocale = Literal["en", "de"]


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


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How a CSV file is written.

    Attributes
    ----------
    encoding : {"utf-8-sig", "utf-8"} or None
        With or without a byte order mark; None: with one in files, without on standard output.
    locale : {"en", "de"}
        'de': semicolons between cells and decimal commas.
    escape : bool
        Whether a text that a spreadsheet would run as a formula gets an apostrophe in front.
    """

    encoding: CsvEncoding | None = None
    locale: ExcelLocale = "en"
    escape: bool = True


DEFAULT_STYLE = CsvStyle()
