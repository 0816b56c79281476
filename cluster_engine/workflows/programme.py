"""Plan a programme: which markets, missions and firms bring most within budget and officer days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import SettingsError
from cluster_engine.packs.choices import make_slug
from cluster_engine.packs.pack import open_pack
from cluster_engine.parameters import Value
from cluster_engine.programme.baselines import plan_by_quotas, plan_greedily
from cluster_engine.programme.conflicts import find_conflict
from cluster_engine.programme.problem import Plan, Problem
from cluster_engine.programme.questions import (
    ForcedMarket,
    Robustness,
    ShadowValue,
    force_market,
    measure_robustness,
    value_more,
)
from cluster_engine.programme.solve import Effort, relax, solve
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Market
from cluster_engine.settings import read_settings, rebuild
from cluster_engine.targeting.prospects import Prospects, assess_prospects
from cluster_engine.targeting.rank import find_sectors, name_niche, name_parents
from cluster_engine.targeting.score import Scored, score_market
from cluster_engine.workflows.programme_config import Config, read_config
from cluster_engine.workflows.programme_problem import (
    OTHER_INDUSTRIES,
    Place,
    build_problem,
    choose_places,
)
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.rank_stage import Scene, set_scene

Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ProgrammeRequest:
    """What to plan.

    Attributes
    ----------
    ranking : RankRequest
        Region, pack, the user's lists, weights and seed; its market is not looked at.
    config : Path or None
        The programme's file.
    budget : str or None
        '60000', or a change of the file's: '+10%', '-5000'.
    """

    ranking: RankRequest = field(default_factory=lambda: RankRequest(""))
    config: Path | None = None
    budget: str | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme, and what one asks of it.

    Attributes
    ----------
    scene : Scene
    config : Config
    places : tuple of Place
    scored : Scored
        All firms of the markets.
    kept : ndarray of int, shape (n_candidates,)
        Positions among them of the candidates of the problem.
    prospects : Prospects
        Of the candidates.
    problem : Problem
    plan : Plan
    relaxed : float
        Bound of the relaxation, £ thousand.
    shadows : tuple of ShadowValue
    forced : tuple of ForcedMarket
        Markets left out, by what the programme would lose.
    robust : Robustness
    baselines : mapping of str to Plan
    before : Plan or None
        The best programme with the budget of the file, where another was asked about.
    before_budget : float
        £.
    """

    scene: Scene
    config: Config
    places: tuple[Place, ...]
    scored: Scored
    kept: Integers
    prospects: Prospects
    problem: Problem
    plan: Plan
    relaxed: float
    shadows: tuple[ShadowValue, ...]
    forced: tuple[ForcedMarket, ...]
    robust: Robustness
    baselines: dict[str, Plan]
    before: Plan | None
    before_budget: float


