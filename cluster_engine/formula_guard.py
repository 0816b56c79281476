"""Keep a spreadsheet from running a text of a CSV file as a formula, and take the guard off again.

Writer (`reports`) and reader (`sources`) share this, so that a name comes back as it was.
"""

from __future__ import annotations

import re
from typing import Any

FORMULA_STARTS = (
    *("=", "+", "-", "@", "\t", "\r", "\n", "\0"),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),
)
"""First characters that make a spreadsheet run a text as a formula (OWASP CSV injection);
the last four are the full-width forms of = + - @."""

GUARD = "'"

_SIGNS = "".join(re.escape(sign) for sign in FORMULA_STARTS)
# A text that has apostrophes of its own before such a sign gets one more: so that taking one off
# is exact, whatever the text was.
_TO_GUARD = re.compile(f"{GUARD}*[{_SIGNS}]")
_GUARDED = re.compile(f"{GUARD}+[{_SIGNS}]")


def guard(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would run; leave numbers alone.

    Examples
    --------
    >>> guard("=1+1"), guard("'=1+1"), guard("Bosch"), guard(-1)
    ("'=1+1", "''=1+1", 'Bosch', -1)
    """
    return f"{GUARD}{cell}" if isinstance(cell, str) and _TO_GUARD.match(cell) else cell


def is_guarded(text: str) -> bool:
    """Tell whether a text begins with an apostrophe that `guard` put there."""
    return text.startswith(GUARD) and _GUARDED.match(text) is not None


def unguard(text: str) -> str:
    """Take off the apostrophe that `guard` put there, and no other.

    Examples
    --------
    >>> unguard("'=1+1"), unguard("''=1+1"), unguard("'s-Hertogenbosch")
    ('=1+1', "'=1+1", "'s-Hertogenbosch")
    """
    return text[len(GUARD) :] if is_guarded(text) else text
