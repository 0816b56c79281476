"""Codes of activity classifications as lists write them: tidy them, and tell which system it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import takewhile
from types import MappingProxyType

DIGITS = MappingProxyType(
    {
        "nace1.1": 4,
        "nace2": 4,
        "nace2.1": 4,
        "isic4": 4,
        "uksic2003": 4,
        "uksic2007": 4,
        "ussic1987": 4,
        "naics2012": 6,
        "naics2017": 6,
        "naics2022": 6,
        "gics": 6,
    }
)
"""Digits of the finest level that is converted, by system. Finer national digits are cut off."""

FINEST = MappingProxyType({"uksic2003": 5, "uksic2007": 5, "gics": 8})
"""Digits that a code of the system may have, where more than are converted."""

NEAREST = 3
ENOUGH_KNOWN = 0.8
"""A system that knows a smaller share of a list's codes than this may be the wrong one …"""
CLEARLY_BETTER = 0.15
"""… and is, if another one knows so much more of them."""

_SECTION = re.compile(r"^[A-Za-z]\s?[.\-]?\s?(?=\d)")


@dataclass(frozen=True, slots=True)
class SystemGuess:
    """How well each system explains the codes of one list.

    Attributes
    ----------
    stated, likeliest : str
        System the list states, and the one that knows most of its codes; the stated one on a tie.
    known : Mapping of str to float
        Share of the list's different codes that each system knows.
    """

    stated: str
    likeliest: str
    known: Mapping[str, float]

    @property
    def wrong(self) -> bool:
        """Whether another system explains the codes clearly better than the stated one."""
        stated, best = self.known.get(self.stated, 0.0), self.known[self.likeliest]
        return stated < ENOUGH_KNOWN and best - stated >= CLEARLY_BETTER


def normalise_code(code: str, system: str) -> str:
    """Return the digits of a code, no finer than is converted; '' if it is no code at all.

    A point after one digit of a NACE-like code shows that a leading zero is lost ('1.11' is 01.11);
    a final '.0' is what a spreadsheet adds to a number.

    Parameters
    ----------
    code : str
        As a list writes it.
    system : str
        One of `DIGITS`.

    Examples
    --------
    >>> [normalise_code(code, "nace2") for code in ("C26.20", "26.2", "26200", "2620.0", "1.11")]
    ['2620', '262', '2620', '2620', '0111']
    """
    text = _SECTION.sub("", code.strip())
    text = re.sub(r"^(\d{3,})\.0+$", r"\1", text)
    if re.match(r"^\d\.\d", text):
        text = "0" + text
    digits = re.sub(r"[.\s\-/]", "", text)
    if not digits.isdecimal() or len(digits) > max(FINEST.get(system, 0), DIGITS[system] + 1):
        return ""
    return digits[: DIGITS[system]]


def resolve_code(digits: str, classes: Sequence[str], *, length: int) -> tuple[str, ...]:
    """Return the classes that a code stands for: itself, those of its group, or with its lost zero.

    Parameters
    ----------
    digits : str
        From :func:`normalise_code`.
    classes : sequence of str
        Classes of the system, sorted.
    length : int
        Digits of a class.

    Examples
    --------
    >>> resolve_code("262", ["2611", "2620"], length=4)
    ('2620',)
    >>> resolve_code("111", ["0111", "2620"], length=4)
    ('0111',)
    """
    if len(digits) < 2:
        return ()
    inside = tuple(name for name in classes if name.startswith(digits))
    if inside or len(digits) != length - 1:
        return inside
    return tuple(name for name in classes if name == "0" + digits)


def find_nearest(code: str, classes: Sequence[str]) -> tuple[str, ...]:
    """Return the three classes most alike: longest common beginning first, then digits."""
    by_prefix = sorted(classes, key=lambda name: (-_count_shared(code, name), name))
    shared = _count_shared(code, by_prefix[0])
    nearest = [name for name in by_prefix if shared and name.startswith(code[:shared])]
    rest = get_close_matches(code, by_prefix[len(nearest) :], n=NEAREST, cutoff=0.0)
    best = get_close_matches(code, nearest, n=NEAREST, cutoff=0.0)
    return (*best, *rest)[:NEAREST]


def _count_shared(one: str, other: str) -> int:
    """Count the characters with which both begin."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def guess_system(
    codes: Sequence[str], stated: str, classes: Mapping[str, Sequence[str]]
) -> SystemGuess:
    """Tell which system knows most of a list's codes.

    Parameters
    ----------
    codes : sequence of str
        Codes of one list, as written.
    stated : str
        System that the list, or its user, states; '' if none.
    classes : mapping of str to sequence of str
        Classes by system.
    """
    different = sorted(set(codes))
    known = {
        system: _share_known(different, system, names) for system, names in sorted(classes.items())
    }
    best = max(known.values(), default=0.0)
    # Where several know as many: the finer one, as few numbers hit it by chance; then the newer.
    ties = [(DIGITS[name], name) for name, share in known.items() if share == best]
    likeliest = stated if known.get(stated) == best else max(ties)[1]
    return SystemGuess(stated, likeliest, MappingProxyType(known))


def _share_known(codes: Sequence[str], system: str, classes: Sequence[str]) -> float:
    prefixes = {name[:n] for name in classes for n in range(2, len(name) + 1)}
    hits = sum(normalise_code(code, system) in prefixes for code in codes)
    return hits / len(codes) if codes else 0.0
