"""Which words of two names belong together: equal, cut, contracted, joined, initials, misspelt.

Share lists cut names at a fixed width and shorten words to fit: "SC.BIOGAS FUELS INTL" is
"Scandinavian Biogas Fuels International". What a pair of words says depends on how many firms bear
the word, hence every count here is a sum of weights between 0 (a word of all) and 1 (of no other).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

KINDS = ("same", "cut", "contracted", "joined", "misspelt", "own cut", "own contracted")
"""How words may match; 'own' is a word that is not known: most likely the name itself."""
OWN = 1.0
"""Weight of a word that is not known."""
SHARE_WORDS = frozenset(
    "new sub reg regs regr nom for fgn na nv vtg vt cons zy vz ny ba abp va eur sw ser cl class"
    " adr ads american depositary depository share shares shs dl eo".split()
)
"""What share lists write beside a name: class, face value, place, currency."""
_DEBRIS = re.compile(r"[a-z]|0\d*|adr\d+|rp\d+")
LONG_WORD = 5
"""Shorter words differ in meaning by one letter."""
SHORTEST_INITIALS = 2
MOST_JOINED = 4
"""So many words may stand behind one of initials."""

Weigh = Callable[[str], float]


@dataclass(slots=True)
class Alignment:
    """Words of two names, put side by side.

    Attributes
    ----------
    weights : dict of str to float
        Weight of the matched words by kind of `KINDS`.
    left, right : list of str
        Words without a counterpart.
    first : str
        Kind of match between the first words; '' if they are no match.
    """

    weights: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    left: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    first: str = ""


def align_words(one: str, two: str, weigh: Weigh) -> Alignment:
    """Put the words of two match keys side by side, whatever their order.

    Parameters
    ----------
    one, two : str
        Match keys, not empty.
    weigh : callable
        Weight of a word, 0 to 1.

    Examples
    --------
    >>> found = align_words("general electric", "gen electr", lambda word: 0.5)
    >>> found.weights["cut"], found.left, found.first
    (1.0, [], 'cut')
    """
    words, others = drop_repetition(one.split()), drop_repetition(two.split())
    found = Alignment()
    left, right = _take_same(words, others, weigh, found)
    if left and right:
        left, right = _take_joined(left, right, weigh, found)
        right, left = _take_joined(right, left, weigh, found)
        left, right = _take_alike(left, right, weigh, found)
    found.left, found.right = drop_debris(left), drop_debris(right)
    if words[0] == others[0]:
        found.first = "same"
    elif words[0] not in left and others[0] not in right:
        found.first = compare_words(words[0], others[0])
    return found


def drop_repetition(words: list[str]) -> list[str]:
    """Drop the first word, whole or cut, where a name ends with it."""
    kept = list(words)
    while len(kept) > 1 and len(kept[-1]) >= LONG_WORD - 2 and kept[0].startswith(kept[-1]):
        kept.pop()
    return kept


def drop_debris(words: list[str]) -> list[str]:
    """Drop what share lists write beside a name, and a number that follows it.

    Examples
    --------
    >>> drop_debris(["opieki", "zy", "1"]), drop_debris(["stadt", "2"])
    (['opieki'], ['stadt', '2'])
    """
    kept: list[str] = []
    after = False
    for word in words:
        debris = word in SHARE_WORDS or _DEBRIS.fullmatch(word) is not None
        if not debris and not (after and word.isdigit()):
            kept.append(word)
        after = debris
    return kept


def _take_same(
    words: list[str], others: list[str], weigh: Weigh, found: Alignment
) -> tuple[list[str], list[str]]:
    right = list(others)
    left = []
    for word in words:
        if word in right:
            right.remove(word)
            found.weights["same"] += weigh(word)
        else:
            left.append(word)
    return left, right


def _take_joined(
    words: list[str], others: list[str], weigh: Weigh, found: Alignment
) -> tuple[list[str], list[str]]:
    """Match one word of the first with several of the second, written as one or as initials."""
    left = []
    right = list(others)
    for word in words:
        at = _find_joined(word, right)
        if at is None:
            left.append(word)
            continue
        parts = right[at[0] : at[1]]
        del right[at[0] : at[1]]
        found.weights["joined"] += max(map(weigh, (word, *parts)))
    return left, right


def _find_joined(word: str, others: list[str]) -> tuple[int, int] | None:
    for start, head in enumerate(others):
        # Both the whole and the initials begin with the letter of the first part.
        if head[0] != word[0]:
            continue
        for end in range(start + 2, min(start + MOST_JOINED, len(others)) + 1):
            parts = others[start:end]
            initials = "".join(part[0] for part in parts)
            whole = "".join(parts)
            if word == whole or (len(word) >= SHORTEST_INITIALS and word == initials):
                return start, end
    return None


def _take_alike(
    words: list[str], others: list[str], weigh: Weigh, found: Alignment
) -> tuple[list[str], list[str]]:
    left = []
    right = list(others)
    for word in words:
        kinds = ((at, compare_words(word, other)) for at, other in enumerate(right))
        best = min(
            ((KINDS.index(kind), at) for at, kind in kinds if kind),
            default=None,
        )
        if best is None:
            left.append(word)
            continue
        other = right.pop(best[1])
        # The longer spelling is the word; a cut one is weighed as if nobody else bore it.
        weight = weigh(max(word, other, key=len))
        kind = KINDS[best[0]]
        found.weights[
            f"own {kind}" if weight >= OWN and kind in ("cut", "contracted") else kind
        ] += weight
    return left, right


def compare_words(one: str, two: str) -> str:
    """Return how one word may be the other: a kind of `KINDS`, '' if it is not.

    Examples
    --------
    >>> compare_words("intl", "international"), compare_words("adamis", "adamas")
    ('contracted', 'misspelt')
    """
    if one == two:
        return "same"
    short, long = (one, two) if len(one) <= len(two) else (two, one)
    if long.startswith(short):
        return "cut"
    if _is_contracted(short, long):
        return "contracted"
    if (
        len(short) >= LONG_WORD
        and (short[0] == long[0] or short[-1] == long[-1])
        and (is_one_slip(short, long))
    ):
        return "misspelt"
    return ""


def _is_contracted(short: str, long: str) -> bool:
    """Whether the letters of the one stand in the other in order: 'intl', 'international'."""
    if len(short) < 2 or short[0] != long[0] or len(long) - len(short) < 2:
        return False
    letters = iter(long)
    return all(sign in letters for sign in short)


def is_one_slip(short: str, long: str) -> bool:
    """Tell whether one letter was lost, added, changed or swapped with its neighbour.

    Examples
    --------
    >>> is_one_slip("pumpn", "pumpen"), is_one_slip("hangzhou", "zhengzhou")
    (True, False)
    """
    if len(long) - len(short) > 1:
        return False
    at = next((i for i, sign in enumerate(short) if sign != long[i]), len(short))
    if len(long) > len(short):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1]
    return short[at + 1 :] == long[at + 1 :] or (swapped and short[at + 2 :] == long[at + 2 :])
