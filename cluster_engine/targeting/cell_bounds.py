"""The most points that firms of a cell can have, from the ranges of the cell's figures.

Arithmetic of intervals over the formulas of :mod:`cluster_engine.targeting.part_formulas`: every
part gets the highest value that it can have, and employees also the lowest. Cells come from
:mod:`cluster_engine.packs.firm_cells`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring
from cluster_engine.results import Model
from cluster_engine.targeting.criteria import CRITERIA, Criterion
from cluster_engine.targeting.features import (
    GROWTH_RANGE,
    HOME_LQ_RANGE,
    MARGIN_RANGE,
    RD_OFFSET,
    SECTOR_PARTS,
)
from cluster_engine.targeting.firm_formulas import Formulas, find_criterion_most
from cluster_engine.targeting.reference import Reference, find_spread, scale
from cluster_engine.targeting.score import POINT_DIGITS
from cluster_engine.targeting.unknown import BY_SIZE

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_INTENSITIES = 16
"""Typical R&D intensities told apart; beyond, the next higher one stands for several."""

SMALLEST = 1e-300
"""Stands for nothing where a logarithm is taken from below."""


@dataclass(frozen=True, slots=True)
class CellBounds:
    """A firm has at most the points of its profile and those of its cell.

    Attributes
    ----------
    intensity : ndarray of int, shape (n_profiles,)
        Column of ``most`` that goes with the profile.
    unknown, known : ndarray of float, shape (n_profiles,)
        Most hundredths from what depends on industries, where the R&D intensity of a firm is not
        known, and where it is.
    is_known : ndarray of bool, shape (n_cells,)
        Whether it is known in a cell.
    most : ndarray of float, shape (n_cells, n_intensities)
        Most hundredths from the other criteria.
    unheard : frozenset of str
        Parts of which nothing is known in any cell, and so of any firm.
    """

    intensity: NDArray[np.intp]
    unknown: Floats
    known: Floats
    is_known: Flags
    most: Floats
    unheard: frozenset[str] = frozenset()

    def find_most(self) -> Floats:
        """Most hundredths that a firm of each profile can have, whatever its cell."""
        highest = np.full(len(self.unknown), -np.inf)
        for is_known, fixed in ((False, self.unknown), (True, self.known)):
            chosen = self.most[self.is_known == is_known]
            if len(chosen):
                highest = np.maximum(highest, fixed + chosen.max(axis=0)[self.intensity])
        return highest


def bound_cells(
    formulas: Formulas, cells: pd.DataFrame, model: Model, scoring: Scoring
) -> CellBounds:
    """Bound the points of the firms of cells.

    Parameters
    ----------
    formulas : Formulas
    cells : DataFrame
        size_class, and ``<figure>_low`` and ``<figure>_high``; NaN: not known of any firm in it.
    model, scoring
    """
    used = [criterion for criterion in CRITERIA if criterion.name in formulas.points]
    mixed = [one for one in used if any(part in SECTOR_PARTS for part in one.parts)]
    typical = formulas.profiles["g_rd_intensity"].to_numpy(dtype=np.float64)
    levels, intensity = _level(typical)
    table = formulas.profiles
    fixed = table["fixed"].to_numpy(dtype=np.float64)
    reference = model.reference
    unknown, known = (
        fixed + sum(
            (find_criterion_most(one, table, reference, scoring, constant) for one in mixed),
            start=np.zeros(len(table)),
        )
        for constant in ({"rd_intensity": typical}, {})
    )  # fmt: skip
    known_parts = _find_highest(cells, levels, reference, scoring)
    mean = reference["typical"]["mean"]
    highest = {part: _fill(values, mean.get(part)) for part, values in known_parts.items()}
    most = np.zeros((len(cells), len(levels)))
    for criterion in used:
        if criterion not in mixed:
            most = most + _bound(criterion, highest, reference, scoring)
    return CellBounds(
        intensity, unknown, known, cells["rd_share_high"].notna().to_numpy(), most,
        frozenset(part for part, values in known_parts.items() if np.isnan(values).all()),
    )  # fmt: skip


def _level(typical: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Few values, rising, and for every one given the place of the next not below it."""
    levels = np.unique(typical)
    if len(levels) > MOST_INTENSITIES:
        chosen = np.linspace(0, len(levels) - 1, MOST_INTENSITIES).round().astype(np.intp)
        levels = levels[chosen]
    if not len(levels):
        levels = np.zeros(1)
    return levels, np.searchsorted(levels, typical)


