"""A sheet of a workbook before it is written: a frame, and how its columns read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "lines", "whole", "count", "ratio", "fine", "share", "signed_share", "plain"]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet.

    Attributes
    ----------
    name : str
        Column of the frame.
    header : str
        As shown.
    kind : str
        How its numbers look; 'text' and 'lines' (broken) for texts.
    width : float
        Characters.
    bar : tuple of float or None
        Numbers at which a bar in the cell is empty and full; None: no bar.
    link : str
        Column of the frame that holds what a click opens; '' for none.
    """

    name: str
    header: str
    kind: Kind = "text"
    width: float = 12
    bar: tuple[float, float] | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    r"""One sheet: a header in row 1, a row per row of the frame.

    Attributes
    ----------
    name : str
        At most 31 characters, none of ``[]:*?/\``.
    frame : DataFrame
    columns : tuple of SheetColumn
    frozen : int
        First columns that stay in sight.
    printed : int or None
        First columns that are printed; None: all.
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[SheetColumn, ...]
    frozen: int = 0
    printed: int | None = None
