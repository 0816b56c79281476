"""Turn an analysis into the plain tables a champion keeps."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.naming import name_clusters, name_niches
from cluster_engine.settings import Niches, Settings
from cluster_engine.workflows.analyse import Analysis, select_areas
from cluster_engine.workflows.national import LOCAL

Floats = NDArray[np.float64]

DIGITS = 9
"""Digits kept in model tables: enough for any use, few enough to be the same everywhere."""

LOCAL_NAME = "Local services"


def build_sector_table(
    analysis: Analysis, names: dict[str, str], settings: Settings
) -> pd.DataFrame:
    """One row per sector: how strong the region is in it, where it belongs, how it is linked.

    Parameters
    ----------
    analysis : Analysis
        The analysis of the region.
    names : dict of str to str
        Short names of two- and three-digit codes, for cluster names.
    settings : Settings
        Knowledge class levels.

    Returns
    -------
    DataFrame
        Columns as in docs/model.md, in order of code.
    """
    base = analysis.economy.sectors
    special = analysis.specialisation
    lq = special.lq.values[0]
    table = base.assign(
        jobs=special.jobs,
        national_jobs=special.national_jobs,
        lq=lq,
        lq_reason=special.lq.reasons[0],
        shrunk_lq=special.shrunk.mean,
        p_specialised=special.shrunk.probability_above,
        growth=_calc_growth(analysis),
        cluster=analysis.national.labels,
        niche=analysis.niches,
    )
    table = _add_names(table, names)
    table = pd.concat(
        [table, _closeness(table, analysis, settings.niches), _supply_chain(table, analysis)],
        axis=1,
    )
    levels = table["knowledge_class"].map(settings.scoring.knowledge_classes)
    table = table.assign(
        specialisation=np.clip(np.log2(table["shrunk_lq"]), -2.0, 3.0).where(table["lq"].notna()),
        class_level=levels.astype("float64"),
    )
    return _round(table)


def build_niche_table(
    sectors: pd.DataFrame, analysis: Analysis, settings: Settings
) -> pd.DataFrame:
    """One row per niche cluster of the region, the one with most jobs beyond the expected first.

    Returns
    -------
    DataFrame
        niche, name, cluster_name, jobs, national_jobs, lq, national_share, growth, areas_with_it
        (other base areas specialised in the same sectors), sectors (in words).
    """
    inside = sectors[sectors["niche"] >= 0]
    total = analysis.specialisation.region_share
    rows = []
    for niche in sorted(int(label) for label in inside["niche"].unique()):
        members = inside[inside["niche"] == niche]
        jobs, national = members["jobs"].sum(), members["national_jobs"].sum()
        ordered = members.sort_values("jobs", ascending=False, kind="stable")
        words = [
            f"{row.industry} {row.name_} ({row.lq:.1f})"
            for row in ordered.rename(columns={"name": "name_"}).itertuples()
        ]
        rows.append(
            {
                "niche": niche,
                "name": members["niche_name"].iloc[0],
                "cluster_name": members["cluster_name"].iloc[0],
                "jobs": jobs,
                "national_jobs": national,
                "lq": jobs / national / total,
                "national_share": jobs / national,
                "growth": _growth_of(analysis, members.index.to_numpy()),
                "areas_with_it": _count_areas(
                    analysis, members.index.to_numpy(), settings.concentration.specialised_lq
                ),
                "n_sectors": len(members),
                "sectors": "; ".join(words),
            }
        )
    columns = ["niche", "name", "cluster_name", "jobs", "national_jobs", "lq", "national_share",
               "growth", "areas_with_it", "n_sectors", "sectors"]  # fmt: skip
    return _round(pd.DataFrame(rows, columns=columns))


def build_cluster_table(sectors: pd.DataFrame, analysis: Analysis) -> pd.DataFrame:
    """One row per cluster of the nation, with the region's jobs in it.

    Returns
    -------
    DataFrame
        cluster, name, n_sectors, jobs, national_jobs, lq, membership (mean share of votes that
        keep its sectors together), sectors (the largest, in words).
    """
    inside = sectors[sectors["cluster"] != LOCAL]
    total = analysis.specialisation.region_share
    votes = pd.Series(
        analysis.national.partition.membership, index=sectors.index[analysis.national.clustered]
    )
    rows = []
    for cluster in sorted(int(label) for label in inside["cluster"].unique()):
        members = inside[inside["cluster"] == cluster]
        jobs, national = members["jobs"].sum(), members["national_jobs"].sum()
        ordered = members.sort_values("national_jobs", ascending=False, kind="stable")
        rows.append(
            {
                "cluster": cluster,
                "name": members["cluster_name"].iloc[0],
                "n_sectors": len(members),
                "jobs": jobs,
                "national_jobs": national,
                "lq": jobs / national / total if national else np.nan,
                "membership": votes.reindex(members.index).mean(),
                "sectors": "; ".join(ordered["name"]),
            }
        )
    return _round(pd.DataFrame(rows))


def _add_names(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    traded = table[table["cluster"] != LOCAL]
    clusters = name_clusters(
        traded[["industry", "cluster"]].assign(jobs=traded["national_jobs"]), names
    )
    core = table[table["niche"] >= 0]
    excess = core["jobs"] * (1.0 - 1.0 / core["lq"])
    niches = name_niches(core[["industry", "name", "niche"]].assign(excess_jobs=excess))
    return table.assign(
        cluster_name=table["cluster"].map(clusters).fillna(LOCAL_NAME),
        niche_name=table["niche"].map(niches),
    )


def _closeness(table: pd.DataFrame, analysis: Analysis, settings: Niches) -> pd.DataFrame:
    """Nearest niche of every sector, closeness to it, and closeness weighted by its strength."""
    empty = pd.DataFrame(
        {"nearest_niche_name": "", "niche_affinity": 0.0, "affinity": 0.0}, index=table.index
    )
    if analysis.affinity.shape[1] == 0:
        return empty
    core = table[table["niche"] >= 0]
    weighed = np.round(analysis.affinity * _calc_strength(core, analysis, settings), DIGITS)
    nearest = weighed.argmax(axis=1)
    rows = np.arange(len(table))
    names = core.drop_duplicates("niche").set_index("niche")["niche_name"]
    return empty.assign(
        nearest_niche_name=names.reindex(nearest).to_numpy(),
        niche_affinity=analysis.affinity[rows, nearest],
        affinity=weighed[rows, nearest],
    )


def _calc_strength(core: pd.DataFrame, analysis: Analysis, settings: Niches) -> Floats:
    """Pull of every niche, 0 to 1: in full for a large LQ and enough jobs, else in proportion."""
    held = core.groupby("niche", sort=True)[["jobs", "national_jobs"]].sum().to_numpy(np.float64)
    lq = held[:, 0] / held[:, 1] / analysis.specialisation.region_share
    specialised = np.clip(np.log2(lq) / np.log2(settings.full_strength_lq), 0.0, 1.0)
    share = held[:, 0] / analysis.specialisation.jobs.sum()
    large = np.sqrt(np.minimum(share / settings.full_strength_jobs_share, 1.0))
    strength: Floats = specialised * large
    return strength


def _supply_chain(table: pd.DataFrame, analysis: Analysis) -> pd.DataFrame:
    """Links of every sector through its input-output industry."""
    links, shares, io = analysis.links, analysis.economy.io_shares, analysis.economy.io
    in_table = shares.sum(axis=1) > 0
    industry = shares.argmax(axis=1)
    names = np.array(io.names, dtype=object)
    main = links.main_input[industry]
    has_main = in_table & (main >= 0)
    return pd.DataFrame(
        {
            "supplier": np.where(in_table, shares @ np.log2(1.0 + links.supplier), np.nan),
            "customer": np.where(in_table, shares @ np.log2(1.0 + links.customer), np.nan),
            "io_name": np.where(in_table, names[industry], ""),
            "supplier_demand": np.where(in_table, links.demand.sum(axis=0)[industry], 0.0),
            "supplier_leakage": np.where(in_table, links.leakage.sum(axis=0)[industry], 0.0),
            "input_name": np.where(has_main, names[main], ""),
            "input_share": np.where(has_main, links.main_input_share[industry], 0.0),
            "input_lq": np.where(has_main, analysis.io_lq[main], 0.0),
        },
        index=table.index,
    )


def _calc_growth(analysis: Analysis) -> Floats:
    positions = np.arange(len(analysis.economy.sectors))
    return np.array([_growth_of(analysis, np.array([position])) for position in positions])


def _growth_of(analysis: Analysis, sectors: NDArray[np.int64]) -> float:
    """Mean yearly growth of the region's jobs in these sectors over the years of the pack."""
    economy = analysis.economy
    areas = select_areas(economy, analysis.region)
    first, last = (float(economy.jobs[year][np.ix_(areas, sectors)].sum()) for year in (0, -1))
    years = economy.years[-1] - economy.years[0]
    return (last / first) ** (1.0 / years) - 1.0 if first > 0 and years > 0 else float("nan")


def _count_areas(analysis: Analysis, sectors: NDArray[np.int64], threshold: float) -> int:
    """Other base areas whose LQ in these sectors together exceeds the threshold."""
    latest = analysis.economy.jobs[-1]
    share = latest[:, sectors].sum(axis=1) / latest.sum(axis=1)
    lq = share / (latest[:, sectors].sum() / latest.sum())
    lq[select_areas(analysis.economy, analysis.region)] = 0.0
    return int((lq > threshold).sum())


def _round(table: pd.DataFrame) -> pd.DataFrame:
    numbers = table.select_dtypes("float").columns
    return table.assign(**{name: table[name].round(DIGITS) for name in numbers})
