"""Write one pack table as Parquet, so that the same figures give the same bytes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet as pq

from cluster_engine.contracts import Kind, Table
from cluster_engine.errors import DataError, Problem

ARROW_TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
ZSTD_LEVEL = 9
ROWS_PER_GROUP = 1 << 20


def write_parquet(frame: pd.DataFrame, contract: Table, path: Path) -> None:
    """Write a table in the order and with the types of its contract.

    Rows are sorted by the key. No pandas or Arrow metadata is stored: it names versions, and would
    change the bytes without a change of figures.

    Parameters
    ----------
    frame : DataFrame
        One column per column of the contract; any row order and index.
    contract : Table
    path : Path
        File to write.

    Raises
    ------
    DataError
        A column is missing or unknown, or a cell does not fit its type.
    """
    _require_exact_columns(frame, contract, path.name)
    ordered = frame.sort_values(list(contract.key), kind="stable")
    arrays, schema, problems = [], [], []
    for column in contract.columns:
        kind = ARROW_TYPES[column.kind]
        try:
            arrays.append(pa.array(ordered[column.name], type=kind, from_pandas=True))
        except (pa.ArrowInvalid, pa.ArrowTypeError) as fault:
            rule = f"The column must hold values of the kind '{column.kind}'."
            problems.append(Problem(path.name, None, column.name, str(fault), rule))
        schema.append(pa.field(column.name, kind))
    if problems:
        raise DataError(problems)
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=pa.schema(schema)),
        path,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        version="2.6",
        data_page_version="1.0",
        use_dictionary=True,
        write_statistics=True,
        store_schema=False,
        row_group_size=ROWS_PER_GROUP,
    )


def _require_exact_columns(frame: pd.DataFrame, contract: Table, file: str) -> None:
    expected, present = contract.column_names, [str(name) for name in frame.columns]
    problems = [
        Problem(file, None, name, "nothing", "The column must be there.")
        for name in expected
        if name not in present
    ]
    problems += [
        Problem(file, None, name, f"'{name}'", f"Columns: {', '.join(expected)}.")
        for name in present
        if name not in expected
    ]
    if problems:
        raise DataError(problems)
