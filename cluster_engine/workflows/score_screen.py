"""The score of a model as a question that engines understand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from cluster_engine.engines.questions import ask_known, ask_pairs
from cluster_engine.engines.screen import Points, Query, Screen
from cluster_engine.packs.firm_dataset import (
    CELLS,
    COUNTS,
    PROFILES,
    FirmDataset,
    read_dataset_table,
)
from cluster_engine.parameters import Scoring
from cluster_engine.results import Market, Model
from cluster_engine.targeting.cell_bounds import CellBounds, bound_cells
from cluster_engine.targeting.features import SECTOR_PARTS
from cluster_engine.targeting.firm_formulas import Formulas, find_most, write_formulas
from cluster_engine.targeting.score import list_optional
from cluster_engine.targeting.uncertainty import Spread

FIRST_FILLED = ("employees", "rd_intensity")
"""Parts that the others are guessed from."""


class Engine(Protocol):
    """Answers questions about all firms."""

    @property
    def spread(self) -> Spread | None:
        """Where blocks of draws are made; None: in this process."""

    def ask(self, query: Query, stage: str = ...) -> pa.Table:
        """Answer one."""


@dataclass(frozen=True, slots=True)
class Universe:
    """The firms of a market in a converted list, before any is read.

    Attributes
    ----------
    profiles : DataFrame
        profile, industry, weight, basis, confidence.
    screen : Screen
    niche : ndarray of object, shape (n_profiles,)
        Niche cluster of each profile of the screen.
    lacking : tuple of str
        Parts known of no firm of the market.
    n_ranked, n_unranked : int
    """

    profiles: pd.DataFrame
    screen: Screen
    niche: NDArray[np.object_]
    lacking: tuple[str, ...]
    n_ranked: int
    n_unranked: int

    def name_niches(self, profiles: NDArray[np.int32]) -> NDArray[np.object_]:
        """Niche cluster of firms by their profile; '' for none."""
        # Profiles of the screen are in order.
        return self.niche[np.searchsorted(self.screen.profiles["profile"].to_numpy(), profiles)]


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
        Is asked which figures are known of no firm.
    """
    profiles = read_dataset_table(dataset, PROFILES)
    counts = read_dataset_table(dataset, COUNTS)
    counts = counts[counts["country"].isin(market.countries)]
    rankable = counts[counts["rankable"] & counts["profile"].notna()]
    firms = rankable.groupby("profile")["firms"].sum()
    present = profiles[profiles["profile"].isin(firms.index)]
    formulas = write_formulas(model, scoring, present)
    bounds = bound_cells(formulas, read_dataset_table(dataset, CELLS), model, scoring)
    screen = _make_screen(formulas, firms, bounds)
    lacking = find_lacking(formulas, screen, model, engine)
    most = np.minimum(find_most(formulas, model, scoring, lacking), bounds.find_most())
    screen = replace(screen, profiles=screen.profiles.append_column("most", pa.array(most)))
    n_ranked = int(np.sum(screen.profiles["firms"].to_numpy()))
    return Universe(
        profiles,
        screen,
        formulas.profiles["niche"].to_numpy(dtype=object),
        tuple(lacking),
        n_ranked,
        int(counts["firms"].sum()) - n_ranked,
    )


def narrow(engine: Engine, screen: Screen, least: float) -> Screen:
    """Ask only firms whose profile and cell together could have so many hundredths."""
    able = screen.keep_able(least)
    if not able.profiles.num_rows:
        return able
    return able.keep_pairs(engine.ask(ask_pairs(able, least), "Looking for able firms"))


def find_lacking(formulas: Formulas, screen: Screen, model: Model, engine: Engine) -> Sequence[str]:
    """Parts of those a list may lack that are known of no firm, in the order of the score."""
    found = []
    for part in list_optional(model.reference):
        if not len(formulas.profiles):
            continue
        if part in SECTOR_PARTS:
            unknown = bool(formulas.profiles[f"u_{part}"].all())
        else:
            unknown = not engine.ask(ask_known(screen, formulas.known[part])).num_rows
        if unknown:
            found.append(part)
    return found


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
