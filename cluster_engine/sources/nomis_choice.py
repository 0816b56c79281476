"""Choose the rows of one level, status and measure from an answer of the Nomis API."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from cluster_engine.errors import DataError, Problem

LEVEL_COLUMN, CODE_COLUMN, NAME_COLUMN = "INDUSTRY_TYPE", "INDUSTRY_CODE", "INDUSTRY_NAME"
CODE_IN_NAME = r"^\s*([A-Z]|\d{2,5}) : "
WORD = r"[A-Za-z]{2,}"
STATUS_COLUMN, MEASURE_COLUMN = "EMPLOYMENT_STATUS_NAME", "MEASURES"
PREFERRED_STATUS = "Employment"
SINGLE_COLUMNS = ("MEASURE_NAME", "GEOGRAPHY_TYPE")
"""Columns that must hold one value: shares beside counts, or counties beside the nation, would be
read as the same thing."""


@dataclass(frozen=True, slots=True)
class NomisChoice:
    """Which figures of a file to take.

    Attributes
    ----------
    level : int or None
        Digits of the industry code, 1 = section. None: the only level there is.
    status : str or None
        Employment status by name. None: 'Employment' if there, else the only one there is.
    measure : str
        Code in MEASURES: '20100' is the value itself.
    """

    level: int | None = None
    status: str | None = None
    measure: str = "20100"


def choose_rows(
    frame: pd.DataFrame, choice: NomisChoice, file: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows chosen, and a remark on each group left out.

    Parameters
    ----------
    frame : DataFrame
        Text cells; the index holds row numbers.
    choice : NomisChoice
    file : str
        Name of the file, for messages.

    Returns
    -------
    tuple
        The rows, with their index, and the remarks.

    Raises
    ------
    DataError
        The file holds several levels, statuses, measures or geographies and the choice is open, or
        it lacks the one that is asked for.
    """
    remarks: list[str] = []
    rows = _choose_level(frame, choice.level, file, remarks)
    rows = _choose_value(rows, STATUS_COLUMN, choice.status, PREFERRED_STATUS, file, remarks)
    rows = _choose_value(rows, MEASURE_COLUMN, choice.measure, None, file, remarks)
    for column in SINGLE_COLUMNS:
        rows = _choose_value(rows, column, None, None, file, remarks)
    return rows, tuple(remarks)


def _choose_level(
    frame: pd.DataFrame, level: int | None, file: str, remarks: list[str]
) -> pd.DataFrame:
    levels = _levels(frame, file)
    present = sorted(set(levels))
    if level is None and len(present) > 1:
        found = ", ".join(
            f"level {digits} ({(levels == digits).sum():,} rows)" for digits in present
        )
        rule = "One level of the classification must be chosen."
        raise DataError(
            [Problem(file, None, CODE_COLUMN, found, rule)],
            hint="Choose the number of digits, for example level=5; levels overlap and would be "
            "counted twice.",
        )
    chosen = present[0] if level is None else level
    if chosen not in present:
        found = "level " + ", ".join(str(digits) for digits in present)
        rule = f"The file must hold industries of level {chosen}."
        raise DataError(
            [Problem(file, None, CODE_COLUMN, found, rule)],
            hint="Download that level, or choose one of those found.",
        )
    left_out = int((levels != chosen).sum())
    if left_out:
        remarks.append(f"{left_out:,} rows of other levels than {chosen} are left out.")
    return frame[levels == chosen]


def _levels(frame: pd.DataFrame, file: str) -> pd.Series[int]:
    """Return the level of each row; the code must be the one its name and its type announce."""
    codes = frame[CODE_COLUMN].str.strip()
    # 'Total' and other sums have a word for a code: no level of the classification.
    by_code = codes.str.len().mask(codes.str.fullmatch(WORD), 0).astype("int64")
    in_name = frame[NAME_COLUMN].str.extract(CODE_IN_NAME, expand=False)
    problems = [
        Problem(file, int(row), CODE_COLUMN, f"'{codes[row]}'", f"The name says '{in_name[row]}'.")
        for row in frame.index[in_name.notna() & (in_name != codes)]
    ]
    if LEVEL_COLUMN in frame.columns and not problems:
        named = {text: _named_level(text) for text in frame[LEVEL_COLUMN].unique()}
        by_type = frame[LEVEL_COLUMN].map(named).astype("Int64")
        problems = [
            Problem(
                file,
                int(row),
                CODE_COLUMN,
                f"'{codes[row]}'",
                f"The level is {by_type[row]} digits.",
            )
            for row in frame.index[by_type.notna() & (by_type != by_code)]
        ]
    if problems:
        hint = "A spreadsheet may have dropped leading zeros: keep codes as text."
        raise DataError(problems, hint=hint)
    return by_code


def _named_level(text: str) -> int | None:
    digits = re.search(r"\((\d) digit\)", text)
    if digits:
        return int(digits.group(1))
    return 1 if "section" in text.lower() else None


def _choose_value(
    rows: pd.DataFrame,
    column: str,
    asked: str | None,
    preferred: str | None,
    file: str,
    remarks: list[str],
) -> pd.DataFrame:
    if column not in rows.columns:
        return rows
    present = sorted(set(rows[column]))
    chosen = asked or (preferred if preferred in present else None)
    if chosen is None and len(present) == 1:
        chosen = present[0]
        if preferred is not None:
            remarks.append(f"The only {column} is '{chosen}'.")
    if chosen is None or chosen not in present:
        rule = (
            "One value must be chosen."
            if chosen is None
            else f"The column must hold the chosen value '{chosen}'."
        )
        found = ", ".join(f"'{value}'" for value in present)
        raise DataError(
            [Problem(file, None, column, found, rule)],
            hint="Choose one of those found, or download only the one you want.",
        )
    left_out = int((rows[column] != chosen).sum())
    if left_out:
        remarks.append(f"{left_out:,} rows with another {column} than '{chosen}' are left out.")
    return rows[rows[column] == chosen]
