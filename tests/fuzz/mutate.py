"""Change a file a little, as hostile or broken programs do: bytes, words, lines, cells, sizes."""

from __future__ import annotations

import random
from collections.abc import Callable

NASTY: tuple[bytes, ...] = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n", b'"', b"'", b";", b",",
    b"\t", b"|", b"nan", b"inf", b"-inf", b"1e400", b"-0", b"9" * 40, b"-1", b"0.1.2", b"1e-320",
    b"NULL", b"NA", b"TRUE", b"=1+1", b"@x", b"<script>alert(1)</script>", b"{{7*7}}", b"../../etc",
    b"C:\\CON", b"%s%n", b"\xe2\x80\xae", b"\xef\xbc\x9d", b"\xc3\x28", b"\xf0\x9f\x92\xa9",
    b"2021-01-01", b"31/02/2020", b"0x10", b"[[", b"]]", b"{", b"}", b"[a]\n", b"a = 1\n",
    b"a = [1, 'x']\n", b"a.b.c = 1\n", b"= \n", b"#", b"PK\x03\x04", b"PAR1", b"\x1f\x8b",
    b"A" * 600, b"\xef\xbc\x91\xef\xbc\x92", "−12".encode(), "İ".encode(), b"1979-05-27T07:32:00Z",
)  # fmt: skip
"""Pieces that have broken readers elsewhere."""

LONGEST = 200_000
"""Bytes above which a file is cut: sizes are what limits are for, which have tests of their own."""

Change = Callable[[bytes, random.Random], bytes]


def _flip(data: bytes, dice: random.Random) -> bytes:
    if not data:
        return b"\x00"
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << dice.randrange(8))]) + data[place + 1 :]


def _insert(data: bytes, dice: random.Random) -> bytes:
    place = dice.randint(0, len(data))
    return data[:place] + dice.choice(NASTY) + data[place:]


def _cut(data: bytes, dice: random.Random) -> bytes:
    place = dice.randint(0, len(data))
    return data[:place] + data[place + dice.randint(1, max(1, len(data) // 4)) :]


def _truncate(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randint(0, len(data))]


def _repeat(data: bytes, dice: random.Random) -> bytes:
    place = dice.randint(0, len(data))
    piece = data[place : place + dice.randint(1, 200)]
    return data[:place] + piece * dice.randint(2, 20) + data[place:]


def _swap_lines(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _swap_cell(data: bytes, dice: random.Random) -> bytes:
    """Replace one cell of one line, or one value of an assignment."""
    lines = data.split(b"\n")
    place = dice.randrange(len(lines))
    mark = next((sign for sign in (b"=", b";", b",", b":") if sign in lines[place]), b",")
    cells = lines[place].split(mark)
    cells[dice.randrange(len(cells))] = dice.choice(NASTY)
    lines[place] = mark.join(cells)
    return b"\n".join(lines)


def _drop_line(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    del lines[dice.randrange(len(lines))]
    return b"\n".join(lines)


CHANGES: tuple[Change, ...] = (
    _flip, _insert, _cut, _truncate, _repeat, _swap_lines, _swap_cell, _swap_cell, _drop_line,
)  # fmt: skip


def mutate(data: bytes, dice: random.Random) -> bytes:
    """Make one to six changes."""
    for _ in range(dice.randint(1, 6)):
        data = dice.choice(CHANGES)(data, dice)
    return data[:LONGEST]
