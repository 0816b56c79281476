"""Time, memory and accuracy of finding the records of one firm.

Run from a checkout with the project installed: ``python benchmarks/firm_matching.py``. Prints
Markdown. Accuracy is that on the labelled pairs, half by half; only the development half was seen
by the fit. The names of the second part are made: shapes and common words of the default pack's
firms, invented words where a firm has one of its own; no two firms of a country have the same match
key, as registries see to it. A tenth are misspelt, cut or shortened copies of another one.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from joblib.externals.loky import get_reusable_executor

from cluster_engine.firm_records import NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.firms.duplicates import find_duplicates, prepare_facts
from cluster_engine.firms.merging import merge_records
from cluster_engine.firms.names import calc_match_key
from cluster_engine.firms.pair_points import read_words

CHECKOUT = Path(__file__).resolve().parents[1]
FIRMS = CHECKOUT / "data/packs/great-britain/firms.parquet"
LABELLED = CHECKOUT / "tests/data/labelled/firm_pairs.csv"
COPIES = 0.1
SURPLUS = 1.3
"""Names made for one that is kept: those whose key another firm of the country has are dropped."""
FORMS = ("Ltd", "Inc.", "GmbH", "AG", "S.A.", "Co., Ltd.", "plc", "Corporation", "B.V.", "")
LIST_WIDTH = 22
"""Share lists cut names there."""
EVIDENCE = {"name, country": False, "name, country, city": True}


def corrupt(name: str, random: np.random.Generator) -> str:
    """Misspell a name, cut its last word, shorten its words as share lists do, or change its form.

    A letter is lost from words of five letters and more.
    """
    words = name.split()
    kind = random.integers(4)
    long = [at for at, word in enumerate(words) if len(word) > 4]
    if kind == 0 and long:
        at = int(random.choice(long))
        place = int(random.integers(1, len(words[at])))
        words[at] = words[at][:place] + words[at][place + 1 :]
    elif kind == 1 and len(words) > 1:
        words[-1] = words[-1][:5]
    elif kind == 2:
        tail = [word[: int(random.integers(4, 7))] for word in words[1:]]
        return " ".join([words[0], *tail])[:LIST_WIDTH].upper()
    return " ".join([*words, *(["Limited"] if kind == 3 else [])])


def invent_words(n_words: int, random: np.random.Generator) -> np.ndarray:
    """Make words of two or three syllables, with a consonant at the end of some."""
    heads = [a + b for a in "bcdfghjklmnprstvwz" for b in "aeiou"]
    syllables = np.array([head + end for head in heads for end in ("", *"lmnrst")], dtype=object)
    drawn = random.choice(syllables, (3, n_words))
    third = random.random(n_words) < 0.5
    return np.asarray(drawn[0] + drawn[1] + np.where(third, drawn[2], ""))


def make_names(n_names: int, seed: int) -> pd.DataFrame:
    """Make names; `origin` tells of which name one is a copy."""
    firms = pd.read_parquet(FIRMS, columns=["firm_name", "country"])
    random = np.random.default_rng(seed)
    shapes = [calc_match_key(name).split() for name in firms["firm_name"]]
    n_first = round(n_names / (1 + COPIES))
    chosen = random.choice(len(shapes), round(n_first * SURPLUS))
    words = np.array([word for at in chosen for word in shapes[at]], dtype=object)
    known = read_words().counts
    own = np.array([word not in known for word in words])
    words[own] = invent_words(int(own.sum()), random)
    ends = np.cumsum([len(shapes[at]) for at in chosen])[:-1]
    forms = random.choice(np.array(FORMS, dtype=object), len(chosen))
    names = [f"{' '.join(part)} {form}".strip().title()
             for part, form in zip(np.split(words, ends), forms, strict=True)]  # fmt: skip
    made = pd.DataFrame({"name": names, "country": firms["country"].to_numpy()[chosen]})
    keys = made["country"] + [f" {calc_match_key(name)}" for name in names]
    made = made[~keys.duplicated()].head(n_first).reset_index(drop=True)
    source = random.choice(len(made), n_names - len(made), replace=len(made) < n_names / 2)
    copies = made.iloc[source].assign(
        name=[corrupt(made["name"][at], random) for at in source], origin=source
    )
    return pd.concat([made.assign(origin=made.index), copies], ignore_index=True)


def make_records(names: pd.DataFrame) -> pd.DataFrame:
    """Turn names into firm records without any other fact."""
    text = dict.fromkeys(TEXT_COLUMNS, "")
    numbers = dict.fromkeys(NUMBER_COLUMNS, np.nan)
    ids = "s:" + names.index.astype("str")
    return pd.DataFrame({**text, **numbers}, index=names.index).assign(
        record_id=ids, name=names["name"], country=names["country"]
    )


def judge_pairs(pairs: pd.DataFrame, *, with_city: bool) -> np.ndarray:
    """Tell which labelled pairs are merged, all their records being one list."""
    sides = [
        pairs[[f"name_{side}", "country", f"city_{side}"]].set_axis(
            ["name", "country", "city"], axis=1
        )
        for side in "ab"
    ]
    told = pd.concat(sides, ignore_index=True)
    records = make_records(told)
    if with_city:
        records = records.assign(city=told["city"])
    firm = merge_records(records, find_duplicates(records)).members["firm_id"].to_numpy()
    return np.asarray(firm[: len(pairs)] == firm[len(pairs) :])


def print_accuracy() -> None:
    """Print precision and recall on the labelled pairs."""
    with LABELLED.open(encoding="utf-8") as file:
        pairs = pd.DataFrame(list(csv.DictReader(file)))
    print("| half | evidence | pairs | precision | recall, pairs as found | recall, all | "
          "renamed found |", "|---|---|---:|---:|---:|---:|---:|", sep="\n")  # fmt: skip
    true = (pairs["same"] == "1").to_numpy()
    found = (pairs["sampled"] == "as found").to_numpy() & true
    renamed = (pairs["kind"] == "renamed").to_numpy()
    for evidence, with_city in EVIDENCE.items():
        said = judge_pairs(pairs, with_city=with_city)
        for half in ("development", "held-out"):
            part = (pairs["half"] == half).to_numpy()
            shares = ((said & true & part).sum() / (said & part).sum(), said[part & found].mean(),
                      said[part & true].mean(), said[part & renamed].mean())  # fmt: skip
            figures = " | ".join(f"{share:.3f}" for share in shares)
            print(f"| {half} | {evidence} | {part.sum()} | {figures} |")
    print()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print_accuracy()
    names = make_names(options.names, options.seed)
    records = make_records(names)
    print("| step | s | CPU s so far | peak GB so far | helpers, peak GB |",
          "|---|---:|---:|---:|---:|", sep="\n", flush=True)  # fmt: skip
    start = time.perf_counter()
    facts = prepare_facts(records)
    start = _report("prepare_facts", start)
    pairs = find_duplicates(
        records,
        facts=facts,
        on_progress=lambda done, total: print(f"{done / total:.0%}", file=sys.stderr),
    )
    start = _report("find_duplicates", start)
    merged = merge_records(records, pairs, facts=facts)
    _report("merge_records", start)
    print_scale(names, records, pairs, merged.members["firm_id"].to_numpy())


def print_scale(
    names: pd.DataFrame, records: pd.DataFrame, pairs: pd.DataFrame, firm: np.ndarray
) -> None:
    """Print how many of the made names were joined rightly."""
    origin = names["origin"].to_numpy()
    number = pd.Series(names.index, index=records["record_id"])
    a, b = (origin[number[pairs[side]].to_numpy()] for side in ("record_a", "record_b"))
    copies = np.flatnonzero(origin != np.arange(len(origin)))
    size = pd.Series(firm).value_counts()
    kinds = pd.DataFrame({"firm": firm, "origin": origin}).drop_duplicates()["firm"].value_counts()
    pure = (kinds[size.index[size > 1]] == 1).mean()
    print(f"\n{len(names):,} names, {len(pairs):,} pairs, {len(size):,} firms")
    print(f"copies joined with their origin: {(firm[copies] == firm[origin[copies]]).mean():.3f}")
    print(f"pairs of one origin: {(a == b).mean():.4f}")
    print(f"firms of several records, all of one origin: {pure:.4f}")


def _report(step: str, start: float) -> float:
    seconds = time.perf_counter() - start
    helpers = _sum_peaks_of_helpers()
    # The time they took is told once they have ended.
    get_reusable_executor().shutdown(wait=True)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    busy = sum(one.ru_utime + one.ru_stime for one in used)
    own = used[0].ru_maxrss / 1e6
    print(f"| {step} | {seconds:.0f} | {busy:.0f} | {own:.2f} | {helpers:.2f} |", flush=True)
    return time.perf_counter()


def _sum_peaks_of_helpers() -> float:
    """Peak GB of the processes this one has started, together; Linux only."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
        except OSError:
            continue
        if told.get("PPid", "").strip() == str(os.getpid()):
            total += int(told.get("VmHWM", "0 kB").split()[0])
    return total / 1e6


if __name__ == "__main__":
    main()
