"""Tables of a converted list: their columns, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute
from pyarrow import parquet as pq

from cluster_engine.errors import DataError, Problem
from cluster_engine.firm_schemas import FIRM_FACTS, FIRMS
from cluster_engine.packs.firm_cells import CELL_COLUMNS, SIZE_CLASSES
from cluster_engine.packs.firm_dataset import (
    CELLS,
    COUNTS,
    HINT,
    NOTES,
    PROFILES,
    FirmDataset,
    import_fsspec,
    is_address,
    say_damaged,
)
from cluster_engine.packs.parquet import ARROW_TYPES

FIRM_SCHEMA = pa.schema(
    [
        *((column.name, ARROW_TYPES[column.kind]) for column in FIRMS.columns),
        ("profile", pa.int32()),
        ("home_region", pa.string()),
        ("home_lq", pa.float64()),
        *((column.name, ARROW_TYPES[column.kind]) for column in FIRM_FACTS.columns
          if column.name != "firm_id"),
    ]
)  # fmt: skip
"""Columns of the firms: those of FIRMS; profile; home region and its quotient; those of FIRM_FACTS.
Unknown is null."""

FILE_SCHEMA = FIRM_SCHEMA.append(pa.field("cell", pa.int32()))
"""Columns of the files: those of the firms, and the cell, which the writer adds."""

PROFILE_SCHEMA = pa.schema(
    [
        ("profile", pa.int32()), ("industry", pa.string()), ("weight", pa.float64()),
        ("basis", pa.string()), ("confidence", pa.float64()),
    ]
)  # fmt: skip
NOTE_SCHEMA = pa.schema([("firm_id", pa.string()), ("kind", pa.string()), ("note", pa.string())])
COUNT_SCHEMA = pa.schema(
    [("country", pa.string()), ("profile", pa.int32()), ("rankable", pa.bool_()),
     ("firms", pa.int64())]
)  # fmt: skip
CELL_SCHEMA = pa.schema(
    [(name, {"cell": pa.int32(), "size_class": pa.string()}.get(name, pa.float64()))
     for name in CELL_COLUMNS]
)  # fmt: skip

SCHEMAS: Mapping[str, pa.Schema] = {
    PROFILES: PROFILE_SCHEMA, COUNTS: COUNT_SCHEMA, CELLS: CELL_SCHEMA, NOTES: NOTE_SCHEMA,
}  # fmt: skip
"""Columns of the tables that are not parted; all others are files of firms."""

FILLED: Mapping[str, tuple[str, ...]] = {
    PROFILES: ("profile", "industry", "weight"), COUNTS: ("country", "rankable", "firms"),
    CELLS: ("cell", "size_class"), NOTES: ("firm_id", "kind", "note"),
}  # fmt: skip
"""Columns that must not have an empty cell; those of files of firms follow from FIRMS."""

FILLED_OF_FIRMS = (
    *(column.name for column in FIRMS.columns if not column.nullable), "cell",
)  # fmt: skip

FROM_NOTHING = "The numbers must go from 0 on."

SHARES = ("weight", "confidence")
"""Columns of profiles between 0 and 1."""

REPEATED: Mapping[str, list[str]] = {COUNTS: ["country"]}
"""Columns of the same few texts over and over, kept as numbers with a list of the texts: counting
the firms of a market takes a quarter of the time."""


def read_dataset_table(
    dataset: FirmDataset, name: str, *, filters: list[tuple[str, str, Any]] | None = None
) -> pd.DataFrame:
    """Read a table of the folder, or those rows that filters leave.

    Raises
    ------
    DataError
        The file is damaged, lacks a column, or holds what 'data convert' never writes.
    """
    place = dataset.place(name)
    try:
        filesystem = None
        if is_address(place):
            filesystem, place = import_fsspec().core.url_to_fs(place)
        with pq.ParquetFile(place, filesystem=filesystem) as file:
            _refuse(list(_find_wrong_columns(name, file.schema_arrow)))
            metadata = file.metadata
        if filters is None:
            repeated = REPEATED.get(name)
            with pq.ParquetFile(
                place, filesystem=filesystem, metadata=metadata, read_dictionary=repeated
            ) as file:
                table = file.read()
        else:
            table = pq.read_table(place, filters=filters, filesystem=filesystem, partitioning=None)
        # Texts that are no UTF-8 would be found out by whoever looks at them first.
        table.validate(full=True)
        _refuse(list(_find_wrong_cells(name, table)))
        # What others wrote of types is not needed, and may be broken where the figures are not.
        frame: pd.DataFrame = table.replace_schema_metadata(None).to_pandas()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as fault:
        raise say_damaged(name, str(fault)) from fault
    return frame


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DataError(problems, hint=HINT)


def _find_wrong_columns(name: str, found: pa.Schema) -> Iterator[Problem]:
    rule = "The table must have the columns that 'data convert' writes."
    for column in SCHEMAS.get(name, FILE_SCHEMA):
        places = found.get_all_field_indices(column.name)
        if len(places) != 1:
            told = "no such column" if not places else f"{len(places)} columns of this name"
            yield Problem(name, None, column.name, told, rule)
        elif found.field(places[0]).type != column.type:
            told = f"type {found.field(places[0]).type}"
            yield Problem(name, None, column.name, told, f"The type must be {column.type}.")


def _find_wrong_cells(name: str, table: pa.Table) -> Iterator[Problem]:
    schema = SCHEMAS.get(name, FILE_SCHEMA)
    for column in FILLED.get(name, FILLED_OF_FIRMS):
        if table[column].null_count:
            yield Problem(name, None, column, "an empty cell", "The cell must not be empty.")
    for column in schema:
        if pa.types.is_integer(column.type):
            least = compute.min(table[column.name]).as_py()
            if least is not None and least < 0:
                yield Problem(name, None, column.name, str(least), "The cell must be 0 or more.")
    if name == PROFILES:
        yield from _find_wrong_profiles(table)
    if name == CELLS:
        yield from _find_wrong_bands(table)


def _find_wrong_profiles(table: pa.Table) -> Iterator[Problem]:
    for column in SHARES:
        ends = compute.min_max(table[column]).as_py()
        if ends["min"] is not None and not 0.0 <= ends["min"] <= ends["max"] <= 1.0:
            told = f"{ends['min']} to {ends['max']}"
            yield Problem(PROFILES, None, column, told, "The cell must be between 0 and 1.")
    if (compute.max(table["profile"]).as_py() or 0) >= max(table.num_rows, 1):
        yield Problem(PROFILES, None, "profile", "other numbers", FROM_NOTHING)


def _find_wrong_bands(table: pa.Table) -> Iterator[Problem]:
    if not np.array_equal(table["cell"].to_numpy(), np.arange(table.num_rows)):
        yield Problem(CELLS, None, "cell", "other numbers", FROM_NOTHING)
    for word in set(compute.unique(table["size_class"]).to_pylist()) - {"", *SIZE_CLASSES}:
        rule = f"It must be one of {', '.join(SIZE_CLASSES)}."
        yield Problem(CELLS, None, "size_class", f"'{word}'", rule)
