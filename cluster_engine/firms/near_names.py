"""Names that differ by a slip of the pen: what a list to leave out may mean though it says another.

For do-not-contact it is better to miss a firm than to write to it. So a name with one letter lost,
added, changed or swapped in a long word stands for the firm, where nothing else speaks against it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import pandas as pd

from cluster_engine.firms.pair_features import COMMON_WORDS
from cluster_engine.firms.pair_points import read_words
from cluster_engine.firms.word_alignment import is_one_slip

ONE_SLIP_LENGTH, LOST_ALONE_LENGTH, ALONE_LENGTH, TWO_SLIPS_LENGTH = 6, 7, 8, 10
"""Letters of a word from which a slip is likelier than another word: where other words of the name
agree; for a letter lost or added in the only word; for any slip in it; for two (judgements:
Japanese and Korean names of one short word differ by a letter from other firms')."""

CERTAINTY = {1: 0.6, 2: 0.5}
"""How sure a match with so many slips is (judgements; `benchmarks/README.md` says how many other
firms such names would hit)."""

SAME_CITY, COUNTRY_NOT_TOLD = 0.2, -0.1
"""What an equal city adds, and a list that tells no country takes away."""

NEAR_NAME = "near-identical name"
LABELS = {1: f"{NEAR_NAME}: one letter differs", 2: f"{NEAR_NAME}: two letters differ"}
FACTS_AGAINST = ("lei", "bvd_id", "isin", "registry", "host")
COMMON = 10
"""Names that bear a word from which it is one of the language: 'metals' is no slip of 'medals'."""


def find_near_names(own: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Find the firms that entries of a list may mean by a misspelt name.

    Parameters
    ----------
    own, listed : DataFrame
        Facts of firms and of entries, from `duplicates.prepare_facts`; any index.

    Returns
    -------
    DataFrame
        entry, firm (index values), how, certainty (0 to 1); empty if none.
    """
    stumps: dict[str, list[int]] = {}
    keys = own["key"].tolist()
    for place, key in enumerate(keys):
        for stump in _list_stumps(key):
            stumps.setdefault(stump, []).append(place)
    rows = []
    facts = ["key", "country", "city", *FACTS_AGAINST]
    for place, entry in zip(listed.index, listed[facts].to_dict("records"), strict=True):
        near = {at for stump in _list_stumps(entry["key"]) for at in stumps.get(stump, ())}
        for at in sorted(near):
            slips = count_name_slips(entry["key"], keys[at])
            certainty = _weigh(entry, own.iloc[at], slips) if slips else 0.0
            if certainty:
                rows.append((place, own.index[at], LABELS[slips], certainty))
    table = pd.DataFrame(rows, columns=["entry", "firm", "how", "certainty"])
    return table.astype({"certainty": np.float64})


def count_name_slips(one: str, two: str) -> int:
    """Return the slips by which two match keys differ, 1 or 2; 0 if they differ by more, or not.

    Examples
    --------
    >>> count_name_slips("rheinmetal", "rheinmetall"), count_name_slips("hitachi", "mitachi")
    (1, 0)
    """
    words, others = one.split(), two.split()
    if len(words) != len(others):
        return 0
    differ = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if len(differ) != 1 or sum(map(read_words().weigh, others)) < COMMON_WORDS:
        return 0
    short, long = sorted(differ[0], key=len)
    if short[0] != long[0]:
        return 0
    counts = read_words().counts
    if min(counts.get(short, 0), counts.get(long, 0)) >= COMMON:
        return 0
    if any(sign.isdigit() for sign in short + long):
        return 0
    return _count_word_slips(short, long, alone=len(words) == 1)


def _count_word_slips(short: str, long: str, *, alone: bool) -> int:
    shortest = ONE_SLIP_LENGTH
    if alone:
        shortest = LOST_ALONE_LENGTH if len(short) < len(long) else ALONE_LENGTH
    if len(long) >= shortest and is_one_slip(short, long):
        return 1
    return 2 if len(long) >= TWO_SLIPS_LENGTH and _is_two_slips(short, long) else 0


def _is_two_slips(short: str, long: str) -> bool:
    """Whether the words fall into two parts that differ by a slip each."""
    return any(
        is_one_slip(*sorted((short[:i], long[:j]), key=len))
        and is_one_slip(*sorted((short[i:], long[j:]), key=len))
        for i in range(1, len(short))
        for j in range(max(i - 1, 1), min(i + 2, len(long)))
    )


def _list_stumps(key: str) -> Iterator[str]:
    """Return the key with letters left out of one word: names a slip apart have one in common."""
    words = key.split()
    for at, word in enumerate(words):
        if len(word) < ONE_SLIP_LENGTH - 1:
            continue
        before, after = " ".join(words[:at]), " ".join(words[at + 1 :])
        cut = {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
        if len(word) >= TWO_SLIPS_LENGTH - 2:
            cut |= {one[:i] + one[i + 1 :] for one in tuple(cut) for i in range(len(one))}
        for rest in cut:
            yield f"{before}|{rest}|{after}"


def _weigh(entry: Mapping[Hashable, str], firm: pd.Series[str], slips: int) -> float:
    """Return how sure it is that an entry means a firm; 0 where a fact speaks against it."""
    if entry["country"] and entry["country"] != firm["country"]:
        return 0.0
    if any(entry[name] and firm[name] and entry[name] != firm[name] for name in FACTS_AGAINST):
        return 0.0
    same_city = bool(entry["city"]) and entry["city"] == firm["city"]
    other_city = bool(entry["city"]) and bool(firm["city"]) and not same_city
    if other_city and slips > 1:
        return 0.0
    more = (SAME_CITY if same_city else 0.0) + (0.0 if entry["country"] else COUNTRY_NOT_TOLD)
    return round(CERTAINTY[slips] + more, 2)
