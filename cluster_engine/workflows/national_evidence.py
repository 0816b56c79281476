"""How related the nation's sectors are: every similarity matrix that the pack has figures for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.evidence import Evidence, Halves, Relation
from cluster_engine.measures.coagglomeration import calc_coagglomeration
from cluster_engine.measures.input_output import calc_io_similarity, calc_profile_similarity
from cluster_engine.measures.relatedness import (
    calc_colocation,
    calc_profile_correlation,
    calc_shared_digits,
    lift_similarity,
)
from cluster_engine.measures.skills import calc_skill_relatedness
from cluster_engine.packs.pack import Pack
from cluster_engine.parameters import Relatedness
from cluster_engine.workflows.economy import SECTOR_DIGITS, Economy

Floats = NDArray[np.float64]

PLACES, TRADE, PEOPLE, CLASSES = "places", "trade", "people", "classification"
OWN = "own matrix"

GROUP_DIGITS = {"two-digit divisions": 2, "three-digit groups": 3}


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures by year, area and sector, of which co-location is measured.

    Attributes
    ----------
    name : str
        Of the relation.
    figures : ndarray of float, shape (n_years, n_areas, n_clustered + 1)
        Jobs or workplaces of the clustered sectors; the last column is the rest of the area.
    """

    name: str
    figures: Floats


