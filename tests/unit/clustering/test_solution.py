"""The whole of the clustering, on any similarity matrices."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.clustering.evidence import Evidence, Halves, Relation, check_evidence
from cluster_engine.clustering.solution import NO_CLUSTER, ClusterSolution, find_clusters
from cluster_engine.parameters import Clusters

Plant = Callable[..., np.ndarray]
BLOCKS = np.repeat([0, 1, 2], [7, 5, 4])
CODES = tuple(f"{311000 + 7 * place}" for place in range(len(BLOCKS)))
FRAMES = ("held_out", "in_sample", "chance")


def _find(settings: Clusters, *matrices: np.ndarray, **more: object) -> ClusterSolution:
    given: dict[str, object] = {
        "codes": CODES,
        "relations": tuple(Relation(f"matrix {i}", m) for i, m in enumerate(matrices)),
        **more,
    }
    return find_clusters(Evidence(**given), settings, random_state=0)  # type: ignore[arg-type]


def _assert_same(one: ClusterSolution, other: ClusterSolution) -> None:
    """Byte for byte."""
    assert one.codes == other.codes
    for name in ("labels", "similarity", "memberships", "strength", "second"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name
    assert one.stability.by_resample.tobytes() == other.stability.by_resample.tobytes()
    assert one.stability.overlap.tobytes() == other.stability.overlap.tobytes()
    assert (one.moves, one.number) == (other.moves, other.number)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


def _make_rich(order: np.ndarray, plant: Plant) -> Evidence:
    """Unclear evidence with all that evidence may have, sectors in the order given."""

    def draw(generator: np.random.Generator) -> tuple[Relation, ...]:
        seed = int(generator.integers(10_000))
        values = plant(BLOCKS, inside=0.6, outside=0.4, noise=0.4, seed=seed)
        return (Relation("jobs", values[np.ix_(order, order)], family="co-location"),)

    def halve(generator: np.random.Generator) -> Halves:
        return draw(generator), draw(generator)

    inside = np.ix_(order, order)
    trade = plant(BLOCKS, inside=0.6, outside=0.4, noise=0.3, seed=2)
    trade[3, 8] = trade[8, 3] = np.nan
    return Evidence(
        tuple(CODES[place] for place in order),
        (
            Relation("jobs", plant(BLOCKS, noise=0.5, seed=1)[inside], family="co-location"),
            Relation("trade", trade[inside], 2.0),
            Relation("profiles", plant(BLOCKS, noise=0.5, seed=4)[inside], 0.0),
        ),
        groups={"three digits": tuple(CODES[place][:5] for place in order)},
        resample=draw,
        halve=halve,
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_sectors_changes_no_byte(seed: int, plant: Plant, quick: Clusters) -> None:
    order = np.random.default_rng(seed).permutation(len(CODES))
    straight = find_clusters(_make_rich(np.arange(len(CODES)), plant), quick, random_state=3)
    shuffled = find_clusters(_make_rich(order, plant), quick, random_state=3)
    assert 0.0 < straight.stability.mean < 1.0  # not so clear that any order would do
    _assert_same(straight, shuffled)


def test_the_evidence_given_is_left_alone(plant: Plant, quick: Clusters) -> None:
    matrix = plant(BLOCKS)
    before = matrix.copy()
    _find(quick, matrix, plant(BLOCKS, seed=2))
    np.testing.assert_array_equal(matrix, before)


SCRIPT = """
import hashlib
import numpy as np
from dataclasses import replace
from cluster_engine.clustering.evidence import Evidence, Relation
from cluster_engine.clustering.solution import find_clusters
from cluster_engine.settings import read_settings

drawn = np.random.default_rng(0).uniform(0, 1, (2, 20, 20))
codes = tuple(f"{i:04d}" for i in range(20))
relations = tuple(Relation(f"m{i}", m + m.T) for i, m in enumerate(drawn))
settings = replace(
    read_settings().clusters, numbers=(3, 4), resamples=3, permutations=9, maximum_share=0.5
)
groups = {level: tuple(code[:3] for code in codes) for level in ("wide", "narrow")}
found = find_clusters(Evidence(codes, relations, groups), settings, random_state=0)
print(found.labels.tolist(), found.second.tolist(), found.moves)
print(hashlib.sha256(found.memberships.tobytes()).hexdigest())
for frame in (found.held_out, found.in_sample, found.chance):
    print(frame.to_csv())
