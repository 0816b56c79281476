"""Read one table from a file: strictly, and with the place of every fault.

CSV is read as text and only then typed, so that nothing is guessed: a code keeps its leading zeros,
the country 'NA' stays Namibia, a row with a cell too many is an error and not a shifted table.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_engine.contracts import Table
from cluster_engine.errors import DataError, Problem

if TYPE_CHECKING:
    import pandas as pd
    from pyarrow import csv as arrow_csv

FIRST_DATA_ROW = 2
"""Row number of the first record when the header is row 1, as a spreadsheet counts."""

GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
ZIP_MAGIC = b"PK\x03\x04"
MAX_TEXT_BYTES = 2_000_000_000


def read_delimited(
    path: Path, columns: Sequence[str], *, encoding: str = "utf-8", delimiter: str = ","
) -> pd.DataFrame:
    """Read a delimited text file, plain or gzipped, as text.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        Columns that must be there; others are left out. Empty: all columns.
    encoding : str
        Text encoding; a UTF-8 byte order mark is accepted.
    delimiter : str
        One character.

    Returns
    -------
    DataFrame
        Text cells, unstripped, empty where the file is empty; the index holds the record number
        counted as a spreadsheet does (the first record is row 2).

    Raises
    ------
    DataError
        Missing file, empty file, wrong encoding, missing or repeated column, ragged rows.
    """
    from pyarrow import ArrowInvalid, csv, string

    text = _read_text(path, encoding, delimiter)
    header = _read_header(text, path, delimiter)
    _require_columns(header, columns, path)
    ragged: list[Problem] = []
    try:
        table = csv.read_csv(
            io.BytesIO(text.rstrip("\r\n").encode("utf-8") + b"\n"),
            read_options=csv.ReadOptions(use_threads=False, block_size=1 << 24),
            parse_options=csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                # A blank line inside is a fault, and skipping it would shift the row numbers told.
                ignore_empty_lines=False,
                invalid_row_handler=_collect_ragged(ragged, path),
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(header, string()),
                strings_can_be_null=False,
                include_columns=list(columns) or header,
            ),
        )
    except ArrowInvalid as fault:
        problem = Problem(path.name, None, None, str(fault), "The file must be delimited text.")
        raise DataError([problem]) from fault
    if ragged:
        raise DataError(ragged, hint="Look for a missing quote or a stray delimiter in these rows.")
    if table.num_rows == 0:
        problem = Problem(path.name, None, None, "a header only", "The file must hold records.")
        raise DataError([problem])
    if any(kind != string() for kind in table.schema.types):
        # Two readers that disagree on the names: nothing may be typed by guessing.
        problem = Problem(path.name, 1, None, "odd signs", "The column names must be plain text.")
        raise DataError([problem], hint="Save the file as 'CSV UTF-8' and try again.")
    frame: pd.DataFrame = table.to_pandas()
    return frame.set_axis(range(FIRST_DATA_ROW, FIRST_DATA_ROW + len(frame)), axis=0)


def read_table(path: Path, contract: Table, *, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read a pack table, Parquet or CSV, with the types of its contract.

    Parameters
    ----------
    path : Path
        '.parquet', '.csv' or '.csv.gz'.
    contract : Table
        What the table must look like.
    columns : sequence of str, optional
        Columns wanted; empty: all of the contract.

    Returns
    -------
    DataFrame
        Typed columns in contract order.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, or has a cell of the wrong type.
    """
    wanted = tuple(columns) or contract.column_names
    if path.suffix == ".parquet":
        return read_parquet(path, wanted)
    from cluster_engine.packs.typing_cells import type_cells

    return type_cells(read_delimited(path, contract.column_names), contract, file=path.name)[
        list(wanted)
    ]


