"""Cells to learn from or to be judged on: features of a year beside what happened after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.local_outcomes import (
    LocalOutcome,
    calc_entry,
    calc_plant_gains,
    calc_specialised_growth,
)
from cluster_engine.targeting.evaluation.guards import check_order
from cluster_engine.targeting.place.features import PlaceFeatures
from cluster_engine.targeting.place.likelihoods import Family, Response
from cluster_engine.targeting.place.terms import OutcomeName

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """From the year of the features to the year of the outcome."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Cells of one or several windows.

    Attributes
    ----------
    outcome : {"entry", "growth", "gain"}
    windows : tuple of Window
    values : mapping of str to ndarray of float, shape (n_cells,)
        Features.
    response : Response
        Its sets are windows ('whether') or sectors of a window ('where').
    areas, sectors, window : ndarray of int, shape (n_cells,)
        Positions of the area and the sector, and which of the windows.
    """

    outcome: OutcomeName
    windows: tuple[Window, ...]
    values: Mapping[str, Floats]
    response: Response
    areas: Labels
    sectors: Labels
    window: Labels

    def take(self, rows: NDArray[np.bool_]) -> Sample:
        """Some of the cells; sets are numbered anew so that none is empty."""
        response = self.response.take(rows)
        if response.family == "where":
            sets = np.unique(response.sets, return_inverse=True)[1]
            response = Response(
                "where", response.values, sets, response.size, response.clusters
            )  # fmt: skip
        return Sample(
            self.outcome, self.windows, {name: v[rows] for name, v in self.values.items()},
            response, self.areas[rows], self.sectors[rows], self.window[rows],
        )  # fmt: skip


FAMILIES: Mapping[OutcomeName, Family] = {"entry": "whether", "growth": "whether", "gain": "where"}

Labeller = Callable[[Floats, Floats, Floats], LocalOutcome]

LABELS: Mapping[OutcomeName, Labeller] = {
    "entry": lambda start, end, _plants: calc_entry(start, end),
    "growth": lambda start, end, _plants: calc_specialised_growth(start, end),
    "gain": calc_plant_gains,
}
"""Outcome to the function of jobs at the start and end, and plant sizes, that tells it."""


def make_sample(
    outcome: OutcomeName,
    features: PlaceFeatures,
    window: Window,
    *,
    start: Floats,
    end: Floats,
    plant_size: Floats,
) -> Sample:
    """Set the features of a year beside an outcome.

    Parameters
    ----------
    outcome : {"entry", "growth", "gain"}
    features : PlaceFeatures
        Of the base areas.
    window : Window
    start, end : ndarray of float, shape (n_areas, n_sectors)
        Jobs in its first and last year.
    plant_size : ndarray of float, shape (n_sectors,)

    Raises
    ------
    DataError
        The features know of a later year than the start, or the outcome does not come after it.
    """
    check_order(
        features=features.year, outcome_from=window.start, outcome_to=window.end,
        where=f"{outcome} {window.start} to {window.end}",
    )  # fmt: skip
    told = LABELS[outcome](start, end, plant_size)
    area, sector = np.nonzero(told.at_risk)
    family = FAMILIES[outcome]
    sets = np.unique(sector, return_inverse=True)[1] if family == "where" else np.zeros_like(area)
    response = Response(
        family, told.values[area, sector], sets, start.sum(axis=1)[area], sector.astype(np.int64)
    )  # fmt: skip
    values = {name: array[area, sector] for name, array in features.values.items()}
    zeros = np.zeros(len(area), dtype=np.int64)
    return Sample(outcome, (window,), values, response, area, sector, zeros)


def join_samples(samples: Sequence[Sample]) -> Sample:
    """Put samples of several windows under one another."""
    offset, sets, window = 0, [], []
    for number, sample in enumerate(samples):
        sets.append(sample.response.sets + offset)
        offset += int(sample.response.sets.max(initial=-1)) + 1
        window.append(np.full(len(sample.areas), number, dtype=np.int64))
    first = samples[0]
    response = Response(
        first.response.family,
        np.concatenate([sample.response.values for sample in samples]),
        np.concatenate(sets),
        np.concatenate([sample.response.size for sample in samples]),
        np.concatenate([sample.response.clusters for sample in samples]),
    )
    values = {
        name: np.concatenate([sample.values[name] for sample in samples]) for name in first.values
    }
    return Sample(
        outcome=first.outcome,
        windows=tuple(window for sample in samples for window in sample.windows),
        values=values,
        response=response,
        areas=np.concatenate([sample.areas for sample in samples]),
        sectors=np.concatenate([sample.sectors for sample in samples]),
        window=np.concatenate(window),
    )
