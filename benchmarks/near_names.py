"""How often a misspelt name is left out, and how often another firm's exact name would be.

Names of the default pack, nothing but name and country told.
"""

from __future__ import annotations

import string

import numpy as np
import pandas as pd

from cluster_engine.firms.duplicates import prepare_facts
from cluster_engine.firms.lists_to_respect import match_list
from cluster_engine.firms.near_names import FACTS_AGAINST, ONE_SLIP_LENGTH, find_near_names
from cluster_engine.packs.pack import open_pack
from cluster_engine.workflows.identify_firms import make_records

SEED = 4
COUNTRIES = ("DE", "JP")


def main() -> None:
    """Print both."""
    firms = open_pack().read("firms")
    facts = prepare_facts(make_records(firms))
    bare = facts.assign(**dict.fromkeys((*FACTS_AGAINST, "city"), ""))
    for told, entries in (("name and country", bare), ("all that the pack knows", facts)):
        hits = find_near_names(facts, entries)
        others = hits.loc[hits["entry"] != hits["firm"], "entry"].nunique()
        print(f"{told}: {others} of {len(firms):,} names are a slip away from another firm's")
    for country in COUNTRIES:
        print_caught(firms[firms["country"] == country].reset_index(drop=True))


def print_caught(firms: pd.DataFrame) -> None:
    """Print how many names with one slip in a word of six letters or more find their firm."""
    rng = np.random.default_rng(SEED)
    names = [misspell(name, rng) for name in firms["firm_name"]]
    own = make_records(firms).assign(firm_id=firms["firm_id"])
    blank = firms[["firm_id", "country"]].reindex(columns=firms.columns)
    entries = make_records(blank.assign(firm_name=names))[np.array(names) != firms["firm_name"]]
    for lenient in (False, True):
        found = match_list(own, entries.reset_index(drop=True), lenient=lenient).matched
        right = found["record_id"].str.removeprefix("pack:") == found["firm_id"]
        print(
            f"{firms['country'].iloc[0]}, lenient {lenient}: "
            f"{found[right]['record_id'].nunique()} of {len(entries)} misspelt names find their "
            f"firm, {int((~right).sum())} another"
        )


def misspell(name: str, rng: np.random.Generator) -> str:
    """Lose, double, change or swap a letter, not the first, of a word; a short name stays."""
    words = name.split()
    long = [at for at, word in enumerate(words) if len(word) >= ONE_SLIP_LENGTH and word.isalpha()]
    if not long:
        return name
    place = int(rng.choice(long))
    word = words[place]
    at = int(rng.integers(1, len(word) - 1))
    before, letter, after = word[:at], word[at], word[at + 1 :]
    other = str(rng.choice(list(string.ascii_lowercase)))
    slips = (after, letter * 2 + after, other + after, after[0] + letter + after[1:])
    words[place] = before + slips[int(rng.integers(len(slips)))]
    return " ".join(words)


if __name__ == "__main__":
    main()
