"""Turn imported lists into a folder of partitioned Parquet, out of core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from cluster_engine.contracts import Column
from cluster_engine.engines.duck import PERCENT, Progress, connect, quote
from cluster_engine.engines.resources import Resources, show_size
from cluster_engine.errors import DataError, LimitError, Problem
from cluster_engine.firm_schemas import FIRMS
from cluster_engine.packs.dataset_tables import NOTE_SCHEMA, PROFILE_SCHEMA
from cluster_engine.packs.firm_dataset import FACT_COLUMNS, FirmDataset
from cluster_engine.packs.firm_dataset_writer import ROWS_PER_FILE, DatasetWriter

MOST_TOLD = 5
"""Firms that are named for each fault."""


@dataclass(frozen=True, slots=True)
class ListTables:
    """Parquet files of one imported list, as text for SQL paths."""

    firms: str
    firm_industries: str
    firm_notes: str
    firm_homes: str


def convert_lists(
    lists: Sequence[ListTables],
    folder: Path,
    resources: Resources,
    made_from: Mapping[str, object],
    *,
    facts: pa.Table | None = None,
    rows_per_file: int = ROWS_PER_FILE,
    on_progress: Progress | None = None,
) -> FirmDataset:
    """Write the firms of some lists, joined to one row each, in order of country and industry.

    A firm that stands in several lists is taken from the first; its industries are those of all.

    Parameters
    ----------
    lists : sequence of ListTables
    folder : Path
        Empty.
    resources : Resources
    made_from : mapping
        For the manifest; JSON-ready.
    facts : pa.Table, optional
        FIRM_FACTS.
    rows_per_file : int

    Raises
    ------
    DataError
        A firm stands twice in a list, or a cell breaks its rule.
    LimitError
        The memory allowed is too small, or the spill folder full.
    """
    writer = DatasetWriter(folder, rows_per_file=rows_per_file)
    with connect(resources, ()) as connection:
        try:
            _load(connection, lists, facts)
            _check(connection)
            _find_mixes(connection, resources)
            n_firms = _count(connection, "SELECT count(*) FROM firms")
            _join(connection)
            done = 0
            # The stream interface is the same in all versions of DuckDB that are allowed.
            for batch in pa.RecordBatchReader.from_stream(connection.sql(JOINED)):
                writer.write(pa.Table.from_batches([batch]))
                done += batch.num_rows
                if on_progress is not None:
                    on_progress("Writing firms", done * PERCENT // max(n_firms, 1), PERCENT)
            profiles = connection.sql(PROFILES).to_arrow_table().cast(PROFILE_SCHEMA)
            notes = connection.sql(NOTES).to_arrow_table().cast(NOTE_SCHEMA)
        except duckdb.OutOfMemoryException as fault:
            raise LimitError(
                f"Converting needs more than the {show_size(resources.memory)} allowed, or the "
                f"spill folder {resources.spill} is full.",
                hint="Raise --memory-limit, or name a folder with room: --spill FOLDER",
            ) from fault
    return writer.close(profiles, notes, made_from)


def _load(
    connection: duckdb.DuckDBPyConnection, lists: Sequence[ListTables], facts: pa.Table | None
) -> None:
    for name in ListTables.__dataclass_fields__:
        union = " UNION ALL ".join(
            f"SELECT *, {place} AS list FROM read_parquet({quote(getattr(one, name))})"
            for place, one in enumerate(lists)
        )
        connection.execute(f"CREATE VIEW every_{name} AS {union}")
    if facts is None:
        columns = {name: pa.string() if name == "parent" else pa.float64() for name in FACT_COLUMNS}
        facts = pa.schema([("firm_id", pa.string()), *columns.items()]).empty_table()
    connection.register("facts", facts)
    for name, sql in TABLES.items():
        connection.execute(f"CREATE TABLE {name} AS {sql}")


def _find_mixes(connection: duckdb.DuckDBPyConnection, resources: Resources) -> None:
    """Find the mix of industries of every firm: some firms at a time, since lists cannot spill."""
    rows = _count(connection, "SELECT count(*) FROM every_firm_industries")
    parts = -(-rows * BYTES_PER_CODE // (resources.memory // SHARE_OF_CODES)) or 1
    for part in range(parts):
        start = "INSERT INTO codes" if part else "CREATE TABLE codes AS"
        connection.execute(f"{start} {CODES.format(part=f'hash(firm_id) % {parts} = {part}')}")
    for name, sql in MIXES.items():
        connection.execute(f"CREATE TABLE {name} AS {sql}")
    connection.execute("DROP TABLE codes")


def _join(connection: duckdb.DuckDBPyConnection) -> None:
    """Add to the firms what is known of them: one table after the other, as each join may spill."""
    for name, columns in JOINS.items():
        connection.execute(
            f"CREATE TABLE joined AS SELECT firms.*, {columns} FROM firms "
            f"LEFT JOIN {name} USING (firm_id)"
        )
        connection.execute("DROP TABLE firms; ALTER TABLE joined RENAME TO firms")


def _check(connection: duckdb.DuckDBPyConnection) -> None:
    """Check what an engine relies on: unique firms, finite figures, known words."""
    problems: list[Problem] = []
    double = "SELECT firm_id FROM every_firms GROUP BY firm_id, list HAVING count(*) > 1"
    problems += _tell(connection, double, "firm_id", "A firm must stand once in a list.")
    for column in FIRMS.columns:
        wrong = _write_rule(column)
        if wrong:
            sql = f"SELECT firm_id FROM firms WHERE {wrong}"
            problems += _tell(connection, sql, column.name, f"Not allowed: {wrong}.")
    wrong = "NOT (weight BETWEEN 0 AND 1) OR NOT coalesce(confidence BETWEEN 0 AND 1, true)"
    sql = f"SELECT firm_id FROM every_firm_industries WHERE {wrong}"
    problems += _tell(connection, sql, "weight, confidence", "They must be between 0 and 1.")
    if problems:
        raise DataError(problems, hint="Import the list again, and look at its report.")


def _write_rule(column: Column) -> str:
    """Condition under which a cell breaks the contract; NaN stands for not known."""
    rules = []
    if column.kind == "number":
        rules.append(f"isinf({column.name})")
    if column.minimum is not None:
        rules.append(f"{column.name} < {column.minimum}")
    if column.values:
        rules.append(f"{column.name} NOT IN ({', '.join(quote(v) for v in column.values)})")
    if column.pattern:
        rules.append(f"NOT regexp_full_match({column.name}, {quote(column.pattern)})")
    if not column.nullable:
        rules.append(f"{column.name} IS NULL")
    return " OR ".join(rules)


def _tell(connection: duckdb.DuckDBPyConnection, sql: str, column: str, rule: str) -> list[Problem]:
    found = connection.sql(f"SELECT * FROM ({sql}) ORDER BY 1 LIMIT {MOST_TOLD}").fetchall()
    return [Problem("firms.parquet", None, column, str(row[0]), rule) for row in found]


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.sql(sql).fetchall()[0][0])


def _plain(column: Column) -> str:
    name = column.name
    if column.kind == "number":
        return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END AS {name}"
    return name


TABLES: Mapping[str, str] = {
    "firms": f"""
        SELECT {", ".join(_plain(column) for column in FIRMS.columns)} FROM every_firms
        QUALIFY row_number() OVER (PARTITION BY firm_id ORDER BY list) = 1""",
    "homes": """
        SELECT firm_id, region_name AS home_region,
            CASE WHEN isnan(lq) THEN NULL ELSE lq END AS home_lq
        FROM every_firm_homes
        QUALIFY row_number() OVER (PARTITION BY firm_id ORDER BY list) = 1""",
}  # fmt: skip
"""Tables made of the lists, in this order."""

BYTES_PER_CODE = 300
"""Memory of one industry of one firm while lists are made; rather too much."""

SHARE_OF_CODES = 4
"""Part of the memory that lists of industries may take."""

CODES = """
    SELECT firm_id, list({{'industry': industry, 'weight': weight, 'basis': basis,
        'confidence': CASE WHEN isnan(confidence) THEN NULL ELSE confidence END}}
        ORDER BY weight DESC, industry) AS mix
    FROM (SELECT * FROM every_firm_industries WHERE {part}
          QUALIFY row_number() OVER (PARTITION BY firm_id, industry ORDER BY list) = 1)
    GROUP BY firm_id"""
MIXES: Mapping[str, str] = {
    "mixes": """
        SELECT mix, (row_number() OVER (ORDER BY mix[1].industry, mix::VARCHAR) - 1)::INTEGER
            AS profile
        FROM (SELECT DISTINCT mix FROM codes)""",
    "coded": "SELECT firm_id, profile FROM codes JOIN mixes USING (mix)",
}
"""Tables made of the mixes of all firms, in this order."""

JOINS: Mapping[str, str] = {
    "coded": "profile", "homes": "home_region, home_lq", "facts": ", ".join(FACT_COLUMNS),
}  # fmt: skip
"""Tables that are joined to the firms, and the columns taken, in this order."""

JOINED = "SELECT * FROM firms ORDER BY country, profile NULLS LAST, firm_id"
PROFILES = """
    SELECT profile, code.industry, code.weight, code.basis, code.confidence
    FROM (SELECT profile, unnest(mix) AS code FROM mixes)
    ORDER BY profile, code.weight DESC, code.industry"""
NOTES = "SELECT firm_id, kind, note FROM every_firm_notes ORDER BY firm_id, kind, note, list"
