"""From the pack, the model and a programme's file to the problem an optimiser solves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.packs.choices import find_market, make_slug
from cluster_engine.packs.pack import Pack
from cluster_engine.programme.problem import (
    Candidates,
    ClusterLimits,
    MarketLimits,
    Mission,
    Pool,
    Problem,
)
from cluster_engine.results import Market, Model
from cluster_engine.workflows.champion import find_niches
from cluster_engine.workflows.programme_config import Config, MarketSpec, MissionSpec

ENGLISH = "english"
OTHER_INDUSTRIES = "other industries"


@dataclass(frozen=True, slots=True)
class Place:
    """A market, and what a journey there takes.

    Attributes
    ----------
    market : Market
    distance : float
        km, mean over its countries.
    languages : frozenset of str
        Official ones, lower case.
    spec : MarketSpec
    """

    market: Market
    distance: float
    languages: frozenset[str]
    spec: MarketSpec


def choose_places(pack: Pack, config: Config) -> tuple[Place, ...]:
    """Markets compared, in order of their short names.

    Without a choice, those of one country each: groups would meet the same firms twice.

    Raises
    ------
    SettingsError
        Unknown markets, or two that share a country.
    """
    table = pack.read("markets")
    if config.markets is None:
        sizes = table.groupby("market")["country"].size()
        single = table[table["market"].map(sizes) == 1]
        asked = [*single["market"], *_lonely_groups(table, set(single["country"]))]
        chosen = {slug: find_market(pack, slug) for slug in asked}
    else:
        chosen = {market.slug: market for market in (find_market(pack, name)
                                                     for name in config.markets)}  # fmt: skip
    _refuse_overlap(list(chosen.values()))
    specs = {}
    for name, spec in config.market.items():
        slug = find_market(pack, name).slug
        if slug not in chosen:
            raise SettingsError(
                f"[market.{name}]: {slug} is not among the markets of the programme.",
                hint=f'Add "{slug}" to markets, or take the table out.',
            )
        specs[slug] = spec
    return tuple(
        _describe(chosen[slug], table, specs.get(slug, MarketSpec())) for slug in sorted(chosen)
    )


def _lonely_groups(table: pd.DataFrame, covered: set[str]) -> list[str]:
    """Groups none of whose countries is a market of its own, as in packs that have no others."""
    found = []
    for slug, rows in table.groupby("market", sort=True):
        if covered.isdisjoint(rows["country"]):
            found.append(str(slug))
            covered = covered | set(rows["country"])
    return found


def _refuse_overlap(markets: Sequence[Market]) -> None:
    seen: dict[str, str] = {}
    for market in markets:
        for country, name in market.countries.items():
            if country in seen:
                raise SettingsError(
                    f"The markets {seen[country]} and {market.slug} share {name}: its firms would "
                    "be counted twice.",
                    hint="Keep one of the two.",
                )
            seen[country] = market.slug


def _describe(market: Market, table: pd.DataFrame, spec: MarketSpec) -> Place:
    rows = table[table["market"] == market.slug]
    spoken = "; ".join(rows["languages"].dropna()).lower()
    languages = frozenset(part.strip() for part in spoken.split(";") if part.strip())
    return Place(market, float(rows["distance_km"].mean()), languages, spec)


def build_problem(
    config: Config, places: tuple[Place, ...], model: Model, firms: pd.DataFrame, budget: float
) -> Problem:
    """Put the rules of a programme's file and the firms together.

    Parameters
    ----------
    config : Config
    places : tuple of Place
    model : Model
    firms : DataFrame
        firm_id, parent, market (position), cluster (name) and value (£ thousand), in order of
        firm_id.
    budget : float
        £.
    """
    names = sorted(str(name) for name in model.niches["name"])
    if not config.only_niche_clusters:
        names.append(OTHER_INDUSTRIES)
    number = {name: place for place, name in enumerate(names)}
    candidates = Candidates(
        firms["firm_id"].to_numpy(dtype=object),
        firms["parent"].to_numpy(dtype=object),
        firms["market"].to_numpy(dtype=np.intp),
        np.array([number[name] for name in firms["cluster"]], dtype=np.intp),
        firms["value"].to_numpy(dtype=np.float64),
    )
    settings = config.programme
    return Problem(
        candidates,
        tuple(_limit_market(place, config) for place in places),
        _limit_clusters(config, model, names),
        _list_missions(config, places, model, number),
        _list_pools(config, places),
        budget / 1000.0,
        config.minimum_markets,
        config.maximum_markets,
        settings.minimum_clusters,
    )


def _limit_market(place: Place, config: Config) -> MarketLimits:
    spec, settings = place.spec, config.programme
    low = settings.minimum_firms if spec.minimum_firms is None else spec.minimum_firms
    high = settings.maximum_firms if spec.maximum_firms is None else spec.maximum_firms
    return MarketLimits(place.market.name, low, high, spec.required)


def _limit_clusters(config: Config, model: Model, names: list[str]) -> tuple[ClusterLimits, ...]:
    limits = {
        name: ClusterLimits(name, maximum_share=config.programme.largest_cluster_share)
        for name in names
    }
    for asked, spec in config.cluster.items():
        for name in find_niches(model, asked):
            share = spec.maximum_share
            usual = max(config.programme.largest_cluster_share, spec.minimum_share)
            limits[name] = ClusterLimits(
                name, spec.minimum_firms, spec.maximum_firms, spec.minimum_share,
                usual if share is None else share,
            )  # fmt: skip
    return tuple(limits.values())


def _list_missions(
    config: Config, places: tuple[Place, ...], model: Model, number: dict[str, int]
) -> tuple[Mission, ...]:
    slugs = {place.market.slug: at for at, place in enumerate(places)}
    named: dict[int, list[MissionSpec]] = {}
    for spec in config.missions:
        named.setdefault(_find(spec.market, places, slugs, spec.name), []).append(spec)
    missions = []
    for at, place in enumerate(places):
        specs = named.get(at, [])
        journeys = [spec for spec in specs if not spec.is_fair]
        if not journeys:
            visits = place.spec.visits
            count = config.programme.visits if visits is None else visits
            name, slug = place.market.name, place.market.slug
            usual = [MissionSpec(f"{name}, journey {turn + 1}", slug) for turn in range(count)]
            specs = [*specs, *usual]
        for spec in sorted(specs, key=lambda spec: (spec.date or "9999", spec.is_fair)):
            guests = [_find(name, places, slugs, spec.name) for name in spec.firms_from] or [at]
            inside = {number[name] for asked in spec.clusters for name in find_niches(model, asked)}
            missions.append(_price(spec, place, at, config, (sorted(set(guests)), sorted(inside))))
    return tuple(missions)


def _find(asked: str, places: tuple[Place, ...], slugs: dict[str, int], name: str) -> int:
    for place in places:
        if make_slug(asked) in (place.market.slug, make_slug(place.market.name)):
            return slugs[place.market.slug]
    raise SettingsError(
        f"'{name}': '{asked}' is not among the markets of the programme.",
        hint=f"The markets: {', '.join(slugs)}.",
    )


def _price(
    spec: MissionSpec, place: Place, at: int, config: Config,
    suited: tuple[list[int], list[int]],
) -> Mission:  # fmt: skip
    settings = config.programme
    meetings = settings.meetings if spec.meetings is None else spec.meetings
    travel = 2.0 if place.distance > settings.far_km else 1.0
    days = travel + math.ceil(meetings / settings.meetings_per_day)
    days = days if spec.officer_days is None else spec.officer_days
    journey = settings.fare + settings.fare_per_km * place.distance + settings.day_cost * days
    if spec.is_fair:
        cost = journey + (spec.cost or 0.0)
    else:
        cost = journey if spec.cost is None else spec.cost
    return Mission(
        spec.name, at, meetings, days, cost / 1000.0, settings.preparation_days,
        settings.firm_cost / 1000.0, tuple(suited[0]), tuple(suited[1]), spec.date, spec.place,
        "fair" if spec.is_fair else "visit",
    )  # fmt: skip


def _list_pools(config: Config, places: tuple[Place, ...]) -> tuple[Pool, ...]:
    settings = config.programme
    days = config.officer_days or {ENGLISH: settings.officer_days}

    def charge(language: str, place: Place) -> float:
        is_spoken = not place.languages.isdisjoint({language, ENGLISH})
        return 0.0 if is_spoken else settings.interpreter_day / 1000.0

    return tuple(
        Pool(language, days[language], tuple(charge(language, place) for place in places))
        for language in sorted(days)
    )