"""


@pytest.mark.slow
def test_the_hash_seed_changes_nothing(checkout: Path) -> None:
    printed = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(checkout)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "4242")
    ]
    assert printed[0] == printed[1]
    assert len(printed[0]) > 1000


def test_sectors_in_clear_blocks_have_clusters_memberships_and_stability(
    plant: Plant, quick: Clusters
) -> None:
    found = _find(quick, plant(BLOCKS), plant(BLOCKS, seed=8))
    assert found.labels.tolist() == BLOCKS.tolist()
    assert found.memberships.shape == (16, 3)
    assert found.strength.tolist() == found.memberships.max(axis=1).tolist()
    assert found.strength.min() > 0.9
    assert (found.second != found.labels).all()
    assert set(found.second.tolist()) <= {0, 1, 2}
    assert found.stability.mean == 1.0
    assert found.moves == ()


def test_sectors_that_all_tie_within_blocks_are_clustered_by_block(
    plant: Plant, quick: Clusters
) -> None:
    tied = plant(BLOCKS, noise=0.0)
    assert len(np.unique(tied)) == 3
    found = _find(quick, tied, tied)
    assert found.labels.tolist() == BLOCKS.tolist()
    assert found.stability.mean == 1.0


def test_two_parts_that_nothing_relates_are_two_clusters(plant: Plant, quick: Clusters) -> None:
    parts = np.repeat([0, 1], 8)
    matrix = plant(parts)
    matrix[parts[:, None] != parts] = 0.0
    found = _find(quick, matrix)
    assert found.labels.tolist() == parts.tolist()
    bare = _find(replace(quick, numbers=(2,)), np.kron(np.eye(2), np.ones((8, 8))))
    assert bare.labels.tolist() == parts.tolist()
    assert bare.memberships[:8, 1].max() == bare.memberships[8:, 0].max() == 0.0


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0, np.nan])
def test_a_constant_matrix_alone_is_refused(value: float, quick: Clusters) -> None:
    with pytest.raises(ValueError, match="must tell pairs of sectors apart"):
        _find(quick, np.full((16, 16), value))


@pytest.mark.slow
@pytest.mark.parametrize("value", [0.0, 1.0, np.nan])
def test_a_constant_matrix_beside_another_changes_nothing(
    value: float, plant: Plant, quick: Clusters
) -> None:
    unclear = plant(BLOCKS, inside=0.6, outside=0.4, noise=0.4)
    alone = _find(quick, unclear)
    beside = _find(quick, unclear, np.full((16, 16), value))
    for name in ("labels", "similarity", "memberships"):
        assert getattr(alone, name).tobytes() == getattr(beside, name).tobytes(), name
    assert (alone.number, alone.moves) == (beside.number, beside.moves)


def test_a_pair_unknown_in_one_matrix_is_known_from_the_other(
    plant: Plant, quick: Clusters
) -> None:
    holes = plant(BLOCKS)
    for one, other in [(0, 9), (2, 3), (15, 1)]:
        holes[one, other] = holes[other, one] = np.nan
    holes[5, :] = holes[:, 5] = np.nan
    found = _find(quick, holes, plant(BLOCKS, seed=3))
    assert found.labels.tolist() == BLOCKS.tolist()
    assert np.isfinite(found.similarity).all()
    assert np.isfinite(found.held_out["score"]).all()


def test_a_sector_that_nothing_is_known_of_joins_some_cluster_with_no_similarity(
    plant: Plant, quick: Clusters
) -> None:
    unknown = plant(BLOCKS)
    unknown[3, :] = unknown[:, 3] = np.nan
    found = _find(quick, unknown)
    others = np.arange(16) != 3
    assert found.similarity[3, others].tolist() == [0.0] * 15
    together = found.labels[:, None] == found.labels
    planted = BLOCKS[:, None] == BLOCKS
    assert (together == planted)[np.ix_(others, others)].all()
    assert 0 <= found.labels[3] <= 2


def test_a_single_sector_is_a_cluster(quick: Clusters) -> None:
    found = _find(quick, np.eye(1), codes=("311",))
    assert found.labels.tolist() == [0]
    assert found.strength.tolist() == [1.0]
    assert found.second.tolist() == [NO_CLUSTER]


@pytest.mark.slow
@pytest.mark.parametrize("n_sectors", [3, 4, 5])
def test_a_handful_of_sectors_gets_clusters(n_sectors: int, plant: Plant, quick: Clusters) -> None:
    found = _find(
        quick, plant(BLOCKS[:n_sectors]), plant(BLOCKS[:n_sectors], seed=3),
        codes=CODES[:n_sectors],
    )  # fmt: skip
    assert found.labels.shape == (n_sectors,)
    assert np.isfinite(found.memberships).all()


def test_sectors_alone_are_kept_where_clusters_may_have_one(plant: Plant, quick: Clusters) -> None:
    blocks = np.array([0] * 8 + [1] * 7 + [2])
    settings = replace(quick, smallest=1, numbers=(3,), outlier_margin=1.0)
    assert _find(settings, plant(blocks), plant(blocks, seed=2)).labels.tolist() == blocks.tolist()
    joined = _find(replace(settings, smallest=2), plant(blocks), plant(blocks, seed=2))
    assert joined.labels[:15].tolist() == blocks[:15].tolist()
    assert joined.labels[15] in (0, 1)


@pytest.mark.parametrize(("share", "n_clusters"), [(0.7, 3), (0.5, 4)])
def test_no_cluster_has_more_than_the_largest_share_if_some_number_allows_it(
    share: float, n_clusters: int, plant: Plant, quick: Clusters
) -> None:
    # The first twelve sectors are close, and split in two of six at the next cut.
    wide, narrow = np.repeat([0, 1, 2], [12, 4, 4]), np.repeat([0, 1, 2, 3], [6, 6, 4, 4])
    matrix = plant(wide, inside=0.5, outside=0.1, noise=0.02)
    matrix[narrow[:, None] == narrow] += 0.3
    settings = replace(quick, numbers=(3, 4), maximum_share=share)
    codes = tuple(f"{place:02d}" for place in range(20))
    found = _find(settings, matrix, codes=codes)
    assert found.number == n_clusters
    assert len(np.bincount(found.labels)) == n_clusters
    assert np.bincount(found.labels).max() <= share * 20


def test_figures_without_structure_give_unstable_clusters(quick: Clusters) -> None:
    drawn = np.random.default_rng(1).uniform(0.0, 1.0, (16, 16))
    assert _find(quick, drawn + drawn.T).stability.mean < 0.7


def test_moves_speak_of_the_final_labels(plant: Plant, quick: Clusters) -> None:
    # Two resamples of two put sector 0 with the last block; the figures themselves do not, and
    # its similarity counts as much as the votes.
    wrong = np.repeat([0, 1, 2], [7, 5, 4])
    wrong[0] = 2

    def resample(_generator: np.random.Generator) -> tuple[Relation, ...]:
        return (Relation("matrix 0", plant(wrong)),)

    settings = replace(quick, numbers=(3,), resamples=2)
    found = _find(settings, plant(BLOCKS), resample=resample)
    assert found.labels.tolist() == BLOCKS.tolist()
    assert [(CODES[m.sector], m.origin, m.target) for m in found.moves] == [("311000", 2, 0)]
    assert found.moves[0].nearest > found.moves[0].within
    # Its membership still tells that the resamples saw it elsewhere.
    assert found.second[0] == 2
    assert found.memberships[0, 2] > found.memberships[0, 0]


def _set(matrix: np.ndarray, value: float) -> np.ndarray:
    matrix[2, 5] = value
    return matrix


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda m: _set(m, 0.95), r"symmetric. Got 0.95 at row 3, column 6, and 0\.\d+ the other"),
        (lambda m: _set(m, np.nan), "symmetric. Got nan at row 3, column 6"),
        (lambda m: _set(m, np.inf), "'matrix 0' must be finite, or NaN where a pair is unknown"),
        (lambda m: m[:15], r"one row and column per sector: 16. Got shape \(15, 16\)"),
        (lambda m: m[:15, :15], r"Got shape \(15, 15\)"),
        (lambda m: m[0], r"Got shape \(16,\)"),
    ],
)
def test_a_matrix_that_is_no_similarity_is_refused(
    spoil: Callable[[np.ndarray], np.ndarray], message: str, plant: Plant, quick: Clusters
) -> None:
    with pytest.raises(ValueError, match=message):
        _find(quick, spoil(plant(BLOCKS)))


def test_a_difference_in_the_last_digits_is_evened_out(plant: Plant) -> None:
    matrix = plant(BLOCKS)
    matrix[2, 5] += 1e-13
    checked = check_evidence(Evidence(CODES, (Relation("m", matrix),))).relations[0].values
    np.testing.assert_array_equal(checked, checked.T)


def test_codes_and_groups_that_do_not_fit_are_refused(plant: Plant, quick: Clusters) -> None:
    with pytest.raises(ValueError, match=r"codes must differ. Got 311000 more than once"):
        _find(quick, plant(BLOCKS), codes=(*CODES[:15], CODES[0]))
    with pytest.raises(ValueError, match="groups 'divisions' must be one label per sector: 16"):
        _find(quick, plant(BLOCKS), groups={"divisions": ("a", "b")})
    with pytest.raises(ValueError, match="at least one sector"):
        _find(quick, np.zeros((0, 0)), codes=())
    with pytest.raises(ValueError, match="must tell pairs of sectors apart"):
        _find(quick, relations=(Relation("m", plant(BLOCKS), weight=0.0),))


def test_two_matrices_over_another_classification_are_enough(plant: Plant, quick: Clusters) -> None:
    # Sixty six-digit codes, in six blocks that cut across their three-digit groups.
    codes = tuple(f"{group}{place:03d}" for group in (311, 325, 332, 336, 511, 541)
                  for place in range(110, 210, 10))  # fmt: skip
    planted = np.arange(60) % 6
    order = np.random.default_rng(4).permutation(60)
    inside = np.ix_(order, order)
    evidence = Evidence(
        tuple(codes[place] for place in order),
        (
            Relation("co-location", plant(planted, noise=0.2, seed=1)[inside]),
            Relation("input-output", plant(planted, noise=0.2, seed=2)[inside]),
        ),
        groups={"three digits": tuple(codes[place][:3] for place in order)},
    )
    settings = replace(quick, neighbours=6, numbers=(5, 6, 7), maximum_share=0.2)
    stages: dict[str, list[tuple[int, int]]] = {}
    found = find_clusters(
        evidence, settings, random_state=0,
        on_progress=lambda stage, *counts: stages.setdefault(stage, []).append(counts),
    )  # fmt: skip
    assert found.codes == tuple(sorted(codes))
    assert (found.labels[:, None] == found.labels).tolist() == (
        planted[:, None] == planted
    ).tolist()
    assert found.memberships.shape == (60, 6)
    assert found.strength.min() > 0.8
    assert found.stability.mean > 0.95
    _check_marks(found)
    assert list(stages) == [
        "Clustering resamples", "Marking on figures left out", "Comparing with chance",
    ]  # fmt: skip
    for counts in stages.values():
        total = counts[0][1]
        assert counts == [(done, total) for done in range(1, total + 1)]


def _check_marks(found: ClusterSolution) -> None:
    """Held-out scores above the official groups and 99 per cent of shuffles."""
    ours = found.held_out.query("method == 'consensus' and number == @found.number")
    official = found.held_out.query("method == 'three digits'")
    assert sorted(ours["matrix"]) == sorted(official["matrix"]) == ["co-location", "input-output"]
    assert ours["score"].min() > official["score"].max()
    assert (found.chance["score"] > found.chance["p99"]).all()
    assert set(found.in_sample["method"]) == {"chosen clusters", "three digits"}
