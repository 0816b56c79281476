"""Turn an analysis into the plain tables a champion keeps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.naming import NameRule, name_niches
from cluster_engine.parameters import Niches
from cluster_engine.results import LOCAL, Region
from cluster_engine.settings import Settings
from cluster_engine.workflows.analyse import Analysis, select_areas
from cluster_engine.workflows.economy import Economy
from cluster_engine.workflows.rounding import DIGITS, round_numbers

Floats = NDArray[np.float64]

LOCAL_PREFIX = "Local: "
"""Local sectors are grouped apart, by division."""


def build_sector_table(
    analysis: Analysis,
    names: dict[str, str],
    settings: Settings,
    rules: Sequence[NameRule] = (),
) -> pd.DataFrame:
    """One row per sector: how strong the region is in it, where it belongs, how it is linked.

    Parameters
    ----------
    analysis : Analysis
        The analysis of the region.
    names : dict of str to str
        Short names of two-digit codes, for groups of local sectors.
    settings : Settings
        Knowledge class levels.
    rules : sequence of NameRule
        Names of niches given by the user.

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
        growth=calc_growth(analysis.economy, analysis.region),
        cluster=analysis.national.labels,
        membership=analysis.national.model.sectors["membership"].to_numpy(),
        niche=analysis.niches,
    )
    table = _add_names(table, analysis, names, rules)
    table = pd.concat(
        [table, _closeness(table, analysis, settings.niches), _supply_chain(table, analysis)],
        axis=1,
    )
    levels = table["knowledge_class"].map(settings.scoring.knowledge_classes)
    table = table.assign(
        specialisation=np.clip(np.log2(table["shrunk_lq"]), -2.0, 3.0).where(table["lq"].notna()),
        class_level=levels.astype("float64"),
    )
    return round_numbers(table)


def build_cluster_table(sectors: pd.DataFrame, analysis: Analysis) -> pd.DataFrame:
    """One row per cluster of the nation, with the region's jobs in it.

    Returns
    -------
    DataFrame
        cluster, name, description, n_sectors, jobs, national_jobs, lq, membership, overlap,
        is_stable (as in the national table), sectors (the largest, in words).
    """
    inside = sectors[sectors["cluster"] != LOCAL]
    total = analysis.specialisation.region_share
    nation = analysis.national.model.clusters.set_index("cluster")
    rows = []
    for cluster in sorted(int(label) for label in inside["cluster"].unique()):
        members = inside[inside["cluster"] == cluster]
        jobs, national = members["jobs"].sum(), members["national_jobs"].sum()
        ordered = members.sort_values("national_jobs", ascending=False, kind="stable")
        rows.append(
            {
                "cluster": cluster,
                **nation.loc[cluster, ["name", "description"]],
                "n_sectors": len(members),
                "jobs": jobs,
                "national_jobs": national,
                "lq": jobs / national / total if national else np.nan,
                **nation.loc[cluster, ["membership", "overlap", "is_stable"]],
                "sectors": "; ".join(ordered["name"]),
            }
        )
    return round_numbers(pd.DataFrame(rows))


def _add_names(
    table: pd.DataFrame, analysis: Analysis, names: dict[str, str], rules: Sequence[NameRule]
) -> pd.DataFrame:
    nation = analysis.national.model.clusters
    clusters = dict(zip(nation["cluster"], nation["name"], strict=True))
    local = LOCAL_PREFIX + table["industry"].str[:2].map(names)
    core = table[table["niche"] >= 0]
    excess = core["jobs"] * (1.0 - 1.0 / core["lq"])
    niches = name_niches(
        core[["industry", "name", "niche"]].assign(excess_jobs=excess),
        rules=[rule for rule in rules if rule.scope == "niche"],
    )
    return table.assign(
        cluster_name=table["cluster"].map(clusters).fillna(local),
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


def calc_growth(economy: Economy, region: Region) -> Floats:
    """Mean yearly growth of a region's jobs in every sector over the years of the pack.

    Returns
    -------
    ndarray of float, shape (n_sectors,)
        Share a year; NaN where there were no jobs at first, or there is one year only.
    """
    areas = select_areas(economy, region)
    years = economy.years[-1] - economy.years[0]
    growth = [float("nan")] * len(economy.sectors)
    for sector in range(len(growth)):
        first, last = (float(economy.jobs[year][areas, sector].sum()) for year in (0, -1))
        if first > 0 and years > 0:
            growth[sector] = (last / first) ** (1.0 / years) - 1.0
    return np.array(growth)
