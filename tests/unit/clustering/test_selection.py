"""Folds of figures left out, and the number of clusters chosen on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cluster_engine.clustering import selection
from cluster_engine.clustering.evidence import Evidence, Halves, Relation, combine
from cluster_engine.clustering.selection import (
    CONSENSUS,
    average_families,
    choose_number,
    fill_unknown,
    make_folds,
    score_labels,
)
from cluster_engine.measures.validation import calc_validation
from cluster_engine.parameters import Clusters

BLOCKS = np.repeat([0, 1, 2], [7, 5, 4])
CODES = tuple(f"{place:02d}" for place in range(len(BLOCKS)))
Plant = Callable[..., np.ndarray]


def _evidence(*relations: Relation, **more: object) -> Evidence:
    return Evidence(CODES, relations, **more)  # type: ignore[arg-type]


def _three(plant: Plant) -> list[Relation]:
    return [
        Relation("jobs", plant(BLOCKS, seed=1), family="co-location"),
        Relation("plants", plant(BLOCKS, seed=2), family="co-location"),
        Relation("trade", plant(BLOCKS, seed=3)),
    ]


def test_every_family_is_left_out_whole_and_marked(plant: Plant) -> None:
    jobs, plants, trade = _three(plant)
    folds = make_folds(_evidence(jobs, plants, trade), n_splits=3, random_state=0)
    assert [fold.name for fold in folds] == ["co-location", "trade"]
    assert [[mark.name for mark in fold.marks] for fold in folds] == [["jobs", "plants"], ["trade"]]
    np.testing.assert_array_equal(folds[0].similarity, combine([trade]))
    np.testing.assert_array_equal(folds[1].similarity, combine([jobs, plants]))


def test_a_family_left_out_has_no_part_in_the_clusters_marked_on_it(
    plant: Plant, quick: Clusters
) -> None:
    jobs, plants, trade = _three(plant)
    other = np.random.default_rng(0).permutation(BLOCKS)
    evidence = _evidence(jobs, plants, trade)
    changed = _evidence(
        replace(jobs, values=plant(other)), replace(plants, values=plant(other, seed=9)), trade
    )
    found, again = (
        choose_number(
            e, make_folds(e, n_splits=1, random_state=0), lambda number: number == 3, quick,
            random_state=0,
        )
        for e in (evidence, changed)
    )  # fmt: skip
    assert found.labels["co-location"].tobytes() == again.labels["co-location"].tobytes()
    assert found.labels["trade"].tolist() != again.labels["trade"].tolist()
    left_out = "held_out == 'co-location' and method == 'consensus' and number == 3"
    assert found.scores.query(left_out)["score"].min() == 1.0
    assert again.scores.query(left_out)["score"].max() < 1.0


def test_a_relation_without_weight_or_mark_makes_no_fold(plant: Plant) -> None:
    jobs, plants, trade = _three(plant)
    no_weight, no_mark = replace(plants, weight=0.0, family=""), replace(trade, is_mark=False)
    folds = make_folds(_evidence(jobs, no_weight, no_mark), n_splits=1, random_state=0)
    assert [fold.name for fold in folds] == ["co-location"]
    np.testing.assert_array_equal(folds[0].similarity, combine([no_mark]))


@pytest.mark.parametrize("value", [0.0, 1.0, np.nan])
def test_clusters_are_never_built_on_a_constant_matrix_alone(value: float, plant: Plant) -> None:
    jobs = _three(plant)[0]
    constant = Relation("constant", np.full((16, 16), value))
    assert make_folds(_evidence(jobs, constant), n_splits=1, random_state=0) == []


def test_halves_of_the_areas_are_used_both_ways(plant: Plant) -> None:
    jobs, _, trade = _three(plant)

    def halve(generator: np.random.Generator) -> Halves:
        first, second = (int(seed) for seed in generator.integers(1000, size=2))
        return (
            (replace(jobs, values=plant(BLOCKS, seed=first)),),
            (replace(jobs, values=plant(BLOCKS, seed=second)),),
        )

    evidence = _evidence(jobs, trade, halve=halve)
    folds = make_folds(evidence, n_splits=2, random_state=0)
    names = [f"half of the areas, split {split}" for split in ("1a", "1b", "2a", "2b")]
    assert [fold.name for fold in folds] == ["co-location", "trade", *names]
    one, other = folds[2:4]
    np.testing.assert_array_equal(one.similarity, combine([other.marks[0], trade]))
    np.testing.assert_array_equal(other.similarity, combine([one.marks[0], trade]))
    assert not np.array_equal(folds[4].similarity, one.similarity)


def _scores(**by_number: list[float]) -> pd.DataFrame:
    """Scores of the consensus on families f0, f1 …: ``_scores(n10=[0.8, 0.9], n20=[…])``."""
    return pd.DataFrame(
        [
            {
                "held_out": f"f{family}", "method": CONSENSUS, "number": int(name[1:]),
                **dict.fromkeys(selection.SCORES, score), "score": score,
            }
            for name, scores in by_number.items()
            for family, score in enumerate(scores)
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("by_number", "expected"),
    [
        # Behind by 0.02 and 0: mean 0.01, standard error 0.01.
        ({"n10": [0.88, 0.80], "n20": [0.90, 0.80]}, 10),
        # Behind by 0.02 everywhere: no error, so it is worse.
        ({"n10": [0.88, 0.78], "n20": [0.90, 0.80]}, 20),
        # The scores of families differ widely, the differences do not: they decide.
        ({"n10": [0.98, 0.08], "n20": [1.00, 0.10]}, 20),
        # More clusters must earn it; fewer that are best are taken.
        ({"n10": [0.9, 0.9], "n20": [0.9, 0.9]}, 10),
        ({"n10": [0.9, 0.9], "n20": [0.8, 0.9]}, 10),
        # A single family has no error.
        ({"n10": [0.89], "n20": [0.9]}, 20),
    ],
)
def test_the_fewest_clusters_within_one_standard_error_of_the_best_are_taken(
    by_number: dict[str, list[float]], expected: int
) -> None:
    assert selection._take_best(_scores(**by_number), [10, 20]) == expected


def test_a_number_that_is_not_allowed_is_not_taken() -> None:
    scores = _scores(n10=[0.9, 0.9], n20=[0.5, 0.5], n30=[0.4, 0.4])
    assert selection._take_best(scores, [20, 30]) == 20


def test_splits_of_the_areas_count_as_one_family() -> None:
    scores = _scores(n10=[1.0, 0.4, 0.2])
    scores["held_out"] = ["trade", "half, split 1a", "half, split 1b"]
    # By hand: 1.0 for trade, 0.3 for the halves.
    assert average_families(scores)["score"].tolist() == pytest.approx([0.65])


def test_without_folds_the_fewest_clusters_allowed_are_taken(plant: Plant, quick: Clusters) -> None:
    evidence = _evidence(_three(plant)[0])
    choice = choose_number(evidence, [], lambda number: number > 2, quick, random_state=0)
    assert (choice.number, choice.labels, len(choice.scores)) == (3, {}, 0)


def test_if_no_number_is_allowed_the_most_clusters_are_taken(plant: Plant, quick: Clusters) -> None:
    evidence = _evidence(_three(plant)[0])
    assert choose_number(evidence, [], lambda _: False, quick, random_state=0).number == 4


def test_official_groups_and_single_methods_are_marked_on_the_same_folds(
    plant: Plant, quick: Clusters
) -> None:
    groups = {"divisions": tuple("ab"[place % 2] for place in range(16))}
    evidence = _evidence(*_three(plant), groups=groups)
    folds = make_folds(evidence, n_splits=1, random_state=0)
    seen: list[tuple[int, int]] = []
    choice = choose_number(
        evidence, folds, lambda _: True, quick, random_state=0,
        on_progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    scores = choice.scores
    assert set(scores["method"]) == {CONSENSUS, "divisions", *quick.methods}
    # Two blocks taken for one still score 1: the fewest clusters that do are taken.
    assert choice.number == 2
    assert seen == [(1, 2), (2, 2)]
    best = scores[(scores["method"] == CONSENSUS) & (scores["number"] == 3)]["score"]
    official = scores[scores["method"] == "divisions"]["score"]
    assert best.min() == 1.0
    assert official.max() < 0.5
    assert scores[scores["method"] == "divisions"]["n_clusters"].tolist() == [2, 2, 2]


def test_scores_are_those_of_the_measure_and_count_singletons(plant: Plant) -> None:
    labels = np.array([0] * 8 + [1] * 7 + [2])
    values = plant(BLOCKS, noise=0.4)
    row = score_labels(labels, [Relation("jobs", values)], "trade", "ward linkage", 3)[0]
    mean, p95 = (calc_validation(values, labels, benchmark=b) for b in ("mean", "p95"))
    assert (row["vs_cluster"], row["vs_industry"]) == (mean.clusters.score, mean.sectors.score)
    assert (row["vs_cluster_p95"], row["vs_industry_p95"]) == (
        p95.clusters.score,
        p95.sectors.score,
    )
    assert row["score"] == pytest.approx((mean.score + p95.score) / 2.0)
    assert (row["singletons"], row["n_clusters"]) == (1, 3)
    assert mean.score != p95.score


def test_unknown_pairs_are_marked_as_the_least_related() -> None:
    values = np.array([[np.nan, 0.4, np.nan], [0.4, 1.0, -0.2], [np.nan, -0.2, 1.0]])
    expected = [[-0.2, 0.4, -0.2], [0.4, 1.0, -0.2], [-0.2, -0.2, 1.0]]
    assert fill_unknown(values).tolist() == expected
    assert fill_unknown(np.full((2, 2), np.nan)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
