"""Rows and columns of a programme's equations while they are written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from cluster_engine.programme.problem import Floats, Integers

STRUCTURE = ""
"""Rule of the rows that say what the variables mean; they cannot be dropped."""

Terms = Iterable[tuple[Integers, float | Floats]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the variables stand, each by what it is about; ``firm`` and ``group`` are the pairs'.

    ``days`` is of shape (n_markets, n_pools); the others have one dimension.
    """

    missions: Integers
    markets: Integers
    clusters: Integers
    days: Integers
    in_group: Integers
    in_market: Integers
    in_cluster: Integers
    pairs: Integers
    firm: Integers
    group: Integers

    @property
    def size(self) -> int:
        """Number of columns."""
        return (
            len(self.missions)
            + 2 * (len(self.markets) + len(self.clusters))
            + (self.days.size + len(self.in_group) + len(self.pairs))
        )


@dataclass(slots=True)
class Rows:
    """Rows as they are written down."""

    rows: list[Integers] = field(default_factory=list)
    columns: list[Integers] = field(default_factory=list)
    numbers: list[Floats] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    def add(self, rule: str, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
        """Add a row: columns with one number for all or one each, between two limits."""
        for columns, number in terms:
            self.rows.append(np.full(len(columns), len(self.rules), np.intp))
            self.columns.append(columns)
            self.numbers.append(np.broadcast_to(np.asarray(number, np.float64), len(columns)))
        self.low.append(low)
        self.high.append(high)
        self.rules.append(rule)

    def build(self, n_columns: int) -> sparse.csr_array:
        """The matrix; where a row names a column twice, the numbers add up."""
        # The solver of scipy 1.14 takes places of 32 bits only.
        places = tuple(np.concatenate(each).astype(np.int32) for each in (self.rows, self.columns))
        shape = (len(self.rules), n_columns)
        return sparse.coo_array((np.concatenate(self.numbers), places), shape=shape).tocsr()
