"""The score of a model as a question that engines understand, and the firms there are to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from cluster_engine.engines.questions import ask_known, ask_pairs
from cluster_engine.engines.screen import Points, Screen
from cluster_engine.packs.dataset_tables import read_dataset_table
from cluster_engine.packs.firm_dataset import CELLS, COUNTS, PROFILES, FirmDataset
from cluster_engine.parameters import Scoring
from cluster_engine.results import Market, Model
from cluster_engine.targeting.cell_bounds import CellBounds, bound_cells
from cluster_engine.targeting.features import SECTOR_PARTS
from cluster_engine.targeting.firm_formulas import Formulas, find_most, write_formulas
from cluster_engine.targeting.rank import RankPlan
from cluster_engine.targeting.score import list_optional
from cluster_engine.workflows.firm_engine import Engine
from cluster_engine.workflows.market_sample import MarketSample, draw_sample

FIRST_FILLED = ("employees", "rd_intensity")
"""Parts that the others are guessed from."""


@dataclass(frozen=True, slots=True)
class Universe:
    """The firms of a market in a converted list, before any is read but for a sample.

    Attributes
    ----------
    profiles : DataFrame
        profile, industry, weight, basis, confidence.
    screen : Screen
    niche : ndarray of object, shape (n_profiles,)
        Niche cluster of each profile of the screen.
    sample : MarketSample
    lacking : tuple of str
        Parts known of no firm of the market.
    n_unranked : int
    """

    profiles: pd.DataFrame
    screen: Screen
    niche: NDArray[np.object_]
    sample: MarketSample
    lacking: tuple[str, ...]
    n_unranked: int

    @property
    def n_ranked(self) -> int:
        """Firms that have a rank."""
        return self.screen.n_firms

    def name_niches(self, profiles: NDArray[np.int32]) -> NDArray[np.object_]:
        """Niche cluster of firms by their profile; '' for none."""
        # Profiles of the screen are in order.
        return self.niche[np.searchsorted(self.screen.profiles["profile"].to_numpy(), profiles)]

    def estimate_depth(self, plan: RankPlan) -> int:
        """Rank of the last firm of a list, as the sample tells it."""
        niches = self.name_niches(self.sample.firms["profile"].to_numpy())
        depth = self.sample.estimate_depth(niches, plan)
        return self.n_ranked if depth is None else depth


def survey(
    dataset: FirmDataset, market: Market, model: Model, scoring: Scoring, engine: Engine
) -> Universe:
    """Find out whom there is to rank, and by which formulas.

    Parameters
    ----------
    dataset : FirmDataset
    market : Market
    model : Model
    scoring : Scoring
    engine : Engine
        Is asked for a sample of the firms, and which figures are known of none.
    """
    profiles = read_dataset_table(dataset, PROFILES)
    n_profiles = int(profiles["profile"].max()) + 1 if len(profiles) else 0
    firms, n_firms = _count_firms(read_dataset_table(dataset, COUNTS), market, n_profiles)
    present = profiles[profiles["profile"].isin(firms.index)]
    formulas = write_formulas(model, scoring, present)
    bounds = bound_cells(formulas, read_dataset_table(dataset, CELLS), model, scoring)
    screen = _make_screen(formulas, firms, bounds)
    parts = [part for part in list_optional(model.reference) if part not in SECTOR_PARTS]
    sample = draw_sample(dataset, market, screen, parts, engine)
    lacking = tuple(_find_lacking(formulas, bounds, sample, model, screen, engine))
    most = np.minimum(find_most(formulas, model, scoring, lacking), bounds.find_most())
    return Universe(
        profiles,
        replace(screen, profiles=screen.profiles.append_column("most", pa.array(most))),
        formulas.profiles["niche"].to_numpy(dtype=object),
        sample,
        lacking,
        n_firms - screen.n_firms,
    )


def _count_firms(counts: pd.DataFrame, market: Market, n_profiles: int) -> tuple[pd.Series, int]:
    """Firms of the market that can be ranked, by profile; and all firms of the market."""
    is_here = counts["country"].isin(market.countries).to_numpy()
    # A firm without an industry has no profile.
    numbers = counts["profile"].to_numpy(dtype=np.int64, na_value=n_profiles)
    chosen = is_here & counts["rankable"].to_numpy() & (numbers < n_profiles)
    numbers = numbers[chosen]
    firms = counts["firms"].to_numpy(dtype=np.int64)
    # Sums of whole numbers: exact.
    sums = np.bincount(numbers, firms[chosen]).astype(np.int64)
    present = np.flatnonzero(sums)
    return pd.Series(sums[present], index=present), int(firms[is_here].sum())


def narrow(engine: Engine, screen: Screen, least: float) -> Screen:
    """Ask only firms whose profile and cell together could have so many hundredths."""
    able = screen.keep_able(least)
    if not able.profiles.num_rows:
        return able
    return able.keep_pairs(engine.ask(ask_pairs(able, least), "Looking for able firms"))


def _find_lacking(
    formulas: Formulas, bounds: CellBounds, sample: MarketSample, model: Model, screen: Screen,
    engine: Engine,
) -> Iterator[str]:  # fmt: skip
    """Parts of those a list may lack that are known of no firm, in the order of the score."""
    for part in list_optional(model.reference):
        if not len(formulas.profiles):
            return
        if part in SECTOR_PARTS:
            unknown = bool(formulas.profiles[f"u_{part}"].all())
        else:
            # All firms are asked only where neither the cells nor the sample tell.
            unknown = part in bounds.unheard or not (
                sample.knows(part) or engine.ask(ask_known(screen, formulas.known[part])).num_rows
            )
        if unknown:
            yield part


def _make_screen(formulas: Formulas, firms: pd.Series, bounds: CellBounds) -> Screen:
    table = formulas.profiles
    columns = [name for name in table if not str(name).startswith("u_") and name != "niche"]
    n_cells = len(bounds.most)
    numbers = table[columns].assign(
        firms=firms.reindex(table["profile"]).to_numpy(np.int64),
        first_cell=(bounds.intensity * n_cells).astype(np.int32),
        unknown=bounds.unknown,
        known=bounds.known,
    )
    filled = formulas.filled
    screen = Screen(
        (
            {f"k_{part}": expression for part, expression in formulas.known.items()},
            {f"f_{part}": filled[part] for part in FIRST_FILLED},
            {f"f_{part}": filled[part] for part in filled if part not in FIRST_FILLED},
        ),
        tuple(Points(*points) for points in formulas.points.values()),
        pa.Table.from_pandas(numbers, preserve_index=False),
        # One stretch of cells for every typical R&D intensity.
        pa.table(
            {
                "number": pa.array(np.arange(bounds.most.size, dtype=np.int32)),
                "cell_most": pa.array(bounds.most.ravel(order="F")),
                "is_known": pa.array(np.tile(bounds.is_known, bounds.most.shape[1])),
            }
        ),
        n_cells,
    )
    place = screen.profiles.schema.get_field_index("profile")
    return replace(
        screen,
        profiles=screen.profiles.set_column(
            place, "profile", screen.profiles["profile"].cast(pa.int32())
        ),
    )
