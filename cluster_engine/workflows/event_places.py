"""Statistics of the areas that projects choose between, from a pack."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import SettingsError
from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.proximity import calc_density, calc_proximity
from cluster_engine.packs.pack import Pack
from cluster_engine.settings import Settings
from cluster_engine.targeting.place.events import Places
from cluster_engine.workflows.economy import read_employment
from cluster_engine.workflows.specialisation import measure_specialisation, read_plant_sizes

Floats = NDArray[np.float64]

LEVEL = 2
"""Digits at which projects meet statistics: words of lists of projects seldom tell more."""

PRESENT_LQ = 1.0
"""LQ from which an industry counts as present (Hidalgo et al. 2007)."""

NOWHERE = "-rest"
"""Ending of areas that are no place: they belong to totals, not to patterns over areas."""


def list_places(pack: Pack) -> tuple[str, ...]:
    """Areas of the pack that a project can choose: those that are a region by themselves.

    Raises
    ------
    SettingsError
        There are fewer than two.
    """
    regions = pack.read("regions")
    areas = tuple(sorted(regions.loc[regions["kind"] == "area", "area"]))
    if len(areas) < 2:
        raise SettingsError(f"The pack '{pack.manifest.name}' has fewer than two areas to choose.")
    return areas


def read_places(
    pack: Pack, settings: Settings, year: int, *, less: pd.DataFrame | None = None
) -> Places:
    """Read jobs, shrunk LQ, relatedness density and distances of the areas.

    Parameters
    ----------
    pack : Pack
    settings : Settings
    year : int
        Of the employment.
    less : DataFrame, optional
        area, industry (two digits), jobs: taken off the figures, as far as they go, to see what
        plants built since do to the features.

    Returns
    -------
    Places
        A figure that an area withholds has the LQ 1: nothing is known about it.
    """
    table = read_employment(pack, level=LEVEL, years=(year,))
    jobs = table.pivot(index="area", columns="industry", values="jobs").fillna(0.0)
    hidden = table.assign(hidden=(table["missing"] > 0) & (table["jobs"] == 0))
    unknown = hidden.pivot(index="area", columns="industry", values="hidden").fillna(True)
    if less is not None:
        taken = less.pivot_table(index="area", columns="industry", values="jobs", aggfunc="sum")
        taken = taken.reindex(index=jobs.index, columns=jobs.columns).fillna(0.0)
        jobs = (jobs - taken).clip(lower=0.0)
    chosen = list(list_places(pack))
    industries = tuple(str(code) for code in jobs.columns)
    sizes = read_plant_sizes(pack, industries, LEVEL)
    base = jobs.sum(axis=0).to_numpy(dtype=np.float64)
    lq = np.stack(
        [
            measure_specialisation(
                jobs.loc[area].to_numpy(dtype=np.float64), base, sizes, settings.concentration
            ).shrunk.mean
            for area in chosen
        ]
    )
    return Places(
        areas=tuple(chosen),
        industries=industries,
        jobs=jobs.loc[chosen].sum(axis=1).to_numpy(dtype=np.float64),
        lq=np.where(unknown.loc[chosen].to_numpy(dtype=bool), 1.0, lq),
        density=_measure_density(jobs, base, chosen),
        distances=_read_distances(pack, chosen),
        host=pack.manifest.host_country,
    )


def _measure_density(jobs: pd.DataFrame, base: Floats, chosen: list[str]) -> Floats:
    real = jobs[~jobs.index.str.endswith(NOWHERE) & (jobs.sum(axis=1) > 0)]
    lq = calc_lq(real.to_numpy(dtype=np.float64), base).values
    presence = pd.DataFrame((lq >= PRESENT_LQ).astype(np.float64), real.index, real.columns)
    related = calc_proximity(presence.to_numpy())
    density = calc_density(presence.loc[chosen].to_numpy(), np.nan_to_num(related)).values
    return np.nan_to_num(np.asarray(density, dtype=np.float64))


def _read_distances(pack: Pack, areas: list[str]) -> dict[str, Floats]:
    if not pack.has("distances"):
        return {}
    table = pack.read("distances").pivot(index="country", columns="area", values="distance_km")
    table = table.reindex(columns=areas)
    # A country that is far from some areas by an unknown way tells nothing of any.
    known = table.dropna()
    return {str(code): row.to_numpy(dtype=np.float64) for code, row in known.iterrows()}
