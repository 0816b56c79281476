"""Entry and exit: which regions came to hold a sector between two years, which lost one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.presence import Flags, Floats, Texts, as_presences

NO_ROOM = "every cell was held at the start or is undefined"
NOTHING_TO_LOSE = "no cell was held at the start"


@dataclass(frozen=True, slots=True)
class Rates:
    """Entry and exit rates of regions or of sectors.

    Attributes
    ----------
    entry : ndarray of float, shape (n_units,)
        Entries / cells not held at the start, share; NaN where there was none.
    exit : ndarray of float, shape (n_units,)
        Exits / cells held at the start, share; NaN where there was none.
    entry_reasons, exit_reasons : ndarray of str, shape (n_units,)
        Why there is no rate; empty where there is one.
    """

    entry: Floats
    exit: Floats
    entry_reasons: Texts
    exit_reasons: Texts


@dataclass(frozen=True, slots=True)
class Transitions:
    """What changed between two presence matrices.

    Attributes
    ----------
    entered, left, stayed, absent : ndarray of bool, shape (n_regions, n_sectors)
        Not held then held; held then not; both times held; neither. Exactly one is true in a cell
        defined in both years, none in another.
    regions, sectors : Rates
        Over the cells of each region, and of each sector.
    """

    entered: Flags
    left: Flags
    stayed: Flags
    absent: Flags
    regions: Rates
    sectors: Rates


def calc_transitions(
    M_start: ArrayLike, M_end: ArrayLike, *, defined: ArrayLike | None = None
) -> Transitions:
    """Entries (M_start = 0, M_end = 1) and exits (1, 0) of every region and sector.

    Parameters
    ----------
    M_start, M_end : array_like, shape (n_regions, n_sectors)
        Presences of two years, 0 or 1, the same regions and sectors in the same order.
    defined : array_like of bool, shape (n_regions, n_sectors), optional
        Cells whose location quotient is defined in both years; by default all. The rest counts
        neither as change nor as a chance of one: a sector that appears in the statistics has not
        entered a region.

    Returns
    -------
    Transitions

    Raises
    ------
    ValueError
        Shapes differ, or a matrix holds something else than 0 and 1.

    Examples
    --------
    >>> calc_transitions([[1, 0, 0]], [[0, 1, 0]]).regions.entry.tolist()
    [0.5]

    Notes
    -----
    Source: Neffke, Henning & Boschma (2011), Economic Geography 87(3); Boschma, Balland & Kogler
    (2015), Industrial and Corporate Change 24(1): entry among cells not held, exit among
    cells held.
    """
    start, end = as_presences(M_start) == 1, as_presences(M_end) == 1
    known = np.ones(start.shape, bool) if defined is None else np.asarray(defined, dtype=bool)
    if not start.shape == end.shape == known.shape:
        raise ValueError(
            "The 'M_start', 'M_end' and 'defined' must have one shape. "
            f"Got {start.shape}, {end.shape} and {known.shape}."
        )
    entered, left = known & ~start & end, known & start & ~end
    stayed, absent = known & start & end, known & ~start & ~end
    cells = (entered, left, stayed, absent)
    return Transitions(*cells, regions=_rate(cells, axis=1), sectors=_rate(cells, axis=0))


def _rate(cells: tuple[Flags, Flags, Flags, Flags], *, axis: int) -> Rates:
    entered, left, stayed, absent = (flags.sum(axis=axis, dtype=np.float64) for flags in cells)
    room, held = entered + absent, left + stayed
    undefined = np.full_like(room, np.nan)
    return Rates(
        entry=np.divide(entered, room, out=undefined.copy(), where=room > 0),
        exit=np.divide(left, held, out=undefined.copy(), where=held > 0),
        entry_reasons=np.where(room > 0, "", NO_ROOM),
        exit_reasons=np.where(held > 0, "", NOTHING_TO_LOSE),
    )
