"""Evaluate how well the engine foretells what happened: a list of studies, each told in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, SettingsError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.results import Region, Study
from cluster_engine.settings import Settings, read_settings
from cluster_engine.workflows.evaluate_events import EventSetting, study_events
from cluster_engine.workflows.place_choice_study import study_where
from cluster_engine.workflows.place_samples import (
    plan_windows,
    prove_blind,
    read_panel,
    read_years,
)
from cluster_engine.workflows.place_study import study_whether
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.study_setting import StudySetting


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to evaluate.

    Attributes
    ----------
    pack, region : str or None
        None: the defaults.
    n_draws : int
        Bootstrap draws for each way of clustering.
    seed : int
    studies : tuple of str
        Names among `STUDIES`; empty: all.
    events : Path or None
        The user's list of investment projects; None: those of the pack.
    """

    pack: str | None = None
    region: str | None = None
    n_draws: int = 500
    seed: int = 0
    studies: tuple[str, ...] = ()
    events: Path | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What a study gets to work with.

    Attributes
    ----------
    pack : Pack
    region : Region
    settings : Settings
    n_draws, seed : int
    on_note, on_progress : callable
    events : Path or None
    """

    pack: Pack
    region: Region
    settings: Settings
    n_draws: int
    seed: int
    on_note: Note
    on_progress: Progress
    events: Path | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All studies of a pack.

    Attributes
    ----------
    pack, vintage : str
        Name of the pack, and the years of its employment.
    region : Region
    studies : tuple of Study
    left_out : tuple of str
        Studies that the pack's data do not allow, and why.
    n_draws, seed : int
    """

    pack: str
    vintage: str
    region: Region
    studies: tuple[Study, ...]
    left_out: tuple[str, ...]
    n_draws: int
    seed: int


def study_places(task: Task) -> list[Study]:
    """Entry, growth and gain of sectors in areas, from the employment panel.

    Raises
    ------
    SettingsError
        The panel is too short.
    DataError
        Features know the future, or every outcome is degenerate.
    """
    plan = plan_windows(read_years(task.pack))
    starts = tuple(sorted({window.start for window in (*plan.learned, plan.judged)}))
    panel = read_panel(task.pack, task.settings, starts, on_progress=task.on_progress)
    n_blind = {year: prove_blind(panel, year, random_state=task.seed) for year in starts}
    checked = (
        f"{min(n_blind.values())} features of each of {len(starts)} years were worked out again "
        "with all later years scrambled: none changed."
    )
    setting = StudySetting(task.region, task.n_draws, task.seed)
    studies: list[Study] = []
    for outcome in ("entry", "growth"):
        try:
            studies.append(
                study_whether(panel, outcome, plan, setting, on_progress=task.on_progress)
            )
        except DataError as error:
            task.on_note(f"No study of {outcome}: {error.message}")
    studies.append(study_where(panel, plan, setting, on_progress=task.on_progress))
    return [replace(study, sentences=(*study.sentences, checked)) for study in studies]


def study_projects(task: Task) -> list[Study]:
    """Which region foreign projects chose, from a list of them.

    Raises
    ------
    SettingsError
        Neither the pack nor the user has a list.
    DataError
        The list is faulty or too short.
    """
    return [study_events(task.pack, EventSetting(task.events, None, task.n_draws, task.seed))]


STUDIES: Mapping[str, Callable[[Task], Sequence[Study]]] = {
    "places": study_places,
    "events": study_projects,
}
"""Name to the function that makes one or several studies of a pack."""


def run_studies(
    request: EvaluationRequest,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> Evaluation:
    """Run the studies that a pack has the data for.

    Parameters
    ----------
    request : EvaluationRequest
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError
        Unknown pack, region or study; or no study can be made of this pack.
    """
    unknown = sorted(set(request.studies) - set(STUDIES))
    if unknown:
        raise SettingsError(
            f"There is no study '{unknown[0]}'.", hint=f"Known: {', '.join(STUDIES)}."
        )
    pack = open_pack(request.pack)
    task = Task(
        pack, find_region(pack, request.region), read_settings(), request.n_draws, request.seed,
        on_note, on_progress, request.events,
    )  # fmt: skip
    studies: list[Study] = []
    left_out: list[str] = []
    for name in request.studies or tuple(STUDIES):
        try:
            studies += STUDIES[name](task)
        except (SettingsError, DataError) as error:
            left_out.append(f"{name}: {error.message}")
            on_note(f"No study of {name}: {error.message}")
    if not studies:
        raise SettingsError(
            f"Nothing of the pack '{pack.manifest.name}' can be evaluated: {' '.join(left_out)}",
            hint="`cluster-engine data list` shows the packs and their years.",
        )
    years = read_years(pack)
    return Evaluation(
        pack.manifest.name, f"{years[0]}-{years[-1]}", task.region, tuple(studies),
        tuple(left_out), request.n_draws, request.seed,
    )  # fmt: skip


def describe(found: Evaluation) -> dict[str, object]:
    """What an evaluation is of, JSON-ready."""
    return {
        "pack": found.pack,
        "vintage": found.vintage,
        "region": found.region.slug,
        "draws": found.n_draws,
        "seed": found.seed,
        "left_out": list(found.left_out),
    }


def introduce(found: Evaluation) -> list[str]:
    """Paragraphs that stand above the studies on the card."""
    return [
        f"Written by `cluster-engine evaluate`; do not edit. Pack {found.pack}, employment of "
        f"{found.vintage}, region {found.region.name}, {found.n_draws} bootstrap draws, seed "
        f"{found.seed}. Intervals hold 90 %.",
        "Sizes of enterprises and the input-output table are of one vintage each and describe "
        "sectors, not areas; they are the only figures that may be younger than the year of the "
        "features. Clusters of the nation are found again on the figures up to that year.",
        *(f"Left out: {reason}" for reason in found.left_out),
    ]


def summarise(found: Evaluation) -> pd.DataFrame:
    """One row per study and figure: study, measure, value, low, high, against, gain, its limits.

    A study puts its rows under the fact 'summary'.
    """
    rows = [
        {"study": study.title, **row} for study in found.studies for row in study.facts["summary"]
    ]
    return pd.DataFrame(rows)
