"""A look at a few firms of a large market: how far down a list reaches, and with what score."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.engines.questions import HAS, ask_every, ask_sample
from cluster_engine.engines.screen import UPPER, Screen
from cluster_engine.packs.firm_dataset import SAMPLE, FirmDataset
from cluster_engine.packs.firm_sample import choose_spacing
from cluster_engine.results import Market
from cluster_engine.targeting.rank import RankPlan
from cluster_engine.workflows.firm_engine import Engine

MOST_SAMPLED = 200_000
"""Firms behind the correlation with size; more change no digit that is printed."""

MOST_LAID_ASIDE = 100_000
"""Firms taken of the sample laid aside."""

MOST_READ = 2_000_000
"""Firms of a market up to which its files are read for the sample. Of larger ones the evenly spaced
firms are taken that were laid aside when the list was converted."""

FEWEST_ABOVE = 50
"""Sampled firms above a place in the order, below which its score is not guessed."""

SPARE_ERRORS = 3.0
"""Standard errors of the number of sampled firms by which a guess goes further down."""


@dataclass(frozen=True, slots=True)
class MarketSample:
    """Evenly spaced firms.

    Attributes
    ----------
    firms : DataFrame
        Bounds of the score, profile, employees, whether optional parts are known; firm_id where
        these are all firms.
    every : int
        How many firms each stands for.
    """

    firms: pd.DataFrame
    every: int

    def knows(self, part: str) -> bool:
        """Whether an optional part is known of a sampled firm."""
        return bool(self.firms[HAS + part].any())

    def estimate_depth(self, niches: NDArray[np.object_], plan: RankPlan) -> int | None:
        """Rank of the last firm of the list. Parents are not looked at: few have several firms.

        Parameters
        ----------
        niches : ndarray of object, shape (n_sampled,)
            Niche cluster of every sampled firm.
        plan : RankPlan

        Returns
        -------
        int or None
            None: the list reaches down to the last firm.
        """
        order = np.argsort(-self.firms[UPPER].to_numpy(dtype=np.float64), kind="stable")
        room: dict[object, int] = {}
        kept = 0
        for number, niche in enumerate(niches[order].tolist(), 1):
            if plan.niches is not None and niche not in plan.niches:
                continue
            taken = self.every
            if plan.max_per_cluster is not None and niche != "":
                taken = min(self.every, room.setdefault(niche, plan.max_per_cluster))
                room[niche] -= taken
            kept += taken
            if plan.top is not None and kept >= plan.top:
                return number * self.every
        return None

    def guess_score(self, rank: int) -> float | None:
        """Hundredths that at least so many firms very likely have; None: too few tell."""
        above = rank / self.every
        place = math.ceil(above + SPARE_ERRORS * math.sqrt(above))
        if above < FEWEST_ABOVE or place >= len(self.firms):
            return None
        upper = self.firms[UPPER].to_numpy(dtype=np.float64)
        return float(np.partition(upper, -place)[-place])


def draw_sample(
    dataset: FirmDataset, market: Market, screen: Screen, parts: Collection[str], engine: Engine
) -> MarketSample:
    """Take evenly spaced firms of a market.

    Parameters
    ----------
    dataset, market
    screen : Screen
        The score, and the firms that can be ranked.
    parts : collection of str
        Optional parts that a firm may have: whether it does is asked as well.
    engine : Engine
    """
    if screen.n_firms <= MOST_READ:
        every = max(-(-screen.n_firms // MOST_SAMPLED), 1)
        query = ask_every(screen, every, parts)
    else:
        every = choose_spacing(dataset, market.countries, MOST_LAID_ASIDE)
        place = dataset.address(SAMPLE)
        query = ask_sample(screen, place, every, market.countries, parts)
    return MarketSample(engine.ask(query, "Looking at a sample").to_pandas(), every)
