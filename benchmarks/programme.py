"""Time a programme of 30 markets and 20,000 firms, beside its relaxation.

    python benchmarks/programme.py [MARKETS] [FIRMS]

Firms are invented: values log-normal, one firm in ten with a parent that has others, 12 clusters,
two journeys to each market and a fair in every third that also takes firms of the next market.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from cluster_engine.programme.baselines import plan_by_quotas, plan_greedily
from cluster_engine.programme.check import list_breaches
from cluster_engine.programme.problem import (
    Candidates,
    ClusterLimits,
    MarketLimits,
    Mission,
    Pool,
    Problem,
)
from cluster_engine.programme.solve import Effort, relax, solve
from cluster_engine.settings import read_settings

N_CLUSTERS = 12
SEEDS = 3


def make_problem(seed: int, n_markets: int, n_firms: int) -> Problem:
    """An invented problem."""
    generator = np.random.default_rng(seed)
    ids = np.array([f"f{place:06d}" for place in range(n_firms)], dtype=object)
    parents = np.array([f"p{place}" for place in generator.integers(0, n_firms * 5, n_firms)],
                       dtype=object)  # fmt: skip
    candidates = Candidates(
        ids, parents, generator.integers(0, n_markets, n_firms),
        generator.integers(0, N_CLUSTERS, n_firms), np.exp(generator.normal(3.0, 0.8, n_firms)),
    )  # fmt: skip
    missions = []
    for market in range(n_markets):
        cost = 2.5 + 0.1 * market
        missions += [Mission(f"journey {market} {turn}", market, 10, 5.0, cost, 0.5, 0.06,
                             (market,))
                     for turn in range(2)]  # fmt: skip
        if market % 3 == 0:
            guests = tuple(sorted({market, (market + 1) % n_markets}))
            suited = tuple(sorted({market % N_CLUSTERS, (market + 3) % N_CLUSTERS}))
            missions.append(Mission(f"fair {market}", market, 15, 4.0, 8.0, 0.5, 0.06, guests,
                                    suited, kind="fair"))  # fmt: skip
    english = tuple(0.0 if market % 5 == 0 else 0.2 for market in range(n_markets))
    german = tuple(0.0 if market % 5 <= 1 else 0.2 for market in range(n_markets))
    return Problem(
        candidates,
        tuple(MarketLimits(f"market {at}", 6, 20) for at in range(n_markets)),
        tuple(ClusterLimits(f"cluster {at}", 1, None, 0.0, 0.4) for at in range(N_CLUSTERS)),
        tuple(missions), (Pool("english", 120.0, english), Pool("german", 30.0, german)),
        60.0, 2, None, 4,
    )  # fmt: skip


def main() -> None:
    """Print seconds, gap, and the ratio to the relaxation and to the baselines."""
    n_markets = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    n_firms = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    effort = Effort(read_settings().programme.gap)
    for seed in range(SEEDS):
        problem = make_problem(seed, n_markets, n_firms)
        start, cpu = time.perf_counter(), time.process_time()
        plan = solve(problem, effort)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        relaxed = relax(problem)
        if plan is None or relaxed is None or list_breaches(problem, plan):
            raise SystemExit("No programme, or one that breaks a rule.")
        greedy, quotas = plan_greedily(problem), plan_by_quotas(problem)
        print(
            f"{n_markets} markets, {n_firms:,} firms, seed {seed}: {seconds:.1f} s ({cpu:.1f} s of "
            f"processor), gap {plan.gap:.4%}, {plan.net / relaxed.bound:.4f} of the relaxation, "
            f"{plan.net / greedy.net:.3f} x best mission first, "
            f"{plan.net / quotas.net:.3f} x same quota"
        )


if __name__ == "__main__":
    main()
