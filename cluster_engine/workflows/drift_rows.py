"""Hold the figures of now against those a version keeps: one row per thing compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.measures.population_stability import (
    calc_chance_psi,
    calc_psi,
    count_in_bins,
    find_edges,
)
from cluster_engine.parameters import Drift, Profile
from cluster_engine.results import Model
from cluster_engine.targeting.features import FirmFeatures
from cluster_engine.targeting.part_words import PART_WORDS
from cluster_engine.workflows.drift_words import CASES, COVERAGE, RESULTS, SECTOR_WORDS, SHARES

Floats = NDArray[np.float64]
Status = Literal["", "watch", "act"]


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One thing compared.

    Attributes
    ----------
    group, what : str
    then, now : str
        In words: of a distribution its median.
    measure : {"change", "points", "PSI"}
        Change as a share; difference of shares; population stability index.
    value : float
        NaN: not computable.
    watch, act : float
        Thresholds of its absolute value; NaN: none.
    status : {"", "watch", "act"}
    """

    group: str
    what: str
    then: str
    now: str
    measure: str
    value: float
    watch: float
    act: float
    status: Status

    @property
    def weight(self) -> float:
        """How far beyond its thresholds: 1 at the first of them."""
        weight = abs(self.value) / self.watch
        return 0.0 if np.isnan(weight) else weight


def rate(value: float, watch: float, act: float, *, floor: float = 0.0) -> Status:
    """Which threshold a difference has reached; none below what chance alone brings."""
    if not np.isfinite(value) or value <= floor:
        return ""
    return "act" if value >= act else "watch" if value >= watch else ""


def compare_counts(
    then: Mapping[str, int], now: Mapping[str, int], limits: Drift
) -> Iterator[DriftRow]:
    """Coverage, unknown codes, and cells not published."""
    for name, label in COVERAGE.items():
        if not then.get(name):
            continue
        value = now[name] / then[name] - 1.0
        watch, act = limits.coverage_watch, limits.coverage_act
        before, after = f"{then[name]:,}", f"{now[name]:,}"
        status = rate(abs(value), watch, act)
        yield DriftRow("coverage", label, before, after, "change", value, watch, act, status)
    for label, (kind, part, whole) in SHARES.items():
        if not then.get(whole) or not now.get(whole):
            continue
        old, new = (counts[part] / counts[whole] for counts in (then, now))
        watch, act = getattr(limits, f"{kind}_watch"), getattr(limits, f"{kind}_act")
        # Fewer unknown than before is no reason to look.
        status = rate(new - old, watch, act)
        yield DriftRow(
            kind, label, f"{old:.1%}", f"{new:.1%}", "points", new - old, watch, act, status
        )


def compare_divisions(
    then: pd.DataFrame, now: pd.DataFrame, names: Mapping[str, str], limits: Drift
) -> Iterator[DriftRow]:
    """How jobs are spread over divisions, and the division that moved most."""
    divisions = sorted({*then["industry"].str[:2], *now["industry"].str[:2]})
    own, nation = (
        [_sum_divisions(table, column, divisions) for table in (then, now)]
        for column in ("jobs", "national_jobs")
    )
    psi = calc_psi(*own)
    status = rate(psi, limits.psi_watch, limits.psi_act)
    yield DriftRow("divisions", "spread of the jobs here over divisions", "", "", "PSI", psi,
                   limits.psi_watch, limits.psi_act, status)  # fmt: skip
    if not own[0].sum() or not own[1].sum():
        return
    shares = [jobs / jobs.sum() for jobs in own]
    points = shares[1] - shares[0]
    moved = int(np.abs(points).argmax())
    what = f"jobs here in {_name(divisions[moved], names)}"
    before, after = (f"{one[moved]:.1%}" for one in shares)
    watch, act = limits.moved_watch, limits.moved_act
    status = rate(abs(points[moved]), watch, act)
    yield DriftRow(
        "divisions", what, before, after, "points", float(points[moved]), watch, act, status
    )
    yield from _compare_nation(divisions, nation, names, limits)


