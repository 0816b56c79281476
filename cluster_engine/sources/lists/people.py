"""Companies House, persons with significant control: which companies have owners abroad.

Only owners that are companies or public bodies are read; people are passed over, unread.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster_engine.sources.lists.countries import find_country
from cluster_engine.sources.lists.limits import LIMITS, refuse
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.real_type import find_kind
from cluster_engine.sources.lists.text_source import open_bytes
from cluster_engine.sources.lists.texts import clean_text

KINDS = frozenset({
    "corporate-entity-person-with-significant-control",
    "legal-person-person-with-significant-control",
})  # fmt: skip
MAX_LINE = LIMITS.cell_chars * 4
_UK = ("england", "wales", "scotland", "united kingdom", "uk", "great britain", "northern ireland")
_STATES = {"delaware": "US", "new york": "US", "california": "US", "texas": "US", "nevada": "US",
           "florida": "US", "ontario": "CA", "quebec": "CA"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owner:
    """A company that controls a British one.

    Attributes
    ----------
    name : str
        As registered.
    country : str
        Alpha-2 code of its register.
    registry_number : str
        In that register; '' if not told.
    natures : tuple of str
        Kinds of control.
    """

    name: str
    country: str
    registry_number: str
    natures: tuple[str, ...]


def find_register_country(text: str) -> str:
    """Return the country that a free text about a register names; '' if it cannot be told.

    Examples
    --------
    >>> [find_register_country(t) for t in ("England And Wales", "Delaware, USA", "Delaware")]
    ['GB', 'US', 'US']
    """
    plain = clean_text(text).casefold().removeprefix("the ")
    if any(f" {word} " in f" {plain.replace(',', ' ').replace('&', ' ')} " for word in _UK):
        return "GB"
    for part in (plain, *reversed(plain.split(","))):
        found = find_country(part) or _STATES.get(part.strip(), "")
        if found:
            return found
    return ""


def read_overseas_owners(path: Path, log: ReadLog) -> dict[str, Owner]:
    """Read the owners abroad of British companies.

    Parameters
    ----------
    path : Path
        JSON lines, plain, gzipped or zipped.
    log : ReadLog
        Notes damaged lines as faults and unclear countries as doubts.

    Returns
    -------
    dict of str to Owner
        By company number; the one with most kinds of control where there are several.

    Raises
    ------
    DataError
        Lines that are no JSON.
    LimitError
        A line, or the file, is too long.
    """
    owners: dict[str, Owner] = {}
    unclear: Counter[str] = Counter()
    with open_bytes(path, find_kind(path)) as stream:
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                rule = f"A line may have {MAX_LINE:,} bytes at most."
                raise refuse(path.name, f"a longer one, line {number:,}", rule)
            if b"corporate-entity-person" in line or b"legal-person-person" in line:
                _take_line(line, number, owners, unclear, log)
    listed = [f"{text} ({count:,} times)" for text, count in unclear.most_common(50)]
    log.add_doubt("register of an owner is in no known country", listed, count=unclear.total())
    log.raise_problems("Download the snapshot again.")
    return owners


def _take_line(
    line: bytes, number: int, owners: dict[str, Owner], unclear: Counter[str], log: ReadLog
) -> None:
    try:
        record = json.loads(line)
        company, data = str(record["company_number"]), record["data"]
        kind = data["kind"]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        rule = "Each line must be a JSON record with company_number and data.kind."
        log.add_problem(number, None, type(fault).__name__, rule)
        return
    if kind not in KINDS or data.get("ceased_on"):
        return
    identity: dict[str, Any] = data.get("identification") or {}
    told = clean_text(str(identity.get("country_registered") or ""))
    told = told or clean_text(str((data.get("address") or {}).get("country") or ""))
    country = find_register_country(told)
    if not country:
        unclear[told[:60] or "nothing told"] += 1
    elif country != "GB":
        owner = Owner(
            clean_text(str(data.get("name") or "")),
            country,
            clean_text(str(identity.get("registration_number") or "")),
            tuple(str(nature) for nature in data.get("natures_of_control") or ()),
        )
        held = owners.get(company)
        if held is None or len(owner.natures) > len(held.natures):
            owners[company] = owner
