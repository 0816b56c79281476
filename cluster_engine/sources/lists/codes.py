"""Read industry codes as text, and refuse what a spreadsheet has made of them.

A code is no number: 01.1 is not 01.10, and 0111 is not 111. Whether a code exists is not asked
here, only whether it can be one of its system.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_engine.sources.lists.lost_zeros import judge_lost_zero
from cluster_engine.sources.lists.texts import clean_text, map_texts

if TYPE_CHECKING:
    import pandas as pd

    from cluster_engine.sources.lists.read_report import ReadLog


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """Shape of the codes of a classification.

    Attributes
    ----------
    widths : tuple of int
        Numbers of digits that a code may have.
    full : int
        Digits of the finest level.
    dotted : bool
        Whether codes are written '26.20', which a spreadsheet may take for a number.
    leading_zero : bool
        Whether codes may begin with 0, which a spreadsheet takes off.
    """

    widths: tuple[int, ...]
    full: int
    dotted: bool
    leading_zero: bool


SYSTEMS = {
    "nace2": CodeSystem((2, 3, 4), 4, dotted=True, leading_zero=True),
    "nace2.1": CodeSystem((2, 3, 4), 4, dotted=True, leading_zero=True),
    "nace1.1": CodeSystem((2, 3, 4), 4, dotted=True, leading_zero=True),
    "isic4": CodeSystem((2, 3, 4), 4, dotted=False, leading_zero=True),
    "uksic2007": CodeSystem((2, 3, 4, 5), 5, dotted=True, leading_zero=True),
    "uksic2003": CodeSystem((2, 3, 4, 5), 5, dotted=True, leading_zero=True),
    "ussic1987": CodeSystem((2, 3, 4), 4, dotted=False, leading_zero=True),
    "naics2012": CodeSystem((2, 3, 4, 5, 6), 6, dotted=False, leading_zero=False),
    "naics2017": CodeSystem((2, 3, 4, 5, 6), 6, dotted=False, leading_zero=False),
    "naics2022": CodeSystem((2, 3, 4, 5, 6), 6, dotted=False, leading_zero=False),
    "gics": CodeSystem((2, 4, 6, 8), 8, dotted=False, leading_zero=False),
}
MAX_CODES = 100
"""So many codes no firm has: the columns must be mixed up."""

MONTHS = {name: n for n, name in enumerate(
    "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}  # fmt: skip
MONTHS |= {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12, "fév": 2, "avr": 4, "aoû": 8,
           "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12}  # fmt: skip

_SPLIT = re.compile(r"\s*[;|/\n]\s*|,\s+(?=[A-Z]?\d)")
_DAY_MONTH = re.compile(r"(\d{1,2})[-. ]+([^\W\d_]{3})[^\W\d_]*\.?")
_MONTH_YEAR = re.compile(r"([^\W\d_]{3})[^\W\d_]*\.?[- ](\d{2}|\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?")
_CODE = re.compile(r"([A-U])?\.?(\d[\d.]*)([A-HJKMNP-Z])?")
_LABELLED = re.compile(r"([A-U]?\.?\d[\d.,]*[A-Z]?)\s*(?:[-–:]\s+|\s+(?=[^\W\d])|:)(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the column as a whole says about its codes."""

    system: CodeSystem
    dotted_two: bool
    level: int  # the one number of digits all codes have, leading zeros apart; 0: several
    declared: bool  # whether the source says so
    name: str


def split_codes(cell: str) -> list[str]:
    """Return the codes of a cell, each without the label behind it.

    Examples
    --------
    >>> split_codes("62012 - Business software; 26,20")
    ['62012', '26,20']
    """
    parts = [clean_text(part) for part in _SPLIT.split(cell)]
    return [_take_label_off(part) for part in parts if part]


def _take_label_off(part: str) -> str:
    match = None if _undo_date(part) else _LABELLED.fullmatch(part)
    return match[1] if match else part


def parse_codes(
    values: pd.Series[str], system: str, typed: pd.Series[bool] | None, log: ReadLog,
    *, missing: frozenset[str] = frozenset(), level: int = 0,
) -> pd.Series[str]:  # fmt: skip
    """Read a column of codes as digits, '; ' between several.

    Parameters
    ----------
    values : Series of str
        Cells; the name is the column, the index the rows.
    system : str
        A key of `SYSTEMS`.
    typed : Series of bool or None
        Cells that the file holds as numbers: their zeros at either end are lost.
    log : ReadLog
        Notes what was mended and what cannot be a code.
    missing : frozenset of str
        What stands for no code, in lower case.
    level : int
        Digits that every code has, where the source says so; 0: unknown.

    Returns
    -------
    Series of str
        Codes as digits; '' where there is none.
    """
    cells = {
        cell: [] if cell.strip().casefold() in missing else split_codes(cell)
        for cell in values.unique()
    }
    numbers = frozenset(values[typed].unique()) if typed is not None else frozenset()
    evidence = _weigh(system, [code for codes in cells.values() for code in codes], level)
    table: dict[str, str] = {}
    mended = []
    for cell, codes in cells.items():
        found, wrong = [], ""
        for code in codes:
            code_found = _read_code(code, evidence, is_number=cell in numbers)
            if isinstance(code_found, _Wrong):
                wrong = wrong or code_found.rule
            elif code_found not in found:
                found.append(code_found)
        if len(codes) > MAX_CODES:
            wrong = f"A firm may have {MAX_CODES} codes at most."
        if wrong:
            _note_wrong(values, cell, wrong, log)
        table[cell] = "; ".join(found)
        if codes and "; ".join(codes) != table[cell]:
            mended.append(cell)
    log.add_fix("codes brought to digits", int(values.isin(mended).sum()))
    widths = {len(code) for text in table.values() for code in text.split("; ") if code}
    if len(widths) > 1 and system != "gics":
        listed = [f"{width} digits" for width in sorted(widths)]
        log.add_doubt(f"codes of several levels in column '{values.name}'", listed)
    return map_texts(values, table)


