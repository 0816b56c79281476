"""Tables of a converted list that somebody else wrote are refused before they are worked with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from cluster_engine.errors import DataError
from cluster_engine.packs.dataset_tables import (
    CELL_SCHEMA,
    COUNT_SCHEMA,
    FILE_SCHEMA,
    NOTE_SCHEMA,
    PROFILE_SCHEMA,
    read_dataset_table,
)
from cluster_engine.packs.firm_dataset import (
    CELLS,
    COUNTS,
    NOTES,
    PROFILES,
    FirmDataset,
)

FIRMS = "firms/country=DE/part-00000.parquet"
PROFILE = {"profile": 0, "industry": "2910", "weight": 1.0, "basis": "official", "confidence": 1.0}
COUNT = {"country": "DE", "profile": 0, "rankable": True, "firms": 3}
CELL = {"cell": 0, "size_class": ""}
NOTE = {"firm_id": "a", "kind": "double", "note": "Look."}
FIRM = {
    "firm_id": "a", "firm_name": "A", "country": "DE", "source": "made", "status": "rankable",
    "cell": 0,
}  # fmt: skip

SOUND: dict[str, tuple[pa.Schema, dict[str, Any]]] = {
    PROFILES: (PROFILE_SCHEMA, PROFILE), COUNTS: (COUNT_SCHEMA, COUNT),
    CELLS: (CELL_SCHEMA, CELL), NOTES: (NOTE_SCHEMA, NOTE), FIRMS: (FILE_SCHEMA, FIRM),
}  # fmt: skip


def read(folder: Path, name: str, table: pa.Table) -> Any:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / name)
    return read_dataset_table(FirmDataset(str(folder), (), ()), name)


def make(name: str, **changes: Any) -> pa.Table:
    schema, row = SOUND[name]
    return pa.Table.from_pylist([row | changes], schema=schema)


@pytest.mark.parametrize("name", SOUND)
def test_what_data_convert_writes_is_read(tmp_path: Path, name: str) -> None:
    assert len(read(tmp_path, name, make(name))) == 1


@pytest.mark.parametrize("name", SOUND)
def test_a_column_of_another_type_is_refused(tmp_path: Path, name: str) -> None:
    table = make(name)
    for place, field in enumerate(table.schema):
        other = pa.binary() if field.type == pa.string() else pa.string()
        column = pa.nulls(1, other)
        wrong = table.set_column(place, pa.field(field.name, other), column)
        with pytest.raises(DataError, match=field.name):
            read(tmp_path, name, wrong)


@pytest.mark.parametrize("name", SOUND)
def test_a_column_that_stands_twice_is_refused(tmp_path: Path, name: str) -> None:
    table = make(name)
    first = table.schema.field(0)
    with pytest.raises(DataError, match="2 columns of this name"):
        read(tmp_path, name, table.append_column(first, table[0]))


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        (PROFILES, "profile", -1),
        (PROFILES, "profile", 2**31 - 1),
        (PROFILES, "profile", None),
        (PROFILES, "industry", None),
        (PROFILES, "weight", 1.5),
        (PROFILES, "weight", float("nan")),
        (PROFILES, "confidence", -0.1),
        (COUNTS, "country", None),
        (COUNTS, "profile", -1),
        (COUNTS, "rankable", None),
        (COUNTS, "firms", -3),
        (CELLS, "cell", 1),
        (CELLS, "cell", None),
        (CELLS, "size_class", None),
        (CELLS, "size_class", "huge"),
        (NOTES, "note", None),
        (FIRMS, "firm_id", None),
        (FIRMS, "status", None),
        (FIRMS, "cell", -1),
    ],
)
def test_a_cell_that_data_convert_never_writes_is_refused(
    tmp_path: Path, name: str, column: str, value: Any
) -> None:
    with pytest.raises(DataError, match=column):
        read(tmp_path, name, make(name, **{column: value}))
