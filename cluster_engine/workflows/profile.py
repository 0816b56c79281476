"""What a version keeps of the figures it was made from, so that later figures can be held to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.measures.population_stability import count_in_bins, find_edges
from cluster_engine.packs.pack import Pack
from cluster_engine.parameters import Profile
from cluster_engine.results import Region
from cluster_engine.settings import Settings
from cluster_engine.targeting.features import FirmFeatures
from cluster_engine.workflows.analyse import select_areas
from cluster_engine.workflows.economy import Economy
from cluster_engine.workflows.model_tables import calc_growth
from cluster_engine.workflows.rounding import DIGITS, round_numbers
from cluster_engine.workflows.specialisation import measure_specialisation


def make_profile(
    pack: Pack,
    region: Region,
    year: int,
    sectors: pd.DataFrame,
    features: FirmFeatures,
    settings: Profile,
) -> dict[str, Any]:
    """Counts of what was there, and the distributions of the firms' features; JSON-ready.

    The distributions of the sectors' features need no place here: the sector table holds them.
    """
    return {
        "counts": count_figures(pack, region, year, sectors, features),
        "firms": {
            name: _describe(values, settings)
            for name, values in sorted(features.parts.items())
            if np.isfinite(values).any()
        },
    }


def count_figures(
    pack: Pack, region: Region, year: int, sectors: pd.DataFrame, features: FirmFeatures
) -> dict[str, int]:
    """Count regions, areas, sectors, cells, codes and firms of a pack, as a region sees them."""
    jobs = pack.read("employment", columns=("year", "area", "jobs"))
    jobs = jobs[jobs["year"] == year]
    own = jobs[jobs["area"].isin(region.areas)]
    codes = pack.read("firm_industries", columns=("firm_id", "industry"))
    is_known = codes["industry"].isin(sectors["industry"])
    firms = pack.read("firms", columns=("firm_id",))["firm_id"]
    coded = firms.isin(codes.loc[is_known, "firm_id"])
    counts = {
        "regions": pack.read("regions")["region"].nunique(),
        "areas": jobs["area"].nunique(),
        "sectors": (sectors["jobs"] > 0).sum(),
        "jobs": round(float(sectors["jobs"].sum())),
        "national_jobs": round(float(sectors["national_jobs"].sum())),
        "cells": len(jobs),
        "cells_missing": jobs["jobs"].isna().sum(),
        "own_cells": len(own),
        "own_cells_missing": own["jobs"].isna().sum(),
        "firms": len(firms),
        "firms_ranked": len(features.firms),
        "firms_without_code": (~coded).sum(),
        "codes": len(codes),
        "codes_unknown": (~is_known).sum(),
    }
    return {name: int(count) for name, count in counts.items()}


def _describe(values: Any, settings: Profile) -> dict[str, Any]:
    edges = find_edges(values, bins=settings.bins, smallest_bin=settings.smallest_bin)
    return {
        "edges": edges.tolist(),
        "counts": count_in_bins(values, edges).astype(int).tolist(),
        "median": round(float(np.nanmedian(values)), DIGITS),
    }


def recall_counts(facts: Mapping[str, Any]) -> dict[str, int]:
    """Counts that a version keeps; of one without a profile, what its facts tell."""
    profile = facts.get("profile") or {}
    if profile:
        return dict(profile["counts"])
    told = {"jobs": "jobs", "national_jobs": "national_jobs", "n_firms": "firms_ranked",
            "n_missing": "cells_missing"}  # fmt: skip
    return {new: round(facts[old]) for old, new in told.items() if old in facts}


def measure_sectors(economy: Economy, region: Region, settings: Settings) -> pd.DataFrame:
    """Features of sectors that need no clusters, with the columns of a model's sector table."""
    latest = economy.jobs[-1]
    special = measure_specialisation(
        latest[select_areas(economy, region)].sum(axis=0), latest.sum(axis=0),
        economy.plant_size, settings.concentration,
    )  # fmt: skip
    table = pd.DataFrame(
        {
            "industry": economy.sectors["industry"],
            "jobs": special.jobs,
            "national_jobs": special.national_jobs,
            "lq": special.lq.values[0],
            "shrunk_lq": special.shrunk.mean,
            "p_specialised": special.shrunk.probability_above,
            "growth": calc_growth(economy, region),
        }
    )
    return round_numbers(table)