@dataclass(frozen=True, slots=True)
class _Wrong:
    rule: str


def _weigh(name: str, codes: list[str], level: int) -> _Evidence:
    system = SYSTEMS[name]
    bare = [code.replace(",", ".") for code in codes]
    dotted = [code for code in bare if re.fullmatch(r"[A-U]?\.?\d{1,2}\.\d{1,2}(?:/\d)?", code)]
    plain = {len(code) for code in bare if code.isdigit()}
    full = level or (system.full if system.full in plain else 0)
    only = plain <= {full, full - 1} and not dotted
    return _Evidence(
        system,
        dotted_two=any(re.search(r"\.\d\d$", code) for code in dotted),
        level=full if full and (level or only) else 0,
        declared=bool(level),
        name=name,
    )


def _read_code(code: str, evidence: _Evidence, *, is_number: bool) -> str | _Wrong:
    system = evidence.system
    reverse = _undo_date(code)
    if reverse:
        return _Wrong(f"The spreadsheet turned a code into a date; it was probably {reverse}.")
    match = _CODE.fullmatch(code.replace(",", "."))
    if match is None:
        mended = code.upper().replace("O", "0").replace("I", "1").replace("L", "1")
        guess = f" Meant: {mended}?" if mended != code and mended.replace(".", "").isdigit() else ""
        return _Wrong(f"The cell must be a code of the classification.{guess}")
    body = match[2].rstrip(".")
    if system.dotted and "." in body:
        doubt = _doubt_dots(body, evidence, is_number=is_number)
        if doubt:
            return _Wrong(doubt)
        left, _, right = body.partition(".")
        body = left.zfill(2) + right.replace(".", "")
    digits = body.replace(".", "")
    if system.leading_zero and evidence.level and len(digits) == evidence.level - 1:
        return _restore_zero(digits, evidence)
    if len(digits) in system.widths:
        unclear = is_number and system.leading_zero and len(digits) == system.full - 1
        if unclear and judge_lost_zero(digits, evidence.name) != "kept":
            return _Wrong(_zero_rule(digits))
        return digits
    if system.leading_zero and len(digits) == 1:
        return digits.zfill(2)
    widths = ", ".join(str(width) for width in system.widths)
    return _Wrong(f"A code must have {widths} digits.")


def _restore_zero(digits: str, evidence: _Evidence) -> str | _Wrong:
    verdict = "lost" if evidence.declared else judge_lost_zero(digits, evidence.name)
    if verdict == "unclear":
        return _Wrong(_zero_rule(digits))
    return digits.zfill(evidence.level) if verdict == "lost" else digits


def _zero_rule(digits: str) -> str:
    return (
        f"The code may have lost a zero in front: '{digits}' or '0{digits}'; "
        "the column must be kept as text."
    )


def _doubt_dots(body: str, evidence: _Evidence, *, is_number: bool) -> str:
    """Return why a dotted code is unclear: a number loses the zeros at both ends."""
    left, _, right = body.partition(".")
    if len(right) == 1 and (is_number or evidence.dotted_two or len(left) == 1):
        first = f"{left.zfill(2)}.{right}"
        return f"'{first}' and '{first}0' differ; the code must be kept as text."
    return ""


def _undo_date(code: str) -> str:
    """Return the codes from which a spreadsheet makes this date; '' if it is no date."""
    pairs: list[tuple[int, int]] = []
    if match := _ISO_DATE.fullmatch(code):
        year, month, day = (int(part) for part in match.groups())
        pairs = [(day, month), *([(month, year % 100)] if day == 1 else [])]
    elif (match := _DAY_MONTH.fullmatch(code)) and match[2].casefold() in MONTHS:
        pairs = [(int(match[1]), MONTHS[match[2].casefold()])]
    elif (match := _MONTH_YEAR.fullmatch(code)) and match[1].casefold() in MONTHS:
        month = MONTHS[match[1].casefold()]
        pairs = [(month, int(match[2]) % 100), (int(match[2]) % 100, month)]
    return " or ".join(dict.fromkeys(f"{a:02d}.{b:02d}" for a, b in pairs))


def _note_wrong(values: pd.Series[str], cell: str, rule: str, log: ReadLog) -> None:
    rows = values.index[values == cell]
    often = f" ({len(rows):,} times)" if len(rows) > 1 else ""
    hint = "Format the column as text before the codes are put in, or correct them."
    log.add_problem(int(rows[0]), str(values.name), f"'{cell[:60]}'{often}", rule, hint=hint)
