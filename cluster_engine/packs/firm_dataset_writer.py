"""Write a folder of very many firms, file by file, from rows that come in order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import compute
from pyarrow import parquet as pq

from cluster_engine.packs.dataset_tables import COUNT_SCHEMA, FILE_SCHEMA, FIRM_SCHEMA
from cluster_engine.packs.firm_cells import Cells
from cluster_engine.packs.firm_dataset import (
    CELLS,
    COUNTS,
    NOTES,
    PROFILES,
    SAMPLE,
    DatasetFile,
    FirmDataset,
    describe_file,
    write_manifest,
)
from cluster_engine.packs.firm_sample import Sampler

ROWS_PER_GROUP = 122_880
"""Rows that a reader skips or takes as one; what DuckDB reads best."""

ROWS_PER_FILE = 2_000_000
"""A worker of a cluster takes a file: large enough to be worth it, small enough to be repeated."""

ZSTD_LEVEL = 3

PAGE_BYTES = 16_384
"""Bytes of a page before they are packed: a reader unpacks whole pages, and passes over those of
industries that cannot reach a list."""

OPTIONS: Mapping[str, Any] = {
    "compression": "zstd", "compression_level": ZSTD_LEVEL, "version": "2.6",
    "data_page_version": "1.0", "data_page_size": PAGE_BYTES, "write_statistics": True,
    "store_schema": False,
}  # fmt: skip


class DatasetWriter:
    """Take firms in order of country, profile and firm_id, and write the folder.

    Parameters
    ----------
    folder : Path
        Empty.
    rows_per_file : int, optional
    """

    def __init__(self, folder: Path, *, rows_per_file: int = ROWS_PER_FILE) -> None:
        self._folder = folder
        self._rows_per_file = rows_per_file
        self._files: list[DatasetFile] = []
        self._counts: list[pa.Table] = []
        self._cells = Cells()
        self._sampler = Sampler(folder / SAMPLE, FIRM_SCHEMA, OPTIONS)
        self._writer: pq.ParquetWriter | None = None
        self._path = folder
        self._country = ""
        self._rows = 0
        self._part = 0
        self._buffer: list[pa.Table] = []
        self._buffered = 0

    def write(self, firms: pa.Table) -> None:
        """Add firms with the columns of ``FIRM_SCHEMA``; those of a country stand together."""
        if not firms.num_rows:
            return
        firms = firms.select(FIRM_SCHEMA.names).cast(FIRM_SCHEMA)
        countries = compute.run_end_encode(firms["country"].combine_chunks())
        start = 0
        for country, end in zip(countries.values, countries.run_ends, strict=True):
            self._add(country.as_py(), firms.slice(start, end.as_py() - start))
            start = end.as_py()

    def _add(self, country: str, firms: pa.Table) -> None:
        if country != self._country:
            self._empty_buffer()
            self._next_file(country)
        while firms.num_rows:
            # Groups of one size, however the rows come: the same firms give the same bytes.
            room = min(ROWS_PER_GROUP, self._rows_per_file - self._rows) - self._buffered
            taken = firms.slice(0, room)
            self._buffer.append(taken)
            self._buffered += taken.num_rows
            firms = firms.slice(taken.num_rows)
            if taken.num_rows == room:
                self._empty_buffer()

    def _empty_buffer(self) -> None:
        if not self._buffered:
            return
        group = pa.concat_tables(self._buffer)
        group = group.append_column("cell", self._cells.number(group))
        self._sampler.add(self._country, group)
        if self._writer is None:
            self._writer = self._open_file()
        self._writer.write_table(group, row_group_size=ROWS_PER_GROUP)
        self._counts.append(_count(group))
        self._rows += group.num_rows
        self._buffer, self._buffered = [], 0
        if self._rows >= self._rows_per_file:
            self._next_file(self._country)

    def close(
        self, profiles: pa.Table, notes: pa.Table, made_from: Mapping[str, Any]
    ) -> FirmDataset:
        """Write what is not parted, and the manifest."""
        self._empty_buffer()
        self._end_file()
        whole = {
            PROFILES: profiles,
            COUNTS: _sum(self._counts),
            CELLS: self._cells.tabulate(),
            NOTES: notes,
        }
        rows = {name: table.num_rows for name, table in whole.items()}
        for name, table in whole.items():
            pq.write_table(table, self._folder / name, **OPTIONS)
        rows[SAMPLE] = self._sampler.close()
        tables = [
            describe_file(self._folder, self._folder / name, "", number)
            for name, number in rows.items()
        ]
        dataset = FirmDataset(str(self._folder), tuple(self._files), tuple(tables))
        write_manifest(dataset, made_from)
        return dataset

    def _next_file(self, country: str) -> None:
        """Close the file; the next one is opened when there is something to write."""
        self._end_file()
        self._part = self._part + 1 if country == self._country else 0
        self._country = country

    def _open_file(self) -> pq.ParquetWriter:
        folder = self._folder / "firms" / f"country={self._country}"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"part-{self._part:05d}.parquet"
        # Identifiers are all different: a dictionary of them would only be built and thrown away.
        dictionary = [name for name in FILE_SCHEMA.names if name not in ("firm_id", "firm_name")]
        return pq.ParquetWriter(self._path, FILE_SCHEMA, use_dictionary=dictionary, **OPTIONS)

    def _end_file(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._files.append(describe_file(self._folder, self._path, self._country, self._rows))
        self._writer, self._rows = None, 0


def _count(firms: pa.Table) -> pa.Table:
    keys = ["country", "profile", "rankable"]
    table = pa.table(
        {
            "country": firms["country"],
            "profile": firms["profile"],
            "rankable": compute.equal(firms["status"], "rankable"),
        }
    )
    return table.group_by(keys).aggregate([([], "count_all")]).rename_columns([*keys, "firms"])


def _sum(counts: list[pa.Table]) -> pa.Table:
    keys = ["country", "profile", "rankable"]
    if not counts:
        return COUNT_SCHEMA.empty_table()
    summed = pa.concat_tables(counts).group_by(keys).aggregate([("firms", "sum")])
    return summed.rename_columns([*keys, "firms"]).sort_by([(key, "ascending") for key in keys])
