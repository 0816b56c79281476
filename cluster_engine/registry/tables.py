"""Tables of a version: plain Parquet, audited before its cells are read.

A table holds text, whole numbers, numbers, and yes or no. Nothing else is read: no stored index, no
type of an extension, no more rows and columns than a model can have.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_engine.errors import ModelError
from cluster_engine.registry.files import RETRAIN

if TYPE_CHECKING:
    import pandas as pd

MAGIC = b"PAR1"
MAX_ROWS = 5_000_000
MAX_COLUMNS = 500
MAX_EXPANDED_BYTES = 2 << 30
PLAIN_TYPES = frozenset({"null", "string", "large_string", "int64", "double", "bool"})
SCHEMA_KEY = b"ARROW:schema"
"""The only thing that may stand beside the cells: the types above, as Arrow spells them."""


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table; the same figures give the same bytes."""
    import pyarrow as pa
    from pyarrow import parquet

    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    parquet.write_table(arrow, path, compression="zstd", version="2.6")


def read_table(path: Path) -> pd.DataFrame:
    """Read a table whose checksum was verified.

    Raises
    ------
    ModelError
        It is no Parquet, or holds what no table of a model holds.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    _require_magic(path)
    try:
        # One thread: the tables are small, and a pool of threads costs more than it brings.
        with ParquetFile(path) as source:
            _audit(path, source)
            frame: pd.DataFrame = source.read(use_threads=False).to_pandas()
    except (ArrowException, OSError, ValueError) as fault:
        raise _refuse(path, f"cannot be read: {str(fault).splitlines()[0]}") from fault
    return frame.reset_index(drop=True)


def _require_magic(path: Path) -> None:
    # A pickle or an archive under a table's name ends here, before any parser.
    with path.open("rb") as stream:
        start = stream.read(len(MAGIC))
        stream.seek(-min(len(MAGIC), path.stat().st_size), 2)
        end = stream.read(len(MAGIC))
    if start != MAGIC or end != MAGIC:
        raise _refuse(path, "is no Parquet file")


def _audit(path: Path, source: Any) -> None:
    facts = source.metadata
    if facts.num_rows > MAX_ROWS or facts.num_columns > MAX_COLUMNS:
        raise _refuse(path, f"has {facts.num_rows:,} rows and {facts.num_columns:,} columns")
    expanded = sum(facts.row_group(place).total_byte_size for place in range(facts.num_row_groups))
    if expanded > MAX_EXPANDED_BYTES:
        raise _refuse(path, f"expands to {expanded:,} bytes")
    extra = sorted(
        key.decode("utf-8", "replace") for key in set(facts.metadata or ()) - {SCHEMA_KEY}
    )
    if extra:
        raise _refuse(path, f"carries {', '.join(extra)} beside its cells")
    for field in source.schema_arrow:
        if str(field.type) not in PLAIN_TYPES:
            raise _refuse(path, f"has a column '{field.name}' of type {field.type}")


def _refuse(path: Path, fault: str) -> ModelError:
    return ModelError(f"{path.name} of model {path.parent.name} {fault}.", hint=RETRAIN)
