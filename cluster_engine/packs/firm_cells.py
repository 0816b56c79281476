"""Cells of firms whose figures are alike: bands of every figure, numbered as they first appear.

A bound on the score of a cell is a bound on that of each of its firms, so that an engine need not
work out the score of a firm whose cell cannot reach the list. Which firms share a cell is a matter
of speed alone: the cell's lowest and highest figures, which bounds are made from, are those of its
firms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from cluster_engine.firm_schemas import FIRMS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FIGURES = (
    "employees", "sales", "rd", "operating_profit", "sales_growth", "patents_abroad",
    "trademarks_abroad", "home_lq", "in_host", "rival_sites", "recent_projects",
)  # fmt: skip
"""Figures of a firm that scores use."""

SHARES: Mapping[str, str] = {"rd": "rd_share", "operating_profit": "margin"}
"""Figures that also count as a share of sales, and what the share is called."""

SIZE_CLASSES = next(tuple(column.values) for column in FIRMS.columns if column.name == "size_class")

BANDS: Mapping[str, int] = {
    "employees": 30, "sales": 30, "rd": 14, "rd_share": 10, "operating_profit": 2, "margin": 20,
    "sales_growth": 20, "patents_abroad": 10, "trademarks_abroad": 10, "home_lq": 5, "in_host": 1,
    "rival_sites": 6, "recent_projects": 6,
}  # fmt: skip
"""Figures and shares with the number of their last band. All together, with the classes of
size, they number 5 x 10^14 cells, which 64 bits hold."""

WIDTHS = (1, 2, 1_000)
"""Bands taken as one; the last leaves only what is known and what not."""

_RANGES = tuple(BANDS)

CELL_COLUMNS = (
    "cell",
    "size_class",
    *(f"{name}_{end}" for name in _RANGES for end in ("low", "high")),
)
"""Columns of the table of cells."""

MOST_CELLS = (30_000, 50_000)
"""Cells up to which firms are told apart by bands, and by bands twice as wide. Beyond the second
number they are told apart by what is known of them alone."""


class Cells:
    """Number the cells of firms that come in groups; the same firms give the same numbers."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}
        self._classes: list[int] = []
        self._low = np.empty((0, len(_RANGES)))
        self._high = np.empty((0, len(_RANGES)))

    def number(self, firms: pa.Table) -> pa.Array:
        """Cell of every firm, int32.

        Parameters
        ----------
        firms : pa.Table
            Columns of the firms of a converted list.
        """
        values = _read_figures(firms)
        classes = _number_classes(firms["size_class"])
        bands = [_band(values, name, most) for name, most in BANDS.items()]
        cells = self._find([_write_key(classes, bands, width) for width in WIDTHS])
        self._widen(cells, np.column_stack([values[name] for name in _RANGES]), classes)
        return pa.array(cells.astype(np.int32))

    def tabulate(self) -> pa.Table:
        """Cells with the class of their size, and the range of every figure; null: not known."""
        ends = {
            f"{name}_{end}": pa.array(ranges[:, place], from_pandas=True)
            for place, name in enumerate(_RANGES)
            for end, ranges in (("low", self._low), ("high", self._high))
        }
        names = pa.array(["", *SIZE_CLASSES]).take(pa.array(self._classes, pa.int64()))
        return pa.table(
            {"cell": pa.array(range(len(self._classes)), pa.int32()), "size_class": names, **ends}
        )

    def _find(self, keys: Sequence[Integers]) -> Integers:
        """Numbers of keys, new ones in the order of the rows; finest keys first."""
        unique, first, inverse = np.unique(keys[0], return_index=True, return_inverse=True)
        numbers = np.empty(len(unique), np.int64)
        for place in np.argsort(first).tolist():
            level = 0
            name = (level, int(unique[place]))
            while (
                name not in self._numbers
                and level < len(MOST_CELLS)
                and len(self._numbers) >= MOST_CELLS[level]
            ):
                level += 1
                name = (level, int(keys[level][first[place]]))
            numbers[place] = self._numbers.setdefault(name, len(self._numbers))
        return numbers[inverse]

    def _widen(self, cells: Integers, values: Floats, classes: Integers) -> None:
        order = np.argsort(cells, kind="stable")
        present, starts = np.unique(cells[order], return_index=True)
        new = len(self._numbers) - len(self._classes)
        blank = np.full((new, len(_RANGES)), np.nan)
        self._low = np.vstack([self._low, blank])
        self._high = np.vstack([self._high, blank])
        self._low[present] = np.fmin(self._low[present], np.fmin.reduceat(values[order], starts))
        self._high[present] = np.fmax(self._high[present], np.fmax.reduceat(values[order], starts))
        self._classes += [0] * new
        for cell, start in zip(present.tolist(), starts.tolist(), strict=True):
            self._classes[cell] = int(classes[order[start]])


def _read_figures(firms: pa.Table) -> dict[str, Floats]:
    """Figures, and shares of sales, as numbers; NaN where not known."""
    values = {
        name: firms[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in FIGURES
    }
    sales = values["sales"]
    for name, share in SHARES.items():
        values[share] = np.divide(
            values[name], sales, out=np.full(len(sales), np.nan), where=sales > 0
        )
    return values


def _number_classes(column: pa.ChunkedArray) -> Integers:
    numbers = compute.index_in(column, pa.array(SIZE_CLASSES))
    found: Integers = compute.fill_null(numbers, -1).to_numpy().astype(np.int64) + 1
    return found


def _write_key(classes: Integers, bands: Sequence[Integers], width: int) -> Integers:
    """One number for the class and the bands of all figures; unknown ones stay apart."""
    key = classes
    for band, most in zip(bands, BANDS.values(), strict=True):
        # Whatever the width, 0 is a figure that is not known.
        key = key * (most // width + 2) + np.where(band, (band - 1) // width + 1, 0)
    return key


def _band(values: Mapping[str, Floats], name: str, most: int) -> Integers:
    """Band of a figure from 1 on; 0 where not known."""
    known = ~np.isnan(values[name])
    scaled = _SCALES[name](np.where(known, values[name], 0.0))
    return np.where(known, np.clip(np.floor(scaled), 0, most) + 1, 0).astype(np.int64)


def _scale_logarithm(values: Floats) -> Floats:
    """Three bands a decade, from a thousandth on."""
    scaled: Floats = np.log10(np.maximum(values, 1e-3)) * 3.0 + 9.0
    return scaled


_SCALES: Mapping[str, Callable[[Floats], Floats]] = {
    "employees": _scale_logarithm,
    "sales": _scale_logarithm,
    "rd": lambda values: np.log10(np.maximum(values, 0.1)) * 2.0 + 2.0,
    "rd_share": lambda values: np.sqrt(np.maximum(values, 0.0)) * 10.0,
    "operating_profit": lambda values: np.sign(values) + 1.0,
    "margin": lambda values: values * 33.0 + 10.0,
    "sales_growth": lambda values: values * 33.0 + 10.0,
    "patents_abroad": lambda values: np.log10(values + 1.0) * 2.0,
    "trademarks_abroad": lambda values: np.log10(values + 1.0) * 2.0,
    "home_lq": lambda values: np.log2(np.clip(values, 0.25, 8.0)) + 2.0,
    "in_host": lambda values: values,
    "rival_sites": lambda values: np.log10(values + 1.0) * 3.0,
    "recent_projects": lambda values: np.log10(values + 1.0) * 3.0,
}
