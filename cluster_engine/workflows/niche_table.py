"""The niche clusters of a region as a table: what each is, how sure, how rare, who carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.niches import calc_rivals_share
from cluster_engine.clustering.stars import Standing, rate
from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.presence import calc_presence
from cluster_engine.measures.proximity import calc_density, calc_proximity
from cluster_engine.measures.shift_share import calc_shift_share
from cluster_engine.settings import Settings
from cluster_engine.workflows.analyse import Analysis, select_areas
from cluster_engine.workflows.comparison import measure_columns
from cluster_engine.workflows.rounding import round_numbers
from cluster_engine.workflows.value_added import Productivity

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

KNOWLEDGE_CLASSES = (
    "high-technology manufacturing", "medium-high-technology manufacturing",
    "high-tech knowledge-intensive services", "knowledge-intensive market services",
    "knowledge-intensive financial services", "other knowledge-intensive services",
)  # fmt: skip
"""Classes of Eurostat that count as knowledge-intensive."""


PLAUSIBLE_VALUE = (0.4, 2.5)
"""Value added per job of the region over that of the nation outside which the two statistics do
not speak of the same plants (nuclear fuel in Cumbria: £12k), and no figure is shown."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What every niche is measured against, computed once for the region.

    Attributes
    ----------
    analysis : Analysis
    settings : Settings
    own : ndarray of int
        Positions of the region's areas.
    others : ndarray of int
        Positions of the other areas.
    density : ndarray of float, shape (n_sectors,)
        Relatedness density of the region round every sector; NaN where there is none.
    value : Productivity or None
        Value added per job, where the pack tells.
    area_names : mapping of str to str
    """

    analysis: Analysis
    settings: Settings
    own: Positions
    others: Positions
    density: Floats
    value: Productivity | None
    area_names: Mapping[str, str]


def build_niche_table(
    sectors: pd.DataFrame,
    analysis: Analysis,
    settings: Settings,
    *,
    value: Productivity | None,
    area_names: Mapping[str, str],
) -> pd.DataFrame:
    """One row per niche cluster of the region, the one with most jobs beyond the expected first.

    Parameters
    ----------
    sectors : DataFrame
        Of `model_tables.build_sector_table`.
    analysis : Analysis
    settings : Settings
    value : Productivity or None
        Value added per job of every sector.
    area_names : mapping of str to str
        Names of the base areas.

    Returns
    -------
    DataFrame
        Columns as in docs/model.md.
    """
    own = select_areas(analysis.economy, analysis.region)
    setting = Setting(
        analysis, settings, own,
        np.setdiff1d(np.arange(len(analysis.economy.areas)), own),
        _calc_own_density(analysis, own), value, area_names,
    )  # fmt: skip
    inside = sectors[sectors["niche"] >= 0]
    rows = []
    for niche in sorted(int(label) for label in inside["niche"].unique()):
        members = inside[inside["niche"] == niche]
        places = members.index.to_numpy(np.int64)
        rows.append(
            {
                "niche": niche,
                "name": members["niche_name"].iloc[0],
                "cluster_name": members["cluster_name"].iloc[0],
                **_measure(setting, places),
                **_compare(setting, places),
                **_value(setting, members),
                "areas": _list_areas(setting, places),
                "n_sectors": len(members),
                "sectors": _list_sectors(members),
            }
        )
    return round_numbers(pd.DataFrame(rows, columns=NICHE_COLUMNS))


NICHE_COLUMNS = [
    "niche", "name", "cluster_name", "jobs", "national_jobs", "lq", "lq_low", "lq_high",
    "p_specialised", "national_share", "growth", "change", "change_national", "change_mix",
    "change_regional", "areas_with_it", "rivals_share", "stars", "star_size",
    "star_specialisation", "star_focus", "star_growth", "density", "knowledge_share",
    "value_per_job", "value_per_job_national", "areas", "n_sectors", "sectors",
]  # fmt: skip


def _measure(setting: Setting, places: Positions) -> dict[str, object]:
    """Size and specialisation of the sectors together, with the interval of one large sector."""
    special, economy = setting.analysis.specialisation, setting.analysis.economy
    rest = np.setdiff1d(np.arange(len(special.jobs)), places)
    size = economy.plant_size
    known = np.where(np.isfinite(size), size, setting.settings.concentration.default_plant_size)
    held = special.national_jobs[places]
    # Plants of several sectors together: the mean of their effective sizes, weighted by jobs.
    joint = float(np.average(known[places], weights=held)) if held.sum() else np.nan
    figures = measure_columns(
        np.concatenate([[special.jobs[places].sum()], special.jobs[rest]]),
        np.concatenate([[held.sum()], special.national_jobs[rest]]),
        np.concatenate([[joint], size[rest]]),
        setting.settings.concentration,
    )
    names = ("lq", "lq_low", "lq_high", "p_specialised")
    return {
        "jobs": float(special.jobs[places].sum()),
        "national_jobs": float(held.sum()),
        "national_share": float(special.jobs[places].sum() / held.sum()),
        **{name: float(figures[name][0]) for name in names},
    }


def _compare(setting: Setting, places: Positions) -> dict[str, object]:
    """Growth, shift-share, rarity and stars."""
    economy = setting.analysis.economy
    held = economy.jobs[:, :, places].sum(axis=2)
    first, last = held[0], held[-1]
    years = economy.years[-1] - economy.years[0]
    own_first, own_last = float(first[setting.own].sum()), float(last[setting.own].sum())
    parts = _split_change(setting, places)
    totals = economy.jobs[-1].sum(axis=1)
    lq = own_last / totals[setting.own].sum() / (last.sum() / totals.sum())
    area_lq = last / totals / (last.sum() / totals.sum())
    with_it = area_lq[setting.others] > setting.settings.concentration.specialised_lq
    rating = rate(
        Standing(
            own_last,
            float(totals[setting.own].sum()),
            _grow(own_first, own_last, years),
            float(lq),
            last[setting.others],
            totals[setting.others],
            np.array(
                [_grow(a, b, years) for a, b in zip(first, last, strict=True)], dtype=np.float64
            )[setting.others],
        ),
        len(setting.own),
        setting.settings.stars,
    )
    return {
        "growth": _grow(own_first, own_last, years),
        "change": own_last - own_first,
        **parts,
        "areas_with_it": int(with_it.sum()),
        "rivals_share": calc_rivals_share(economy.jobs[-1], totals, setting.own, places),
        "stars": rating.count,
        **{f"star_{name}": value for name, value in asdict(rating).items()},
    }


def _split_change(setting: Setting, places: Positions) -> dict[str, object]:
    """Shift-share of the jobs since the first year of the pack, added up over the sectors."""
    economy = setting.analysis.economy
    start, end = economy.jobs[0], economy.jobs[-1]
    parts = calc_shift_share(
        start[setting.own].sum(axis=0)[None, :],
        end[setting.own].sum(axis=0)[None, :],
        start.sum(axis=0),
        end.sum(axis=0),
    )
    return {
        "change_national": float(parts.national[0, places].sum()),
        "change_mix": float(parts.mix[0, places].sum()),
        "change_regional": float(parts.regional[0, places].sum()),
    }


def _value(setting: Setting, members: pd.DataFrame) -> dict[str, object]:
    """Knowledge intensity, relatedness density and value added per job, weighted by jobs."""
    places = members.index.to_numpy(np.int64)
    jobs = members["jobs"].to_numpy(np.float64)
    known = members["knowledge_class"].isin(KNOWLEDGE_CLASSES).to_numpy()
    own = national = np.nan
    if setting.value is not None:
        own = _average(setting.value.region.values[places], jobs)
        national = _average(setting.value.nation.values[places], jobs)
        if not PLAUSIBLE_VALUE[0] <= own / national <= PLAUSIBLE_VALUE[1]:
            own = np.nan
    return {
        "knowledge_share": float(jobs[known].sum() / jobs.sum()),
        "density": _average(setting.density[places], jobs),
        "value_per_job": own,
        "value_per_job_national": national,
    }


def _calc_own_density(analysis: Analysis, own: Positions) -> Floats:
    """Relatedness density of the region round every sector, the region being one row."""
    latest = analysis.economy.jobs[-1]
    others = np.setdiff1d(np.arange(len(latest)), own)
    rows = np.vstack([latest[own].sum(axis=0), latest[others]])
    M = calc_presence(calc_lq(rows, latest.sum(axis=0)).values).M
    density: Floats = calc_density(M, calc_proximity(M)).values[0].astype(np.float64)
    return density


def _list_areas(setting: Setting, places: Positions) -> str:
    """Which base areas carry the niche: share of its jobs in the region, and LQ there."""
    economy = setting.analysis.economy
    held = economy.jobs[-1][:, places].sum(axis=1)
    totals = economy.jobs[-1].sum(axis=1)
    lq = held / totals / (held.sum() / totals.sum())
    order = setting.own[np.argsort(-held[setting.own], kind="stable")]
    total = held[setting.own].sum()
    return "; ".join(
        f"{setting.area_names[economy.areas[area]]} {held[area] / total:.0%} (LQ {lq[area]:.1f})"
        for area in order
        if held[area] > 0
    )


def _list_sectors(members: pd.DataFrame) -> str:
    ordered = members.sort_values("jobs", ascending=False, kind="stable")
    return "; ".join(
        f"{row['industry']} {row['name']} ({row['lq']:.1f})" for row in ordered.to_dict("records")
    )


def _average(values: Floats, weights: Floats) -> float:
    """Weighted mean of what is known; NaN if nothing is."""
    known = ~np.isnan(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else np.nan


def _grow(first: float, last: float, years: int) -> float:
    """Mean yearly growth; NaN from nothing."""
    return (last / first) ** (1.0 / years) - 1.0 if first > 0 and years > 0 else float("nan")
