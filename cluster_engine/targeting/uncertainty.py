"""How sure a rank is: score all firms again under draws of everything that is not sure.

Drawn are location quotients, closeness to niches, links and gaps (the same for all firms of a
sector), the exponent of the regional coefficients, the weights, whether an industry code is right,
and every unknown figure. Draws are made in blocks with a generator each, from the seed and the
number of the block; firms are in order of firm_id: nothing depends on rows or threads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.targeting.criteria import CRITERIA, Criterion
from cluster_engine.targeting.features import SECTOR_PARTS, Shares
from cluster_engine.targeting.firm_draws import draw_own_parts
from cluster_engine.targeting.reference import Reference, find_spread
from cluster_engine.targeting.score import Scored
from cluster_engine.targeting.sector_draws import BAND, SectorNoise, draw_sectors, read_noise

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.intp]

BLOCK_CELLS = 1 << 18
"""Firms times draws of a block: a megabyte per array, which stays in the cache."""

POOL = 20_000
"""Firms among which ranks are drawn: the best by score. All of them in a market of the pack; of ten
million firms those below would cost hours, and hardly any could come near the list."""

DEFAULT_TOP = 50
"""Length of the list that ``p_top`` is about where none is asked for."""


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
    best, worst : ndarray of int32, shape (n_kept, n_draws)
        Rank among all firms; they differ where scores are equal.
    """

    scores: Singles
    best: NDArray[np.int32]
    worst: NDArray[np.int32]


def draw_ranks(scored: Scored, sectors: pd.DataFrame, kept: Integers, plan: DrawPlan) -> RankDraws:
    """Rank the firms kept among all, in every draw.

    Parameters
    ----------
    scored : Scored
        All firms of the market.
    sectors : DataFrame
        Sector table of the model.
    kept : ndarray of int, shape (n_kept,)
        Positions of the firms wanted.
    plan : DrawPlan

    Returns
    -------
    RankDraws
        12 bytes per firm kept and draw; blocks of all firms add some 20 MB.
    """
    n_firms, n_draws = len(scored.features.firms), plan.uncertainty.draws
    shape = (len(kept), n_draws)
    found = RankDraws(
        np.zeros(shape, np.float32), np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    )
    noise = read_noise(sectors, plan.delta)
    pool = np.cumsum(sectors["n_firms"].to_numpy(dtype=np.float64))
    width = max(1, BLOCK_CELLS // max(n_firms, 1))
    for block, start in enumerate(range(0, n_draws, width)):
        stop = min(start + width, n_draws)
        generator = np.random.default_rng([plan.seed, block])
        scores = _score_block(scored, noise, pool, plan, stop - start, generator)
        found.scores[:, start:stop] = scores[kept]
        for place in range(start, stop):
            drawn = scores[:, place - start]
            ordered = np.sort(drawn)
            found.best[:, place] = n_firms - np.searchsorted(ordered, drawn[kept], "right") + 1
            found.worst[:, place] = n_firms - np.searchsorted(ordered, drawn[kept], "left")
    return found


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
