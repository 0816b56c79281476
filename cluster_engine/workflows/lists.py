"""Lists an analyst looks at: sectors, niche clusters, clusters of the nation."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.packs.choices import find_region, make_slug
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Model, Region
from cluster_engine.settings import Settings, read_settings
from cluster_engine.workflows.champion import find_niches, get_champion
from cluster_engine.workflows.economy import SECTOR_DIGITS, read_employment
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.specialisation import measure_specialisation, read_plant_sizes


@dataclass(frozen=True, slots=True)
class SectorRequest:
    """Which sectors to list.

    Attributes
    ----------
    region, pack : str or None
        None: the defaults.
    level : int
        Digits of the code.
    year : int or None
        None: the pack's default.
    min_jobs : float
        Fewest jobs of a sector in the list.
    cluster : str or None
        Only sectors of this niche cluster.
    """

    region: str | None = None
    pack: str | None = None
    level: int = 5
    year: int | None = None
    min_jobs: float = 0.0
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class SectorList:
    """Sectors of a region at one level of the classification.

    Attributes
    ----------
    region : Region
    rows : DataFrame
        industry, name, label, jobs, national_jobs, national_share, lq, lq_reason, shrunk_lq,
        p_specialised, growth; highest LQ first.
    year, first_year : int
        Year of the jobs, and the year from which growth is counted.
    jobs, national_jobs : float
        Jobs in all sectors.
    """

    region: Region
    rows: pd.DataFrame
    year: int
    first_year: int
    jobs: float
    national_jobs: float


def list_sectors(
    request: SectorRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> SectorList:
    """List the sectors of a region by location quotient; the base is all areas of the pack.

    Parameters
    ----------
    request : SectorRequest
        What to list.
    store : ModelStore
        Where champions lie; used only to find a niche cluster.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError
        Unknown region, year, level or cluster.
    DataError
        The pack is faulty.
    """
    pack = open_pack(request.pack)
    region = find_region(pack, request.region)
    employment = read_employment(pack, level=request.level)
    years = sorted(int(value) for value in employment["year"].unique())
    year = request.year or pack.manifest.default_year
    if year not in years:
        known = ", ".join(str(value) for value in years)
        raise SettingsError(f"There are no jobs for {year}.", hint=f"Known years: {known}.")
    nation = _sum_by_year(employment)
    own = _sum_by_year(employment[employment["area"].isin(region.areas)])
    own = own.reindex(index=nation.index, columns=nation.columns).fillna(0.0)
    rows = _measure(pack, own[year], nation[year], read_settings(), request.level)
    rows = rows.assign(growth=_calc_growth(own, years[0], year))
    rows = rows[rows["jobs"] >= request.min_jobs]
    if request.cluster is not None:
        model = get_champion(
            pack, region, store, may_train=True, on_note=on_note, on_progress=on_progress
        )
        names = find_niches(model, request.cluster)
        inside = set(model.sectors.loc[model.sectors["niche_name"].isin(names), "industry"])
        rows = rows[rows["industry"].str[:SECTOR_DIGITS].isin(inside)]
    rows = rows.sort_values(["lq", "industry"], ascending=[False, True], kind="stable")
    jobs, national = float(own[year].sum()), float(nation[year].sum())
    return SectorList(region, rows.reset_index(drop=True), year, years[0], jobs, national)


def _sum_by_year(employment: pd.DataFrame) -> pd.DataFrame:
    return employment.pivot_table(index="industry", columns="year", values="jobs", aggfunc="sum")


def _calc_growth(own: pd.DataFrame, first: int, last: int) -> pd.Series:
    """Mean yearly growth of jobs; not a number for a sector that had none, or over no time."""
    span = last - first
    start = own[first].where((own[first] > 0) & (span > 0))
    growth: pd.Series = (own[last] / start) ** (1.0 / max(span, 1)) - 1.0
    return growth.reset_index(drop=True)


def _measure(
    pack: Pack, own: pd.Series, nation: pd.Series, settings: Settings, level: int
) -> pd.DataFrame:
    industries = pack.read("industries", columns=("industry", "name", "label"))
    names = industries.set_index("industry").reindex(own.index)
    if names["name"].isna().all():
        raise SettingsError(
            f"The pack has no industries at {level} digits.", hint="Try --level 2, 3, 4 or 5."
        )
    codes = [str(code) for code in own.index]
    found = measure_specialisation(
        own.to_numpy(),
        nation.to_numpy(),
        read_plant_sizes(pack, codes, level),
        settings.concentration,
    )
    return pd.DataFrame(
        {
            "industry": codes,
            "name": names["name"].to_numpy(),
            "label": names["label"].to_numpy(),
            "jobs": found.jobs,
            "national_jobs": found.national_jobs,
            "national_share": (own / nation.where(nation > 0)).to_numpy(),
            "lq": found.lq.values[0],
            "lq_reason": found.lq.reasons[0],
            "shrunk_lq": found.shrunk.mean,
            "p_specialised": found.shrunk.probability_above,
        }
    )


@dataclass(frozen=True, slots=True)
class ClusterList:
    """Clusters of a region.

    Attributes
    ----------
    model : Model
        Where they come from.
    rows : DataFrame
        Niche clusters with the short name the command line takes, or clusters of the nation.
    """

    model: Model
    rows: pd.DataFrame


def list_clusters(
    store: ModelStore,
    *,
    region: str | None = None,
    pack: str | None = None,
    of_nation: bool = False,
    cluster: str | None = None,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> ClusterList:
    """List the niche clusters of a region, or the clusters of the nation by the region's LQ.

    Parameters
    ----------
    store : ModelStore
        Where champions lie.
    region, pack : str or None
        None: the defaults.
    of_nation : bool
        Clusters of the nation instead of niche clusters.
    cluster : str or None
        Only this niche cluster.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError
        Unknown region or cluster.
    """
    opened = open_pack(pack)
    place = find_region(opened, region)
    model = get_champion(
        opened, place, store, may_train=True, on_note=on_note, on_progress=on_progress
    )
    if of_nation:
        rows = model.clusters.sort_values(["lq", "cluster"], ascending=[False, True], kind="stable")
    else:
        rows = model.niches.assign(slug=[make_slug(name) for name in model.niches["name"]])
        if cluster is not None:
            rows = rows[rows["name"].isin(find_niches(model, cluster))]
    return ClusterList(model, rows.reset_index(drop=True))