def _compare_nation(
    divisions: list[str], jobs: list[Floats], names: Mapping[str, str], limits: Drift
) -> Iterator[DriftRow]:
    large = np.maximum(*(side / side.sum() for side in jobs)) >= limits.division_floor
    # One that was nothing before counts as a job: the change is then large, and finite.
    change = np.where(large, jobs[1] / np.maximum(jobs[0], 1.0) - 1.0, 0.0)
    moved = int(np.abs(change).argmax())
    what = f"jobs of the nation in {_name(divisions[moved], names)}"
    before, after = (f"{side[moved]:,.0f}" for side in jobs)
    watch, act = limits.division_watch, limits.division_act
    status = rate(abs(change[moved]), watch, act)
    yield DriftRow(
        "divisions", what, before, after, "change", float(change[moved]), watch, act, status
    )


def _sum_divisions(table: pd.DataFrame, column: str, divisions: list[str]) -> Floats:
    sums = table.groupby(table["industry"].str[:2])[column].sum()
    found: Floats = sums.reindex(divisions).fillna(0.0).to_numpy(np.float64)
    return found


def _name(division: str, names: Mapping[str, str]) -> str:
    return f"{division} {names.get(division, '')}".strip()


def compare_sectors(
    then: pd.DataFrame, now: pd.DataFrame, profile: Profile, limits: Drift
) -> Iterator[DriftRow]:
    """Distributions of the sectors' features that both tables have."""
    for column, label in SECTOR_WORDS.items():
        if column not in then or column not in now:
            continue
        old, new = (_list_cases(table, column) for table in (then, now))
        if not np.isfinite(old).any():
            continue
        edges = find_edges(old, bins=profile.bins, smallest_bin=profile.smallest_bin)
        counts = [count_in_bins(values, edges) for values in (old, new)]
        told = (_tell_median(old), _tell_median(new))
        row = _compare_counted("sectors", label, told, counts, limits)
        if column in RESULTS:
            none = float("nan")
            row = replace(row, group="results", watch=none, act=none, status="")
        yield row


def _list_cases(table: pd.DataFrame, column: str) -> Floats:
    group = CASES.get(column)
    cases = table if group is None else table.drop_duplicates(group)
    values: Floats = cases[column].to_numpy(np.float64)
    return values


def compare_firms(champion: Model, features: FirmFeatures, limits: Drift) -> Iterator[DriftRow]:
    """Distributions of the firms' features, seen with the sectors that the version knows.

    So only the firms differ; what became of the sectors is told apart.
    """
    kept: Mapping[str, Any] = (champion.facts.get("profile") or {}).get("firms", {})
    for name, known in kept.items():
        if name not in features.parts:
            continue
        values = features.parts[name]
        words = PART_WORDS[name]
        median = float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan")
        told = (words.show(known["median"]), "–" if np.isnan(median) else words.show(median))
        counts = [np.asarray(known["counts"], np.float64), count_in_bins(values, known["edges"])]
        yield _compare_counted("firms", words.label, told, counts, limits)


def _compare_counted(
    group: str, label: str, told: tuple[str, str], counts: list[Floats], limits: Drift
) -> DriftRow:
    psi = calc_psi(*counts)
    filled = int(((counts[0] > 0) | (counts[1] > 0)).sum())
    floor = calc_chance_psi(counts[0].sum(), counts[1].sum(), filled, limits.psi_chance)
    status = rate(psi, limits.psi_watch, limits.psi_act, floor=floor)
    then, now = told
    return DriftRow(
        group, label, then, now, "PSI", psi, limits.psi_watch, limits.psi_act, status
    )  # fmt: skip


def _tell_median(values: Floats) -> str:
    if not np.isfinite(values).any():
        return "–"
    median = float(np.nanmedian(values))
    return f"{median:,.0f}" if abs(median) >= 100 else f"{median:.3g}"