def read_parquet(path: Path, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read columns of a Parquet file; none named: all.

    Raises
    ------
    DataError
        The file is missing, truncated or no Parquet, or lacks a column.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    _require_file(path)
    try:
        # Not read_table: that loads the dataset machinery, which costs more than the reading.
        with ParquetFile(path) as source:
            _require_columns(source.schema_arrow.names, columns, path)
            table = source.read(columns=list(columns) or None, use_threads=False)
        # What pandas wrote about types is not needed, and may be broken where the figures are not.
        frame: pd.DataFrame = table.replace_schema_metadata(None).to_pandas()
    except (ArrowException, OSError, UnicodeDecodeError) as fault:
        problem = Problem(
            path.name, None, None, str(fault).splitlines()[0], "The file must be whole Parquet."
        )
        raise DataError([problem], hint="Restore the file, or build the pack again.") from fault
    return frame.reset_index(drop=True)


def _require_file(path: Path) -> None:
    if not path.is_file():
        problem = Problem(path.name, None, None, "no such file", "The file must exist.")
        raise DataError([problem], hint=f"Looked in {path.parent}.")


def _read_text(path: Path, encoding: str, delimiter: str) -> str:
    _require_file(path)
    raw = path.read_bytes()
    if raw.startswith(GZIP_MAGIC):
        raw = _unpack(path)
    for magic, name in ((ZIP_MAGIC, "a zip or Excel workbook"), (PARQUET_MAGIC, "Parquet")):
        if raw.startswith(magic):
            problem = Problem(path.name, None, None, name, "The file must be delimited text.")
            raise DataError([problem], hint="Save the sheet as 'CSV UTF-8' and try again.")
    if not raw.strip():
        raise DataError([Problem(path.name, None, None, "nothing", "The file must not be empty.")])
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as fault:
        before = raw[: fault.start]
        line_start = before.rfind(b"\n") + 1
        field = before[line_start:].count(delimiter.encode())
        header = raw.split(b"\n", 1)[0].decode(encoding, "replace").split(delimiter)
        column = header[field].strip('"\r ') if field < len(header) else None
        found = f"byte 0x{raw[fault.start]:02x}, not {encoding}"
        problem = Problem(
            path.name, before.count(b"\n") + 1, column, found, f"The text must be {encoding}."
        )
        raise DataError([problem], hint="Save the file as 'CSV UTF-8' and try again.") from fault


def _unpack(path: Path) -> bytes:
    try:
        with gzip.open(path) as stream:
            return stream.read(MAX_TEXT_BYTES)
    except (OSError, EOFError, zlib.error) as fault:
        problem = Problem(path.name, None, None, str(fault), "The packed file must be whole.")
        raise DataError([problem], hint="Get the file again, or save it unpacked.") from fault


def _read_header(text: str, path: Path, delimiter: str) -> list[str]:
    import csv

    try:
        header = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    except csv.Error as fault:
        found = str(fault).partition(" - ")[0]
        problem = Problem(path.name, 1, None, found, "The first line must hold the column names.")
        raise DataError([problem], hint="Save the file as 'CSV UTF-8' and try again.") from fault
    if not any(header):
        problem = Problem(path.name, 1, None, "an empty line", "It must hold the column names.")
        raise DataError([problem], hint="Take the empty lines above the header out.")
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        problems = [
            Problem(path.name, 1, name, "the name twice", "Column names must differ.")
            for name in repeated
        ]
        raise DataError(problems)
    return header


def _require_columns(present: Sequence[str], wanted: Sequence[str], path: Path) -> None:
    missing = [name for name in wanted if name not in present]
    if missing:
        problems = []
        for name in missing:
            near = get_close_matches(name, present, n=1)
            found = f"'{near[0]}' instead" if near else "columns " + ", ".join(present)
            problems.append(Problem(path.name, 1, name, found, "The column must be there."))
        raise DataError(problems, hint="Rename or add the column; order does not matter.")


def _collect_ragged(ragged: list[Problem], path: Path) -> Callable[[arrow_csv.InvalidRow], str]:
    def handler(row: arrow_csv.InvalidRow) -> str:
        ragged.append(
            Problem(
                path.name,
                row.number,
                None,
                f"{row.actual_columns} cells",
                f"The row must have {row.expected_columns} cells.",
            )
        )
        return "skip"

    return handler
