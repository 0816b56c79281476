"""A damaged file is read or refused with a reason; it never ends in a fault of the program."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from cluster_engine.errors import DataError, LimitError, SettingsError
from cluster_engine.sources.lists.reader import read_firm_list
from tests.unit.sources.lists import exports

N_DAMAGED = 40
PIECES = (b'"', b",", b";", b"\n", b"\r", b"\t", b"\0", b"\xff", b"=", b"1.234", b"n.a.", b"|",
          b"\xef\xbb\xbf", b"'", b"2022", b"\xc3", b"nan", b"-", b"x" * 50, b"\n\n")  # fmt: skip
PLAIN = (
    "Firma;Land;Mitarbeiter;Umsatz 2022 (Mio. €);Umsatz 2021 (Mio. €);WZ 2008;Gegründet;LEI\n"
    "Müller;DE;1.200;1,5;2,5;28.13;1998;x\nB AG;AT;5;;;;;\n"
)


def _damage(whole: bytes, chance: random.Random) -> bytes:
    raw = bytearray(whole)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(raw) + 1)
        kind = chance.choice(["insert", "delete", "flip", "repeat"])
        if kind == "insert":
            raw[place:place] = chance.choice(PIECES)
        elif kind == "delete":
            del raw[place : place + chance.randint(1, 30)]
        elif kind == "flip" and place < len(raw):
            raw[place] = chance.randrange(256)
        else:
            raw[place:place] = raw[: chance.randint(1, 40)]
    return bytes(raw)


@pytest.mark.parametrize("name", ["plain", "utf-16", "orbis", "fdi", "gleif", "gleif.gz", "house"])
def test_damaged_lists_are_read_or_refused(tmp_path: Path, name: str) -> None:
    packed = exports.make_gleif(tmp_path)[0].read_bytes()
    whole = {
        "plain": PLAIN.encode(),
        "utf-16": PLAIN.encode("utf-16"),
        "orbis": exports.make_orbis(tmp_path / "o.xlsx").read_bytes(),
        "fdi": exports.make_fdi_markets(tmp_path / "f.xlsx").read_bytes(),
        "gleif": gzip.decompress(packed),
        "gleif.gz": packed,
        "house": exports.make_companies_house(tmp_path)[0].read_bytes(),
    }[name]
    chance = random.Random(name)
    path = tmp_path / "damaged.csv"
    errors = []
    for _ in range(N_DAMAGED):
        path.write_bytes(_damage(whole, chance))
        try:
            read_firm_list(path)
        except (DataError, LimitError, SettingsError) as error:
            errors.append(error)
    assert errors
    assert all(error.message and error.hint for error in errors)
