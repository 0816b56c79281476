"""A look at a few firms of a large market: how far down a list reaches, and with what score."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cluster_engine.engines.duck import DuckEngine
from cluster_engine.engines.questions import ask_every, ask_sample
from cluster_engine.engines.resources import Resources, name_spill
from cluster_engine.engines.screen import UPPER
from cluster_engine.packs.firm_dataset import SAMPLE, FirmDataset
from cluster_engine.packs.firm_sample import choose_spacing
from cluster_engine.results import Market
from cluster_engine.targeting.rank import RankPlan
from cluster_engine.workflows.score_screen import Engine, Universe

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
        Bounds of the score, profile, employees; firm_id where these are all firms.
    every : int
        How many firms each stands for.
    """

    firms: pd.DataFrame
    every: int

    def estimate_depth(self, universe: Universe, plan: RankPlan) -> int:
        """Rank of the last firm of the list. Parents are not looked at: few have several firms."""
        best = self.firms.sort_values(UPPER, ascending=False, kind="stable")
        niches = universe.name_niches(best["profile"].to_numpy())
        room: dict[object, int] = {}
        kept = 0
        for number, niche in enumerate(niches, 1):
            if plan.niches is not None and niche not in plan.niches:
                continue
            taken = self.every
            if plan.max_per_cluster is not None and niche != "":
                taken = min(self.every, room.setdefault(niche, plan.max_per_cluster))
                room[niche] -= taken
            kept += taken
            if plan.top is not None and kept >= plan.top:
                return number * self.every
        return universe.n_ranked

    def guess_score(self, rank: int) -> float | None:
        """Hundredths that at least so many firms very likely have; None: too few tell."""
        above = rank / self.every
        place = math.ceil(above + SPARE_ERRORS * math.sqrt(above))
        if above < FEWEST_ABOVE or place >= len(self.firms):
            return None
        upper = self.firms[UPPER].to_numpy(dtype=np.float64)
        return float(np.partition(upper, -place)[-place])


def draw_sample(
    dataset: FirmDataset, market: Market, universe: Universe, engine: Engine, resources: Resources
) -> MarketSample:
    """Take evenly spaced firms of a market.

    Parameters
    ----------
    dataset, market, universe
    engine : Engine
        Reads the files of the market.
    resources : Resources
        For reading the sample laid aside, here.
    """
    stage = "Looking at a sample"
    if universe.n_ranked <= MOST_READ:
        every = max(-(-universe.n_ranked // MOST_SAMPLED), 1)
        found = engine.ask(ask_every(universe.screen, every), stage)
        return MarketSample(found.to_pandas(), every)
    every = choose_spacing(dataset, market.countries, MOST_LAID_ASIDE)
    query = ask_sample(universe.screen, every, market.countries)
    own = replace(resources, spill=name_spill(resources.spill, "sample"))
    with DuckEngine([dataset.place(SAMPLE)], own) as reader:
        return MarketSample(reader.ask(query, stage).to_pandas(), every)