def _find_highest(
    cells: pd.DataFrame, levels: Floats, reference: Reference, scoring: Scoring
) -> dict[str, Floats]:
    """Highest value of every part of the firms' own, shape (n_cells, 1 or n_levels).

    NaN where nothing is known and the mean stands in.
    """
    typical = reference["typical"]
    low, high = (_read_ends(cells, end) for end in ("_low", "_high"))
    median = typical["sales_per_employee"]["median"]
    sales = _Range.of_logarithm(low["sales"], high["sales"])
    numbers, classes = pd.factorize(cells["size_class"])
    jobs = [typical["employees"][str(name) or "unknown"] for name in classes]
    by_class = np.log10(np.asarray(jobs, np.float64)[numbers])[:, np.newaxis]
    employees = _Range.of_logarithm(low["employees"], high["employees"])
    largest = scoring.largest_sales_per_employee
    with np.errstate(invalid="ignore"):
        is_holding = high["sales"] > largest * low["employees"]
    employees = _Range(employees.low, employees.high, employees.has_unknown | is_holding).fill(
        sales.shift(-median).fill(_Range(by_class, by_class))
    )
    share = _fill(np.sqrt(np.clip(high["rd_share"], 0.0, 1.0)), levels[np.newaxis, :])
    turnover = sales.fill(employees.shift(median)).high
    spent = np.power(10.0, turnover) * np.square(share) + RD_OFFSET
    rd = _Range.of_logarithm(low["rd"] + RD_OFFSET, high["rd"] + RD_OFFSET)
    guess = np.minimum(np.log10(spent), typical["rd_ceiling"])
    found = {
        "employees": employees.high,
        "rd": rd.fill(_Range(guess, guess)).high,
        "growth": np.clip(high["sales_growth"], *GROWTH_RANGE),
        "profitability": np.clip(high["margin"], *MARGIN_RANGE),
        "home_lq": np.log2(np.clip(high["home_lq"], *HOME_LQ_RANGE)),
        "host_presence": high["in_host"],
        "rival_presence": np.log10(high["rival_sites"] + 1.0),
        "recent_projects": np.log10(high["recent_projects"] + 1.0),
    }
    for part in BY_SIZE:
        line = typical["lines"][part]
        end = employees.high if line["slope"] >= 0 else employees.low
        found[part] = _fill(np.log10(high[part] + 1.0), line["intercept"] + line["slope"] * end)
    return found


def _read_ends(cells: pd.DataFrame, end: str) -> dict[str, Floats]:
    return {
        str(name).removesuffix(end): cells[name].to_numpy(np.float64)[:, np.newaxis]
        for name in cells
        if str(name).endswith(end)
    }


@dataclass(frozen=True, slots=True)
class _Range:
    """Lowest and highest known value of cells, NaN where none is; whether firms lack it."""

    low: Floats
    high: Floats
    has_unknown: Flags | bool = False

    @classmethod
    def of_logarithm(cls, low: Floats, high: Floats) -> _Range:
        """Logarithms of what is above nothing; the rest counts as not known."""
        known = high > 0
        ends = [np.log10(np.maximum(end, SMALLEST), out=np.full(low.shape, np.nan), where=known)
                for end in (low, high)]  # fmt: skip
        return cls(ends[0], ends[1], ~(low > 0))

    def shift(self, by: float) -> _Range:
        """Add a number."""
        return _Range(self.low + by, self.high + by, self.has_unknown)

    def fill(self, guess: _Range) -> _Range:
        """Put in what stands for unknown values."""
        low = np.where(self.has_unknown, np.fmin(self.low, guess.low), self.low)
        high = np.where(self.has_unknown, np.fmax(self.high, guess.high), self.high)
        return _Range(low, high, np.asarray(self.has_unknown) & np.asarray(guess.has_unknown))


def _fill(values: Floats, guess: Floats | float | None) -> Floats:
    return values if guess is None else np.where(np.isnan(values), guess, values)


def _bound(
    criterion: Criterion, highest: Mapping[str, Floats], reference: Reference, scoring: Scoring
) -> Floats:
    values = sum(
        (scale(highest[part], reference["parts"][part], scoring.limit) for part in criterion.parts),
        start=np.zeros((1, 1)),
    )
    value = scale(
        values / len(criterion.parts), find_spread(criterion, reference), scoring.criterion_limit
    )
    weight = scoring.weights[criterion.weight_name] * 10.0**POINT_DIGITS
    # One more for what is rounded up.
    found: Floats = np.ceil(weight * value) + 1.0
    return found
