"""Evenly spaced firms of every country: what a look at very many firms is estimated from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute
from pyarrow import parquet as pq

from cluster_engine.packs.firm_cells import FIGURES
from cluster_engine.packs.firm_dataset import FirmDataset

MOST_PER_COUNTRY = 40_000
"""Firms of one country that are kept; at least half as many where there are more."""

ROWS_PER_GROUP = 4_096
"""Few firms are wanted of each of many countries, or many of one."""

FIRST = 2**30
"""Spacing at which the first firm of a country still stands."""

COLUMNS = ("country", "profile", "status", "size_class", *FIGURES)
"""What scores are worked out from."""


class Sampler:
    """Keep every so many-th firm of a country, of firms that come in order of country.

    Parameters
    ----------
    path : Path
        Of the file that is written: firms of a country together, the widest spacing first.
    schema : pa.Schema
        Of the firms.
    options : mapping
        Of the file.
    """

    def __init__(self, path: Path, schema: pa.Schema, options: Mapping[str, Any]) -> None:
        every = pa.field("every", pa.int32())
        self._schema = pa.schema([*(schema.field(name) for name in COLUMNS), every])
        self._writer = pq.ParquetWriter(path, self._schema, **options)
        self._written = 0
        self._kept: list[pa.Table] = []
        self._country = ""
        self._rows = 0
        self._step = 1

    def add(self, country: str, firms: pa.Table) -> None:
        """Add firms of a country; all of a country's come before those of the next."""
        if country != self._country:
            self._end_country()
            self._country = country
        place = np.arange(self._rows, self._rows + firms.num_rows)
        self._rows += firms.num_rows
        is_kept = place % self._step == 0
        # The largest power of two in a place: at every spacing up to it the firm is there.
        spacing = np.where(place == 0, FIRST, place & -place)[is_kept].astype(np.int32)
        kept = firms.select(list(COLUMNS)).filter(pa.array(is_kept))
        self._kept.append(kept.append_column("every", pa.array(spacing)))
        while sum(table.num_rows for table in self._kept) > MOST_PER_COUNTRY:
            self._step *= 2
            wide = compute.field("every") >= self._step
            self._kept = [table.filter(wide) for table in self._kept]

    def close(self) -> int:
        """Write what is left; rows of the file."""
        self._end_country()
        self._writer.close()
        return self._written

    def _end_country(self) -> None:
        if self._kept:
            firms = pa.concat_tables(self._kept)
            firms = firms.take(compute.array_sort_indices(firms["every"], order="descending"))
            self._writer.write_table(firms, row_group_size=ROWS_PER_GROUP)
            self._written += firms.num_rows
        self._kept, self._rows, self._step = [], 0, 1


def choose_spacing(dataset: FirmDataset, countries: Collection[str], most: int) -> int:
    """Spacing at which the sample has firms of all these countries alike, at most so many.

    Parameters
    ----------
    dataset : FirmDataset
    countries : collection of str
    most : int
        Firms wanted at most.

    Returns
    -------
    int
        A power of two: every so many-th firm.
    """
    rows: dict[str, int] = {}
    for file in dataset.of(countries):
        rows[file.country] = rows.get(file.country, 0) + file.rows
    spacing = 1
    while (
        any(-(-number // spacing) > MOST_PER_COUNTRY for number in rows.values())
        or sum(-(-number // spacing) for number in rows.values()) > most
    ):
        spacing *= 2
    return spacing
