"""The features of the place model, each a function of figures up to its year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.input_output import calc_io_similarity
from cluster_engine.measures.local_strength import (
    calc_log_ratio,
    calc_market_access,
    calc_rest_of_group,
)
from cluster_engine.measures.presence import calc_presence
from cluster_engine.measures.proximity import calc_density, calc_proximity, calc_related_mean
from cluster_engine.measures.relatedness import calc_colocation
from cluster_engine.targeting.place.data import (
    PRIOR_PLANTS,
    RECENT,
    Place,
    PlaceData,
    expect_jobs,
    lay_out_places,
    measure_lq,
)

Floats = NDArray[np.float64]

LQ_FLOOR = 0.05
"""Added to an LQ before its logarithm; half of the least LQ that rounding to five jobs tells."""

MINIMUM_JOBS = 50.0
"""Fewest jobs of an entry, as in its definition."""

NEIGHBOURS = 20
FEWEST_AREAS = 3
"""Over fewer nothing correlates."""

PRIOR_JOBS = 60.0
"""Jobs of an ordinary plant: the weight of the nation in the ratio of a group of sectors."""

ADVANCED = (
    "high-technology manufacturing", "medium-high-technology manufacturing",
    "high-tech knowledge-intensive services", "knowledge-intensive market services",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceFeatures:
    """Features of regions and sectors at a year.

    Attributes
    ----------
    year : int
        Latest year of any figure in them.
    values : mapping of str to ndarray of float, shape (n_regions, n_sectors)
        Unit as in `terms`; NaN where not known.
    """

    year: int
    values: Mapping[str, Floats]


def calc_place_features(data: PlaceData, members: Floats | None = None) -> PlaceFeatures:
    """Work out every feature.

    Parameters
    ----------
    data : PlaceData
        Figures up to the year of the features.
    members : ndarray of float, shape (n_regions, n_areas), optional
        Regions made of several areas: their jobs are added up first. Without it, the areas.
    """
    place = lay_out_places(data, members)
    values: dict[str, Floats] = {}
    for calculate in CALCULATIONS:
        values.update(calculate(place))
    shape = place.recent.shape
    return PlaceFeatures(
        data.year, {name: np.broadcast_to(array, shape) for name, array in values.items()}
    )


def settle_features(data: PlaceData, members: Floats | None = None) -> PlaceFeatures:
    """Features of regions as if each LQ had long been the mean of the latest years.

    What has just risen tends to fall back, which foretells figures but says nothing of the place: a
    sample that missed a plant, not a region about to draw one. A score builds on these.

    Parameters, Returns
        As :func:`calc_place_features`.
    """
    place = lay_out_places(data, members)
    national = place.area_recent.sum(axis=0)
    lq = np.log(measure_lq(place.recent, national) + LQ_FLOOR)
    told = calc_place_features(data, members)
    still = {
        "lq": lq,
        "past_lq": lq,
        "shrunk_lq": place.shrunk,
        "lq_growth": np.zeros_like(lq),
    }
    return PlaceFeatures(data.year, {**told.values, **still})


def _calc_own(place: Place) -> dict[str, Floats]:
    data, now = place.data, place.jobs[-1]
    national = data.jobs[-1].sum(axis=0)
    found = {
        "lq": np.log(measure_lq(now, national) + LQ_FLOOR),
        "shrunk_lq": calc_log_ratio(
            now, expect_jobs(now, national), data.plant_size, PRIOR_PLANTS
        ),
    }  # fmt: skip
    unknown = np.full(now.shape, np.nan)
    if len(data.years) < 2:
        return found | {"past_lq": unknown, "lq_growth": unknown}
    before = place.jobs[-RECENT:-1].mean(axis=0)
    nation_before = data.jobs[-RECENT:-1].mean(axis=0).sum(axis=0)
    past = calc_log_ratio(before, expect_jobs(before, nation_before), data.plant_size, PRIOR_PLANTS)
    return found | {
        "past_lq": np.log(measure_lq(before, nation_before) + LQ_FLOOR),
        "lq_growth": found["shrunk_lq"] - past,
    }


def _calc_room(place: Place) -> dict[str, Floats]:
    data, now = place.data, place.jobs[-1]
    wanted = np.maximum(expect_jobs(now, data.jobs[-1].sum(axis=0)), MINIMUM_JOBS)
    missing = np.maximum(wanted - now, 1.0)
    return {
        "shortfall": np.log(wanted / (now + 5.0)),
        "shortfall_plants": np.log(missing / data.enterprise_size),
        "enterprise_size": np.log(data.enterprise_size)[None, :],
    }


def _calc_sector(place: Place) -> dict[str, Floats]:
    data = place.data
    jobs = place.area_recent
    national = jobs.sum(axis=0)
    spread = np.divide(jobs, national, out=np.zeros_like(jobs), where=national > 0)
    apart = np.abs(spread - (jobs.sum(axis=1) / jobs.sum())[:, None]).sum(axis=0) / 2.0
    presence = calc_presence(measure_lq(jobs, national))
    unknown = np.full((1, len(national)), np.nan)
    growth = unknown
    if len(data.years) > 1:
        last, before = data.jobs[-1].sum(axis=0), data.jobs[-2].sum(axis=0)
        growth = np.log((last + PRIOR_JOBS) / (before + PRIOR_JOBS))[None, :]
    return {
        "concentration": apart[None, :],
        "ubiquity": (presence.ubiquity / len(jobs))[None, :],
        "sector_size": np.log(national + 1.0)[None, :],
        "sector_growth": growth,
    }


def _calc_restlessness(place: Place) -> dict[str, Floats]:
    """Mean yearly change of the root of jobs, whose noise does not grow with the jobs."""
    if len(place.data.years) < 2:
        unknown = np.full((1, 1), np.nan)
        return {"volatility": unknown, "sector_volatility": unknown}
    own = np.abs(np.diff(np.sqrt(place.jobs), axis=0)).mean(axis=0)
    sector = np.abs(np.diff(np.sqrt(place.data.jobs), axis=0)).mean(axis=(0, 1))
    return {
        "volatility": np.log(own + 0.1),
        "sector_volatility": np.log(sector + 0.1)[None, :],
    }


def _calc_related(place: Place) -> dict[str, Floats]:
    data = place.data
    national = place.area_recent.sum(axis=0)
    held = calc_presence(measure_lq(place.recent, national)).M
    base = calc_presence(measure_lq(place.area_recent, national)).M
    proximity = calc_proximity(base)
    nearest = min(NEIGHBOURS, len(data.codes) - 1)
    trade = data.io_shares @ calc_io_similarity(data.flows) @ data.io_shares.T
    return {
        "density": calc_density(held, proximity).values,
        "density_nearest": calc_density(held, proximity, neighbours=nearest).values,
        "colocated_strength": _calc_colocated_strength(place),
        "traded_strength": calc_related_mean(place.shrunk, trade, neighbours=nearest),
        "area_diversity": held.mean(axis=1)[:, None],
    }


def _calc_colocated_strength(place: Place) -> Floats:
    settled = place.area_recent[place.area_recent.sum(axis=1) > 0]
    if len(settled) < FEWEST_AREAS:
        return np.full(place.shrunk.shape, np.nan)
    together = np.maximum(calc_colocation(settled), 0.0)
    return calc_related_mean(place.shrunk, together).astype(np.float64)


def _calc_groups(place: Place) -> dict[str, Floats]:
    data = place.data
    codes = np.array(data.codes)
    # A sector outside all clusters stands alone: it has no mates.
    alone = np.where(data.clusters < 0, -1 - np.arange(len(codes)), data.clusters)
    labels = {
        "group_strength": codes.astype("U3"),
        "division_strength": codes.astype("U2"),
        "cluster_strength": alone,
        "knowledge_strength": np.array(data.knowledge_class),
    }
    return {
        name: calc_rest_of_group(place.recent, place.expected, label, prior_jobs=PRIOR_JOBS)
        for name, label in labels.items()
    }


def _calc_trade(place: Place) -> dict[str, Floats]:
    shares = place.data.io_shares
    industries = place.recent @ shares
    lq = measure_lq(industries, place.area_recent.sum(axis=0) @ shares)
    access = calc_market_access(lq, place.data.flows)
    return {
        "supplier_access": access.supplier @ shares.T,
        "customer_access": access.customer @ shares.T,
        "industry_lq": np.log(lq @ shares.T + LQ_FLOOR),
    }


def _calc_area(place: Place) -> dict[str, Floats]:
    advanced = np.isin(np.array(place.data.knowledge_class), ADVANCED)
    total = place.recent.sum(axis=1)
    held = place.recent[:, advanced].sum(axis=1)
    share = np.divide(held, total, out=np.zeros_like(held), where=total > 0)
    return {"knowledge_share": share[:, None], "area_size": np.log(total + 1.0)[:, None]}


CALCULATIONS: tuple[Callable[[Place], dict[str, Floats]], ...] = (
    _calc_own, _calc_room, _calc_sector, _calc_restlessness, _calc_related, _calc_groups,
    _calc_trade, _calc_area,
)  # fmt: skip
