"""List the sectors of a region by location quotient, with intervals and a trend."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.measures.concentration import calc_lq
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.parameters import Concentration
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Region
from cluster_engine.settings import read_settings
from cluster_engine.workflows.champion import find_niches, get_champion
from cluster_engine.workflows.comparison import (
    Comparison,
    choose_base,
    choose_year,
    measure_columns,
)
from cluster_engine.workflows.economy import SECTOR_DIGITS, read_employment
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.specialisation import read_plant_sizes

WITHHELD = "not published"
REASONS = ("lq_reason", "lq_interval_reason")


@dataclass(frozen=True, slots=True)
class SectorRequest:
    """Which sectors to list.

    Attributes
    ----------
    region, pack : str or None
        None: the defaults.
    level : int
        Digits of the code.
    comparison : Comparison
        Year, base and threshold.
    min_jobs : float
        Fewest jobs of a sector in the list.
    cluster : str or None
        Only sectors of this niche cluster.
    """

    region: str | None = None
    pack: str | None = None
    level: int = 5
    comparison: Comparison = field(default_factory=Comparison)
    min_jobs: float = 0.0
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class SectorList:
    """Sectors of a region at one level of the classification.

    Attributes
    ----------
    region : Region
    rows : DataFrame
        industry, name, label, jobs, base_jobs, base_share, lq, lq_reason, lq_low, lq_high,
        lq_interval_reason, shrunk_lq, p_specialised, growth, and lq_<year> for every year of the
        pack up to the one asked for; highest LQ first.
    year : int
    years : tuple of int
        Years of the trend; growth is counted from the first.
    threshold : float
        LQ of ``p_specialised``.
    jobs, base_jobs : float
        Jobs in all sectors.
    """

    region: Region
    rows: pd.DataFrame
    year: int
    years: tuple[int, ...]
    threshold: float
    jobs: float
    base_jobs: float


def list_sectors(
    request: SectorRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> SectorList:
    """List the sectors of a region by location quotient.

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
        Unknown region, base, year, level or cluster.
    DataError
        The pack is faulty.
    """
    pack = open_pack(request.pack)
    region = find_region(pack, request.region)
    employment = read_employment(pack, level=request.level)
    known = sorted(int(value) for value in employment["year"].unique())
    year = choose_year(pack, known, request.comparison.year)
    base_areas = choose_base(pack, region, request.comparison, set(employment["area"]))
    years = tuple(value for value in known if value <= year)
    base = _sum_by_year(employment[employment["area"].isin(base_areas)])
    own = _sum_by_year(employment[employment["area"].isin(region.areas)])
    own = own.reindex(index=base.index, columns=base.columns).fillna(0.0)
    withheld = _find_withheld(employment, region, year)
    settings = request.comparison.apply(read_settings().concentration)
    rows = _measure(pack, own[year], base[year], settings, request.level)
    rows = rows.assign(growth=_calc_growth(own, years[0], year), **_calc_trend(own, base, years))
    rows = _blank_withheld(rows, withheld, year)
    rows = rows[(rows["jobs"] >= request.min_jobs) | rows["jobs"].isna()]
    if request.cluster is not None:
        model = get_champion(
            pack, region, store, may_train=True, on_note=on_note, on_progress=on_progress
        )
        names = find_niches(model, request.cluster)
        inside = set(model.sectors.loc[model.sectors["niche_name"].isin(names), "industry"])
        rows = rows[rows["industry"].str[:SECTOR_DIGITS].isin(inside)]
    rows = rows.sort_values(["lq", "industry"], ascending=[False, True], kind="stable")
    return SectorList(
        region=region,
        rows=rows.reset_index(drop=True),
        year=year,
        years=years,
        threshold=settings.specialised_lq,
        jobs=float(own[year].sum()),
        base_jobs=float(base[year].sum()),
    )


def _find_withheld(employment: pd.DataFrame, region: Region, year: int) -> set[str]:
    """Sectors of which no figure of the region is published: not known, which is not nothing."""
    own = employment[employment["area"].isin(region.areas) & (employment["year"] == year)]
    sums = own.groupby("industry")[["jobs", "missing"]].sum()
    return set(sums.index[(sums["missing"] > 0) & (sums["jobs"] == 0)])


def _blank_withheld(rows: pd.DataFrame, withheld: set[str], year: int) -> pd.DataFrame:
    hidden = rows["industry"].isin(withheld)
    if not hidden.any():
        return rows
    unknown = [
        "jobs", "base_share", "lq", "lq_low", "lq_high", "shrunk_lq", "p_specialised", "growth",
        f"lq_{year}",
    ]  # fmt: skip
    blanked = rows.assign(**{name: rows[name].mask(hidden) for name in unknown})
    reasons = {name: rows[name].mask(hidden, WITHHELD) for name in REASONS}
    return blanked.assign(**reasons)


def _sum_by_year(employment: pd.DataFrame) -> pd.DataFrame:
    return employment.pivot_table(index="industry", columns="year", values="jobs", aggfunc="sum")


def _calc_growth(own: pd.DataFrame, first: int, last: int) -> pd.Series:
    """Mean yearly growth of jobs; not a number for a sector that had none, or over no time."""
    span = last - first
    start = own[first].where((own[first] > 0) & (span > 0))
    growth: pd.Series = (own[last] / start) ** (1.0 / max(span, 1)) - 1.0
    return growth.reset_index(drop=True)


def _calc_trend(
    own: pd.DataFrame, base: pd.DataFrame, years: tuple[int, ...]
) -> dict[str, pd.Series]:
    """LQ of every year; where it is undefined, ``lq_reason`` says why for the year of the list."""
    trend = {}
    for year in years:
        lq = calc_lq(own[year].to_numpy()[None, :], base[year].to_numpy()).values[0]
        trend[f"lq_{year}"] = pd.Series(lq)
    return trend


def _measure(
    pack: Pack, own: pd.Series, base: pd.Series, settings: Concentration, level: int
) -> pd.DataFrame:
    industries = pack.read("industries", columns=("industry", "name", "label"))
    names = industries.set_index("industry").reindex(own.index)
    if names["name"].isna().all():
        raise SettingsError(
            f"The pack has no industries at {level} digits.", hint="Try --level 2, 3, 4 or 5."
        )
    codes = [str(code) for code in own.index]
    columns = measure_columns(
        own.to_numpy(), base.to_numpy(), read_plant_sizes(pack, codes, level), settings
    )
    return pd.DataFrame(
        {
            "industry": codes,
            "name": names["name"].to_numpy(),
            "label": names["label"].to_numpy(),
            "jobs": own.to_numpy(),
            "base_jobs": base.to_numpy(),
            "base_share": (own / base.where(base > 0)).to_numpy(),
            **columns,
        }
    )
