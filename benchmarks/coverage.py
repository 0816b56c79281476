"""How often 90 % intervals of location quotients hold the truth, when plants are the draws.

Run from a checkout with the project installed: ``python benchmarks/coverage.py``. Prints Markdown.

Every sector has plants of skewed sizes. Each plant stands in the region with a known chance q_i, so
the true LQ is q_i / sum_j w_j q_j, w_j the sector's share of the nation's jobs. The intervals see
what a pack holds: jobs by sector in the region and in the nation, and enterprises of the nation by
size band. Effective plants of a sector
(jobs / effective plant size) have medians of 140 (log-normal) and 180 (Pareto), nine in ten from 7
to 3,000 and from 10 to 3,400; by its size bands the four-digit sectors of Great Britain have a
median of 90, nine in ten from 8 to 1,900. Weigh the classes of expected plants accordingly.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.concentration import calc_plant_size
from cluster_engine.measures.inference import calc_lq_limits
from cluster_engine.measures.sector_limits import calc_sector_limits
from cluster_engine.measures.shrinkage import calc_shrunk_limits, estimate_prior_strength

Floats = NDArray[np.float64]
Interval = tuple[Floats, Floats]

LEVEL = 0.9
BAND_STARTS = np.array([1, 5, 10, 20, 50, 100, 250, 500, 1000])
BAND_MEANS = np.sqrt(BAND_STARTS * np.array([4, 9, 19, 49, 99, 249, 499, 999, 2000]))
"""Bands of the national business counts and the geometric mean of their limits, as packs have it;
the open band is read as ending at twice its start, whatever sizes were drawn."""
LARGEST_PLANT = 5000
EXPECTED = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, np.inf)
"""Limits of the classes of expected effective plants in the region."""
GIVEN_STRENGTH = 2.0
"""Prior strength of the engine's settings, effective plants."""


@dataclass(frozen=True, slots=True)
class Design:
    """Law of plant sizes, mean chance of a job to be in the region, and the spread of true LQs."""

    sizes: str
    region_share: float
    lq_shape: float


DESIGNS = (
    *(
        Design(sizes, share, 3.0)
        for sizes in ("log-normal", "Pareto")
        for share in (0.03, 0.085, 0.2)
    ),
    Design("log-normal", 0.085, 1.0),
    Design("log-normal", 0.085, 20.0),
)


def draw_sizes(rng: np.random.Generator, law: str) -> Floats:
    """Jobs of the plants of one sector; whole numbers from 1."""
    number = int(np.clip(rng.lognormal(np.log(850), 2.0), 8, 20_000))
    if law == "log-normal":
        sizes = rng.lognormal(rng.uniform(0.5, 3.0), rng.uniform(1.0, 1.8), number)
    else:
        sizes = rng.uniform(1.0, 8.0) * rng.random(number) ** (-1 / rng.uniform(1.2, 2.2))
    return np.clip(np.round(sizes), 1, LARGEST_PLANT)


def count_bands(sizes: Floats) -> Floats:
    """Plants by size band."""
    band = np.searchsorted(BAND_STARTS, sizes, side="right") - 1
    return np.bincount(band, minlength=len(BAND_STARTS)).astype(float)


def list_intervals(
    jobs: Floats, base: Floats, plant_size: Floats
) -> Iterator[tuple[str, Interval]]:
    """Intervals to compare, each with its name."""
    for method in ("score", "likelihood", "fieller", "delta"):
        limits = calc_sector_limits(jobs, base, plant_size, level=LEVEL, method=method)
        yield f"effective plants, {method}", (limits.low, limits.high)
    expected = base * jobs.sum() / base.sum() / plant_size
    observed = jobs / plant_size
    fitted = estimate_prior_strength(observed, expected)
    for name, strength in (("a = 2", GIVEN_STRENGTH), ("a from the data", fitted)):
        yield (
            f"shrunk, {name}",
            calc_shrunk_limits(observed, expected, prior_strength=strength, level=LEVEL),
        )
    for method in ("score", "delta"):
        naive = calc_lq_limits(
            jobs, jobs.sum(), base, base.sum(), plant_size=1.0, level=LEVEL, method=method
        )
        yield f"naive: jobs, {method}", (naive.low, naive.high)


