"""Groups of SIC divisions as the ONS writes them: 'C (10-33)', '14-15', '1'; the finest of them.

A spreadsheet takes '2-3' for a date and stores '02-Mar': such codes are read back, and told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_engine.errors import DataError, Problem

if TYPE_CHECKING:
    import pandas as pd

TOTAL = "Total"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SECTIONS = re.compile(r"[A-Z]-[A-Z]")
LETTERED = re.compile(r"[A-Z]{1,2}(?:-[A-Z]{1,2})? \((\d{1,2})(?:-(\d{1,2}))?\)")
PLAIN = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
IMPUTED = re.compile(r"(\d{1,2})IMP")
DATES = (
    re.compile(rf"(?P<day>\d{{1,2}})-(?P<month>{'|'.join(MONTHS)})"),
    re.compile(rf"(?P<month>{'|'.join(MONTHS)})-(?P<day>\d{{1,2}})"),
    re.compile(r"\d{4}-(?P<month>\d\d)-(?P<day>\d\d)(?: 00:00:00)?"),
)
RULE = "The code must be 'Total', sections such as 'A-E', or divisions such as 'C (10-33)' or '14'."

Divisions = frozenset[int]


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """The finest groups of a list of codes, and what they must add up to.

    Attributes
    ----------
    leaves : dict of str to frozenset of int
        Code as written, and its divisions; no division stands in two of them.
    totals : dict of str to tuple of str
        Coarser code, and the codes of the parts it is the sum of, imputed rent included.
    imputed : tuple of str
        Codes of imputed rent, for which nobody works.
    restored : dict of str to str
        Codes that were turned into dates, and what they were.
    """

    leaves: dict[str, Divisions]
    totals: dict[str, tuple[str, ...]]
    imputed: tuple[str, ...]
    restored: dict[str, str]


def restore_code(code: str) -> str:
    """Return the range of divisions that a spreadsheet turned into a date; other codes unchanged.

    Day and month are put in order, since which came first depends on the country of the
    spreadsheet, and a range goes up.

    Examples
    --------
    >>> restore_code("02-Mar"), restore_code("11-Dec"), restore_code("14-15")
    ('2-3', '11-12', '14-15')
    """
    for pattern in DATES:
        match = pattern.fullmatch(code)
        if match is not None:
            name = match["month"]
            month = MONTHS.index(name) + 1 if name in MONTHS else int(name)
            low, high = sorted((int(match["day"]), month))
            return f"{low}-{high}"
    return code


def write_divisions(divisions: Divisions) -> str:
    """Return divisions as a pack writes them: two digits, in order, '; ' between them."""
    return "; ".join(f"{division:02d}" for division in sorted(divisions))


def choose_finest(codes: pd.Series[str], file: str) -> GroupChoice:
    """Find the groups that no other group divides, and check that they fit together.

    Parameters
    ----------
    codes : Series of str
        Codes as written, each once; the index holds row numbers, the name the column.
    file : str
        Name of the file, for messages.

    Returns
    -------
    GroupChoice

    Raises
    ------
    DataError
        A code that is no group, no total, two codes for the same divisions, groups that overlap,
        divisions of a coarse group that no finer one holds, imputed rent without a row net of it.
    """
    cells = dict(zip(codes.tolist(), codes.index.tolist(), strict=True))
    column = str(codes.name)
    restored = {code: restore_code(code) for code in cells if restore_code(code) != code}
    imputed = tuple(code for code in cells if IMPUTED.fullmatch(code))
    groups = {
        code: divisions
        for code in cells
        if (divisions := _read_divisions(restored.get(code, code))) is not None
    }
    faults = {
        code: RULE
        for code in cells
        if code not in groups
        and code not in imputed
        and code != TOTAL
        and SECTIONS.fullmatch(code) is None
    }
    leaves = _find_leaves(groups)
    faults |= _find_misfits(groups, leaves, imputed)
    problems = [
        Problem(file, int(cells[code]), column, f"'{code}'", rule) for code, rule in faults.items()
    ]
    if TOTAL not in cells:
        rule = f"There must be rows '{TOTAL}', to check the parts against."
        problems.append(Problem(file, None, column, "none", rule))
    if problems:
        raise DataError(problems, hint="Give the table as the publisher offers it, all industries.")
    return GroupChoice(leaves, _list_totals(groups, leaves, imputed), imputed, restored)


def _read_divisions(code: str) -> Divisions | None:
    match = LETTERED.fullmatch(code) or PLAIN.fullmatch(code)
    if match is None:
        return None
    low = int(match[1])
    divisions = frozenset(range(low, int(match[2] or low) + 1))
    return divisions or None


def _find_leaves(groups: dict[str, Divisions]) -> dict[str, Divisions]:
    """Groups without a proper part; of two codes for the same divisions the one without letters."""
    plain = {divisions for code, divisions in groups.items() if not LETTERED.fullmatch(code)}
    return {
        code: divisions
        for code, divisions in groups.items()
        if not any(other < divisions for other in groups.values())
        and not (LETTERED.fullmatch(code) and divisions in plain)
    }


def _find_misfits(
    groups: dict[str, Divisions], leaves: dict[str, Divisions], imputed: tuple[str, ...]
) -> dict[str, str]:
    faults = {}
    seen: dict[int, str] = {}
    for code, divisions in leaves.items():
        clash = next((seen[division] for division in sorted(divisions) if division in seen), None)
        if clash is not None:
            faults[code] = f"The group must not overlap with '{clash}'."
        seen |= dict.fromkeys(divisions, code)
    for code, divisions in groups.items():
        missing = divisions - seen.keys()
        if missing:
            faults[code] = f"Finer rows must hold the divisions {write_divisions(missing)}."
    for code in imputed:
        division = int(code.removesuffix("IMP"))
        if str(division) not in leaves:
            faults[code] = f"There must be a row '{division}', without imputed rent, beside it."
    return faults


def _list_totals(
    groups: dict[str, Divisions], leaves: dict[str, Divisions], imputed: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    totals = {TOTAL: (*leaves, *imputed)}
    for code, divisions in groups.items():
        if code in leaves:
            continue
        rent = [name for name in imputed if int(name.removesuffix("IMP")) in divisions]
        totals[code] = (*(leaf for leaf, part in leaves.items() if part <= divisions), *rent)
    return totals
