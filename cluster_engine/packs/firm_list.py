"""A folder with an imported list of firms: coded, merged, at parent level, ready to be ranked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cluster_engine.contracts import Column, Table
from cluster_engine.errors import BusyError, DataError, Problem, SettingsError
from cluster_engine.files import hash_file
from cluster_engine.firm_schemas import (
    FIRM_HOMES,
    FIRM_IDENTITIES,
    FIRM_INDUSTRIES,
    FIRM_NOTES,
    FIRMS,
)
from cluster_engine.packs.parquet import write_parquet
from cluster_engine.packs.tables import read_parquet, read_table

REPORT_FILE = "report.json"
FORMAT = 2
CONTRACTS = (FIRMS, FIRM_INDUSTRIES, FIRM_NOTES, FIRM_IDENTITIES, FIRM_HOMES)
EVENTS = "events"
HINT = "Import the list again: cluster-engine data import firms FILE --output FOLDER"


@dataclass(frozen=True, slots=True)
class FirmListTables:
    """Tables of an imported list.

    Attributes
    ----------
    firms, firm_industries, firm_notes, firm_identities, firm_homes : DataFrame
        Contracts of these names in `firm_schemas`.
    events : DataFrame or None
        Investment events, where a list holds them; text and numbers.
    """

    firms: pd.DataFrame
    firm_industries: pd.DataFrame
    firm_notes: pd.DataFrame
    firm_identities: pd.DataFrame
    firm_homes: pd.DataFrame
    events: pd.DataFrame | None = None


def is_firm_list(folder: Path) -> bool:
    """Whether a path is the folder of an imported list.

    One that an import was killed in the midst of replacing is put back first.
    """
    if not folder.exists() and _is_whole(_beside(folder, "old")):
        with _hold(folder):
            _bring_back(folder)
    return _is_whole(folder)


def _is_whole(folder: Path) -> bool:
    return folder.is_dir() and (folder / REPORT_FILE).is_file()


@contextmanager
def _hold(folder: Path) -> Iterator[None]:
    """Keep other imports away from a folder while it is written."""
    from filelock import FileLock, Timeout

    path = _beside(folder, "lock")
    try:
        with FileLock(path, timeout=0):
            try:
                yield
            finally:
                # Still held, and nobody waits: whoever comes next makes a lock of its own.
                with suppress(OSError):
                    path.unlink()
    except Timeout as fault:
        raise BusyError(
            f"Another import writes to {folder}.",
            hint="Wait until it has ended, or choose another folder: --output FOLDER",
        ) from fault


def require_free(folder: Path, *, force: bool) -> None:
    """Refuse a folder that an import could not, or must not, write to.

    Raises
    ------
    SettingsError
        It is there and is no imported list, or is one and may not be replaced; or has no parent.
    BusyError
        Another import writes to it.
    """
    if not folder.parent.is_dir():
        raise SettingsError(
            f"The folder {folder.parent} does not exist.", hint="Make it, or choose another one."
        )
    with _hold(folder):
        _clear_remains(folder)
    if not folder.exists():
        return
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if not is_firm_list(folder):
        raise SettingsError(
            f"{folder} exists and is no imported list.", hint="Choose a new folder: --output FOLDER"
        )
    if not force:
        raise SettingsError(
            f"{folder} holds an imported list already.", hint="Add --force to replace it."
        )


def write_firm_list(folder: Path, tables: FirmListTables, report: Mapping[str, Any]) -> None:
    """Write the folder at once: a killed run leaves no folder, or the old one.

    Parameters
    ----------
    folder : Path
        Where; must have passed :func:`require_free`.
    tables : FirmListTables
    report : mapping
        What was done, and from which files; JSON-ready.
    """
    with _hold(folder):
        _clear_remains(folder)
        _write_whole(folder, tables, report)


def _write_whole(folder: Path, tables: FirmListTables, report: Mapping[str, Any]) -> None:
    work = _beside(folder, "partial")
    work.mkdir()
    try:
        sums = {}
        for contract in CONTRACTS:
            path = work / f"{contract.name}.parquet"
            write_parquet(getattr(tables, contract.name), contract, path)
            sums[path.name] = hash_file(path)
        if tables.events is not None:
            path = work / f"{EVENTS}.parquet"
            write_parquet(tables.events, _describe_events(tables.events), path)
            sums[path.name] = hash_file(path)
        body = {"format": FORMAT, "files": sums, **report}
        text = json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        (work / REPORT_FILE).write_text(text, encoding="utf-8", newline="\n")
        _put_in_place(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _put_in_place(work: Path, folder: Path) -> None:
    """Move the new folder to its name; the old one is removed only when that is done."""
    old = _beside(folder, "old")
    if folder.exists():
        folder.replace(old)
    try:
        work.replace(folder)
    except BaseException:
        if old.exists():
            old.replace(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _beside(folder: Path, what: str) -> Path:
    """Return the hidden place beside a folder in which its next or its last state lies."""
    return folder.parent / f".{folder.name}.{what}"


def _clear_remains(folder: Path) -> None:
    """Put right what a killed run left: half a new list goes, an old one without a name is back."""
    _bring_back(folder)
    for what in ("partial", "old"):
        shutil.rmtree(_beside(folder, what), ignore_errors=True)


def _bring_back(folder: Path) -> None:
    old = _beside(folder, "old")
    if _is_whole(old) and not folder.exists():
        old.replace(folder)


def _describe_events(events: pd.DataFrame) -> Table:
    columns = tuple(
        Column(str(name), "number" if events[name].dtype.kind == "f" else "text", "", nullable=True)
        for name in events.columns
    )
    return Table(EVENTS, "Investment events of the lists", columns, ("event_id",), required=False)


def read_firm_list_folder(folder: Path) -> FirmListTables:
    """Read an imported list, after its checksums.

    Raises
    ------
    DataError
        The folder is no imported list, is of another format, or a file was changed or is missing.
    """
    report = read_firm_list_report(folder)
    verify_firm_list(folder, report)
    events = folder / f"{EVENTS}.parquet"
    tables = FirmListTables(
        *(read_table(folder / f"{contract.name}.parquet", contract) for contract in CONTRACTS)
    )
    return (
        replace(tables, events=read_parquet(events)) if events.name in report["files"] else tables
    )


def verify_firm_list(folder: Path, report: Mapping[str, Any]) -> None:
    """Compare the files of an imported list with their checksums.

    Raises
    ------
    DataError
        A file was changed or is missing.
    """
    sums = report["files"]
    problems = []
    for name in (f"{contract.name}.parquet" for contract in CONTRACTS):
        path = folder / name
        if not path.is_file():
            problems.append(Problem(name, None, None, "no such file", "The file must exist."))
        elif hash_file(path) != sums.get(name):
            rule = "The checksum must be that of report.json."
            problems.append(Problem(name, None, None, "another one", rule))
    events = folder / f"{EVENTS}.parquet"
    has_events = events.name in sums
    if has_events and (not events.is_file() or hash_file(events) != sums[events.name]):
        rule = "The checksum must be that of report.json."
        problems.append(Problem(events.name, None, None, "another file, or none", rule))
    if problems:
        raise DataError(problems, hint=HINT)


def read_firm_list_report(folder: Path) -> dict[str, Any]:
    """Read the report of an import.

    Raises
    ------
    DataError
        There is none, or it is of another format.
    """
    path = folder / REPORT_FILE
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        good = report["format"] == FORMAT and isinstance(report["files"], dict)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        problem = Problem(str(path), None, None, str(fault), "It must be the report of an import.")
        raise DataError([problem], hint=HINT) from fault
    if not good:
        rule = f"The format must be {FORMAT}."
        raise DataError(
            [Problem(str(path), None, "format", str(report["format"]), rule)], hint=HINT
        )
    return dict(report)
