"""Samples of a pack's employment panel: years to learn from, and later years to be judged on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cluster_engine.errors import SettingsError
from cluster_engine.packs.pack import Pack
from cluster_engine.settings import Settings
from cluster_engine.targeting.evaluation.guards import check_features_blind, check_order
from cluster_engine.targeting.place.data import PlaceData
from cluster_engine.targeting.place.features import PlaceFeatures, calc_place_features
from cluster_engine.targeting.place.samples import Sample, Window, join_samples, make_sample
from cluster_engine.targeting.place.terms import OutcomeName
from cluster_engine.workflows.economy import read_economy
from cluster_engine.workflows.place_panel import cluster_at, read_place_data
from cluster_engine.workflows.progress import Progress, be_silent

Floats = NDArray[np.float64]

HORIZON = 3
"""Years from features to outcome when judged."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Windows of years; all learning ends before judging begins.

    Attributes
    ----------
    learned : tuple of Window
        The longest first.
    judged : Window
    """

    learned: tuple[Window, ...]
    judged: Window


@dataclass(frozen=True, slots=True)
class PlacePanel:
    """All years of a pack, ready to be cut into samples.

    Attributes
    ----------
    years : tuple of int, length n_years
    areas : tuple of str, length n_areas
    jobs : ndarray of float, shape (n_years, n_areas, n_sectors)
    data : mapping of int to PlaceData
        What is known at the years that features are needed for.
    features : mapping of int to PlaceFeatures
        Of the base areas.
    """

    years: tuple[int, ...]
    areas: tuple[str, ...]
    jobs: Floats
    data: Mapping[int, PlaceData]
    features: Mapping[int, PlaceFeatures]

    def at(self, year: int) -> Floats:
        """Jobs of a year, shape (n_areas, n_sectors)."""
        jobs: Floats = self.jobs[self.years.index(year)]
        return jobs


def plan_windows(years: tuple[int, ...], *, horizon: int = HORIZON) -> Plan:
    """Judge on the latest ``horizon`` years; learn from all windows that end where they begin.

    Shorter windows tell what a sector's past is worth, which the longest cannot: it begins with the
    first year of the panel.

    Raises
    ------
    SettingsError
        The years do not reach back twice the horizon.
    """
    last = years[-1]
    middle, first = last - horizon, last - 2 * horizon
    if middle not in years or first not in years:
        raise SettingsError(
            f"A place model is learned and judged over twice {horizon} years. The pack has "
            f"{years[0]} to {last}.",
            hint="Take a pack with more years of employment.",
        )
    learned = tuple(Window(year, middle) for year in years if first <= year < middle)
    return Plan(learned, Window(middle, last))


def read_panel(
    pack: Pack,
    settings: Settings,
    years: tuple[int, ...],
    *,
    last: int | None = None,
    on_progress: Progress = be_silent,
) -> PlacePanel:
    """Read all years, and work out the features of some.

    Parameters
    ----------
    pack : Pack
    settings : Settings
    years : tuple of int
        Years that features are needed for.
    last : int, optional
        Last year of jobs; None: that of the pack.
    on_progress : callable, optional
    """
    data, features = {}, {}
    for number, year in enumerate(years):
        on_progress("Features", number, len(years))
        data[year] = read_place_data(pack, year, settings)
        features[year] = calc_place_features(data[year])
    on_progress("Features", len(years), len(years))
    economy = read_economy(pack, last or max(read_years(pack)))
    return PlacePanel(economy.years, economy.areas, economy.jobs, data, features)


def read_years(pack: Pack) -> tuple[int, ...]:
    """Years that the pack has employment for."""
    table = pack.read("employment", columns=("year",))
    return tuple(sorted(int(year) for year in table["year"].unique()))


def sample_window(panel: PlacePanel, outcome: OutcomeName, window: Window) -> Sample:
    """Cells of one window."""
    features = panel.features[window.start]
    return make_sample(
        outcome, features, window, start=panel.at(window.start), end=panel.at(window.end),
        plant_size=panel.data[window.start].plant_size,
    )  # fmt: skip


def sample_plan(panel: PlacePanel, outcome: OutcomeName, plan: Plan) -> tuple[Sample, Sample]:
    """Cells to learn from, and cells to be judged on."""
    for window in plan.learned:
        check_order(
            features=panel.features[window.start].year, outcome_from=window.start,
            outcome_to=window.end, where=f"{outcome}, learning", judged_from=plan.judged.start,
        )  # fmt: skip
    learned = join_samples([sample_window(panel, outcome, window) for window in plan.learned])
    return learned, sample_window(panel, outcome, plan.judged)


def prove_blind(panel: PlacePanel, year: int, *, random_state: int) -> int:
    """Work out the features of a year again with all later years scrambled; none may change.

    Clusters of the nation are found again too.

    Returns
    -------
    int
        Features checked.

    Raises
    ------
    DataError
        A feature knows the future.
    """
    kept = [place for place, known in enumerate(panel.years) if known <= year]

    def calculate(jobs: Floats) -> Mapping[str, Floats]:
        data = replace(panel.data[year], jobs=jobs[kept])
        return calc_place_features(replace(data, clusters=cluster_at(data))).values

    check_features_blind(
        calculate, panel.jobs, panel.years, year=year, random_state=random_state
    )  # fmt: skip
    return len(panel.features[year].values)
