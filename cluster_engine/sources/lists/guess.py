"""Guess which column of a list holds what, from its headers and then from its cells."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from cluster_engine.sources.lists.countries import find_country
from cluster_engine.sources.lists.currencies import find_row_unit, find_unit
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.mapping import MONEY, ColumnChoice, ListMapping
from cluster_engine.sources.lists.profiles import (
    Profile,
    find_columns,
    load_profile,
    make_header_key,
)
from cluster_engine.sources.lists.texts import clean_text, make_key

SAMPLE_ROWS = 500
HEADER_CONFIDENCE = 0.95
LOOSE_CONFIDENCE = 0.85
MIN_SHARE = 0.8
"""Share of the filled cells that must look like the field."""

_LEI = re.compile(r"[A-Z0-9]{18}\d{2}")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")
_SITE = re.compile(r"(?i)(?:https?://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?")
_LEGAL_FORM = re.compile(
    r"(?i)\b(?:gmbh|ag|kg|se|ltd|limited|plc|inc|corp|llc|s\.?a\.?|s\.?p\.?a\.?|s\.?r\.?l\.?|"
    r"b\.?v\.?|n\.?v\.?|ab|as|a/s|oyj?|sas|sarl|kft|zrt|sp\.? z o\.?o\.?|co|company|group)\b\.?"
)

_TESTS: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    ("lei", lambda t: _LEI.fullmatch(t) is not None, "cells have the shape of an LEI"),
    ("isin", lambda t: _ISIN.fullmatch(t) is not None, "cells have the shape of an ISIN"),
    ("country", lambda t: find_country(t) != "", "cells are countries"),
    ("website", lambda t: _SITE.fullmatch(t) is not None, "cells are internet addresses"),
    ("name", lambda t: _LEGAL_FORM.search(t) is not None, "cells hold legal forms of companies"),
)

_SYSTEM_MARKS = (
    ("nace2.1", ("nace 2 1", "nace2 1", "nace rev 2 1", "wz 2025")),
    ("nace1.1", ("nace 1", "nace1", "nace rev 1")),
    ("nace2", ("nace", "wz", "naf", "ape", "cnae", "ateco", "branchen")),
    ("uksic2003", ("sic 2003", "sic2003")),
    ("uksic2007", ("uk sic", "uksic", "sic 2007", "sic2007")),
    ("ussic1987", ("us sic", "ussic", "sic 1987")),
    ("naics2012", ("naics 2012",)),
    ("naics2017", ("naics 2017",)),
    ("naics2022", ("naics",)),
    ("isic4", ("isic",)),
    ("gics", ("gics",)),
)


def guess_mapping(grid: Grid, profile: Profile | None = None) -> ListMapping:
    """Guess the columns of a list.

    Parameters
    ----------
    grid : Grid
        Its cells.
    profile : Profile, optional
        Names to go by; None: those of any list.

    Returns
    -------
    ListMapping
        Every field found, with reason and confidence; a guess is to be looked at, not trusted.
    """
    used = profile or load_profile("plain")
    header = [str(name) for name in grid.cells.columns]
    choices: dict[str, ColumnChoice] = {}
    for target, column in find_columns(header, used.columns).items():
        exact = make_key(column) in used.columns[target]
        reason = f"header '{column}'" + ("" if exact else ", without its unit or year")
        confidence = HEADER_CONFIDENCE if exact else LOOSE_CONFIDENCE
        choices[target] = ColumnChoice(column, reason, confidence, _guess_unit(target, column))
    taken = {choice.column for choice in choices.values()}
    sample = grid.cells.head(SAMPLE_ROWS)
    # A known format names its columns; guessing there would take those of a related entity.
    for target, test, reason in _TESTS if used.name == "plain" else ():
        if target not in choices:
            found = _find_by_cells(sample, test, taken)
            if found:
                column, share = found
                choices[target] = ColumnChoice(column, f"{share:.0%} of its {reason}", share * 0.8)
                taken.add(column)
    if "currency" in choices:
        choices = {
            target: _with_row_unit(choice) if target in MONEY else choice
            for target, choice in choices.items()
        }
    system = used.code_system
    if not system and "codes" in choices:
        system = guess_code_system(choices["codes"].column, sample[choices["codes"].column])
    missing = tuple(sorted(used.missing))
    return ListMapping(choices, code_system=system if "codes" in choices else "", missing=missing)


def _with_row_unit(choice: ColumnChoice) -> ColumnChoice:
    if choice.unit:
        return choice
    unit = str(find_row_unit(choice.column))
    return ColumnChoice(choice.column, choice.reason, choice.confidence, unit)


def _guess_unit(target: str, column: str) -> str:
    unit = find_unit(column) if target in MONEY else None
    return str(unit) if unit else ""


def _find_by_cells(
    sample: pd.DataFrame, test: Callable[[str], bool], taken: set[str]
) -> tuple[str, float] | None:
    """Return the column most of whose cells pass a test, and the share that does."""
    best: tuple[str, float] | None = None
    for name in sample.columns:
        filled = [text for text in sample[name].map(clean_text) if text]
        if str(name) in taken or not filled:
            continue
        share = sum(map(test, filled)) / len(filled)
        if share >= MIN_SHARE and (best is None or share > best[1]):
            best = (str(name), share)
    return best


def guess_code_system(header: str, cells: pd.Series[str]) -> str:
    """Return the classification that a header, or the length of the codes, names; '' if unclear.

    Examples
    --------
    >>> guess_code_system("WZ 2008", pd.Series(["2811"], dtype="str"))
    'nace2'
    """
    keys = f" {make_key(header)} ", f" {make_header_key(header)} "
    for system, marks in _SYSTEM_MARKS:
        if any(f" {mark}" in key for mark in marks for key in keys):
            return system
    digits = {len(text) for cell in cells if (text := clean_text(cell).replace(".", "")).isdigit()}
    return {5: "uksic2007", 8: "gics"}.get(max(digits, default=0), "")
