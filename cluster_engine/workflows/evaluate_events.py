"""Study of which region a foreign project chose: learned on earlier years, judged on later ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.choices import make_slug
from cluster_engine.packs.pack import Pack
from cluster_engine.results import Study
from cluster_engine.settings import Settings, read_settings
from cluster_engine.sources.investment_list import InvestmentList, Known, read_investment_list
from cluster_engine.targeting.place.events import Places, lay_out_events
from cluster_engine.workflows.event_findings import describe_events
from cluster_engine.workflows.event_lists import judge_lists
from cluster_engine.workflows.event_places import LEVEL, read_places
from cluster_engine.workflows.event_rounds import (
    judge_rolling,
    judge_shuffled,
    judge_split,
    tabulate_weights,
)

FEWEST = 30
"""Projects needed on either side of the split: with fewer no interval means anything."""


@dataclass(frozen=True, slots=True)
class EventSetting:
    """How projects are studied.

    Attributes
    ----------
    events : Path or None
        The user's list; None: the table `investments` of the pack.
    split : int or None
        Last year to learn from; None: the one that halves the projects best.
    n_draws, seed : int
        Of the bootstrap.
    """

    events: Path | None = None
    split: int | None = None
    n_draws: int = 500
    seed: int = 0


def study_events(pack: Pack, setting: EventSetting | None = None) -> Study:
    """Learn where projects went and foretell later ones, beside three simple shares.

    Parameters
    ----------
    pack : Pack
    setting : EventSetting, optional

    Returns
    -------
    Study
        ``facts`` has the year of the split, counts, and the gains over each baseline.

    Raises
    ------
    SettingsError
        Neither the pack nor the setting has projects.
    DataError
        The list is faulty, or too short to learn from and to judge on.
    """
    setting = setting or EventSetting()
    settings = read_settings()
    found = read_events(pack, setting.events)
    year = pack.manifest.default_year
    places = read_places(pack, settings, year)
    usable = pick_usable(found.events, places)
    split = setting.split or find_split(usable["year"])
    check_counts(usable["year"], split)
    weights = cut_weights(found.industries)
    choices = lay_out_events(usable, weights, places)
    lean = lay_out_events(usable, weights, _take_plants_off(pack, settings, usable, weights))
    rounds: dict[str, Any] = {
        "split": judge_split(choices, lean, split, setting.n_draws, setting.seed),
        "rolling": judge_rolling(choices, setting.n_draws, setting.seed),
        "lists": judge_lists(usable, weights, places, split, setting.n_draws, setting.seed),
        "weights": tabulate_weights(choices, split),
        "shuffled": judge_shuffled(usable, weights, places, split, setting.seed),
    }
    counts = {
        "listed": len(found.events),
        "usable": len(usable),
        "cancelled": int((found.events["status"] == "cancelled").sum()),
        "without_area": int(found.events["area"].isna().sum()),
        "investors": int(usable["firm_group"].nunique()),
        "statistics_of": year,
        "first_year": int(usable["year"].min()),
        "last_year": int(usable["year"].max()),
    }
    return describe_events(choices, split, rounds, counts)


def read_events(pack: Pack, path: Path | None) -> InvestmentList:
    """Read the user's list, or that of the pack.

    Raises
    ------
    SettingsError
        There is neither.
    DataError
        The list is faulty.
    """
    if path is None:
        return InvestmentList(pack.read("investments"), pack.read("investment_industries"))
    regions = pack.read("regions")
    own = regions[regions["kind"] == "area"]
    names: dict[str, str] = {}
    for row in own.to_dict("records"):
        for text in (row["area"], row["region"], row["region_name"]):
            names[str(text).lower()] = str(row["area"])
            names[make_slug(str(text))] = str(row["area"])
    codes = set(pack.read("industries", columns=("industry",))["industry"])
    return read_investment_list(path, Known(names, codes))


def pick_usable(events: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Projects that went ahead in one of the areas."""
    fits = events["area"].isin(places.areas) & (events["status"] == "announced")
    return events[fits & (events["origin"] != places.host)].reset_index(drop=True)


def cut_weights(industries: pd.DataFrame) -> pd.DataFrame:
    """Weights at the level at which projects meet statistics."""
    cut = industries.assign(industry=industries["industry"].str[:LEVEL])
    return cut.groupby(["event_id", "industry"])["weight"].sum().reset_index()


def find_split(years: pd.Series) -> int:
    """Year up to which most nearly half of the projects lie."""
    shares = {int(year): float((years <= year).mean()) for year in sorted(years.unique())}
    return min(shares, key=lambda year: (abs(shares[year] - 0.5), year))


def check_counts(years: pd.Series, split: int) -> None:
    """Refuse too few projects on either side of the split.

    Raises
    ------
    DataError
    """
    early, late = int((years <= split).sum()), int((years > split).sum())
    if min(early, late) < FEWEST:
        found = f"{early} up to {split}, {late} after"
        rule = f"There must be at least {FEWEST} projects to learn from and as many to judge on."
        raise DataError(
            [Problem("investments", None, "year", found, rule)],
            hint="Pool more years, or name another --split.",
        )


def _take_plants_off(
    pack: Pack, settings: Settings, events: pd.DataFrame, weights: pd.DataFrame
) -> Places:
    """Statistics less the jobs that the projects themselves announced: a bound of their leak."""
    own = events[["event_id", "area", "jobs"]].merge(weights, on="event_id")
    less = own.assign(jobs=own["jobs"].fillna(0.0) * own["weight"])
    return read_places(pack, settings, pack.manifest.default_year, less=less)
