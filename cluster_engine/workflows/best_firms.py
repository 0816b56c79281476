"""Take the best firms of a large list, in the order that the in-memory path gives them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from cluster_engine.engines.duck import DamagedError
from cluster_engine.engines.questions import ask_best, ask_details, ask_doubtful, ask_reaching
from cluster_engine.engines.screen import BEST_FIRST, LOWER, UPPER, Mark, Screen, merge
from cluster_engine.packs.dataset_tables import FIRM_SCHEMA
from cluster_engine.packs.firm_dataset import FACT_COLUMNS, HOME_COLUMNS
from cluster_engine.parameters import Scoring
from cluster_engine.results import Model
from cluster_engine.targeting.features import build_features
from cluster_engine.targeting.score import POINT_DIGITS, Scored, score_firms
from cluster_engine.workflows.dataset_rows import split_rows
from cluster_engine.workflows.firm_engine import Engine
from cluster_engine.workflows.score_screen import Universe, narrow

PAGE_COLUMNS = ("firm_id", "profile", "parent")
"""What the order and the caps need of a firm, besides its points."""

DETAIL_COLUMNS = (
    "profile", "employees", "sales", "rd", "operating_profit", "sales_growth", "size_class",
    "patents_abroad", "trademarks_abroad", "status", "firm_name", "country", "city", "website",
    "year", *HOME_COLUMNS, *FACT_COLUMNS,
)  # fmt: skip
"""What exact scores, draws, reasons, notes and exports need. Names and addresses are most of a
list's bytes: only those of the firms listed, or drawn, are read."""

FIRST_LOOK = 4
"""Firms of the best industries that are looked at first, times the firms wanted."""

FIRST_SHARE = 50
"""Or one firm in so many, if that is more."""

POINTS = "points"
"""Exact hundredths of points above the base."""

SCHEMA = pa.schema([*(FIRM_SCHEMA.field(name) for name in PAGE_COLUMNS), (POINTS, pa.float64())])
ORDER = ((POINTS, "descending"), ("firm_id", "ascending"))

Points = NDArray[np.float64]
Positions = NDArray[np.intp]
Names = NDArray[np.object_]


@dataclass(slots=True)
class BestFirms:
    """The best firms as far as they have been read; more are read when they are asked for.

    An engine's bound is at or above the score. Firms that were not read come after the mark, by
    bound and firm_id, and so by score and firm_id: whoever stands before it by the exact score has
    its final place.

    Attributes
    ----------
    engine : Engine
    universe : Universe
    model, scoring : Model, Scoring
    table : pa.Table
        Firms read, as ``SCHEMA`` says; best first.
    mark : Mark or None
        None: nothing was read.
    is_all : bool
        Whether no firm that was asked for is left.
    is_in_order : bool
        Whether the points of all firms read are their bounds.
    """

    engine: Engine
    universe: Universe
    model: Model
    scoring: Scoring
    table: pa.Table = field(default_factory=SCHEMA.empty_table)
    mark: Mark | None = None
    is_all: bool = False
    is_in_order: bool = True

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def read(
        self, limit: int, niches: Collection[str] | None = None, at_least: float | None = None
    ) -> None:
        """Read the next firms: of all, or of the profiles in some niches ('' is none).

        Parameters
        ----------
        limit : int
            Firms wanted.
        niches : collection of str, optional
        at_least : float, optional
            Hundredths that the last of them is expected to have, if nothing was read before. Firms
            that cannot reach it are not looked at; perhaps fewer firms are read than wanted.
        """
        screen = self.universe.screen
        if niches is not None:
            screen = screen.keep(pa.array(np.isin(self.universe.niche, list(niches))))
        if at_least is None:
            page = take_page(self.engine, screen, limit, self.mark)
            self.is_all = page.num_rows < limit
        else:
            page = take_reaching(self.engine, screen, limit, at_least)
        if page.num_rows == limit:
            last = page.slice(limit - 1).to_pylist()[0]
            self.mark = Mark(last[UPPER], last["firm_id"])
        elif at_least is not None:
            # Bounds are whole numbers: none lies between this mark and the firms read.
            self.mark = Mark(at_least - 1.0, "")
        page = self._find_points(page)
        # Pages come in order of the bound, one after the other: in nearly all the points' order.
        self.is_in_order &= page[POINTS].equals(page[UPPER])
        whole = pa.concat_tables([self.table, page.select(SCHEMA.names).cast(SCHEMA)])
        self.table = whole if self.is_in_order else whole.sort_by(list(ORDER))

    def count_settled(self) -> int:
        """How many of the firms read have their final place; these are the first of them."""
        if self.is_all or self.mark is None:
            return len(self)
        points = self.table[POINTS].to_numpy()
        above = int((points > self.mark.hundredths).sum())
        level = self.table.slice(above, int((points == self.mark.hundredths).sum()))
        names = level["firm_id"].to_numpy()
        return above + int(np.searchsorted(names, self.mark.firm_id, side="right"))

    def points(self, positions: Positions) -> Points:
        """Exact hundredths above the base."""
        found: Points = self.table[POINTS].to_numpy()[positions]
        return found

    def names(self, positions: Positions) -> Names:
        """Identifiers."""
        found: Names = self.table["firm_id"].take(pa.array(positions)).to_numpy()
        return found

    def name_niches(self) -> Names:
        """Niche cluster of every firm read, or the one it is close to; '' for none."""
        return self.universe.name_niches(self.table["profile"].to_numpy())

    def name_parents(self) -> Names:
        """Ultimate parent of every firm read that has one, or is one; '' of the others."""
        own, parents = self.table["firm_id"], self.table["parent"]
        is_parent = compute.is_in(own, compute.unique(parents.drop_null()))
        named = compute.coalesce(parents, compute.if_else(is_parent, own, ""))
        # Few different texts, each of them once in memory.
        coded = named.combine_chunks().dictionary_encode()
        found: Names = coded.dictionary.to_numpy(zero_copy_only=False)[coded.indices.to_numpy()]
        return found

    def ask_doubtful(self, screen: Screen, stage: str) -> pa.Table:
        """Ask for the firms whose points could be rounded either way: bounds, and exact points."""
        return self._find_points(self.engine.ask(ask_doubtful(screen, PAGE_COLUMNS), stage))

    def score(self, positions: Positions) -> Scored:
        """Score some of the firms read by all that is known of them; in order of firm_id."""
        return self._score(self.table.take(pa.array(positions)))

    def _find_points(self, page: pa.Table) -> pa.Table:
        """Add exact points to firms with a bound from above and one from below.

        Where both are the same that is the score. The others are few: their score is worked out by
        the code of the in-memory path.
        """
        if page["firm_id"].null_count:
            raise DamagedError("A firm has no firm_id.")
        points: Points = page[UPPER].to_numpy().copy()
        doubtful = np.flatnonzero(points != page[LOWER].to_numpy())
        if len(doubtful):
            rows = page.take(pa.array(doubtful))
            # Scored firms are in order of firm_id.
            place = np.argsort(rows["firm_id"].to_numpy(), kind="stable")
            points[doubtful[place]] = hundredths(self._score(rows), self.scoring)
        return page.append_column(POINTS, pa.array(points))

    def _score(self, firms: pa.Table) -> Scored:
        wanted = firms.select(["profile", "firm_id"])
        rows = self.engine.ask(ask_details(wanted, DETAIL_COLUMNS), "Reading names").to_pandas()
        return score_rows(rows, self.universe.profiles, self.model, self.scoring)


