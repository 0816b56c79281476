"""What a watch for drift found: rows in order, and the line that names what moved most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

import pandas as pd

from cluster_engine.workflows.drift_rows import DriftRow

COLUMNS = ["region", *(field.name for field in fields(DriftRow))]


@dataclass(frozen=True, slots=True)
class RegionDrift:
    """What was found for one region.

    Attributes
    ----------
    region, against : str
        Short name of the region; version it is held against.
    rows : tuple of DriftRow
        Furthest beyond its thresholds first.
    """

    region: str
    against: str
    rows: tuple[DriftRow, ...]

    @property
    def crossed(self) -> tuple[DriftRow, ...]:
        """Those that reached a threshold."""
        return tuple(row for row in self.rows if row.status)

    @property
    def sentence(self) -> str:
        """What drifted most, in one line; empty where nothing reached a threshold."""
        if not self.crossed:
            return ""
        more = len(self.crossed) - 1
        return f"{_tell(self.crossed[0])}{f'; and {more} more' if more else ''}"


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What was found for all regions that were looked at.

    Attributes
    ----------
    pack : str
    found : tuple of RegionDrift
    """

    pack: str
    found: tuple[RegionDrift, ...]

    @property
    def rows(self) -> pd.DataFrame:
        """One row per region and thing compared."""
        cells = [(one.region, *astuple(row)) for one in self.found for row in one.rows]
        return pd.DataFrame(cells, columns=COLUMNS)

    @property
    def sentence(self) -> str:
        """How many regions drifted, and what most, in one line; empty where none did."""
        return summarise_drift({one.region: one for one in self.found})


def summarise_drift(found: Mapping[str, RegionDrift]) -> str:
    """How many regions drifted, and what drifted most of all, in one line; empty for none."""
    crossed = {name: drift for name, drift in found.items() if drift.crossed}
    if not crossed:
        return ""
    # The most severe, then the first by name: the same findings give the same line.
    worst = min(crossed, key=lambda name: (*order_rows(crossed[name].crossed[0]), name))
    said = crossed[worst].sentence
    if len(found) == 1:
        return f"drift in {worst}: {said}"
    return f"drift in {len(crossed)} of {len(found)} regions, most in {worst}: {said}"


def order_rows(row: DriftRow) -> tuple[Any, ...]:
    """Key of an order: the most severe first, then by name."""
    return ("act", "watch", "").index(row.status), -row.weight, row.group, row.what


def _tell(row: DriftRow) -> str:
    if row.measure == "PSI":
        figure, what = f"PSI {row.value:.2f}", f"{row.group}, {row.what}"
    elif row.measure == "points":
        figure, what = f"{100 * row.value:+.1f} points", row.what
    else:
        figure, what = f"{row.value:+.0%}", row.what
    told = f" ({row.then} to {row.now})" if row.then else ""
    return f"{row.status}: {what} {figure}{told}"
