"""Take the best firms of a large list, in the order that the in-memory path gives them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from cluster_engine.engines.screen import UPPER, Mark, Screen, ask_best, merge
from cluster_engine.packs.firm_dataset import FACT_COLUMNS, HOME_COLUMNS
from cluster_engine.parameters import Scoring
from cluster_engine.results import Model
from cluster_engine.targeting.features import FirmTables, build_features
from cluster_engine.targeting.score import POINT_DIGITS, Scored, score_firms
from cluster_engine.workflows.dataset_rows import split_rows
from cluster_engine.workflows.score_screen import Engine, Universe

PAGE_COLUMNS = (
    "firm_id", "firm_name", "country", "city", "website", "year", "employees", "sales", "rd",
    "operating_profit", "sales_growth",
    "size_class", "patents_abroad", "trademarks_abroad", "status", "profile", *HOME_COLUMNS,
    *FACT_COLUMNS,
)  # fmt: skip
"""What scores, reasons, notes and exports need of a firm."""

FIRST_LOOK = 4
"""Firms of the best industries that are looked at first, times the firms wanted."""

FIRST_SHARE = 50
"""Or one firm in so many, if that is more."""


@dataclass(slots=True)
class BestFirms:
    """The best firms as far as they have been read; more are read when they are asked for.

    An engine's bound is at or above the score. Firms that were not read come after the last one
    read, by bound and firm_id, and so by score and firm_id: whoever stands before that mark by
    the exact score has its final place.

    Attributes
    ----------
    engine : Engine
    universe : Universe
    model, scoring : Model, Scoring
    rows : DataFrame
        Firms read, ``PAGE_COLUMNS``.
    mark : Mark or None
        None: nothing was read.
    is_all : bool
        Whether no firm that was asked for is left.
    """

    engine: Engine
    universe: Universe
    model: Model
    scoring: Scoring
    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PAGE_COLUMNS)))
    mark: Mark | None = None
    is_all: bool = False
    _scored: tuple[Scored, FirmTables] | None = None

    def read(self, limit: int, niches: Collection[str] | None = None) -> None:
        """Read the next firms: of all, or of the profiles in some niches ('' is none)."""
        screen = self.universe.screen
        if niches is not None:
            screen = screen.keep(pa.array(np.isin(self.universe.niche, list(niches))))
        page = take_page(self.engine, screen, limit, self.mark)
        self.is_all = page.num_rows < limit
        if page.num_rows:
            self._scored = None
            last = page.slice(page.num_rows - 1).to_pylist()[0]
            self.mark = Mark(last[UPPER], last["firm_id"])
            more = page.select(list(PAGE_COLUMNS)).to_pandas()
            self.rows = pd.concat([self.rows, more], ignore_index=True) if len(self.rows) else more

    def score(self) -> tuple[Scored, FirmTables]:
        """Score the firms read, exactly; rows in order of firm_id."""
        if self._scored is None:
            self._scored = score_rows(self.rows, self.universe.profiles, self.model, self.scoring)
        return self._scored

    def find_settled(self, scored: Scored) -> NDArray[np.bool_]:
        """Whether each firm read has its final place, by position."""
        if self.is_all or self.mark is None:
            return np.ones(len(scored.points), bool)
        points = hundredths(scored, self.scoring)
        names = scored.features.firms["firm_id"].to_numpy(dtype=object)
        at_mark = (points == self.mark.hundredths) & (names <= self.mark.firm_id)
        settled: NDArray[np.bool_] = (points > self.mark.hundredths) | at_mark
        return settled


def score_rows(
    rows: pd.DataFrame, profiles: pd.DataFrame, model: Model, scoring: Scoring
) -> tuple[Scored, FirmTables]:
    """Score rows of a converted list by the code of the in-memory path."""
    tables = split_rows(rows, profiles)
    features = build_features(
        tables, model.sectors, largest_sales_per_employee=scoring.largest_sales_per_employee
    )
    return score_firms(features, model.reference, scoring), tables


def hundredths(scored: Scored, scoring: Scoring) -> NDArray[np.float64]:
    """Hundredths of points above the base, shape (n_firms,): whole numbers."""
    points: NDArray[np.float64] = np.rint((scored.score - scoring.base) * 10.0**POINT_DIGITS)
    return points


def take_page(engine: Engine, screen: Screen, limit: int, after: Mark | None) -> pa.Table:
    """Ask for the best firms: in the best industries first, then where better ones could be.

    The second question leaves out the profiles whose firms cannot reach the last firm of the first.
    """
    firms = screen.profiles["firms"].to_numpy()
    total = int(firms.sum())
    n_first = max(FIRST_LOOK * limit, total // FIRST_SHARE)
    if total <= 2 * n_first:
        return engine.ask(ask_best(screen, PAGE_COLUMNS, limit, after=after))
    best = np.argsort(-screen.profiles["fixed"].to_numpy(), kind="stable")
    length = int(np.searchsorted(np.cumsum(firms[best]), n_first)) + 1
    is_first = np.zeros(len(firms), bool)
    is_first[best[:length]] = True
    query = ask_best(screen.keep(pa.array(is_first)), PAGE_COLUMNS, limit, after=after)
    page = engine.ask(query)
    rest, least = ~is_first, None
    if page.num_rows == limit:
        least = page[UPPER][limit - 1].as_py()
        rest &= screen.profiles["most"].to_numpy() >= least
    if not rest.any():
        return page
    query = ask_best(screen.keep(pa.array(rest)), PAGE_COLUMNS, limit, after=after, at_least=least)
    return merge(query, [page, engine.ask(query)])
