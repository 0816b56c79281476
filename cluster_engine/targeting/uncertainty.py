"""How sure a rank is: score all firms again under draws of everything that is not sure.

Draws are made in blocks with a generator each, from the seed and the number of the block; firms are
in order of firm_id: nothing depends on rows, threads or where a block is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from cluster_engine.targeting.draw_blocks import (
    Block,
    DrawPlan,
    DrawTask,
    Integers,
    RankDraws,
    draw_block,
)
from cluster_engine.targeting.score import Scored
from cluster_engine.targeting.sector_draws import read_noise

BLOCK_CELLS = 1 << 18
"""Firms times draws of a block: a megabyte per array, which stays in the cache."""

POOL = 20_000
"""Firms among which ranks are drawn: the best by score. All of them in a market of the pack; of ten
million firms those below would cost hours, and hardly any could come near the list."""

DEFAULT_TOP = 50
"""Length of the list that ``p_top`` is about where none is asked for."""


class Spread(Protocol):
    """Calls a function for every block, here or elsewhere; results come in the same order."""

    def __call__(
        self,
        function: Callable[[DrawTask, Block], RankDraws],
        shared: DrawTask,
        parts: Sequence[Block],
        /,
    ) -> Iterable[RankDraws]:
        """Call it."""


def draw_ranks(
    scored: Scored,
    sectors: pd.DataFrame,
    kept: Integers,
    plan: DrawPlan,
    *,
    spread: Spread | None = None,
) -> RankDraws:
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
    spread : callable, optional
        Where blocks are drawn; one after the other in this process without it.

    Returns
    -------
    RankDraws
        Eight bytes per firm kept and draw, or twelve among more than 65,535 firms; blocks of all
        firms add some 20 MB.
    """
    n_draws = plan.uncertainty.draws
    noise = read_noise(sectors, plan.delta)
    pool = np.cumsum(sectors["n_firms"].to_numpy(dtype=np.float64))
    task = DrawTask(scored, noise, pool, kept, plan)
    width = max(1, BLOCK_CELLS // max(len(scored.features.firms), 1))
    blocks = [
        (number, min(width, n_draws - start))
        for number, start in enumerate(range(0, n_draws, width))
    ]
    drawn = (spread or _draw_here)(draw_block, task, blocks)
    shape = (len(kept), n_draws)
    # They may be kept for long, for all firms of a market.
    small = np.min_scalar_type(max(len(scored.features.firms), 256))
    found = RankDraws(np.zeros(shape, np.float32), np.zeros(shape, small), np.zeros(shape, small))
    for number, block in enumerate(drawn):
        columns = slice(number * width, number * width + blocks[number][1])
        found.scores[:, columns] = block.scores
        found.best[:, columns] = block.best
        found.worst[:, columns] = block.worst
    return found


def _draw_here(
    function: Callable[[DrawTask, Block], RankDraws], shared: DrawTask, parts: Sequence[Block]
) -> Iterable[RankDraws]:
    return (function(shared, part) for part in parts)
