"""One block of draws: score all firms again, and keep the ranks of those wanted.

Drawn are location quotients, closeness to niches, links and gaps (the same for all firms of a
sector), the exponent of the regional coefficients, the weights, whether an industry code is right,
and every unknown figure. A block has a generator of its own, from the seed and its number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.targeting.criteria import CRITERIA, Criterion
from cluster_engine.targeting.features import SECTOR_PARTS, Shares
from cluster_engine.targeting.firm_draws import draw_own_parts
from cluster_engine.targeting.reference import Reference, find_spread
from cluster_engine.targeting.score import Scored
from cluster_engine.targeting.sector_draws import BAND, SectorNoise, draw_sectors

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """What to draw.

    Attributes
    ----------
    scoring, uncertainty : Scoring, Uncertainty
    reference : mapping
        Yardstick of the model.
    fixed : collection of str
        Weights that are not drawn: the user has set them.
    delta : float
        The model's own exponent of the regional coefficients.
    seed : int
    learned : mapping of str to float
        Standard errors of the weights that were learned.
    """

    scoring: Scoring
    uncertainty: Uncertainty
    reference: Reference
    fixed: Collection[str] = ()
    delta: float = 0.3
    seed: int = 0
    learned: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RankDraws:
    """How the firms kept rank among all firms, draw by draw.

    Attributes
    ----------
    scores : ndarray of float32, shape (n_kept, n_draws)
    best, worst : ndarray of int, shape (n_kept, n_draws)
        Rank among all firms; they differ where scores are equal.
    """

    scores: Singles
    best: NDArray[np.integer[Any]]
    worst: NDArray[np.integer[Any]]

    @property
    def nbytes(self) -> int:
        """Room taken, in bytes."""
        return self.scores.nbytes + self.best.nbytes + self.worst.nbytes

    def take(self, rows: Integers) -> RankDraws:
        """Draws of some of the firms."""
        return RankDraws(self.scores[rows], self.best[rows], self.worst[rows])


@dataclass(frozen=True, slots=True)
class DrawTask:
    """What every block of draws needs.

    Attributes
    ----------
    scored : Scored
        All firms of the market.
    noise : SectorNoise
    pool : ndarray of float64, shape (n_sectors,)
        Firms of the pack in this sector and those before it.
    kept : ndarray of int, shape (n_kept,)
        Positions of the firms wanted.
    plan : DrawPlan
    """

    scored: Scored
    noise: SectorNoise
    pool: Floats
    kept: Integers
    plan: DrawPlan


Block = tuple[int, int]
"""Number of a block, from which its generator is made, and its draws."""


def draw_block(task: DrawTask, block: Block) -> RankDraws:
    """Draw one block: arrays of shape (n_kept, draws of the block)."""
    number, n_draws = block
    generator = np.random.default_rng([task.plan.seed, number])
    scores = _score_block(task.scored, task.noise, task.pool, task.plan, n_draws, generator)
    n_firms, kept = len(scores), scores[task.kept]
    best, worst = np.zeros(kept.shape, np.int32), np.zeros(kept.shape, np.int32)
    for place in range(n_draws):
        ordered = np.sort(scores[:, place])
        # Scores that rise are found twice as fast.
        rising = np.argsort(kept[:, place])
        wanted = kept[rising, place]
        best[rising, place] = n_firms - np.searchsorted(ordered, wanted, "right") + 1
        worst[rising, place] = n_firms - np.searchsorted(ordered, wanted, "left")
    return RankDraws(kept, best, worst)


def _score_block(
    scored: Scored,
    noise: SectorNoise,
    pool: Floats,
    plan: DrawPlan,
    n_draws: int,
    generator: np.random.Generator,
) -> Singles:
    """Scores without the base, shape (n_firms, n_draws)."""
    scoring, reference = plan.scoring, plan.reference
    deltas = generator.uniform(*BAND, n_draws)
    weights = draw_weights(scoring.weights, plan, n_draws, generator)
    by_sector = draw_sectors(noise, deltas, reference, scoring, plan.uncertainty, generator)
    wrong, other = _draw_codes(scored, pool, n_draws, generator)
    own = draw_own_parts(scored, reference, scoring, n_draws, generator)
    total = np.zeros((len(scored.features.firms), n_draws), np.float32)
    for criterion in CRITERIA:
        spread = find_spread(criterion, reference)
        if spread["sd"] == 0 or not scoring.weights[criterion.weight_name]:
            continue
        value = np.zeros_like(total)
        for part in criterion.parts:
            if part in SECTOR_PARTS:
                drawn = _mix(by_sector[part], scored.features.shares, len(total))
                drawn[wrong] = by_sector[part][other, wrong[1]]
            elif part in own:
                drawn = own[part]
            else:
                continue
            value += drawn * np.float32(_size_of(part, criterion, reference))
        value -= np.float32(spread["mean"])
        value /= np.float32(spread["sd"])
        np.clip(value, -scoring.criterion_limit, scoring.criterion_limit, out=value)
        value *= weights[criterion.weight_name]
        total += value
    return total


def _size_of(part: str, criterion: Criterion, reference: Reference) -> float:
    """Learned terms keep their own size; the other parts are averaged."""
    if criterion.family:
        return float(reference["parts"][part]["sd"])
    return 1.0 / len(criterion.parts)


def draw_weights(
    weights: Mapping[str, float], plan: DrawPlan, n_draws: int, generator: np.random.Generator
) -> dict[str, Singles]:
    """Draw the weights: log-normal of mean one times each, the sum of those drawn kept.

    A prior's spread is that of the settings, a learned weight's its standard error.

    Returns
    -------
    dict of str to ndarray of float32, each of shape (n_draws,)
    """
    free = [name for name in sorted(weights) if name not in plan.fixed]
    base = np.array([weights[name] for name in free])[:, None]
    sd = np.array([_spread_of(name, weights[name], plan) for name in free])[:, None]
    drawn = base * np.exp(generator.standard_normal((len(free), n_draws)) * sd - sd**2 / 2)
    total = drawn.sum(axis=0)
    drawn *= np.divide(base.sum(), total, out=np.ones_like(total), where=total > 0)
    found: dict[str, Any] = {name: np.full(n_draws, weights[name]) for name in plan.fixed}
    found |= dict(zip(free, drawn, strict=True))
    return {name: values.astype(np.float32) for name, values in found.items()}


def _spread_of(name: str, weight: float, plan: DrawPlan) -> float:
    """Standard deviation of the logarithm of a weight."""
    if name not in plan.learned or weight <= 0.0:
        return plan.uncertainty.weight_sd
    # Of a log-normal with this mean and standard deviation.
    return float(np.sqrt(np.log1p((plan.learned[name] / weight) ** 2)))


def _draw_codes(
    scored: Scored, pool: Floats, n_draws: int, generator: np.random.Generator
) -> tuple[tuple[Integers, Integers], Integers]:
    """Firms and draws in which the code is wrong, and the sector that is right instead.

    Another sector is drawn as the firms of the pack are spread over sectors: the score counts the
    doubtful part of a code as average, and these draws have that average.
    """
    trust = scored.features.trust.astype(np.float32)[:, None]
    wrong = np.nonzero(generator.random((len(trust), n_draws), np.float32) >= trust)
    other = np.searchsorted(pool, generator.random(len(wrong[0])) * pool[-1], side="right")
    return (wrong[0], wrong[1]), np.minimum(other, len(pool) - 1)


def _mix(by_sector: Singles, shares: Shares, n_firms: int) -> Singles:
    """Mean over the sectors of every firm, shape (n_firms, n_draws)."""
    rows = by_sector[shares.sector]
    if len(shares.firm) == n_firms:
        return rows
    rows *= shares.weight.astype(np.float32)[:, None]
    starts = np.searchsorted(shares.firm, np.arange(n_firms))
    mixed: Singles = np.add.reduceat(rows, starts, axis=0)
    return mixed
