"""Symbols for "no number": a property of the office that made a table, never one list for all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from cluster_engine.sources.lists.texts import clean_text

Meaning = Literal["figure", "missing", "hidden", "zero", "tiny"]

OFFICES = (
    "eurostat", "united-kingdom", "wales", "germany", "hungary", "us-census", "canada",
    "australia", "japan",
)  # fmt: skip
WORDS: Mapping[Meaning, str] = {
    "missing": "symbols for a figure that is not known",
    "hidden": "symbols for a figure that is secret or unreliable",
    "zero": "symbols for exactly zero",
    "tiny": "symbols for a figure that rounds to zero",
}
_BARE = re.compile(r"(.*\d[\d.,]*|:)\s*([a-z]{1,3})")
_BRACKETED = re.compile(r"(.*\d[\d.,]*)\s*((?:\[[a-z]+\]\s*)+)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says.

    Attributes
    ----------
    meaning : str
        'figure', or which kind of none.
    text : str
        The figure without flags; '' if there is none.
    flags : tuple of str
        What the office says about the figure, in words.
    """

    meaning: Meaning
    text: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Symbols:
    """Signs of one office.

    Attributes
    ----------
    office : str
        One of `OFFICES`.
    name : str
        In words.
    source : str
        Where the office explains them.
    meanings : Mapping of str to str
        By sign, in lower case.
    flags : Mapping of str to str
        Letters beside a figure, in words.
    brackets : bool
        Whether flags stand in square brackets.
    """

    office: str
    name: str
    source: str
    meanings: Mapping[str, Meaning]
    flags: Mapping[str, str]
    brackets: bool

    def read(self, cell: str) -> Reading:
        """Take a cell apart.

        Examples
        --------
        >>> load_symbols("germany").read("-").meaning, load_symbols("eurostat").read("12 b").text
        ('zero', '12')
        """
        plain = clean_text(cell)
        folded = plain.casefold()
        if folded in self.meanings:
            return Reading(self.meanings[folded])
        match = (_BRACKETED if self.brackets else _BARE).fullmatch(folded)
        if match is None:
            return Reading("figure", plain)
        letters = re.findall(r"[a-z]+", match[2]) if self.brackets else list(match[2])
        if not set(letters) <= self.flags.keys():
            return Reading("figure", plain)
        told = tuple(self.flags[letter] for letter in letters)
        base = match[1].strip()
        if base in self.meanings:
            secret = self.meanings.get(letters[0]) == "hidden"
            return Reading("hidden" if secret else self.meanings[base], "", told)
        return Reading("figure", plain[: len(base)], told)


@cache
def load_symbols(office: str) -> Symbols:
    """Read the signs of an office that ship with the engine.

    Raises
    ------
    KeyError
        No such office.
    """
    place = files("cluster_engine.sources.lists") / "symbols.toml"
    told = tomllib.loads(place.read_text(encoding="utf-8"))[office]
    kinds: tuple[Meaning, ...] = ("missing", "hidden", "zero", "tiny")
    meanings: dict[str, Meaning] = {
        sign.casefold(): kind for kind in kinds for sign in told.get(kind, [])
    }
    return Symbols(
        office, told["name"], told["source"], meanings, told["flags"], told.get("brackets", False)
    )