def gather_evidence(
    pack: Pack,
    economy: Economy,
    clustered: NDArray[np.int64],
    settings: Relatedness,
    own: pd.DataFrame | None = None,
) -> Evidence:
    """Gather all relations between the clustered sectors.

    Parameters
    ----------
    pack : Pack
        For the tables that an economy can do without.
    economy : Economy
    clustered : ndarray of int, shape (n_clustered,)
        Positions of the sectors.
    settings : Relatedness
        Weights, and years that are averaged.
    own : DataFrame or None
        The user's own matrix, codes as index and columns; sectors not in it are unknown.

    Returns
    -------
    Evidence
        Areas are drawn with replacement, and windows of years at random, for resamples.
    """
    codes = tuple(economy.sectors["industry"].iloc[clustered])
    panels = _list_panels(pack, economy, clustered)
    n_years, n_areas = economy.jobs.shape[:2]
    window = min(settings.years, n_years)

    def locate(areas: NDArray[np.int64], first_year: int) -> tuple[Relation, ...]:
        years = slice(first_year, first_year + window)
        return _relate_places(panels, areas, years, settings.weights)

    def resample(generator: np.random.Generator) -> tuple[Relation, ...]:
        first = int(generator.integers(0, n_years - window + 1))
        return locate(np.sort(generator.integers(0, n_areas, n_areas)), first)

    def halve(generator: np.random.Generator) -> Halves:
        mixed = generator.permutation(n_areas)
        latest = n_years - window
        first, second = np.sort(mixed[: n_areas // 2]), np.sort(mixed[n_areas // 2 :])
        return locate(first, latest), locate(second, latest)

    everywhere = locate(np.arange(n_areas), n_years - window)
    fixed = _relate_fixed(pack, economy, clustered, settings.weights, own)
    return Evidence(
        codes=codes,
        relations=(*everywhere, *fixed),
        groups={
            name: tuple(code[:digits] for code in codes) for name, digits in GROUP_DIGITS.items()
        },
        resample=resample,
        # Fewer than six areas make no two halves over which anything correlates.
        halve=halve if n_areas >= 6 else None,
    )


def _list_panels(pack: Pack, economy: Economy, clustered: NDArray[np.int64]) -> list[Panel]:
    rest = economy.jobs.sum(axis=2, keepdims=True)
    rest = rest - economy.jobs[:, :, clustered].sum(axis=2, keepdims=True)
    jobs = np.concatenate([economy.jobs[:, :, clustered], rest], axis=2)
    panels = [Panel("co-location of jobs", jobs)]
    if pack.has("establishments"):
        panels.append(
            Panel("co-location of establishments", _read_places(pack, economy, clustered))
        )
    return panels


def _read_places(pack: Pack, economy: Economy, clustered: NDArray[np.int64]) -> Floats:
    table = pack.read("establishments")
    codes = list(economy.sectors["industry"])
    keys = pd.MultiIndex.from_product([economy.years, economy.areas, codes])
    counted = (
        table.assign(industry=table["industry"].str[:SECTOR_DIGITS])
        .groupby(["year", "area", "industry"])["establishments"]
        .sum()
    )
    cube = np.array(counted.reindex(keys), dtype=np.float64).reshape(economy.jobs.shape)
    # Years the table lacks stand in with its latest one; a cell it lacks holds none.
    known = ~np.isnan(cube).all(axis=(1, 2))
    latest = int(np.flatnonzero(known)[-1]) if known.any() else 0
    cube[~known] = cube[latest]
    cube = np.nan_to_num(cube)
    rest = cube.sum(axis=2, keepdims=True) - cube[:, :, clustered].sum(axis=2, keepdims=True)
    return np.concatenate([cube[:, :, clustered], rest], axis=2)


def _relate_places(
    panels: list[Panel], areas: NDArray[np.int64], years: slice, weights: Mapping[str, float]
) -> tuple[Relation, ...]:
    relations = []
    for panel in panels:
        figures = panel.figures[years].mean(axis=0)[areas]
        filled = figures[figures.sum(axis=1) > 0]
        values = calc_colocation(filled)[:-1, :-1]
        relations.append(Relation(panel.name, values, weights[panel.name], PLACES))
    jobs = panels[0].figures[years].mean(axis=0)[areas][:, :-1]
    shared = calc_coagglomeration(jobs).values
    name = "coagglomeration"
    relations.append(Relation(name, shared, weights[name], PLACES))
    return tuple(relations)


def _relate_fixed(
    pack: Pack,
    economy: Economy,
    clustered: NDArray[np.int64],
    weights: Mapping[str, float],
    own: pd.DataFrame | None,
) -> tuple[Relation, ...]:
    """Relations that do not depend on areas; those without figures are left out."""
    codes = list(economy.sectors["industry"].iloc[clustered])
    shares = economy.io_shares[clustered]
    flows = economy.io.flows + economy.io.imports
    relations = [
        ("input-output shares", TRADE, lift_similarity(calc_io_similarity(flows), shares)),
        ("input-output profiles", TRADE, lift_similarity(calc_profile_similarity(flows), shares)),
    ]
    if pack.has("occupations"):
        relations.append(("occupations", PEOPLE, _relate_occupations(pack, codes)))
    if pack.has("labour_flows"):
        relations.append(("labour flows", PEOPLE, _relate_labour(pack, codes)))
    if own is not None:
        known = own.reindex(index=codes, columns=codes).to_numpy(np.float64)
        relations.append((OWN, OWN, known))
    classes = Relation(
        "classification",
        calc_shared_digits(codes),
        weights["classification"],
        CLASSES,
        is_mark=False,
    )
    return (
        *(Relation(name, values, weights[name], family) for name, family, values in relations),
        classes,
    )


def _relate_occupations(pack: Pack, codes: list[str]) -> Floats:
    """Correlation of occupation shares; a sector has those of the finest industry told for it."""
    wide = pack.read("occupations").pivot_table(
        index="occupation", columns="industry", values="jobs", aggfunc="sum", fill_value=0.0
    )
    told = list(wide.columns)
    found = [_find_finest(code, told) for code in codes]
    profiles = wide.reindex(columns=found).to_numpy(np.float64)
    total = profiles.sum(axis=0)
    shares = np.divide(profiles, total, out=np.full_like(profiles, np.nan), where=total > 0)
    return calc_profile_correlation(shares)


def _relate_labour(pack: Pack, codes: list[str]) -> Floats:
    """Skill relatedness of sectors; flows told at a coarser level hold for all sectors in it."""
    table = pack.read("labour_flows")
    told = sorted({*table["origin"], *table["destination"]})
    wide = table.pivot_table(index="origin", columns="destination", values="people", aggfunc="sum")
    flows = wide.reindex(index=told, columns=told).fillna(0.0).to_numpy(np.float64)
    scaled = calc_skill_relatedness(flows).symmetric_scaled
    known = pd.DataFrame(scaled, index=told, columns=told)
    found = [_find_finest(code, told) for code in codes]
    return known.reindex(index=found, columns=found).to_numpy(np.float64)


def _find_finest(code: str, told: list[str]) -> str | None:
    """Code itself, or the longest one it starts with, or None."""
    fitting = [other for other in told if code.startswith(other) or other.startswith(code)]
    return max(fitting, key=lambda other: (code.startswith(other), len(other)), default=None)
