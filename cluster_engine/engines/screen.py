"""A score as formulas over the columns of firms, and what a question about firms is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
from pyarrow import compute

UPPER, LOWER = "upper_score", "lower_score"
"""Hundredths of points above the base that a firm has at most, and at least."""

FILES, NUMBERED = "{files}", "{numbered}"
"""Stand in a query for what is read; the second also has `file_row_number`."""

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one criterion.

    Attributes
    ----------
    hundredths : str
        SQL expression; unrounded.
    band : float
        By how much another library's arithmetic may differ: within it of where rounding turns,
        both ways are possible.
    """

    hundredths: str
    band: float

    def round_up(self, name: str) -> str:
        """Rounded to the nearest whole one, up in doubt; the name stands for the hundredths."""
        return f"floor({name} + {HALF + self.band!r}::DOUBLE)"

    def round_down(self, name: str) -> str:
        """Rounded to the nearest whole one, down in doubt."""
        return f"ceil({name} - {HALF + self.band!r}::DOUBLE)"


@dataclass(frozen=True, slots=True)
class Screen:
    """A score as formulas.

    Attributes
    ----------
    layers : tuple of mapping of str to str
        Name to SQL expression; each layer may use the names of those before.
    points : tuple of Points
    profiles : pa.Table
        profile (int32), fixed (hundredths), most (the largest upper bound there can be), firms (how
        many there are), and what the formulas refer to. Firms of other profiles are left out.
        first_cell (int32), unknown, known: for ``cells``.
    cells : pa.Table
        number (int32), of a firm the first_cell of its profile and its own cell added up; cell_most
        (hundredths), is_known: together with the profile's unknown, or known, the most that a firm
        of both can have.
    n_cells : int
        Cells of one stretch.
    pairs : pa.Table or None
        profile and cell of the firms that are asked; None: all.
    """

    layers: tuple[Mapping[str, str], ...]
    points: tuple[Points, ...]
    profiles: pa.Table
    cells: pa.Table
    n_cells: int
    pairs: pa.Table | None = None

    @property
    def n_firms(self) -> int:
        """Firms of the profiles."""
        return int(compute.sum(self.profiles["firms"]).as_py() or 0)

    def keep_able(self, least: float) -> Screen:
        """Ask only firms of profiles, and look at cells, that could have so many hundredths."""
        able = self.keep(compute.greater_equal(self.profiles["most"], least))
        best = able.profiles.group_by("first_cell").aggregate(
            [("known", "max"), ("unknown", "max")]
        )
        # Cells of one stretch go with the profiles of one typical R&D intensity.
        cells = []
        for first, known, unknown in zip(*(best[name].to_pylist() for name in best.column_names),
                                         strict=True):  # fmt: skip
            stretch = self.cells.slice(first, self.n_cells)
            fixed = compute.if_else(stretch["is_known"], known, unknown)
            reach = compute.add(stretch["cell_most"], fixed)
            cells.append(stretch.filter(compute.greater_equal(reach, least)))
        return replace(able, cells=pa.concat_tables([self.cells.slice(0, 0), *cells]))

    def keep_pairs(self, pairs: pa.Table) -> Screen:
        """Ask only firms of these pairs of profile and cell."""
        present = compute.is_in(self.profiles["profile"], pairs["profile"].combine_chunks())
        return replace(self.keep(present), pairs=pairs)

    def keep(self, mask: pa.Array) -> Screen:
        """Ask only the firms of some profiles."""
        return replace(self, profiles=self.profiles.filter(mask))


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of firms: most points first, then firm_id."""

    hundredths: float
    firm_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question to all firms: asked of all at once, or file by file and put together.

    Attributes
    ----------
    sql : str
        With ``FILES`` or ``NUMBERED``.
    tables : mapping of str to pa.Table
        What it knows besides, by name.
    order : tuple of (str, "ascending" or "descending")
        Of the rows; empty: any.
    limit : int or None
        Rows of the whole that are wanted.
    total : str
        Column to be added up for each value of ``place``; empty: rows are put together.
    files : tuple of str
        Asked instead of those of the market; empty: those of the market.
    """

    sql: str
    tables: Mapping[str, pa.Table]
    order: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    total: str = ""
    files: tuple[str, ...] = ()


BEST_FIRST = ((UPPER, "descending"), ("firm_id", "ascending"))


def tabulate_marks(marks: Sequence[Mark]) -> pa.Table:
    """Places as a table: place, bound, name. Names are texts of users: never part of the SQL."""
    return pa.table(
        {
            "place": pa.array(range(len(marks)), pa.int32()),
            "bound": pa.array([mark.hundredths for mark in marks], pa.float64()),
            "name": pa.array([mark.firm_id for mark in marks], pa.string()),
        }
    )


def merge(query: Query, answers: Sequence[pa.Table]) -> pa.Table:
    """Put the answers of several files together; in any order, the result is the same."""
    whole = pa.concat_tables(answers)
    if query.total:
        summed = whole.group_by("place").aggregate([(query.total, "sum")])
        return summed.rename_columns(["place", query.total]).sort_by("place")
    if query.order:
        whole = whole.sort_by(list(query.order))
    return whole.slice(0, query.limit)
