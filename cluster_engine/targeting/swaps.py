"""Score firms with some things of one model version and the others of another.

What can be swapped is what a version stores and scores with: its figures by sector, its yardstick,
the settings of its score; and the list of firms.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.targeting.features import (
    SECTOR_PARTS,
    FirmFeatures,
    FirmTables,
    build_features,
)
from cluster_engine.targeting.reference import Reference, fit_reference
from cluster_engine.targeting.score import Scored, score_firms

Floats = NDArray[np.float64]

CODES = "codes"
"""Which sectors there are, and the knowledge class of each."""
YARDSTICK = "yardstick"
SCORE_SETTINGS = "score settings"
FIRM_LIST = "firm list"

SWAPPABLE = (CODES, *SECTOR_PARTS, YARDSTICK, SCORE_SETTINGS, FIRM_LIST)
"""All that may differ between two versions and move a score."""

YARDSTICK_TOLERANCE = 1e-8
"""The yardstick is kept with ten digits; another machine may round the last ones otherwise."""

YARDSTICK_BLOCKS = ("typical", "absent", "parts", "criteria", "families")
"""What a score needs of it; the spread of residuals only widens intervals."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one version scores with.

    Attributes
    ----------
    sectors : DataFrame
        Its sector table.
    reference : mapping
        Its yardstick.
    scoring : Scoring
    uncertainty : Uncertainty
        The yardstick is fitted with it.
    tables : FirmTables
        Firms of its time where they are at hand, else those of today.
    """

    sectors: pd.DataFrame
    reference: Reference
    scoring: Scoring
    uncertainty: Uncertainty
    tables: FirmTables


def list_differences(old: Side, new: Side, *, same_firms: bool) -> tuple[str, ...]:
    """Those of ``SWAPPABLE`` that are not the same on both sides, as they are kept."""
    codes = ["industry", "knowledge_class"]
    found = [] if old.sectors[codes].equals(new.sectors[codes]) else [CODES]
    first, second = (side.sectors.set_index("industry") for side in (old, new))
    found += [part for part in SECTOR_PARTS if not first[part].equals(second[part])]
    if not is_same_yardstick(old.reference, new.reference, tolerance=0.0):
        found.append(YARDSTICK)
    if old.scoring != new.scoring:
        found.append(SCORE_SETTINGS)
    return (*found, *(() if same_firms else (FIRM_LIST,)))


@dataclass(frozen=True)
class Bench:
    """Two versions side by side.

    Attributes
    ----------
    old, new : Side
    refits : frozenset of str or None
        All that differs, where the yardstick is fitted again for a mixture, as training would.
        None: it is swapped as it is kept.
    """

    old: Side
    new: Side
    refits: frozenset[str] | None = None
    _built: dict[tuple[int, int, float], FirmFeatures] = field(default_factory=dict, repr=False)

    def score(self, swapped: Collection[str]) -> Scored:
        """Score the firms with these things taken from the new version.

        Parameters
        ----------
        swapped : collection of str
            Of ``SWAPPABLE``.
        """
        scoring = self._side(SCORE_SETTINGS in swapped).scoring
        features = self._mix(swapped, scoring)
        return score_firms(features, self._find_yardstick(features, swapped), scoring)

    def can_refit(self, differences: Collection[str]) -> bool:
        """Whether fitting the yardstick anew gives what both versions keep.

        It does not where the firms of then are gone, or where another engine fitted it.
        """
        for swapped in ((), differences):
            side = self._side(bool(swapped))
            features = self._mix(swapped, side.scoring)
            fitted = fit_reference(features, side.scoring, side.uncertainty)
            if not is_same_yardstick(fitted, side.reference, tolerance=YARDSTICK_TOLERANCE):
                return False
        return True

    def refitting(self, differences: Collection[str]) -> Bench:
        """Return the same bench, which fits the yardstick again."""
        return replace(self, refits=frozenset(differences) - {YARDSTICK})

    def _side(self, is_new: bool) -> Side:
        return self.new if is_new else self.old

    def _find_yardstick(self, features: FirmFeatures, swapped: Collection[str]) -> Reference:
        if self.refits is None:
            return self._side(YARDSTICK in swapped).reference
        # At both ends the very one that is kept, so that its scores are the version's own.
        if not swapped or self.refits <= {*swapped}:
            return self._side(bool(swapped)).reference
        settings = self._side(SCORE_SETTINGS in swapped)
        return fit_reference(features, settings.scoring, settings.uncertainty)

    def _mix(self, swapped: Collection[str], scoring: Scoring) -> FirmFeatures:
        """Take every part of the firms' features from the version it is to come from."""
        firms = int(FIRM_LIST in swapped)
        limit = scoring.largest_sales_per_employee
        base = self._build(firms, int(CODES in swapped), limit)
        parts = dict(base.parts)
        for part in SECTOR_PARTS:
            other = self._build(firms, int(part in swapped), limit)
            if other is not base:
                parts[part] = _align(other, base, part)
        return FirmFeatures(base.firms, parts)

    def _build(self, firms: int, sectors: int, limit: float) -> FirmFeatures:
        key = (firms, sectors, limit)
        if key not in self._built:
            self._built[key] = build_features(
                self._side(bool(firms)).tables,
                self._side(bool(sectors)).sectors,
                largest_sales_per_employee=limit,
            )
        return self._built[key]


def _align(source: FirmFeatures, target: FirmFeatures, part: str) -> Floats:
    """Values of a part in the order of other firms; NaN for a firm that cannot be ranked there."""
    ids, wanted = source.firms["firm_id"], target.firms["firm_id"]
    if ids.equals(wanted):
        return source.parts[part]
    values = pd.Series(source.parts[part], index=ids).reindex(wanted)
    aligned: Floats = np.asarray(values, dtype=np.float64)
    return aligned


def is_same_yardstick(first: Reference, second: Reference, *, tolerance: float) -> bool:
    """Whether two yardsticks give the same scores."""
    return all(_is_close(first[name], second[name], tolerance) for name in YARDSTICK_BLOCKS)


def _is_close(first: object, second: object, tolerance: float) -> bool:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(
            _is_close(first[name], second[name], tolerance) for name in first
        )
    if isinstance(first, float | int) and isinstance(second, float | int):
        return abs(first - second) <= tolerance
    if isinstance(first, list) and isinstance(second, list):
        # Names of absent parts: in the order of the settings, which a manifest does not keep.
        return sorted(first) == sorted(second)
    return first == second
