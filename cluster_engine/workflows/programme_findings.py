"""What a programme says: tables of markets, firms and what was left out, and sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.programme.check import list_breaches
from cluster_engine.programme.problem import Plan, Problem
from cluster_engine.programme.questions import ForcedMarket
from cluster_engine.targeting.rank import list_firms
from cluster_engine.targeting.standing import find_standing
from cluster_engine.workflows.programme import Programme
from cluster_engine.workflows.programme_sentences import limit_draws, list_facts, write_sentences
from cluster_engine.workflows.rank_notes import add_firm_notes

MOST_CLUSTERS = 3
"""Clusters named beside a market."""


@dataclass(frozen=True, slots=True)
class Findings:
    """A programme as tables; money in £ thousand unless a column says otherwise.

    Attributes
    ----------
    title : str
    markets, firms, left_out, shadows, baselines : DataFrame
    sentences : tuple of str
        What a reader must know, the most important first.
    facts : mapping
        JSON-ready.
    """

    title: str
    markets: pd.DataFrame
    firms: pd.DataFrame
    left_out: pd.DataFrame
    shadows: pd.DataFrame
    baselines: pd.DataFrame
    sentences: tuple[str, ...]
    facts: dict[str, Any]


def describe_programme(found: Programme) -> Findings:
    """Lay a programme out for a reader."""
    markets, firms = _list_markets(found), _list_firms(found)
    region = found.scene.model.region.name
    money = f"£{found.plan.cost * 1000:,.0f} of £{found.problem.budget * 1000:,.0f}"
    title = (
        f"Programme for {region}: {len(firms)} firms in {len(markets)} of {len(found.places)} "
        f"markets, {money}, {found.plan.days.sum():.0f} officer days"
    )
    shadows = pd.DataFrame(
        [{"what": one.what, "gain": one.solved_again, "gain_relaxed": one.relaxed}
         for one in found.shadows]
    )  # fmt: skip
    return Findings(
        title, markets, firms, _list_left_out(found), shadows, _compare(found),
        tuple(write_sentences(found)), list_facts(found),
    )  # fmt: skip


def _list_markets(found: Programme) -> pd.DataFrame:
    problem, plan = found.problem, found.plan
    where = np.array([mission.market for mission in problem.missions])
    rows = []
    for market in sorted({int(where[place]) for place in plan.held}):
        held = [place for place in plan.held if where[place] == market]
        mine = plan.firms[np.isin(plan.missions, held)]
        draws = found.prospects.draws[mine].astype(np.float64).sum(axis=0)
        low, high = limit_draws(draws, found.scene.plan.uncertainty.level)
        rows.append(
            {
                "market": found.places[market].market.slug,
                "market_name": found.places[market].market.name,
                "missions": len(held),
                "firms": len(mine),
                "officer_days": float(plan.days[market].sum()),
                "cost": _cost_of(problem, plan, market),
                "value": float(draws.mean()),
                "value_low": low,
                "value_high": high,
                "chosen_again": float(found.robust.market_share[market]),
                "good_firms": _count_good(found, market),
                "candidates": int((problem.candidates.market == market).sum()),
                "clusters": _name_clusters(problem, mine),
            }
        )
    table = pd.DataFrame(rows, columns=MARKET_COLUMNS)
    return table.sort_values(["value", "market"], ascending=[False, True], ignore_index=True)


MARKET_COLUMNS = [
    "market", "market_name", "missions", "firms", "officer_days", "cost", "value", "value_low",
    "value_high", "chosen_again", "good_firms", "candidates", "clusters",
]  # fmt: skip


def _cost_of(problem: Problem, plan: Plan, market: int) -> float:
    held = [problem.missions[place] for place in plan.held]
    met = [problem.missions[place] for place in plan.missions.tolist()]
    surcharge = np.array([pool.surcharge[market] for pool in problem.pools])
    return float(
        sum(mission.cost for mission in held if mission.market == market)
        + sum(mission.cost_per_firm for mission in met if mission.market == market)
        + surcharge @ plan.days[market]
    )


def _count_good(found: Programme, market: int) -> int:
    scores = found.scored.score[found.kept]
    inside = found.problem.candidates.market == market
    return int((inside & (scores >= found.config.programme.success_score)).sum())


def _name_clusters(problem: Problem, firms: np.ndarray) -> str:
    names = pd.Series([problem.clusters[at].name for at in problem.candidates.cluster[firms]])
    counts = names.value_counts().rename_axis("name").reset_index(name="n")
    counts = counts.sort_values(["n", "name"], ascending=[False, True])
    told = [f"{row.name_} {row.n}" for row in counts.rename(columns={"name": "name_"}).itertuples()]
    more = f" and {len(told) - MOST_CLUSTERS} more" if len(told) > MOST_CLUSTERS else ""
    return ", ".join(told[:MOST_CLUSTERS]) + more


def _list_firms(found: Programme) -> pd.DataFrame:
    """Firms by mission, the best of each first, with the reasons of the ranking."""
    scene, plan, problem = found.scene, found.plan, found.problem
    quiet = replace(scene.plan, uncertainty=replace(scene.plan.uncertainty, draws=0))
    order = np.lexsort((plan.firms, -problem.candidates.value[plan.firms], plan.missions))
    chosen, missions = plan.firms[order], plan.missions[order]
    standing = find_standing(found.scored, scene.market, scene.chosen.tables)
    ranking = list_firms(
        found.scored, found.kept[chosen], standing, scene.model, scene.market, quiet
    )
    rows = add_firm_notes(ranking, scene.chosen.notes()).rows
    level = scene.plan.uncertainty.level
    bounds = [limit_draws(found.prospects.draws[firm], level) for firm in chosen]
    table = pd.DataFrame(
        {
            "mission": [problem.missions[place].name for place in missions],
            "date": [problem.missions[place].date for place in missions],
            "place": [problem.missions[place].place for place in missions],
            "market": [found.places[problem.candidates.market[at]].market.slug for at in chosen],
            "firm_id": rows["firm_id"],
            "firm_name": rows["firm_name"],
            "country": rows["country"],
            "city": rows["city"],
            "industry_code": rows["industry_code"],
            "industry": rows["industry"],
            "cluster": [problem.clusters[at].name for at in problem.candidates.cluster[chosen]],
            "score": rows["score"],
            "chance": found.prospects.chance[chosen],
            "chance_nature": "prior",
            "project_jobs": found.prospects.jobs[chosen],
            "project_gva": found.prospects.gva[chosen] / 1000.0,
            "value": problem.candidates.value[chosen],
            "value_low": [low for low, _ in bounds],
            "value_high": [high for _, high in bounds],
            "chosen_again": found.robust.firm_share[chosen],
            "reason_1": rows["reason_1"],
            "reason_2": rows["reason_2"],
            "reason_3": rows["reason_3"],
            "data_notes": rows["data_notes"],
        }
    )
    typical = found.prospects.is_typical[chosen]
    told = "value added per job of its sector unknown: the median used"
    table.loc[typical, "data_notes"] = [
        f"{notes}; {told}" if notes else told for notes in table.loc[typical, "data_notes"]
    ]
    return table


def _list_left_out(found: Programme) -> pd.DataFrame:
    visited = {found.problem.missions[place].market for place in found.plan.held}
    forced = {one.market: one for one in found.forced}
    order = [one.market for one in found.forced]
    others = [at for at in range(len(found.places)) if at not in visited and at not in forced]
    others.sort(key=lambda at: (-_best_value(found, at), found.places[at].market.slug))
    rows = [
        {
            "market": found.places[at].market.slug,
            "market_name": found.places[at].market.name,
            "candidates": int((found.problem.candidates.market == at).sum()),
            "good_firms": _count_good(found, at),
            "loss": forced[at].loss if at in forced else math.nan,
            "chosen_again": float(found.robust.market_share[at]),
            "why": _explain(found, at, forced.get(at)),
        }
        for at in [*order, *others]
    ]
    columns = ["market", "market_name", "candidates", "good_firms", "loss", "chosen_again", "why"]
    return pd.DataFrame(rows, columns=columns)


def _best_value(found: Programme, market: int) -> float:
    values = found.problem.candidates.value[found.problem.candidates.market == market]
    return float(np.sort(values)[::-1][: found.config.programme.meetings].sum())


def _explain(found: Programme, market: int, forced: ForcedMarket | None) -> str:
    count = int((found.problem.candidates.market == market).sum())
    least = max(found.problem.markets[market].minimum, 1)
    if count < least:
        which = " in or close to a niche cluster" if found.config.only_niche_clusters else ""
        noun = "firm" if count == 1 else "firms"
        return f"{count or 'no'} {noun}{which}; a visit needs {least}"
    if forced is None:
        return (
            f"its best {min(count, found.config.programme.meetings)} firms bring "
            f"£{_best_value(found, market):,.0f}k before costs, no more than as many of any market "
            "visited or tried above"
        )
    if math.isnan(forced.loss):
        return "the rules leave no room for a visit"
    return (
        f"going there would lower the net value by £{forced.loss:,.0f}k: {forced.firms} firms "
        f"bring £{forced.value:,.0f}k for {forced.days:.0f} officer days and "
        f"£{forced.cost * 1000:,.0f}, which bring more elsewhere"
    )


def _compare(found: Programme) -> pd.DataFrame:
    plans = {"this programme": found.plan, **found.baselines}
    return pd.DataFrame(
        {
            "plan": name,
            "net": plan.net,
            "firms": len(plan.firms),
            "markets": len({found.problem.missions[place].market for place in plan.held}),
            "cost": plan.cost,
            "officer_days": float(plan.days.sum()),
            "breaks": "; ".join(list_breaches(found.problem, plan)),
        }
        for name, plan in plans.items()
    )
