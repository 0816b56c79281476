"""Read single columns of a table quickly: no pandas, no checks. For completion in a shell only."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path


def read_columns(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read columns of a Parquet or CSV table as text.

    Parameters
    ----------
    path : Path
    columns : sequence of str

    Returns
    -------
    list of dict of str to str
        One per row; what is not known is ''.

    Raises
    ------
    OSError, ValueError, KeyError
        The file cannot be read, or lacks a column.
    """
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [{name: row[name] or "" for name in columns} for row in csv.DictReader(stream)]
    from pyarrow import parquet

    # Read straight from the one file: a dataset would import more than the rest of the completion.
    rows = parquet.ParquetFile(path).read(columns=list(columns)).to_pylist()
    return [{name: "" if row[name] is None else str(row[name]) for name in columns} for row in rows]
