"""What was known about every region when a project chose one: features from earlier years only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

PSEUDO_PROJECTS = 1.0
"""Projects added to every region, so that one without any keeps a chance (Laplace)."""

PRIOR_PROJECTS = 5.0
"""Projects of the whole that a sector's or origin's own shares are mixed with."""

FLOOR = 0.1
"""Added to quotients before their logarithm: an absent sector is unlikely, not impossible."""

STATISTICS = ("size", "lq", "density")
PAST = ("past_all", "past_sector", "past_origin")
NEARNESS = ("distance", "capital")
FEATURES = (*STATISTICS, *PAST, *NEARNESS)


@dataclass(frozen=True, slots=True)
class Places:
    """Statistics of the regions that compete.

    Attributes
    ----------
    areas : tuple of str, length n_areas
    industries : tuple of str, length n_industries
    jobs : ndarray of float, shape (n_areas,)
        All jobs of the area.
    lq, density : ndarray of float, shape (n_areas, n_industries)
        Shrunk location quotient; relatedness density, 0 to 1.
    distances : mapping of str to ndarray of float, shape (n_areas,)
        km by country; none known: an empty mapping.
    host : str
        ISO code of the host country, whose distance is that to its capital.
    """

    areas: tuple[str, ...]
    industries: tuple[str, ...]
    jobs: Floats
    lq: Floats
    density: Floats
    distances: Mapping[str, Floats]
    host: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Projects, the regions they could choose, and what was known of these before.

    Attributes
    ----------
    events : DataFrame
        year, firm_group, origin, sector, area, in order of year and event_id.
    names : tuple of str, length n_features
    features : ndarray of float, shape (n_events, n_areas, n_features)
    chosen : ndarray of int, shape (n_events,)
        Position of the area.
    groups : ndarray of int, shape (n_events,)
        Number of the investor.
    first : ndarray of bool, shape (n_events,)
        Whether the investor had no project before.
    """

    events: pd.DataFrame
    names: tuple[str, ...]
    features: Floats
    chosen: Labels
    groups: Labels
    first: NDArray[np.bool_]

    def take(self, rows: NDArray[np.bool_], names: Sequence[str] | None = None) -> Choices:
        """Return some projects, and of these some features."""
        kept = self.names if names is None else tuple(names)
        columns = [self.names.index(name) for name in kept]
        return Choices(
            self.events[rows].reset_index(drop=True), kept, self.features[rows][:, :, columns],
            self.chosen[rows], self.groups[rows], self.first[rows],
        )  # fmt: skip


def lay_out_events(events: pd.DataFrame, weights: pd.DataFrame, places: Places) -> Choices:
    """Put features to every pair of project and region.

    Parameters
    ----------
    events : DataFrame
        event_id, year, firm_group, origin, sector, area; each area among those of ``places``.
    weights : DataFrame
        event_id, industry, weight.
    places : Places

    Returns
    -------
    Choices
        Past shares of a year know only the projects of years before it.
    """
    ordered = events.sort_values(["year", "event_id"], kind="stable").reset_index(drop=True)
    chosen = ordered["area"].map({area: n for n, area in enumerate(places.areas)})
    position: Labels = np.asarray(chosen, dtype=np.int64)
    mix = _spread_weights(ordered, weights, places)
    columns = {
        "size": np.tile(np.log(places.jobs), (len(ordered), 1)),
        "lq": np.log(mix @ places.lq.T + FLOOR),
        "density": mix @ places.density.T,
        **_look_back(ordered, position, len(places.areas)),
        **_measure_nearness(ordered, places),
    }
    names = tuple(name for name in FEATURES if name in columns)
    groups: Labels = np.unique(ordered["firm_group"].to_numpy(dtype=str), return_inverse=True)[
        1
    ].astype(np.int64)
    return Choices(
        ordered[["year", "firm_group", "origin", "sector", "area"]],
        names,
        np.stack([columns[name] for name in names], axis=2),
        position,
        groups,
        ~ordered["firm_group"].duplicated().to_numpy(),
    )


def _spread_weights(events: pd.DataFrame, weights: pd.DataFrame, places: Places) -> Floats:
    """Industry weights of every event, shape (n_events, n_industries); rows add up to 1."""
    wide = weights.pivot_table(index="event_id", columns="industry", values="weight")
    mix = wide.reindex(index=events["event_id"], columns=list(places.industries)).fillna(0.0)
    values = mix.to_numpy(dtype=np.float64)
    total = values.sum(axis=1, keepdims=True)
    # An event whose industries have no statistics anywhere is judged by all of them alike.
    even = np.full_like(values, 1.0 / values.shape[1])
    return np.where(total > 0, values / np.where(total > 0, total, 1.0), even)


def _look_back(events: pd.DataFrame, chosen: Labels, n_areas: int) -> dict[str, Floats]:
    """Log shares of earlier years' projects: all, same sector, same origin."""
    year = events["year"].to_numpy()
    onehot = np.zeros((len(events), n_areas))
    onehot[np.arange(len(events)), chosen] = 1.0
    earlier = (year[:, None] > year[None, :]).astype(np.float64)
    counts = earlier @ onehot + PSEUDO_PROJECTS
    share = counts / counts.sum(axis=1, keepdims=True)
    found = {"past_all": np.log(share)}
    for name in ("sector", "origin"):
        key = events[name].to_numpy(dtype=str)
        alike = earlier * (key[:, None] == key[None, :])
        own = alike @ onehot + PRIOR_PROJECTS * share
        # Beside past_all: how far the sector or origin departs from the whole.
        found[f"past_{name}"] = np.log(own / own.sum(axis=1, keepdims=True)) - np.log(share)
    return found


def _measure_nearness(events: pd.DataFrame, places: Places) -> dict[str, Floats]:
    if not places.distances:
        return {}
    far = np.stack(
        [
            np.log1p(places.distances.get(origin, np.zeros(len(places.areas))))
            for origin in events["origin"]
        ]
    )
    found = {"distance": far}
    if places.host in places.distances:
        capital = (places.distances[places.host] == 0.0).astype(np.float64)
        if capital.any() and not capital.all():
            found["capital"] = np.tile(capital, (len(events), 1))
    return found