def score_rows(
    rows: pd.DataFrame, profiles: pd.DataFrame, model: Model, scoring: Scoring
) -> Scored:
    """Score rows of a converted list by the code of the in-memory path."""
    features = build_features(
        split_rows(rows, profiles),
        model.sectors,
        largest_sales_per_employee=scoring.largest_sales_per_employee,
    )
    return score_firms(features, model.reference, scoring)


def hundredths(scored: Scored, scoring: Scoring) -> Points:
    """Hundredths of points above the base, shape (n_firms,): whole numbers."""
    points: Points = np.rint((scored.score - scoring.base) * 10.0**POINT_DIGITS)
    return points


def take_reaching(engine: Engine, screen: Screen, limit: int, least: float) -> pa.Table:
    """Ask for the best firms of those that reach so many hundredths."""
    able = narrow(engine, screen, least)
    page = engine.ask(ask_reaching(able, PAGE_COLUMNS, least, limit + 1))
    if page.num_rows > limit:
        return engine.ask(ask_best(able, PAGE_COLUMNS, limit, at_least=least))
    # An engine takes three times as long to put them in order.
    return page.sort_by(list(BEST_FIRST))


def take_page(engine: Engine, screen: Screen, limit: int, after: Mark | None) -> pa.Table:
    """Ask for the best firms: in the best industries first, then where better ones could be.

    The second question leaves out the profiles whose firms cannot reach the last firm of the first.
    """
    firms = screen.profiles["firms"].to_numpy()
    n_first = max(FIRST_LOOK * limit, screen.n_firms // FIRST_SHARE)
    if screen.n_firms <= 2 * n_first:
        return engine.ask(ask_best(screen, PAGE_COLUMNS, limit, after=after))
    best = np.argsort(-screen.profiles["fixed"].to_numpy(), kind="stable")
    length = int(np.searchsorted(np.cumsum(firms[best]), n_first)) + 1
    is_first = np.zeros(len(firms), bool)
    is_first[best[:length]] = True
    query = ask_best(screen.keep(pa.array(is_first)), PAGE_COLUMNS, limit, after=after)
    page = engine.ask(query)
    rest = screen.keep(pa.array(~is_first))
    least = None
    if page.num_rows == limit:
        least = page[UPPER][limit - 1].as_py()
        rest = narrow(engine, rest, least)
    if not rest.profiles.num_rows:
        return page
    query = ask_best(rest, PAGE_COLUMNS, limit, after=after, at_least=least)
    return merge(query, [page, engine.ask(query)])
