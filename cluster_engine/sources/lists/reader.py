"""Read any list of firms: find its format, read it, report what was done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.firm_records import COLUMNS, NUMBER_COLUMNS
from cluster_engine.sources.lists.cells import (
    OpenedList,
    Progress,
    iter_grids,
    open_list,
    read_grid,
)
from cluster_engine.sources.lists.companies_house import iter_companies, read_companies_house
from cluster_engine.sources.lists.data_hub import read_data_hub
from cluster_engine.sources.lists.fdi_markets import read_fdi_markets
from cluster_engine.sources.lists.gleif import iter_gleif, read_gleif
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.mapping import ListMapping, get_decimal
from cluster_engine.sources.lists.orbis import read_orbis
from cluster_engine.sources.lists.plain import read_plain
from cluster_engine.sources.lists.profiles import find_known_headers, find_sheets, match_format
from cluster_engine.sources.lists.read_report import ReadLog, ReadReport
from cluster_engine.sources.lists.request import Companions, Reader, Request, choose_mapping
from cluster_engine.sources.lists.texts import make_key
from cluster_engine.sources.lists.wikidata import read_wikidata
from cluster_engine.sources.lists.years import collapse_years

READERS: dict[str, Reader] = {
    "orbis": read_orbis,
    "fdi-markets": read_fdi_markets,
    "gleif": read_gleif,
    "companies-house": read_companies_house,
    "data-hub": read_data_hub,
    "wikidata": read_wikidata,
    "shortlist": read_plain,
    "plain": read_plain,
}
STREAMS = {"gleif": iter_gleif, "companies-house": iter_companies}
"""Formats that are too large to be held as a whole."""


@dataclass(frozen=True, slots=True)
class FirmList:
    """A list that was read.

    Attributes
    ----------
    records : DataFrame
        Firm records, `cluster_engine.firm_records.COLUMNS`.
    events : DataFrame or None
        Investment events (`events.EVENT_COLUMNS`), where the format has them.
    report : ReadReport
        What was read, mended, guessed and doubted.
    """

    records: pd.DataFrame
    events: pd.DataFrame | None
    report: ReadReport


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What may be said about a list, beside its format and sheet.

    Attributes
    ----------
    name : str
        Short name, the first half of the record ids; '': the file's.
    companions : Companions
        Files and choices that some formats need.
    symbols_of : str
        Office whose signs stand in figures, one of `symbols.OFFICES`; '' if none.
    """

    name: str = ""
    companions: Companions = Companions()  # noqa: RUF009  # frozen
    symbols_of: str = ""


def detect_format(path: Path, *, sheet: str | None = None) -> str:
    """Return the format of a list by its header: a key of `READERS`.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        Sheet of a workbook.

    Raises
    ------
    DataError
        The file is no table.
    LimitError
        The file is beyond the limits.
    """
    return match_format(_open(path, ReadLog(path.name), sheet).header)


def read_list_grid(path: Path, *, sheet: str | None = None) -> tuple[pd.DataFrame, ReadLog]:
    """Read the cells of a list, wide years brought together, for showing or guessing a mapping."""
    log = ReadLog(path.name)
    grid = read_grid(_open(path, log, sheet), log)
    return collapse_years(grid, frozenset()).grid.cells, log


def preview_mapping(
    path: Path,
    *,
    format: str | None = None,  # noqa: A002  # the word users know
    sheet: str | None = None,
) -> tuple[str, ListMapping]:
    """Return the format of a list and which column would be taken for what, from its first rows.

    Raises
    ------
    DataError, LimitError, SettingsError
        As `read_firm_list`.
    """
    request = _make_request(path, format, None, sheet, None, None, None)
    first = next(iter_grids(request.opened, request.log), Grid(pd.DataFrame()))
    return request.format_name, choose_mapping(first, request)


def read_firm_list(
    path: Path,
    *,
    format: str | None = None,  # noqa: A002  # the word users know
    mapping: ListMapping | None = None,
    sheet: str | None = None,
    decimal: str | None = None,
    on_progress: Progress | None = None,
    options: ListOptions | None = None,
) -> FirmList:
    """Read a list of firms.

    Parameters
    ----------
    path : Path
        CSV or other delimited text, plain or packed, or XLSX.
    format : str, optional
        A key of `READERS`; None: found by the header.
    mapping : ListMapping, optional
        Which column holds what; None: guessed.
    sheet : str, optional
        Sheet of a workbook.
    decimal : {'point', 'comma'}, optional
        Decimal mark; None: what the cells prove.
    on_progress : callable, optional
        Told the number of rows read so far.
    options : ListOptions, optional
        Name of the list, further files.

    Returns
    -------
    FirmList
        Records, events and a report.

    Raises
    ------
    DataError
        The file is no table or holds faults; all of them are listed.
    LimitError
        The file is beyond the limits.
    SettingsError
        An unknown format or decimal mark.
    """
    request = _make_request(path, format, mapping, sheet, decimal, on_progress, options)
    reading = READERS[request.format_name](request)
    request.log.raise_problems()
    records = reading.records
    missing = {
        name: int((records[name].isna() if name in NUMBER_COLUMNS else records[name].eq("")).sum())
        for name in COLUMNS
    }
    report = request.log.freeze(
        format_name=request.format_name, rows_kept=len(records), missing=missing
    )
    return FirmList(records, reading.events, report)


def iter_firm_records(
    path: Path,
    *,
    format: str | None = None,  # noqa: A002  # the word users know
    on_progress: Progress | None = None,
    options: ListOptions | None = None,
) -> Iterator[pd.DataFrame]:
    """Read a large list in parts, so that it need not fit in memory.

    Yields
    ------
    DataFrame
        Firm records; a format that cannot be read in parts comes as one.

    Raises
    ------
    DataError, LimitError, SettingsError
        As `read_firm_list`; faults of a part are raised before the next.
    """
    request = _make_request(path, format, None, None, None, on_progress, options)
    stream = STREAMS.get(request.format_name)
    parts = stream(request) if stream else iter([READERS[request.format_name](request).records])
    for part in parts:
        request.log.raise_problems()
        yield part
    request.log.raise_problems()


def _make_request(
    path: Path, format_name: str | None, mapping: ListMapping | None, sheet: str | None,
    decimal: str | None, on_progress: Progress | None, options: ListOptions | None,
) -> Request:  # fmt: skip
    if format_name is not None and format_name not in READERS:
        near = get_close_matches(format_name, READERS, n=1)
        meant = f"Did you mean '{near[0]}'? " if near else ""
        raise SettingsError(
            f"The format of a list must be one that is known. Got '{format_name}'.",
            hint=f"{meant}Known: {', '.join(READERS)}.",
        )
    get_decimal(decimal or "")
    log = ReadLog(path.name)
    opened = _open(path, log, sheet)
    chosen = options or ListOptions()
    return Request(
        opened=opened,
        log=log,
        list_name=chosen.name or _make_name(path),
        format_name=format_name or ("plain" if mapping else match_format(opened.header)),
        mapping=mapping,
        decimal=decimal or "",
        symbols_of=chosen.symbols_of,
        companions=chosen.companions,
        on_progress=on_progress,
    )


def _open(path: Path, log: ReadLog, sheet: str | None) -> OpenedList:
    return open_list(path, log, sheet=sheet, known=find_known_headers(), sheets=find_sheets())


def _make_name(path: Path) -> str:
    return re.sub(r"\W+", "-", make_key(path.name.split(".")[0])).strip("-") or "list"
