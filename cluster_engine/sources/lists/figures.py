"""Read figures from text as offices and spreadsheets write them; what is unclear is refused.

'1.234' is one and a bit in London and more than a thousand in Berlin. A column is read one way
only, and only if its cells prove which.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from cluster_engine.sources.lists.symbols import WORDS, Symbols
from cluster_engine.sources.lists.texts import clean_text

if TYPE_CHECKING:
    from cluster_engine.sources.lists.read_report import ReadLog

Decimal = Literal[".", ","]
Shape = Literal["whole", "point", "comma", "either", "wrong"]

MIN_GROUPED = 3
"""So many different cells, all with three digits after the mark, show that it groups thousands."""

_PLAIN = re.compile(r"[+-]?\d+(?:[eE][+-]?\d{1,3})?")
_POINT = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}|\d*\.\d+(?:[eE][+-]?\d+)?)"
)
_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d*,\d+)")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_SPACED = re.compile(r"[+-]?\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?")
_MINUS = str.maketrans(
    {"−": "-", "\u2010": "-", "\u2011": "-", "–": "-", "\ufe63": "-", "＋": "+", "’": "'"}
)
_HINT = "Say which with --decimal point or --decimal comma."


@dataclass(frozen=True, slots=True)
class FigureRule:
    """How the figures of one column are to be read.

    Attributes
    ----------
    decimal : '.', ',' or None
        The decimal mark, if the user said so.
    missing : frozenset of str
        What stands for 'no number' in this source, in lower case.
    lowest : float
        Figures below are refused.
    symbols : Symbols or None
        Signs of the office that made the table; they take the place of `missing`.
    """

    decimal: Decimal | None = None
    missing: frozenset[str] = frozenset()
    lowest: float = -math.inf
    symbols: Symbols | None = None


def parse_figures(
    values: pd.Series[str], typed: pd.Series[bool] | None, rule: FigureRule, log: ReadLog
) -> pd.Series[float]:
    """Read a column of figures.

    Parameters
    ----------
    values : Series of str
        Cells; the name is the column, the index the rows.
    typed : Series of bool or None
        Cells that the file holds as numbers: their mark is a point.
    rule : FigureRule
        How to read.
    log : ReadLog
        Notes what cannot be read, and what was mended.

    Returns
    -------
    Series of float
        NaN where there is no figure.
    """
    text = values if typed is None else values.mask(typed, "")
    tokens = {cell: _tidy(cell) for cell in text.unique()}
    missing = rule.missing
    if rule.symbols is not None:
        tokens, missing = _read_symbols(text, rule.symbols, log), frozenset()
    shapes = {token: _find_shape(token, missing) for token in tokens.values()}
    column = str(values.name)
    decimal = rule.decimal or _find_decimal(shapes, column, values, tokens, log)
    numbers, wrong = {}, {}
    for cell, token in tokens.items():
        number = _convert(token, shapes[token], decimal)
        if number is None or math.isinf(number) or number < rule.lowest:
            wrong[cell] = token
        numbers[cell] = math.nan if number is None else number
    _note_wrong(values, wrong, rule, log)
    log.add_fix(
        "figures with marks for thousands, other digits or another minus",
        sum(
            cell.strip() != token
            for cell, token in tokens.items()
            if numbers[cell] == numbers[cell]
        ),
    )
    result = text.map(numbers).astype("float64")
    if typed is not None and typed.any():
        stored = pd.to_numeric(values.where(typed), errors="coerce")
        _note_wrong(values, {v: v for v in values[typed & stored.isna()].unique()}, rule, log)
        low = {v: v for v in values[typed & (stored < rule.lowest)].unique()}
        _note_wrong(values, low, rule, log)
        result = result.where(~typed, stored)
    return result


def _read_symbols(values: pd.Series[str], symbols: Symbols, log: ReadLog) -> dict[str, str]:
    """Return each cell without symbols: '' for none, '0' for zero; counted by what they mean."""
    counts = Counter(values.tolist())
    tokens: dict[str, str] = {}
    for cell, count in counts.items():
        reading = symbols.read(cell)
        if reading.meaning == "figure":
            tokens[cell] = _tidy(reading.text)
        else:
            tokens[cell] = "0" if reading.meaning in {"zero", "tiny"} else ""
            log.add_fix(f"{WORDS[reading.meaning]} ({symbols.name})", count)
        for flag in reading.flags:
            log.add_doubt(f"figures marked: {flag}", [f"'{cell}'"], count=count)
    return tokens


def _tidy(cell: str) -> str:
    """Return a cell with plain digits, a plain minus and no marks for thousands by blanks."""
    if cell.isascii() and " " not in cell and "'" not in cell:
        return cell.strip()
    plain = clean_text(unicodedata.normalize("NFKC", cell.translate(_MINUS)))
    plain = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain
    ).translate(_MINUS)
    plain = plain.replace("\u066b", ".").replace("\u066c", "'")
    return re.sub(r"[ ']", "", plain) if _SPACED.fullmatch(plain) else plain


def _find_shape(token: str, missing: frozenset[str]) -> Shape | Literal["none"]:
    if not token or token.casefold() in missing:
        return "none"
    if _PLAIN.fullmatch(token):
        return "whole"
    if _EITHER.fullmatch(token):
        return "either"
    if _POINT.fullmatch(token):
        return "point"
    return "comma" if _COMMA.fullmatch(token) else "wrong"


def _find_decimal(
    shapes: dict[str, Shape | Literal["none"]],
    column: str,
    values: pd.Series[str],
    tokens: dict[str, str],
    log: ReadLog,
) -> Decimal | None:
    """Return the decimal mark that the cells prove; note a problem if they do not."""
    by_shape = {s: [t for t, found in shapes.items() if found == s] for s in set(shapes.values())}
    proved = [shape for shape in ("point", "comma") if shape in by_shape]
    if len(proved) == 2:
        odd = min(proved, key=lambda shape: len(by_shape[shape]))
        example = by_shape[odd][0]
        other = by_shape["comma" if odd == "point" else "point"][0]
        found = f"'{example}' beside '{other}'"
        rule = "A column must have one decimal mark."
        log.add_problem(_find_row(values, tokens, example), column, found, rule, hint=_HINT)
        return None
    if proved:
        return "." if proved[0] == "point" else ","
    either = by_shape.get("either", [])
    if not either:
        return None
    marks = {"," if "," in token else "." for token in either}
    whole = [abs(int(token)) for token in by_shape.get("whole", []) if token.lstrip("+-").isdigit()]
    if len(marks) == 1 and len(either) >= MIN_GROUPED and whole and max(whole) < 1_000:
        mark = marks.pop()
        log.add_guess(f"Column '{column}': '{mark}' is read as the mark for thousands.")
        return "." if mark == "," else ","
    rule = "It must be clear whether the mark is a decimal mark or divides thousands."
    row = _find_row(values, tokens, either[0])
    log.add_problem(row, column, f"'{either[0]}'", rule, hint=_HINT)
    return None


def _find_row(values: pd.Series[str], tokens: dict[str, str], token: str) -> int:
    cells = [cell for cell, tidy in tokens.items() if tidy == token]
    return int(values.index[values.isin(cells)][0])


def _convert(token: str, shape: Shape | Literal["none"], decimal: Decimal | None) -> float | None:
    """Return the number, NaN for none, None for what is no number in this reading."""
    if shape == "none" or (shape == "either" and decimal is None):
        return math.nan  # an unclear mark has been noted for the column
    if shape == "wrong":
        return None
    if shape == "whole":
        return float(token)
    if decimal is None:
        return math.nan
    if shape != "either" and (shape == "point") != (decimal == "."):
        return None
    plain = token.replace("," if decimal == "." else ".", "").replace(",", ".")
    return float(plain)


def _note_wrong(
    values: pd.Series[str], wrong: dict[str, str], rule: FigureRule, log: ReadLog
) -> None:
    """Note each different text that is no figure once, with its first row and how often."""
    if not wrong:
        return
    bad = values[values.isin(list(wrong))]
    counts = Counter(bad.tolist())
    first = bad[~bad.duplicated()]
    for row, cell in zip(first.index.tolist(), first.tolist(), strict=True):
        often = f" ({counts[cell]:,} times)" if counts[cell] > 1 else ""
        low = _is_below(wrong[cell], rule.lowest)
        text = (
            f"The figure must be {rule.lowest:g} or more."
            if low
            else "The cell must be a number, or a symbol for none that the mapping names."
        )
        hint = (
            "Mend the figures."
            if low
            else "Name symbols for no number in the mapping: missing = […]."
        )
        log.add_problem(int(row), str(values.name), f"'{cell[:60]}'{often}", text, hint=hint)


def _is_below(token: str, lowest: float) -> bool:
    try:
        number = float(token.replace(",", "."))
    except ValueError:
        return False
    return bool(np.isfinite(number) and number < lowest)
