"""Make firm records of a grid: each field by its own rule, faults collected, changes counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cluster_engine.firm_records import COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.sources.lists.codes import parse_codes
from cluster_engine.sources.lists.countries import parse_countries
from cluster_engine.sources.lists.dates import parse_founded
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.identifiers import check_identifiers
from cluster_engine.sources.lists.mapping import MONEY, ListMapping
from cluster_engine.sources.lists.money import read_figures
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.texts import (
    clean_texts,
    is_mojibake,
    map_texts,
    mend_mojibake,
)
from cluster_engine.sources.lists.years import collapse_years

MAX_NAME = 500
COUNTRY_FIELDS = ("country", "parent_country", "ultimate_country")
NAME_FIELDS = ("name", "other_names", "parent_name", "ultimate_name")
"""Here 'None' or 'null' may be the name of a firm, and is never taken for a missing value."""

CODE_HINT = "Name the classification in the mapping: code_system = 'nace2', 'naics2022', …"
_MARKUP = re.compile(r"<[a-zA-Z!/]")


@dataclass(frozen=True, slots=True)
class RecordRule:
    """How a grid becomes records.

    Attributes
    ----------
    list_name : str
        Short name of the list.
    format_name : str
        Format it came in.
    mapping : ListMapping
        Which column holds what.
    role : str
        Of every record where `roles` says nothing.
    code_level : int
        Digits that all codes have; 0: unknown.
    day_first : bool
        Whether dates such as 04/05/1998 are known to begin with the day.
    constants : dict of str to str
        Text fields that are the same for all records.
    """

    list_name: str
    format_name: str
    mapping: ListMapping
    role: str = "firm"
    code_level: int = 0
    day_first: bool = False
    constants: dict[str, str] = field(default_factory=dict)


def make_records(grid: Grid, rule: RecordRule, log: ReadLog) -> pd.DataFrame:
    """Read every mapped column and return firm records.

    Parameters
    ----------
    grid : Grid
        Cells; wide years are brought together here.
    rule : RecordRule
        How.
    log : ReadLog
        Notes faults, mended cells and doubts; the caller raises.

    Returns
    -------
    DataFrame
        `cluster_engine.firm_records.COLUMNS`; text '' and numbers NaN where unknown.
    """
    missing = frozenset(token.casefold() for token in rule.mapping.missing)
    yearly = collapse_years(grid, missing)
    if not _require_columns(yearly.grid, rule.mapping, log):
        return make_empty_records()
    index = yearly.grid.cells.index
    texts = _read_texts(yearly.grid, rule, missing, log)
    figures = read_figures(yearly, rule.mapping, missing, log)
    constants = {
        "list": rule.list_name,
        "format": rule.format_name,
        "role": rule.role,
        **rule.constants,
    }
    columns: dict[str, object] = dict.fromkeys(TEXT_COLUMNS, "")
    columns.update(constants)
    columns.update(texts)
    columns.update(dict.fromkeys(NUMBER_COLUMNS, np.nan))
    columns.update(figures.values)
    columns["record_id"] = rule.list_name + ":" + pd.Series(index, index=index).astype("str")
    columns["row"] = pd.Series(index, index=index)
    columns["estimated"] = figures.estimated
    columns["notes"] = figures.notes
    records = pd.DataFrame(columns, index=index).loc[:, list(COLUMNS)]
    return _type(records.reset_index(drop=True))


def make_empty_records() -> pd.DataFrame:
    """Return the table of firm records without a record."""
    return _type(pd.DataFrame(columns=list(COLUMNS)))


def _type(records: pd.DataFrame) -> pd.DataFrame:
    kinds = dict.fromkeys(TEXT_COLUMNS, "str") | dict.fromkeys(NUMBER_COLUMNS, "float64")
    return records.astype(kinds)


def _require_columns(grid: Grid, mapping: ListMapping, log: ReadLog) -> bool:
    """Note columns that the mapping names and the file has not, and money without a unit."""
    before = log.n_problems
    header = ", ".join(f"'{name}'" for name in grid.cells.columns[:30])
    hint = "Name the columns in a mapping file."
    if "name" not in mapping.columns:
        rule = "It must be clear which column holds the name of the firm."
        log.add_problem(None, None, f"columns {header}", rule, hint=hint)
    for target, choice in mapping.columns.items():
        if choice.column not in grid.cells.columns:
            rule = f"The column of '{target}' must be in the file."
            log.add_problem(None, choice.column, f"columns {header}", rule, hint=hint)
        elif target in MONEY and not choice.unit:
            rule = f"The unit of '{target}' must be known."
            unit_hint = f"Name it in the mapping: [columns.{target}] unit = 'm EUR', 'th USD', …"
            log.add_problem(None, choice.column, "no currency", rule, hint=unit_hint)
    if "codes" in mapping.columns and not mapping.code_system:
        rule = "The classification of the codes must be known."
        column = mapping.columns["codes"].column
        log.add_problem(None, column, "no name of a classification", rule, hint=CODE_HINT)
    return log.n_problems == before


def _read_texts(
    grid: Grid, rule: RecordRule, missing: frozenset[str], log: ReadLog
) -> dict[str, pd.Series[str]]:
    mapping = rule.mapping
    texts: dict[str, pd.Series[str]] = {}
    for target, choice in mapping.columns.items():
        if target not in TEXT_COLUMNS:
            continue
        cells = grid.cells[choice.column]
        typed = grid.is_typed(choice.column)
        if target == "codes":
            texts[target] = parse_codes(
                cells, mapping.code_system, typed, log, missing=missing, level=rule.code_level
            )
        elif target in COUNTRY_FIELDS:
            texts[target] = parse_countries(cells, missing - {"na"}, log)
        else:
            texts[target] = _read_text(cells, target, missing, log)
    if "founded" in texts:
        texts["founded"] = parse_founded(texts["founded"], log, day_first=rule.day_first)
    if "codes" in texts:
        system = pd.Series(mapping.code_system, index=grid.cells.index, dtype="str")
        texts["code_system"] = system.where(texts["codes"].ne(""), "")
    if mapping.country and "country" not in texts:
        texts["country"] = pd.Series(mapping.country, index=grid.cells.index, dtype="str")
    _check_names(texts["name"], log)
    check_identifiers(texts, {t: grid.is_typed(c.column) for t, c in mapping.columns.items()}, log)
    return texts


def _read_text(
    cells: pd.Series[str], target: str, missing: frozenset[str], log: ReadLog
) -> pd.Series[str]:
    text = clean_texts(cells)
    log.add_fix("texts cleaned of odd blanks and invisible characters", int(text.ne(cells).sum()))
    if target in NAME_FIELDS:
        return text
    tokens = {token: "" for token in text.unique() if token.casefold() in missing}
    return map_texts(text, {t: tokens.get(t, t) for t in text.unique()}) if tokens else text


def _check_names(names: pd.Series[str], log: ReadLog) -> None:
    column = str(names.name)
    for row in names.index[names == ""][:1_000]:
        log.add_problem(int(row), column, "an empty cell", "Each firm must have a name.")
    long = names[names.str.len() > MAX_NAME]
    for row, name in long.items():
        rule = f"A name may have {MAX_NAME} characters at most."
        log.add_problem(int(str(row)), column, f"{len(name):,} characters", rule)
    odd = names[~names.map(str.isascii)]
    broken = odd[odd.map(is_mojibake)] if len(odd) else odd
    listed = [f"row {row}: {text}" + _suggest(text) for row, text in broken.head(50).items()]
    log.add_doubt("name looks wrongly decoded", listed, count=len(broken))
    markup = names[names.str.contains(_MARKUP)]
    listed = [f"row {row}: {text[:80]}" for row, text in markup.head(50).items()]
    log.add_doubt("name holds markup", listed, count=len(markup))
    formula = names[names.str.match(r"[=+@＝＋＠]")]
    listed = [f"row {row}: {text[:80]}" for row, text in formula.head(50).items()]
    log.add_doubt("name begins like a formula", listed, count=len(formula))


def _suggest(text: str) -> str:
    better = mend_mojibake(text)
    return f" (meant: {better}?)" if better and better != text else ""
