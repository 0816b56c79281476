"""A converted list of which one table is sound Parquet but changed is ranked or refused."""

from __future__ import annotations

import random
import warnings
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from cluster_engine.errors import ClusterEngineError
from tests.fuzz.converted import open_converted, read_file

N_LISTS = 100
TABLES = (
    "cells.parquet", "counts.parquet", "profiles.parquet", "firm_notes.parquet",
    "firms/country=DE/part-00000.parquet",
)  # fmt: skip
TYPES = (pa.string(), pa.float64(), pa.int64(), pa.bool_(), pa.binary(), pa.list_(pa.int64()))
VALUES: tuple[Any, ...] = (
    None, -1, 0, 2**31 - 1, -(2**31), 2**62, float("nan"), float("inf"), -float("inf"), 1e308, "",
    "x", "DE", True, "');DROP",
)  # fmt: skip


def change(table: pa.Table, dice: random.Random) -> pa.Table:
    """Drop, empty or retype a column, change one cell, or cut or double the rows."""
    name = dice.choice(table.column_names)
    place = table.schema.get_field_index(name)
    field = table.schema.field(place)
    way = dice.choice(("drop", "cell", "type", "cut", "double", "empty"))
    if way == "drop":
        return table.drop_columns([name])
    if way == "cut":
        return table.slice(0, dice.randrange(max(table.num_rows, 1)))
    if way == "double":
        return pa.concat_tables([table, table])
    if way == "empty":
        return table.set_column(place, field, pa.nulls(table.num_rows, field.type))
    cells = table[name].to_pylist()
    if way == "type":
        field = pa.field(name, dice.choice(TYPES))
        cells = [dice.choice(VALUES)] * table.num_rows
    elif cells:
        cells[dice.randrange(len(cells))] = dice.choice(VALUES)
    try:
        return table.set_column(place, field, pa.array(cells, field.type))
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        # The type has no such value: another change.
        return change(table, dice)


@pytest.mark.slow
def test_a_changed_table_is_ranked_or_refused(tmp_path: Path) -> None:
    dice = random.Random(1)
    file = tmp_path / "changed.parquet"
    outcomes = []
    for _ in range(N_LISTS):
        name = dice.choice(TABLES)
        table = pq.read_table(open_converted() / name, partitioning=None)
        pq.write_table(change(table, dice), file)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read_file(name)(file)
            outcomes.append("ranked")
        except ClusterEngineError:
            outcomes.append("refused")
    assert {"ranked", "refused"} == set(outcomes)
