"""How a workflow speaks to whoever runs it: notes to read, and how far it is."""

from __future__ import annotations

from collections.abc import Callable

Note = Callable[[str], None]
"""Takes a sentence the user should read."""

Progress = Callable[[str, int, int], None]
"""Takes (stage, done, total)."""


def be_silent(*_ignored: object) -> None:
    """Take notes and progress that nobody wants to see."""