def simulate(
    design: Design, seeds: range, n_sectors: int, n_draws: int
) -> tuple[dict[str, Floats], Floats]:
    """Hit or miss of every interval, and the expected effective plants, cell by cell."""
    hits: dict[str, list[Floats]] = {}
    expected = []
    for seed in seeds:
        rng = np.random.default_rng([seed, DESIGNS.index(design)])
        plants = [draw_sizes(rng, design.sizes) for _ in range(n_sectors)]
        base = np.array([sizes.sum() for sizes in plants])
        plant_size = calc_plant_size([count_bands(sizes) for sizes in plants], BAND_MEANS)
        true_size = np.array([(sizes**2).sum() / sizes.sum() for sizes in plants])
        lq = rng.gamma(design.lq_shape, 1 / design.lq_shape, n_sectors)
        chance = np.minimum(lq / (base @ lq / base.sum()) * design.region_share, 0.95)
        truth = chance / (base @ chance / base.sum())
        for _ in range(n_draws):
            jobs = np.array(
                [s @ (rng.random(len(s)) < q) for s, q in zip(plants, chance, strict=True)]
            )
            for name, (low, high) in list_intervals(jobs, base, plant_size):
                hits.setdefault(name, []).append((low <= truth) & (truth <= high))
            expected.append(chance * base / true_size)
    return {name: np.concatenate(found) for name, found in hits.items()}, np.concatenate(expected)


def print_table(hits: dict[str, Floats], columns: list[tuple[str, NDArray[np.bool_]]]) -> None:
    """Coverage in percent, one row for each interval."""
    print("| interval | " + " | ".join(name for name, _ in columns) + " |")
    print("|---|" + "---:|" * len(columns))
    show: Callable[[Floats], str] = lambda found: f"{100 * found.mean():.1f}"  # noqa: E731
    for name, found in hits.items():
        print(f"| {name} | " + " | ".join(show(found[kept]) for _, kept in columns) + " |")


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4, help="economies drawn for each design")
    parser.add_argument("--first-seed", type=int, default=100, help="seed of the first economy")
    parser.add_argument("--sectors", type=int, default=120, help="sectors of an economy")
    parser.add_argument("--draws", type=int, default=50, help="placements of the plants of each")
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    results = [simulate(design, seeds, asked.sectors, asked.draws) for design in DESIGNS]
    hits = {name: np.concatenate([found[name] for found, _ in results]) for name in results[0][0]}
    expected = np.concatenate([counts for _, counts in results])
    number = np.repeat(np.arange(len(DESIGNS)), [len(counts) for _, counts in results])
    print(
        f"{len(expected):,} intervals at {LEVEL:.0%}: {len(DESIGNS)} designs × {asked.seeds} "
        f"economies × {asked.sectors} sectors × {asked.draws} placements. Coverage, %. Delta has "
        "no interval where the region has no jobs of the sector: counted as a miss.\n"
    )
    classes = [
        (f"{low:g}-{high:g}", (expected >= low) & (expected < high))
        for low, high in pairwise(EXPECTED)
    ]
    print("By expected effective plants in the region:\n")
    print_table(hits, [("all", np.ones(len(expected), bool)), *classes])
    print("\nBy design (plant sizes, region's share of jobs, shape of the gamma of true LQs):\n")
    names = [f"{d.sizes}, {d.region_share:.1%}, {d.lq_shape:g}" for d in DESIGNS]
    print_table(hits, [(name, number == i) for i, name in enumerate(names)])


if __name__ == "__main__":
    main()
