"""Fit the points that likenesses of two names are worth, and count the words of names.

Run from a checkout with the project installed: ``python scripts/fit_pair_score.py``. Reads the
development half of the labelled pairs and the names of the default pack; writes
cluster_engine/firms/pair_points.toml and name_words.csv. Of the held-out half only the names are
read, to leave them out of the pack; `benchmarks/firm_matching.py` prints what is reached there.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from cluster_engine.firms.candidate_pairs import compare_keys
from cluster_engine.firms.names import calc_match_key
from cluster_engine.firms.pair_features import JUDGED, NAME_FEATURES, Features, calc_name_features
from cluster_engine.firms.pair_points import (
    POINTS_FILE,
    WORDS_FILE,
    WordWeights,
    read_words,
)
from cluster_engine.firms.weighed_names import count_first_words

CHECKOUT = Path(__file__).resolve().parents[1]
LABELLED = CHECKOUT / "tests/data/labelled/firm_pairs.csv"
PACK = CHECKOUT / "data/packs/great-britain/firms.parquet"
PACKAGE = CHECKOUT / "cluster_engine/firms"
FEWEST_NAMES = 3
"""Words of fewer names are as good as unknown, and most are a firm's own."""
PACK_WEIGHT = 600.0
"""All pairs of the pack together weigh as much as so many labelled ones."""
PRECISION = 0.995
"""Wanted on the development half; the held-out half has to reach 0.98."""
STRENGTH = 1.0
JUDGEMENTS = dict(zip(JUDGED, (-6.0, -3.0), strict=True))
FOLDS = 5


def read_pairs(half: str) -> pd.DataFrame:
    """Return the labelled pairs of one half, with their match keys."""
    with LABELLED.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == half]
    pairs = pd.DataFrame(rows)
    keys = {f"key_{side}": [calc_match_key(name) for name in pairs[f"name_{side}"]]
            for side in "ab"}  # fmt: skip
    return pairs.assign(**keys)


def count_words(names: pd.DataFrame) -> WordWeights:
    """Count the names that hold each word."""
    counts = Counter(word for key in sorted(set(names["key"])) for word in set(key.split()))
    common = {word: n for word, n in sorted(counts.items()) if n >= FEWEST_NAMES}
    return WordWeights(len(names), common)


def calc_labelled_features(pairs: pd.DataFrame, words: WordWeights) -> Features:
    """Return the features of labelled pairs, each country a list of its own."""
    rows = np.zeros((len(pairs), len(NAME_FEATURES)), dtype=np.float32)
    for at in pairs.reset_index().groupby("country").groups.values():
        block = pairs.iloc[at]
        keys = sorted({*block["key_a"], *block["key_b"]})
        place = {key: i for i, key in enumerate(keys)}
        found = compare_keys(keys)
        alike = dict(zip(zip(found.left.tolist(), found.right.tolist(), strict=True),
                         found.similarity.tolist(), strict=True))  # fmt: skip
        ends = [sorted((place[a], place[b]))
                for a, b in zip(block["key_a"], block["key_b"], strict=True)]  # fmt: skip
        # A pair that is no candidate is never weighed, but its likeness is known to be low.
        near = np.array([1.0 if a == b else alike.get((a, b), 0.2) for a, b in ends])
        borne = count_first_words(pd.Series(keys))[[a for a, _ in ends]]
        left, right = ([keys[pair[side]] for pair in ends] for side in (0, 1))
        rows[at] = calc_name_features(left, right, near.astype(np.float32), borne, words.weigh)
    return rows


def calc_pack_features(names: pd.DataFrame, words: WordWeights) -> Features:
    """Return the features of pairs of the pack that are alike, but for a word that contradicts."""
    pieces = []
    for _, block in names.groupby("country"):
        keys = block["key"].drop_duplicates().to_numpy()
        pairs = compare_keys(keys.tolist())
        borne = count_first_words(pd.Series(keys))[pairs.left]
        pieces.append(calc_name_features(keys[pairs.left], keys[pairs.right], pairs.similarity,
                                         borne, words.weigh))  # fmt: skip
    every = np.concatenate(pieces)
    # Most pairs without a word that contradicts are duplicates the pack still holds.
    return every[every[:, NAME_FEATURES.index("other words")] > 0]


