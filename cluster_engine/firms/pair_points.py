"""What is known of names beforehand: how many firms bear a word, and what a likeness is worth.

Both lie beside this module as plain data, written by `scripts/fit_pair_score.py`.
"""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

POINTS_FILE = "pair_points.toml"
WORDS_FILE = "name_words.csv"


@dataclass(frozen=True, slots=True)
class PairPoints:
    """Points of a pair of names.

    Attributes
    ----------
    base : float
        Log odds of a pair of which nothing is seen.
    names : Mapping of str to float
        Log odds added per unit of each feature of the names.
    """

    base: float
    names: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class WordWeights:
    """How much it says that two names share a word.

    Attributes
    ----------
    n_names : int
        Names counted.
    counts : Mapping of str to int
        Names that hold the word, for words of at least some names.
    """

    n_names: int
    counts: Mapping[str, int]

    def weigh(self, word: str) -> float:
        """Return 1 for a word that is not known, less the more names hold it; 0 for all."""
        return 1.0 - math.log1p(self.counts.get(word, 0)) / math.log1p(self.n_names)


@lru_cache(maxsize=1)
def read_points() -> PairPoints:
    """Return the points that ship."""
    raw = tomllib.loads(files(__package__).joinpath(POINTS_FILE).read_text(encoding="utf-8"))
    return PairPoints(raw["base"], raw["names"])


@lru_cache(maxsize=1)
def read_words() -> WordWeights:
    """Return the word counts that ship; the row without a word holds the number of names."""
    text = files(__package__).joinpath(WORDS_FILE).read_text(encoding="utf-8")
    counts = {row["word"]: int(row["names"]) for row in csv.DictReader(text.splitlines())}
    return WordWeights(counts.pop(""), counts)
