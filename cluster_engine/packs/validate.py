"""Check a whole pack against the contracts: types, keys, rules, references, shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cluster_engine.contracts import Column, Table
from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.groups import find_group_faults
from cluster_engine.packs.io_checks import find_io_doubts, find_io_faults
from cluster_engine.packs.job_checks import find_job_doubts, find_job_faults
from cluster_engine.packs.pack import Pack
from cluster_engine.packs.tables import FIRST_DATA_ROW
from cluster_engine.schemas import TABLES

if TYPE_CHECKING:
    import pandera.pandas as pa

SHARE_TOLERANCE = 1e-6
"""Weights come from divisions; their sums may miss 1 by rounding."""

MAX_PER_TABLE = 50
"""Problems listed per table: more would hide the first ones."""

WEIGHTED = {
    "io_concordance": "industry",
    "firm_industries": "firm_id",
    "investment_industries": "event_id",
}
"""Tables whose weights add up to 1 within each value of a column."""


def check_table(frame: pd.DataFrame, contract: Table, *, file: str) -> list[Problem]:
    """Check one table against its contract.

    Parameters
    ----------
    frame : DataFrame
        Typed columns; rows in file order.
    contract : Table
        What must hold.
    file : str
        Name of the file, for messages.

    Returns
    -------
    list of Problem
        Empty if all is well; at most ``MAX_PER_TABLE``.
    """
    import pandera.errors

    numbered = frame.set_axis(range(FIRST_DATA_ROW, FIRST_DATA_ROW + len(frame)), axis=0)
    problems: list[Problem] = []
    try:
        _build_schema(contract).validate(numbered, lazy=True)
    except pandera.errors.SchemaErrors as fault:
        rules = {column.name: _describe_rule(column) for column in contract.columns}
        problems += _list_failures(fault.failure_cases, rules, file)
    return [*problems, *_find_duplicate_keys(numbered, contract, file)][:MAX_PER_TABLE]


def check_pack(
    pack: Pack, *, on_progress: Callable[[str, int, int], None] | None = None
) -> dict[str, int]:
    """Check every table of a pack, and the references between them.

    Parameters
    ----------
    pack : Pack
    on_progress : callable, optional
        Takes (stage, tables checked, tables in all).

    Returns
    -------
    dict of str to int
        Rows of each table.

    Raises
    ------
    DataError
        All problems of all tables.
    """
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    hints: list[str] = []
    for number, (name, contract) in enumerate(TABLES.items()):
        if on_progress is not None:
            on_progress("Checking tables", number, len(TABLES))
        if not pack.has(name):
            if contract.required:
                rule = f"There must be a table '{name}'."
                problems.append(Problem("pack.toml", None, None, "none", rule))
            continue
        entry = pack.entry(name)
        try:
            frames[name] = pack.read(name)
        except DataError as fault:
            problems.extend(fault.problems)
            hints.append(fault.hint)
            continue
        problems += check_table(frames[name], contract, file=entry.file)
        if entry.rows != len(frames[name]):
            rule = f"The table must have {entry.rows} rows as pack.toml says."
            problems.append(Problem(entry.file, None, None, f"{len(frames[name])} rows", rule))
    files = {entry.name: entry.file for entry in pack.manifest.tables}
    problems += _find_dangling(frames, files) + _find_bad_shares(frames, files)
    if {"value_added", "industries"} <= frames.keys():
        known = set(frames["industries"]["industry"])
        table, file = frames["value_added"], files["value_added"]
        problems += find_group_faults(table, known, file=file)[:MAX_PER_TABLE]
    if not problems:  # sums over faulty tables would only tell the same fault again
        problems = find_io_faults(frames, files)
        problems += find_job_faults(frames, files, this_year=dt.date.today().year)
    if problems:
        hints.append("Mend the files named, then run 'data check' again.")
        raise DataError(problems, hint=" ".join(hint for hint in dict.fromkeys(hints) if hint))
    return {name: len(frame) for name, frame in frames.items()}


def find_doubts(pack: Pack) -> list[Problem]:
    """Return what is odd about a pack that :func:`check_pack` takes for sound.

    Returns
    -------
    list of Problem
        Balances nearly missed, figures that are old, hidden, absent or fractions.
    """
    names = [name for name in ("io_industries", "io_flows", "employment") if pack.has(name)]
    frames = {name: pack.read(name) for name in names}
    files = {entry.name: entry.file for entry in pack.manifest.tables}
    this_year = dt.date.today().year
    return find_io_doubts(frames, files) + find_job_doubts(frames, files, this_year=this_year)


def _build_schema(contract: Table) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    columns = {}
    for column in contract.columns:
        checks: list[Any] = []
        if column.minimum is not None:
            checks.append(pa.Check.ge(column.minimum))
        if column.maximum is not None:
            checks.append(pa.Check.le(column.maximum))
        if column.values:
            checks.append(pa.Check.isin(column.values))
        if column.pattern:
            checks.append(pa.Check.str_matches(f"^(?:{column.pattern})$"))
        columns[column.name] = pa.Column(None, checks, nullable=column.nullable)
    return pa.DataFrameSchema(columns)


def _describe_rule(column: Column) -> str:
    unit = f" {column.unit}" if column.unit else ""
    if column.values:
        return f"The cell must be one of {', '.join(column.values)}."
    if column.pattern:
        return f"The cell must look like {column.pattern}."
    if column.minimum is not None and column.maximum is not None:
        return f"The cell must be between {column.minimum:g} and {column.maximum:g}{unit}."
    if column.minimum is not None:
        return f"The cell must be at least {column.minimum:g}{unit}."
    return "The cell must not be empty."


def _list_failures(cases: pd.DataFrame, rules: Mapping[str, str], file: str) -> list[Problem]:
    problems = []
    for case in cases.to_dict("records"):
        empty = case["check"] == "not_nullable"
        row = None if pd.isna(case["index"]) else int(case["index"])
        rule = "The cell must not be empty." if empty else rules[str(case["column"])]
        found = "an empty cell" if empty else f"'{case['failure_case']}'"
        problems.append(Problem(file, row, str(case["column"]), found, rule))
    return sorted(problems, key=lambda problem: (problem.row or 0, problem.column or ""))


def _find_duplicate_keys(frame: pd.DataFrame, contract: Table, file: str) -> list[Problem]:
    key = list(contract.key)
    repeated = frame[frame.duplicated(key, keep="first")]
    rule = f"The key ({', '.join(key)}) must not repeat."
    return [
        Problem(file, row, None, " / ".join(str(cell) for cell in cells), rule)
        for row, *cells in repeated[key].head(MAX_PER_TABLE).itertuples()
    ]


def _find_dangling(frames: Mapping[str, pd.DataFrame], files: Mapping[str, str]) -> list[Problem]:
    problems = []
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            table, _, target = column.refers_to.partition(".")
            if not target or table not in frames:
                continue
            known = set(frames[table][target])
            cells = frame[column.name].reset_index(drop=True)
            bad = np.flatnonzero(~cells.isin(known) & cells.notna())[:MAX_PER_TABLE]
            rule = f"The code must exist in {files[table]}, column '{target}'."
            problems += [
                Problem(
                    files[name], int(row) + FIRST_DATA_ROW, column.name, f"'{cells[row]}'", rule
                )
                for row in bad
            ]
    return problems


def _find_bad_shares(frames: Mapping[str, pd.DataFrame], files: Mapping[str, str]) -> list[Problem]:
    problems = []
    for name, owner in WEIGHTED.items():
        if name not in frames:
            continue
        sums = frames[name].groupby(owner)["weight"].sum()
        bad = sums[(sums - 1.0).abs() > SHARE_TOLERANCE].head(MAX_PER_TABLE)
        problems += [
            Problem(
                files[name],
                None,
                "weight",
                f"{value:.6f}",
                f"The weights of '{key}' must add up to 1.",
            )
            for key, value in bad.items()
        ]
    return problems
