"""Clean the texts of lists: one form of each letter, nothing that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Letters that carry no mark when decomposed, and so are spelt out for keys.
_SPELT = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
_MOJIBAKE_SIGNS = frozenset("ÃÂâÅÄ")
_KEY_GAP = re.compile(r"[^0-9a-z]+")


def clean_text(text: str) -> str:
    r"""Return a text in Unicode NFC, without control or invisible characters, single-spaced.

    Examples
    --------
    >>> clean_text("  Müller\u00a0\u200bGmbH\u200f ")
    'Müller GmbH'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return " ".join(composed.split())
    kept = [
        " " if char.isspace() else char
        for char in composed
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    ]
    return " ".join("".join(kept).split())


def clean_texts(values: pd.Series[str]) -> pd.Series[str]:
    """Return a text column with every cell cleaned; each different text is cleaned once."""
    return map_texts(values, {text: clean_text(text) for text in values.unique()})


def map_texts(values: pd.Series[str], table: dict[str, str]) -> pd.Series[str]:
    """Return a text column with each text replaced by its entry in the table."""
    return values.map(table).astype("str")


def look_up(keys: pd.Series[Any], table: Mapping[Any, str] | pd.Series[str]) -> pd.Series[str]:
    """Return the text that belongs to each key, '' where the table has none."""
    found = keys.map(table).astype("object")
    return found.where(found.notna(), "").astype("str")


def make_key(text: str) -> str:
    r"""Return a text as lower-case words without marks, for comparing headers and names.

    Examples
    --------
    >>> make_key("Größe\n(Beschäftigte)")
    'grosse beschaftigte'
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_SPELT))
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return _KEY_GAP.sub(" ", bare).strip()


def is_mojibake(text: str) -> bool:
    """Tell whether a text looks like UTF-8 that was read as Windows-1252 ('MÃ¼nchen')."""
    return not _MOJIBAKE_SIGNS.isdisjoint(text) and mend_mojibake(text) != ""


def mend_mojibake(text: str) -> str:
    """Return what a wrongly decoded text probably said, or '' if that cannot be told."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
