"""Column profiles: what a format calls its columns, kept as TOML files beside the code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from cluster_engine.sources.lists.texts import make_key

FORMATS = (
    "orbis", "fdi-markets", "gleif", "companies-house", "data-hub", "wikidata", "shortlist",
    "plain",
)  # fmt: skip
"""In the order in which they are tried; 'plain' takes what no other recognises."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LAST_YEAR = re.compile(r"\blast (?:avail(?:able)?\.?|known) (?:yr|year)\b\.?|\blatest\b")
_SCALE = (
    "miles|milliers|tausend|millones|thousands?|thsd|ths|th|tsd|t|k|"
    "millions?|mill?|mio|mln|mn|m|milliarden|mrd|billions?|bn|000"
)
_MONEY = "eur|usd|gbp|jpy|chf|sek|nok|dkk|pln|czk|huf|cny|inr|krw|cad|aud|euros?"
_UNIT = re.compile(
    rf"(?:\b(?:in )?(?:{_SCALE}) ?)?\b(?:{_MONEY})\b(?: (?:{_SCALE})\b)?"
    r"|\b(?:in )?(?:thousands?|tsd|mio|mrd|mln|mn|millions?|keur|teur|meur|eurm|usdm|gbpm)\b"
)
_BRACKETED = re.compile(rf"(?i)[(\[]\s*(?:in )?'?(?:{_SCALE})\.?\s*[)\]]")
_SIGNS = str.maketrans({"€": " eur ", "£": " gbp ", "$": " usd ", "¥": " jpy "})


@dataclass(frozen=True, slots=True)
class Profile:
    """What one format calls its columns.

    Attributes
    ----------
    name : str
        Of the format.
    description : str
        In words.
    marks : tuple of frozenset of str
        Sets of header keys; a header that holds all of one set is of this format.
    sheet : str
        Sheet that exports of this format use; '' if none.
    missing : frozenset of str
        What stands for 'no value' in this source, in lower case.
    code_system : str
        Classification of its codes; '' if the header tells.
    code_level : int
        Digits that all its codes have; 0 if that varies.
    day_first : bool
        Whether dates such as 04/05/1998 are known to begin with the day.
    columns, events, relations : Mapping of str to tuple of str
        Keys of headers by field, the best first.
    prefixes : Mapping of str to str
        Role by prefix of rows about another entity.
    """

    name: str
    description: str
    columns: Mapping[str, tuple[str, ...]]
    marks: tuple[frozenset[str], ...] = ()
    sheet: str = ""
    missing: frozenset[str] = frozenset()
    code_system: str = ""
    code_level: int = 0
    day_first: bool = False
    events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    relations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)


@cache
def load_profile(name: str) -> Profile:
    """Read the profile of a format that ships with the engine."""
    place = files("cluster_engine.sources.lists") / "profiles" / f"{name}.toml"
    content = tomllib.loads(place.read_text(encoding="utf-8"))
    for part in ("columns", "events", "relations"):
        content[part] = {
            target: tuple(make_key(alias) for alias in aliases)
            for target, aliases in content.get(part, {}).items()
        }
    content["marks"] = tuple(
        frozenset(make_key(mark) for mark in marks) for marks in content.get("marks", [])
    )
    content["missing"] = frozenset(token.casefold() for token in content.get("missing", []))
    return Profile(name=name, **content)


def make_header_key(header: str) -> str:
    """Return the key of a header without year and unit: 'Umsatz 2022 (Mio. €)' is 'umsatz'.

    British and American spellings give the same key.
    """
    plain = _BRACKETED.sub(" ", header.replace("US$", "$").translate(_SIGNS))
    key = make_key(plain).replace("standardised", "standardized")
    key = _LAST_YEAR.sub(" ", _YEAR.sub(" ", key))
    return " ".join(_UNIT.sub(" ", key).split()) or make_key(header)


@cache
def find_known_headers() -> frozenset[str]:
    """Return all header keys that some profile names: they show where a header row is."""
    return frozenset(
        alias
        for name in FORMATS
        for part in (load_profile(name).columns, load_profile(name).events)
        for aliases in part.values()
        for alias in aliases
    ) | frozenset(mark for name in FORMATS for marks in load_profile(name).marks for mark in marks)


def find_sheets() -> tuple[str, ...]:
    """Return the sheets that known formats use."""
    return tuple(sheet for name in FORMATS if (sheet := load_profile(name).sheet))


def match_format(header: Sequence[str]) -> str:
    """Return the format whose marks a header holds."""
    keys = {make_key(name) for name in header} | {make_header_key(name) for name in header}
    for name in FORMATS:
        if any(marks <= keys for marks in load_profile(name).marks):
            return name
    return "plain"


def find_columns(header: Sequence[str], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the header of each field, the best alias first; a header serves one field only."""
    exact = {make_key(name): name for name in reversed(header)}
    loose = {make_header_key(name): name for name in reversed(header)}
    found: dict[str, str] = {}
    for target, aliases in wanted.items():
        for alias in aliases:
            name = exact.get(alias) or loose.get(alias)
            if name is not None and name not in found.values():
                found[target] = name
                break
    return found
