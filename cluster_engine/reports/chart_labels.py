"""Where to write the names of circles so that they do not lie on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Side = Literal["above", "below", ""]

LINE = 22
"""Characters of a name from which it is written in two lines."""

SIGN_WIDTH, LINE_HEIGHT = 6.0, 13.0
"""Pixels of a letter of the charts' font, on average, and of a line."""

CLEARANCE = 3.0
"""Pixels between a circle and its name."""


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def break_line(name: str) -> str:
    r"""Break a long name at the space nearest to its middle.

    Examples
    --------
    >>> break_line("Light metal casting & aluminium")
    'Light metal casting\n& aluminium'
    """
    spaces = [place for place, sign in enumerate(name) if sign == " "]
    if len(name) <= LINE or not spaces:
        return name
    middle = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}\n{name[middle + 1 :]}"


def place_labels(x: Floats, y: Floats, radius: Floats, names: Sequence[str]) -> list[Side]:
    """Choose a side for the name of every circle, the largest circle first.

    Parameters
    ----------
    x, y, radius : ndarray of float, shape (n_circles,)
        Middle, downwards from the top, and radius; pixels.
    names : sequence of str, length n_circles
        Lines parted by a newline.

    Returns
    -------
    list of {"above", "below", ""}
        '' where a name would lie on another name or circle on both sides.
    """
    circles = [
        _Box(a - r, b - r, a + r, b + r) for a, b, r in zip(x, y, radius, strict=True)
    ]  # fmt: skip
    taken: list[_Box] = []
    sides: list[Side] = [""] * len(names)
    for place in np.argsort(-radius, kind="stable").tolist():
        others = circles[:place] + circles[place + 1 :] + taken
        for side in ("above", "below"):
            box = _frame(float(x[place]), circles[place], names[place], side)
            if not any(box.meets(other) for other in others):
                sides[place] = side
                taken.append(box)
                break
    return sides


def _frame(middle: float, circle: _Box, name: str, side: str) -> _Box:
    lines = name.split("\n")
    half = SIGN_WIDTH * max(map(len, lines)) / 2
    height = LINE_HEIGHT * len(lines)
    top = circle.bottom + CLEARANCE if side == "below" else circle.top - CLEARANCE - height
    return _Box(middle - half, top, middle + half, top + height)
