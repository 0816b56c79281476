"""Time, memory and accuracy of finding the records of one firm.

Run from a checkout with the project installed: ``python benchmarks/firm_matching.py``. Prints
Markdown. The names are made from the words of the default pack's firms and invented ones; a tenth
are misspelt, cut or reordered copies of another one.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.firm_records import NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.firms.duplicates import find_duplicates, prepare_facts
from cluster_engine.firms.merging import merge_records

CHECKOUT = Path(__file__).resolve().parents[1]
FIRMS = CHECKOUT / "data/packs/great-britain/firms.parquet"
LABELLED = CHECKOUT / "tests/data/labelled/firm_pairs.csv"
COPIES = 0.1
INVENTED = 0.3
"""Share of words that are made up: names of people and places no list holds."""


def corrupt(name: str, random: np.random.Generator) -> str:
    """Misspell, cut or reorder a name, or add a legal form."""
    words = name.split()
    kind = random.integers(4)
    at = int(random.integers(len(words)))
    if kind == 0 and len(words[at]) > 4:
        place = int(random.integers(1, len(words[at])))
        words[at] = words[at][: place - 1] + words[at][place:]
    elif kind == 1 and len(words[at]) > 5:
        words[at] = words[at][:5]
    elif kind == 2:
        words = [word.upper() for word in words]
    return " ".join([*words, *(["Ltd"] if kind == 3 else [])])


def make_names(n_names: int, seed: int) -> pd.DataFrame:
    """Make names over the words, lengths and countries of real ones; `origin` tells the copies."""
    firms = pd.read_parquet(FIRMS, columns=["firm_name", "country"])
    random = np.random.default_rng(seed)
    words = np.array([word for name in firms["firm_name"] for word in name.split()])
    lengths = firms["firm_name"].str.split().str.len().to_numpy()
    letters = np.array(list("abcdefghiklmnoprstuvwz"))
    n_first = round(n_names / (1 + COPIES))
    counts = random.choice(lengths, n_first)
    chosen = random.choice(words, counts.sum()).astype(object)
    for at in np.flatnonzero(random.random(len(chosen)) < INVENTED):
        chosen[at] = "".join(random.choice(letters, int(random.integers(4, 9)))).title()
    names = [" ".join(part) for part in np.split(chosen, np.cumsum(counts)[:-1])]
    country = random.choice(firms["country"].to_numpy(), n_first)
    source = random.choice(n_first, n_names - n_first, replace=False)
    copies = [corrupt(names[at], random) for at in source]
    return pd.DataFrame(
        {
            "name": [*names, *copies],
            "country": [*country, *country[source]],
            "origin": [*range(n_first), *source],
        }
    )


def make_records(names: pd.DataFrame) -> pd.DataFrame:
    """Turn names into firm records without any other fact."""
    text = dict.fromkeys(TEXT_COLUMNS, "")
    numbers = dict.fromkeys(NUMBER_COLUMNS, np.nan)
    ids = "s:" + names.index.astype("str")
    return pd.DataFrame({**text, **numbers}, index=names.index).assign(
        record_id=ids, name=names["name"], country=names["country"]
    )


def evaluate() -> tuple[float, float, int]:
    """Precision and recall on the labelled pairs, each in a list of its own."""
    with LABELLED.open(encoding="utf-8") as file:
        pairs = pd.DataFrame(list(csv.DictReader(file)))
    long = pd.concat(
        [pairs[["name_a", "country"]].set_axis(["name", "country"], axis=1),
         pairs[["name_b", "country"]].set_axis(["name", "country"], axis=1)],
        ignore_index=True,
    )  # fmt: skip
    records = make_records(long)
    firm = merge_records(records, find_duplicates(records)).members["firm_id"].to_numpy()
    n = len(pairs)
    said, true = firm[:n] == firm[n:], (pairs["same"] == "1").to_numpy()
    return (said & true).sum() / said.sum(), (said & true).sum() / true.sum(), n


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    precision, recall, n_pairs = evaluate()
    print(f"{n_pairs} labelled pairs: precision {precision:.3f}, recall {recall:.3f}\n")
    names = make_names(options.names, options.seed)
    records = make_records(names)
    print("| step | s | peak GB so far |", "|---|---:|---:|", sep="\n", flush=True)
    start = time.perf_counter()
    facts = prepare_facts(records)
    _report("prepare_facts", start)
    start = time.perf_counter()
    pairs = find_duplicates(
        records,
        facts=facts,
        on_progress=lambda done, total: print(f"{done / total:.0%}", file=sys.stderr),
    )
    _report("find_duplicates", start)
    start = time.perf_counter()
    merged = merge_records(records, pairs, facts=facts)
    _report("merge_records", start)
    origin = names["origin"].to_numpy()
    number = pd.Series(names.index, index=records["record_id"])
    a, b = (origin[number[pairs[side]].to_numpy()] for side in ("record_a", "record_b"))
    firm = merged.members["firm_id"].to_numpy()
    copies = np.flatnonzero(origin != np.arange(len(origin)))
    print(f"\n{len(names):,} names, {len(pairs):,} pairs, {len(merged.records):,} firms")
    print(f"copies joined with their origin: {(firm[copies] == firm[origin[copies]]).mean():.3f}")
    print(f"pairs of one origin: {(a == b).mean():.3f} (equal names made by chance count against)")


def _report(step: str, start: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"| {step} | {time.perf_counter() - start:.0f} | {peak:.2f} |", flush=True)


if __name__ == "__main__":
    main()
