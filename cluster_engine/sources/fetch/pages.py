"""Nomis gives a CSV answer in pages of a limited number of records: ask for all, and join them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from cluster_engine.errors import DataError, NetworkError, Problem
from cluster_engine.sources.fetch.checks import HINT, require_digest, require_names
from cluster_engine.sources.fetch.partial import Part, Received, Wanted, receive
from cluster_engine.sources.fetch.record import Validator
from cluster_engine.sources.fetch.retrying import try_again
from cluster_engine.sources.fetch.transport import Transport, hide_query

GUEST_RECORDS, MEMBER_RECORDS = 25_000, 100_000
"""Records of one page that Nomis gives without and with a user's key (uid)."""

COUNT_COLUMN = "RECORD_COUNT"
MAX_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page on disk."""

    path: Path
    header: list[str]
    n_records: int
    n_total: int | None
    validator: Validator


def receive_pages(
    wanted: Wanted,
    part: Part,
    transport: Transport,
    *,
    columns: tuple[str, ...],
    page_records: int,
    known: tuple[Validator, ...] = (),
) -> tuple[Validator, ...] | None:
    """Take all pages into one unfinished file, its header once.

    Parameters
    ----------
    wanted : Wanted
        Address without page.
    part : Part
    transport : Transport
    columns : tuple of str
        Columns that the first page must have; checked before the second is asked for.
    page_records : int
        Records to ask for at once. The server may give fewer.
    known : tuple of Validator
        Versions of the pages at hand.

    Returns
    -------
    tuple of Validator or None
        Versions of the pages; None: all of them are as they were.

    Raises
    ------
    DataError
        A column is missing, or pages have different headers.
    NetworkError
        A page does not come, or the records do not add up to the number announced.
    """
    if known and _all_unchanged(wanted, part, transport, page_records, known):
        return None
    validators: list[Validator] = []
    n_records, n_total, header = 0, None, list[str]()
    with part.path.open("w", encoding="utf-8", newline="") as out:
        while n_total is None or n_records < n_total:
            if len(validators) == MAX_PAGES:
                rule = "Choose fewer years, areas or industries in the catalogue."
                raise NetworkError(f"{wanted.name}: more than {MAX_PAGES} pages.", hint=rule)
            page = _receive_page(wanted, part, transport, n_records, page_records)
            if not header:
                require_names(columns, page.header, wanted.name, "column")
                header, n_total = page.header, page.n_total
                csv.writer(out, lineterminator="\n").writerow(header)
            _require_same(page, header, n_total, wanted)
            _append(page, out)
            validators.append(page.validator)
            n_records += page.n_records
            page.path.unlink()
            if page.n_records == 0 or (n_total is None and page.n_records < page_records):
                break
    if n_records == 0 or (n_total is not None and n_records != n_total):
        raise NetworkError(
            f"{hide_query(wanted.label)}: {n_records:,} of {n_total or 0:,} records came.",
            hint="Run the command again; if it stays so, narrow the query in the catalogue.",
        )
    return tuple(validators)


def _all_unchanged(
    wanted: Wanted,
    part: Part,
    transport: Transport,
    page_records: int,
    known: tuple[Validator, ...],
) -> bool:
    """Whether the server says of every page that it is the one at hand."""
    if not all(validator.is_given for validator in known):
        return False
    for validator in known:
        page = Part(part.path.with_name(part.path.name + ".page"))
        asked = _ask_for_page(wanted, validator.offset, page_records)
        received = _receive(asked, page, transport, validator)
        page.clear()
        if received.headers is not None:
            return False
    return True


def _receive_page(
    wanted: Wanted, part: Part, transport: Transport, offset: int, page_records: int
) -> Page:
    page = Part(part.path.with_name(part.path.name + ".page"))
    page.clear()
    received = _receive(_ask_for_page(wanted, offset, page_records), page, transport, None)
    page.note.unlink(missing_ok=True)
    with page.path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows, [])
        place = header.index(COUNT_COLUMN) if COUNT_COLUMN in header else None
        n_records, n_total = 0, None
        for row in rows:
            n_records += 1
            if place is not None and len(row) > place and row[place].isdigit():
                n_total = int(row[place])
    validator = replace(received.validator, offset=offset)
    return Page(page.path, header, n_records, n_total, validator)


def _receive(wanted: Wanted, page: Part, transport: Transport, known: Validator | None) -> Received:
    def attempt() -> Received:
        received = receive(wanted, page, transport, known)
        if received.headers is not None:
            require_digest(page.path, received.headers)
        return received

    return try_again(attempt, transport.limits, transport.sleep)


def _ask_for_page(wanted: Wanted, offset: int, page_records: int) -> Wanted:
    def add(url: str) -> str:
        mark = "&" if "?" in url else "?"
        return f"{url}{mark}RecordLimit={page_records}&RecordOffset={offset}"

    return replace(wanted, url=add(wanted.url), label=add(wanted.label))


def _require_same(page: Page, header: list[str], n_total: int | None, wanted: Wanted) -> None:
    if page.n_records and page.header != header:
        found = ", ".join(page.header)[:300]
        rule = "Every page must have the columns of the first."
        raise DataError([Problem(wanted.name, 1, None, found, rule)], hint=HINT)
    if page.n_records and page.n_total != n_total:
        raise NetworkError(
            f"{hide_query(wanted.label)}: the number of records changed from {n_total} to "
            f"{page.n_total} while they were read.",
            hint="The publisher is loading new figures: run the command again later.",
        )


def _append(page: Page, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    with page.path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        next(rows, None)
        writer.writerows(rows)
