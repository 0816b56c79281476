"""Small invented problems, and every programme that they allow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from hypothesis import strategies as st

from cluster_engine.programme.check import list_breaches
from cluster_engine.programme.problem import (
    Candidates,
    ClusterLimits,
    MarketLimits,
    Mission,
    Plan,
    Pool,
    Problem,
    calc_cost,
)
from cluster_engine.programme.reduction import suits


def make_firms(rows: list[tuple[int, int, float, str]]) -> Candidates:
    """Candidates from market, cluster, value and parent ('' for none)."""
    ids = [f"f{place:03d}" for place in range(len(rows))]
    return Candidates(
        np.array(ids, dtype=object),
        np.array([row[3] or name for row, name in zip(rows, ids, strict=True)], dtype=object),
        np.array([row[0] for row in rows], np.intp),
        np.array([row[1] for row in rows], np.intp),
        np.array([row[2] for row in rows], np.float64),
    )


def visit(market: int, meetings: int = 2, **others: object) -> Mission:
    """A journey of 2 officer days and £1,000, half a day and £100 per firm."""
    terms = {"days": 2.0, "cost": 1.0, "days_per_firm": 0.5, "cost_per_firm": 0.1,
             "guests": (market,), "name": f"journey to {market}"}  # fmt: skip
    return Mission(market=market, meetings=meetings, **(terms | others))  # type: ignore[arg-type]


def list_plans(problem: Problem) -> Iterator[Plan]:
    """Every programme that keeps the rules; days go where they are cheapest."""
    firms = problem.candidates
    seats = [
        [None, *(at for at, mission in enumerate(problem.missions)
                 if suits(mission, int(firms.market[firm]), int(firms.cluster[firm])))]
        for firm in range(len(firms))
    ]  # fmt: skip
    for held in product((False, True), repeat=len(problem.missions)):
        for choice in product(*seats):
            if any(place is not None and not held[place] for place in choice):
                continue
            plan = make_plan(problem, held, choice)
            if plan is not None and not list_breaches(problem, plan):
                yield plan


def make_plan(
    problem: Problem, held: tuple[bool, ...], choice: tuple[int | None, ...]
) -> Plan | None:
    """One programme; None where its days are too many. One pool only, so days have one place."""
    taken = np.array([at for at, place in enumerate(choice) if place is not None], np.intp)
    placed = np.array([place for place in choice if place is not None], np.intp)
    places = tuple(at for at, is_held in enumerate(held) if is_held)
    days = np.zeros((len(problem.markets), 1))
    for place in places:
        days[problem.missions[place].market] += problem.missions[place].days
    for place in placed:
        days[problem.missions[place].market] += problem.missions[place].days_per_firm
    value = float(problem.candidates.value[taken].sum())
    return Plan(taken, placed, places, days, value, calc_cost(problem, placed, places, days))


@st.composite
def problems(draw: st.DrawFn, n_firms: int = 5, n_pools: int = 1) -> Problem:
    """Problems of two markets, two clusters, and up to three missions, with every kind of rule."""
    markets = st.integers(0, 1)
    rows = draw(
        st.lists(
            st.tuples(markets, markets, st.integers(0, 40).map(float),
                      st.sampled_from(["", "", "group"])),
            min_size=1, max_size=n_firms,
        )
    )  # fmt: skip
    missions = []
    for place in range(draw(st.integers(1, 3))):
        guests = draw(st.sampled_from([(0,), (1,), (0, 1)]))
        missions.append(
            visit(
                draw(st.sampled_from(guests)), draw(st.integers(1, 3)), guests=guests,
                clusters=draw(st.sampled_from([(), (), (0,), (1,)])),
                cost=draw(st.sampled_from([1.0, 1.0, 5.0])), name=f"mission {place}",
            )
        )  # fmt: skip
    small = st.sampled_from([0, 0, 0, 1, 2])
    caps = st.sampled_from([None, None, 1, 2, 3])
    share = st.sampled_from([1.0, 1.0, 0.5, 0.6])
    return Problem(
        make_firms(rows),
        tuple(MarketLimits(f"market {at}", draw(small), draw(caps), draw(st.integers(0, 5)) == 0)
              for at in range(2)),
        tuple(ClusterLimits(f"cluster {at}", draw(small), draw(caps),
                            draw(st.sampled_from([0.0, 0.0, 0.0, 0.3])), draw(share))
              for at in range(2)),
        tuple(missions),
        tuple(Pool(f"language {at}", draw(st.sampled_from([3.0, 5.0, 9.0])), (0.0, 0.2 * at))
              for at in range(n_pools)),
        draw(st.sampled_from([0.5, 2.0, 4.0, 20.0])),
        draw(st.sampled_from([0, 0, 1, 2])),
        draw(st.sampled_from([None, None, 1])),
        draw(st.sampled_from([0, 0, 2])),
    )  # fmt: skip