def plan_programme(
    request: ProgrammeRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> Programme:
    """Choose markets, missions and firms.

    Parameters
    ----------
    request : ProgrammeRequest
    store : ModelStore
        Where champions lie.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError
        The file or the budget is faulty, a name is unknown, or the rules exclude each other.
    ModelError, DataError
        As in ``rank``.
    """
    config = read_config(request.config, read_settings().programme)
    places = choose_places(open_pack(request.ranking.pack), config)
    budget = read_budget(request.budget, config.programme.budget)
    scene = set_scene(request.ranking, store, market=_join_markets(places), on_note=on_note,
                      on_progress=on_progress)  # fmt: skip
    scored = score_market(scene.model, scene.market, scene.chosen.tables, scene.plan.scoring)
    kept, clusters = _choose_candidates(scored, scene, config)
    uncertainty = replace(scene.plan.uncertainty, draws=config.programme.draws)
    value = rebuild(Value, scene.model.facts["inputs"]["settings"]["value"])
    prospects = assess_prospects(
        scored, kept, scene.model, replace(scene.plan, uncertainty=uncertainty),
        (config.programme, value),
    )  # fmt: skip
    firms = _describe_candidates(scored, kept, clusters, scene, places)
    firms = firms.assign(value=prospects.expected)
    problem = build_problem(config, places, scene.model, firms, budget)
    effort = Effort(config.programme.gap)
    plan = solve(problem, effort)
    if plan is None:
        raise _refuse(problem, firms)
    before = None
    if request.budget is not None:
        before = solve(replace(problem, budget=config.programme.budget / 1000.0), effort)
    relaxed = relax(problem)
    robust = measure_robustness(
        problem, plan, prospects.draws, config.programme.solved_draws,
        Effort(max(effort.gap, 2e-3)), on_progress,
    )  # fmt: skip
    return Programme(
        scene, config, places, scored, kept, prospects, problem, plan,
        math.nan if relaxed is None else relaxed.bound,
        value_more(problem, plan, effort),
        _force_markets(problem, plan, config, effort, on_progress),
        robust,
        {"best mission first": plan_greedily(problem), "same quota": plan_by_quotas(problem)},
        before, config.programme.budget,
    )  # fmt: skip


def read_budget(text: str | None, usual: float) -> float:
    """Read a budget in £: a number, or a change such as '+10%' or '-5000'.

    Raises
    ------
    SettingsError
        It is neither, or below 0.

    Examples
    --------
    >>> read_budget("+10%", 60000.0)
    66000.0
    """
    if text is None:
        return usual
    plain = text.strip().replace(",", "").replace("_", "").replace("£", "")
    is_change, is_share = plain.startswith(("+", "-")), plain.endswith("%")
    try:
        number = float(plain.removesuffix("%"))
    except ValueError:
        number = math.nan
    amount = usual * number / 100.0 if is_share else number
    amount = usual + amount if is_change else amount
    if not math.isfinite(amount) or amount < 0:
        raise SettingsError(
            f"--budget must be an amount in £, or a change of it. Got '{text}'.",
            hint="E.g. --budget 60000, --budget +10% or --budget -5000.",
        )
    return round(amount, 2)


def _join_markets(places: Sequence[Place]) -> Market:
    countries = {code: name for place in places for code, name in place.market.countries.items()}
    return Market("programme", "the markets compared", countries)


def _choose_candidates(
    scored: Scored, scene: Scene, config: Config
) -> tuple[Integers, NDArray[np.object_]]:
    """Positions of the firms that may be approached, and their clusters."""
    niches = {str(name) for name in scene.model.niches["name"]}
    names = name_niche(find_sectors(scored, scene.model))
    is_niche = np.array([name in niches for name in names], np.bool_)
    names = np.where(is_niche, names, OTHER_INDUSTRIES)
    excluded = _find_excluded(scored.features.firms, config.excluded_firms)
    wanted = ~excluded & (is_niche | (not config.only_niche_clusters))
    kept = np.flatnonzero(wanted)
    return kept, names[kept]


def _find_excluded(firms: pd.DataFrame, asked: Sequence[str]) -> NDArray[np.bool_]:
    found = np.zeros(len(firms), np.bool_)
    slugs = firms["firm_name"].map(make_slug)
    for name in asked:
        wanted = make_slug(name)
        hits = (firms["firm_id"] == name) | (slugs == wanted) | slugs.str.startswith(f"{wanted}-")
        if not wanted or not hits.any():
            near = get_close_matches(wanted, slugs.tolist(), n=1)
            meant = firms.loc[slugs == near[0], "firm_name"].iloc[0] if near else None
            lead = f"Did you mean '{meant}'? " if near else ""
            raise SettingsError(
                f"'excluded_firms': there is no firm '{name}' in the markets of the programme.",
                hint=f"{lead}Take a name or a firm_id as `cluster-engine rank` prints it.",
            )
        found |= hits.to_numpy()
    return found


def _describe_candidates(
    scored: Scored, kept: Integers, clusters: NDArray[np.object_], scene: Scene,
    places: Sequence[Place],
) -> pd.DataFrame:  # fmt: skip
    firms = scored.features.firms.iloc[kept]
    number = {code: at for at, place in enumerate(places) for code in place.market.countries}
    facts = scene.chosen.tables.firm_facts
    parents = firms["firm_id"].to_numpy(dtype=object)
    if facts is not None:
        parents = name_parents(scored, facts)[kept]
    return pd.DataFrame(
        {
            "firm_id": firms["firm_id"].to_numpy(),
            "parent": parents,
            "market": firms["country"].map(number).to_numpy(),
            "cluster": clusters,
        }
    )


def _force_markets(
    problem: Problem, plan: Plan, config: Config, effort: Effort, on_progress: Progress
) -> tuple[ForcedMarket, ...]:
    visited = {problem.missions[place].market for place in plan.held}
    hopes = []
    for market, limits in enumerate(problem.markets):
        values = problem.candidates.value[problem.candidates.market == market]
        if market not in visited and len(values) >= max(limits.minimum, 1):
            best = np.sort(values)[::-1][: config.programme.meetings]
            hopes.append((-float(best.sum()), market))
    chosen = sorted(hopes)[: config.programme.most_explained]
    found = []
    for done, (_, market) in enumerate(chosen, start=1):
        found.append(force_market(problem, plan, market, effort))
        on_progress("Markets left out", done, len(chosen))
    return tuple(sorted(found, key=lambda forced: (np.isnan(forced.loss), forced.loss)))


def _refuse(problem: Problem, firms: pd.DataFrame) -> SettingsError:
    rules = find_conflict(problem)
    counts = firms["cluster"].value_counts()
    told = [
        f"{rule} (there are {counts.get(limits.name, 0)} to choose from)"
        if limits.minimum and rule == f"at least {limits.minimum} firms of {limits.name}"
        else rule
        for rule in rules
        for limits in [next((one for one in problem.clusters if rule.endswith(one.name)),
                            problem.clusters[0])]
    ]  # fmt: skip
    return SettingsError(
        "No programme keeps these rules together: " + "; ".join(told) + ".",
        hint="Each of them can be kept without the others: relax one of them in the file.",
    )
