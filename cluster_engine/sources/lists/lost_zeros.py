"""Tell whether a code has lost the zero in front that a spreadsheet takes off a number.

Source of both sets: the structure of NACE Rev. 2 (Regulation (EC) No 1893/2006, Annex I), which UK
SIC 2007 shares to four digits.
"""

from __future__ import annotations

from typing import Literal

Verdict = Literal["lost", "kept", "unclear"]

NACE2_LIKE = frozenset({"nace2", "uksic2007"})

_ZERO_CLASSES = frozenset(
    "0111 0112 0113 0114 0115 0116 0119 0121 0122 0123 0124 0125 0126 0127 0128 0129 0130 0141 "
    "0142 0143 0144 0145 0146 0147 0149 0150 0161 0162 0163 0164 0170 0210 0220 0230 0240 0311 "
    "0312 0321 0322 0510 0520 0610 0620 0710 0721 0729 0811 0812 0891 0892 0893 0899 0910 "
    "0990".split()
)
_ALSO_GROUPS = frozenset("141 142 143 161 162 321 322 620 721 811 812 910 990".split())
"""Groups such as 14.1 whose digits are also those of a class such as 01.41 without its zero."""


def judge_lost_zero(digits: str, system: str) -> Verdict:
    """Return whether a code one digit short has lost its zero.

    Parameters
    ----------
    digits : str
        One digit fewer than the other codes of its column.
    system : str
        Classification.

    Examples
    --------
    >>> [judge_lost_zero(code, "nace2") for code in ("111", "281", "141")]
    ['lost', 'kept', 'unclear']
    """
    if system not in NACE2_LIKE:
        return "unclear"
    if f"0{digits}"[:4] not in _ZERO_CLASSES:
        return "kept"
    return "unclear" if digits[:3] in _ALSO_GROUPS else "lost"
