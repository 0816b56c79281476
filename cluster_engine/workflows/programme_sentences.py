"""What a programme means, in sentences and in figures for machines."""

from __future__ import annotations

from typing import Any

import numpy as np

from cluster_engine.programme.problem import Plan
from cluster_engine.workflows.programme import Programme

SMALL = 0.5
"""£ thousand below which a change is none."""


def limit_draws(draws: np.ndarray, level: float) -> tuple[float, float]:
    """Ends of the interval of draws."""
    if not draws.size:
        return 0.0, 0.0
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail])
    return float(low), float(high)


def write_sentences(found: Programme) -> list[str]:
    """What a reader must know, the most important first."""
    settings, plan = found.config.programme, found.plan
    level = found.scene.plan.uncertainty.level
    low, high = limit_draws(found.robust.net, level)
    chances = found.prospects.chance_draws[plan.firms].astype(np.float64)
    none = float(np.prod(1.0 - chances, axis=0).mean())
    kind = "your assumption" if "success_rate" in found.config.own_assumptions else "a prior"
    return [
        f"Expected: {chances.mean(axis=1).sum():.1f} projects, and £{plan.value / 1000:,.2f}m of "
        f"value added a year; less costs £{plan.net / 1000:,.2f}m ({level:.0%} interval "
        f"£{low / 1000:,.2f}m to £{high / 1000:,.2f}m, from draws of success rate, scores and "
        f"value added). The chance that no project comes at all is {none:.0%}.",
        f"The chance of a project is {kind}, not learned from approaches: "
        f"{settings.success_rate:.1%} at a score of {settings.success_score:g}, times "
        f"{settings.success_lift:g} per 10 points. It scales all values; which markets are chosen "
        "depends on it little. A rank, or p_top, is no chance of success.",
        f"Value added counts {settings.years_counted:g} year(s) of a first project that would not "
        "have come otherwise, with its suppliers in the region; costs count pound for pound.",
        *_write_change(found),
        f"The solver's gap is {plan.gap:.3%}; without whole missions and firms the bound would be "
        f"£{found.relaxed / 1000:,.2f}m. In {found.robust.n_solved} draws the programme was chosen "
        "again: 'Again' is the part of them in which a market was visited.",
    ]


def _write_change(found: Programme) -> list[str]:
    if found.before is None:
        return []
    gain = found.plan.net - found.before.net
    if abs(gain) < SMALL:
        return [
            f"£{found.problem.budget * 1000:,.0f} in place of £{found.before_budget:,.0f} changes "
            "nothing: officer days, missions or limits bind before money does."
        ]
    old, new = _visited(found, found.before), _visited(found, found.plan)
    told = [
        f"{word} {', '.join(names)}"
        for word, names in (("adds", sorted(new - old)), ("drops", sorted(old - new)))
        if names
    ]
    sign = "+" if gain > 0 else "-"
    return [
        f"With £{found.problem.budget * 1000:,.0f} in place of £{found.before_budget:,.0f} the net "
        f"value changes by {sign}£{abs(gain):,.0f}k, and the firms approached from "
        f"{len(found.before.firms)} to {len(found.plan.firms)}"
        + (f"; it {' and '.join(told)}." if told else "; the markets stay the same.")
    ]


def _visited(found: Programme, plan: Plan) -> set[str]:
    missions = found.problem.missions
    return {found.places[missions[place].market].market.name for place in plan.held}


def list_facts(found: Programme) -> dict[str, Any]:
    """Figures of the whole programme, JSON-ready."""
    level = found.scene.plan.uncertainty.level
    low, high = limit_draws(found.robust.net, level)
    chances = found.prospects.chance_draws[found.plan.firms].astype(np.float64)
    return {
        "region": found.scene.model.region.slug,
        "model": str(found.scene.model.facts["version"]),
        "budget": found.problem.budget * 1000.0,
        "officer_days": {pool.language: pool.days for pool in found.problem.pools},
        "unit": "£ thousand, value added of a year and costs alike",
        "net": found.plan.net,
        "net_low": low,
        "net_high": high,
        "level": level,
        "cost": found.plan.cost,
        "projects": float(chances.mean(axis=1).sum()),
        "chance_of_none": float(np.prod(1.0 - chances, axis=0).mean()),
        "chance_nature": "prior",
        "success_rate": found.config.programme.success_rate,
        "own_assumptions": list(found.config.own_assumptions),
        "gap": found.plan.gap,
        "bound": found.plan.bound,
        "relaxed_bound": found.relaxed,
        "draws": int(found.prospects.draws.shape[1]),
        "solved_draws": found.robust.n_solved,
        "seed": found.scene.plan.seed,
    }