def choose_shift(logit: np.ndarray, same: np.ndarray) -> float:
    """Return what to add so that a probability of a half is where precision is as wanted."""
    order = np.argsort(-logit, kind="stable")
    precision = np.cumsum(same[order]) / np.arange(1, len(order) + 1)
    last = np.flatnonzero(precision >= PRECISION)[-1]
    return -float(logit[order][last])


def write_points(base: float, points: dict[str, float]) -> None:
    """Write the points, those that are judgements marked."""
    lines = [
        "# Log odds that two names are one firm. Written by scripts/fit_pair_score.py, which says",
        "# how; judgements are marked, all else is fitted.",
        f"base = {base:.2f}",
        "",
        "[names]",
    ]
    for name in NAME_FEATURES:
        mark = "  # judgement" if name in JUDGED else ""
        lines.append(f'"{name}" = {points[name]:.2f}{mark}')
    (PACKAGE / POINTS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_words(words: WordWeights) -> None:
    """Write the word counts; the row without a word holds the number of names."""
    rows = [("word", "names"), ("", words.n_names), *words.counts.items()]
    text = "".join(f"{word},{n}\n" for word, n in rows)
    (PACKAGE / WORDS_FILE).write_text(text, encoding="utf-8")


def fit_points(
    pairs: pd.DataFrame, own: Features, other: Features
) -> tuple[float, dict[str, float], np.ndarray]:
    """Fit on labelled pairs and pairs of the pack; the base is chosen in folds.

    Returns
    -------
    float
        Base.
    dict of str to float
        Points by feature.
    array, shape (n_pairs,)
        Log odds of the labelled pairs, each from a fit that did not see its company.
    """
    judged = [NAME_FEATURES.index(name) for name in JUDGED]
    every = np.concatenate([own, other])
    every[:, judged] = 0.0
    same = (pairs["same"] == "1").to_numpy()
    truth = np.concatenate([same, np.zeros(len(other), dtype=bool)])
    weight = np.concatenate([np.ones(len(own)), np.full(len(other), PACK_WEIGHT / len(other))])
    company = pd.factorize(pairs["key_a"])[0]
    group = np.concatenate([company, len(own) + np.arange(len(other))])
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    logit = cross_val_predict(
        model, every, truth, groups=group, params={"sample_weight": weight},
        cv=StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0), method="decision_function",
    )  # fmt: skip
    model.fit(every, truth, sample_weight=weight)
    fitted = dict(zip(NAME_FEATURES, model.coef_[0].tolist(), strict=True))
    known = logit[: len(own)] + own[:, judged] @ list(JUDGEMENTS.values())
    shift = choose_shift(known, same)
    return float(model.intercept_[0]) + shift, fitted | JUDGEMENTS, known + shift


def main() -> None:
    """Count, fit, write."""
    names = pd.read_parquet(PACK, columns=["firm_name", "country"])
    names = names.assign(key=[calc_match_key(name) for name in names["firm_name"]])
    words = count_words(names)
    write_words(words)
    read_words.cache_clear()
    pairs, held_out = read_pairs("development"), read_pairs("held-out")
    unseen = names[~names["key"].isin({*held_out["key_a"], *held_out["key_b"]})]
    other = calc_pack_features(unseen, words)
    base, points, logit = fit_points(pairs, calc_labelled_features(pairs, words), other)
    write_points(base, points)
    same, said = (pairs["same"] == "1").to_numpy(), logit >= 0
    wrong = (other @ [points[name] for name in NAME_FEATURES] + base >= 0).sum()
    print(f"development, in {FOLDS} folds: precision {same[said].mean():.3f}, "
          f"recall {said[same].mean():.3f}, {len(same)} pairs")  # fmt: skip
    print(f"pairs of the pack with a word that contradicts, taken for one: {wrong} of {len(other)}")


if __name__ == "__main__":
    main()
