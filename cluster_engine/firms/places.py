"""Names of places: what two spellings of one place have in common, and where a name may lie."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from cluster_engine.firms.names import fold

SHORT_NAME_SHARE, OTHER_NAME_SHARE = 0.5, 0.1
"""Weight of a place for the beginning of its name ('Halle' of 'Halle (Saale)'), and for what others
call it: Werl too is written 'Verl', but Verl is a town (judgements)."""

OTHER_NAMES_FROM = 5_000
"""Smaller places are hardly ever written in another language."""

LONGEST_KEY = 40
_SPELLED_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "Ø": "Oe",
     "å": "aa", "Å": "Aa", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"}
)  # fmt: skip
_SAINTS = re.compile(r"\b(?:saint|sankt|st)\b")
_MARKS = re.compile(r"[^a-z0-9]+")
_SHORT = (
    (re.compile(r"\ba m\b"), "am main"),
    (re.compile(r"\ba d\b"), "an der"),
    (re.compile(r"\bv d\b"), "vor der"),
    (re.compile(r"\bi d\b"), "in der"),
    (re.compile(r"\bb\b"), "bei"),
    (re.compile(r"\bi br?(?:sg)?\b"), "im breisgau"),
    (re.compile(r"\bvor der h\b"), "vor der hohe"),
)
"""Ways German towns are abbreviated."""

_BEHIND = re.compile(r"\s*(?:\(| an der | am | a\. | im | in der | i\. | bei | vor | ob |/|,).*$")
"""What stands behind a name to tell it from others."""

_COMMA = re.compile(r",.*$")
_TAILS = re.compile(r"\s+(?:cedex(?:\s\d+)?|\d+(?:er?|eme)?|[a-z]|nv|so|sv|no)$")
"""What a post office adds: 'Paris Cedex 16', 'Dublin 2', 'Copenhagen K'."""


def make_place_key(name: str) -> str:
    """Return what the spellings of a place have in common.

    Examples
    --------
    >>> make_place_key("St. Gallen"), make_place_key("Sankt Gallen")
    ('st gallen', 'st gallen')
    """
    return _SAINTS.sub("st", _MARKS.sub(" ", fold(name)).strip())


def make_spellings(name: str) -> frozenset[str]:
    """Return the keys of a name, with umlauts left out and spelled out.

    Examples
    --------
    >>> sorted(make_spellings("Künzelsau"))
    ['kuenzelsau', 'kunzelsau']
    """
    keys = {make_place_key(name), make_place_key(name.translate(_SPELLED_OUT))}
    return frozenset(key for key in keys if 1 < len(key) <= LONGEST_KEY)


def list_readings(city: str) -> tuple[str, ...]:
    """Return the keys under which a city of a firm may be found, the most literal first.

    Examples
    --------
    >>> list_readings("Wetter (Ruhr)")
    ('wetter ruhr', 'wetter')
    >>> list_readings("Paris Cedex 16")
    ('paris cedex 16', 'paris')
    """
    texts = [city, re.sub(r"\(.*?\)", " ", city), _COMMA.sub("", city), *city.split("/")[:2]]
    # Löhne and Lohne are two towns: who writes the umlaut means the first.
    texts = [city.translate(_SPELLED_OUT), *texts]
    keys = [make_place_key(text) for text in texts]
    for key in tuple(keys):
        longer = key
        for short, full in _SHORT:
            longer = short.sub(full, longer)
        tailless = _TAILS.sub("", _TAILS.sub("", key))
        keys += [longer, tailless]
    return tuple(dict.fromkeys(key for key in keys if len(key) > 1))


def index_places(places: pd.DataFrame, regions: pd.Series[str]) -> pd.DataFrame:
    """Tell in which regions of a country each name lies, and how many people live there.

    Parameters
    ----------
    places : DataFrame
        Columns name, ascii_name, other_names (commas between), country, people.
    regions : Series
        Region of each place, '' unknown; same index.

    Returns
    -------
    DataFrame
        country, key, region, people: of the largest place of the name in the region, fewer where
        the name is not its full one; 0 where the name lies in one region only, and the number
        decides nothing. Sorted by country, key and region.
    """
    rows: list[tuple[str, str, str, int]] = []
    columns = ["country", "name", "ascii_name", "other_names", "people"]
    inside = places.loc[regions != "", columns].assign(region=regions[regions != ""])
    for country, name, ascii_name, other_names, told_people, region in inside.itertuples(
        index=False, name=None
    ):
        people = max(int(told_people), 1)
        told = weigh_spellings(name, ascii_name, other_names, others=people >= OTHER_NAMES_FROM)
        rows += [(country, key, region, max(int(people * share), 1))
                 for key, share in told.items()]  # fmt: skip
    table = pd.DataFrame(rows, columns=["country", "key", "region", "people"])
    by = ["country", "key"]
    largest: pd.DataFrame = table.groupby([*by, "region"], sort=True)[["people"]].max()
    rows_of_name = largest.reset_index()
    several = rows_of_name.duplicated(by, keep=False)
    decisive = rows_of_name["people"].where(several, 0).astype(np.int64)
    return rows_of_name.assign(people=decisive)


def weigh_spellings(
    name: str, ascii_name: str, other_names: str, *, others: bool
) -> dict[str, float]:
    """Return the keys of a place, each with the share of its people that counts for it."""
    told = dict.fromkeys(make_spellings(name) | make_spellings(ascii_name), 1.0)
    for key in make_spellings(_BEHIND.sub("", name)):
        told.setdefault(key, SHORT_NAME_SHARE)
    if others:
        for other in other_names.split(","):
            if _is_latin(other):
                for key in make_spellings(other):
                    told.setdefault(key, OTHER_NAME_SHARE)
    return told


def _is_latin(name: str) -> bool:
    return re.search(r"[^\u0000-\u024f\u1e00-\u1eff\u2019\u02bb]", name) is None
