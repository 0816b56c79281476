"""What a description of a firm says about its business, part by part.

The main business stands first: the first sentence is one field, the next two another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

WHOLE = 1200
"""Characters of a description that are read; what follows is history and addresses."""

_ABBREVIATION = re.compile(
    r"\b(Ltd|Inc|Co|Corp|plc|S\.A|N\.V|A\.S|Bhd|Cia|Dr|St|No|Pty|A\.G|B\.V|L\.P|S\.p\.A|Sdn|Mfg|Pvt"
    r"|U\.S|Intl|S\.A\.B|C\.V|Jr)\.\s"
)
_SENTENCE_END = re.compile(r"(?<=[\w)%\"])\.\s+(?=[A-Z])")
_HISTORY = re.compile(
    r"(?i)\b(?:[\w.,&' -]{0,60}\s)?(?:was|were|is)\s(?:founded|incorporated|established|formerly"
    r"|headquartered)\b.*$|\bformerly\sknown\sas\b.*$"
)
_WORD = re.compile(r"[a-z][a-z0-9]+")
_EMPTY_WORDS = frozenset(
    "the of in and for to on an or with its as by from other related various including "
    "include also world worldwide internationally international company together subsidiary "
    "subsidiaries through engages engaged engage primarily limited ltd inc corp group "
    "products product services service business businesses based such well activities segment "
    "segments operates operate provides provide offers offer solutions is are it that under "
    "holdings holding investment people republic china japan india germany united states "
    "korea taiwan hong kong canada australia france italy sweden europe asia america chinese "
    "indian japanese german mainland south north".split()
)


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Fields of n descriptions.

    Attributes
    ----------
    name : tuple of str
        Match key of the firm's name.
    gics : tuple of str
        GICS-like industry; '' if not known.
    beginning, continuation, whole : tuple of str
        First sentence without the name; the next two; the text up to its history.
    """

    name: tuple[str, ...]
    gics: tuple[str, ...]
    beginning: tuple[str, ...]
    continuation: tuple[str, ...]
    whole: tuple[str, ...]

    def take(self, rows: Sequence[int]) -> Descriptions:
        """Return the descriptions of some rows, in their order."""
        return Descriptions(
            *(
                tuple(field[row] for row in rows)
                for field in (self.name, self.gics, self.beginning, self.continuation, self.whole)
            )
        )


def split_descriptions(
    names: Sequence[str], gics: Sequence[str], summaries: Sequence[str], subjects: Sequence[str]
) -> Descriptions:
    """Split descriptions into fields.

    Parameters
    ----------
    names, gics, summaries, subjects : sequence of str
        Match key, GICS-like industry, description, and the name the description begins with.
    """
    parts = [_split(text, subject) for text, subject in zip(summaries, subjects, strict=True)]
    beginning, continuation, whole = zip(*parts, strict=True) if parts else ((), (), ())
    return Descriptions(tuple(names), tuple(gics), beginning, continuation, whole)


def _split(summary: str, subject: str) -> tuple[str, str, str]:
    text = summary[len(subject) :] if subject and summary.startswith(subject) else summary
    text = _ABBREVIATION.sub(lambda match: match[1].replace(".", "") + " ", text)
    sentences = [_HISTORY.sub("", part) for part in _SENTENCE_END.split(text[:WHOLE])]
    return sentences[0], " ".join(sentences[1:3]), " ".join(sentences)


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    """Cut plural and participle endings, so that 'bearings' meets 'bearing'."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    for ending in ("ing", "ed", "er", "ion", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def find_words(text: str) -> list[str]:
    """Return the stems of the words of a text that carry meaning.

    Examples
    --------
    >>> find_words("The company manufactures ball bearings.")
    ['manufactur', 'ball', 'bear']
    """
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in _EMPTY_WORDS]


def find_terms(text: str) -> list[str]:
    """Return the stems of a text and every pair of neighbours."""
    words = find_words(text)
    return words + [f"{one} {two}" for one, two in pairwise(words)]
