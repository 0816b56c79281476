"""Laws that clusters and niches keep on any similarity."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cluster_engine.clustering.communities import link_neighbours
from cluster_engine.clustering.consensus import calc_memberships, draw_clusters, vote
from cluster_engine.clustering.evidence import Evidence, Relation, combine, tells_apart
from cluster_engine.clustering.methods import METHODS, cut_trees, order_labels
from cluster_engine.clustering.niches import NicheSearch, cut_tight_groups, find_niches
from cluster_engine.clustering.outliers import reassign_outliers
from cluster_engine.clustering.solution import find_clusters
from cluster_engine.settings import read_settings

EXAMPLES = settings(max_examples=25)
"""Enough for ten sectors; every partition takes some milliseconds."""
FEW = settings(max_examples=6)
"""The whole of the clustering takes a tenth of a second."""
CLUSTERS = replace(
    read_settings().clusters,
    neighbours=3, resolutions=(1.0, 2.0), restarts=2, numbers=(2, 4), smallest=2, resamples=2,
    permutations=5, maximum_share=0.8,
)  # fmt: skip
NICHES = replace(
    read_settings().niches,
    tightness=0.6, minimum_probability=0.8, minimum_jobs_share=0.01, maximum_rivals_share=0.4,
    support_sectors=(),
)  # fmt: skip

label_lists = st.lists(st.integers(0, 6), min_size=1, max_size=25).map(np.array)


@st.composite
def similarities(draw: st.DrawFn) -> np.ndarray:
    n_sectors = draw(st.integers(1, 10))
    percent = draw(arrays(np.int64, (n_sectors, n_sectors), elements=st.integers(0, 100)))
    similarity = np.triu(percent, 1) / 100.0
    return similarity + similarity.T + np.eye(n_sectors)


@pytest.mark.slow
@EXAMPLES
@given(similarities(), st.integers(0, 3))
def test_the_same_seed_gives_the_same_votes(similarity: np.ndarray, seed: int) -> None:
    first = vote(similarity, CLUSTERS, random_state=seed)
    assert first.tobytes() == vote(similarity.copy(), CLUSTERS, random_state=seed).tobytes()


@pytest.mark.slow
@EXAMPLES
@given(similarities())
def test_votes_are_shares_of_runs_and_every_method_weighs_the_same(similarity: np.ndarray) -> None:
    votes = vote(similarity, CLUSTERS, random_state=0)
    np.testing.assert_array_equal(votes, votes.T)
    np.testing.assert_array_equal(np.diag(votes), 1.0)
    assert ((votes >= 0.0) & (votes <= 1.0)).all()
    alone = [
        vote(similarity, replace(CLUSTERS, methods=(name,)), random_state=0) for name in METHODS
    ]
    np.testing.assert_allclose(votes, np.mean(alone, axis=0), rtol=0, atol=1e-12)


@pytest.mark.slow
@EXAMPLES
@given(similarities())
def test_clusters_are_numbered_from_the_largest_and_none_is_too_small(
    similarity: np.ndarray,
) -> None:
    votes = vote(similarity, CLUSTERS, random_state=0)
    labels = draw_clusters(votes, similarity, 4, CLUSTERS.smallest)
    counts = np.bincount(labels)
    assert (np.diff(counts) <= 0).all()
    assert counts.min() >= min(CLUSTERS.smallest, len(similarity))
    memberships = calc_memberships(votes, labels)
    assert memberships.shape == (len(similarity), len(counts))
    assert ((memberships >= 0.0) & (memberships <= 1.0 + 1e-12)).all()


@EXAMPLES
@given(similarities(), st.sampled_from(["average", "ward"]))
def test_cuts_of_a_tree_have_the_numbers_asked_for_and_are_nested(
    similarity: np.ndarray, linkage: Any
) -> None:
    numbers = list(range(1, len(similarity) + 1))
    cuts = cut_trees(similarity, numbers, linkage)
    assert [len(np.unique(labels)) for labels in cuts] == numbers
    for coarse, fine in pairwise(cuts):
        together = fine[:, None] == fine
        assert (coarse[:, None] == coarse)[together].all()


@EXAMPLES
@given(similarities(), st.integers(1, 4))
def test_links_are_the_strongest_of_one_end_or_the_other(
    similarity: np.ndarray, neighbours: int
) -> None:
    linked = link_neighbours(similarity, neighbours)
    np.testing.assert_array_equal(linked, linked.T)
    np.testing.assert_array_equal(linked[linked > 0], similarity[linked > 0])
    np.testing.assert_array_equal(np.diag(linked), 0.0)
    others = similarity - 2.0 * np.eye(len(similarity))
    nearest = -np.sort(-others, axis=1)[:, : min(neighbours, len(similarity) - 1)]
    kept = -np.sort(-linked, axis=1)[:, : nearest.shape[1]]
    np.testing.assert_array_equal(kept, np.maximum(nearest, 0.0))


@EXAMPLES
@given(similarities(), st.data())
def test_outliers_move_within_the_limits(similarity: np.ndarray, data: st.DataObject) -> None:
    n_sectors = len(similarity)
    given_labels = data.draw(arrays(np.int64, n_sectors, elements=st.integers(0, 2)))
    labels = order_labels(given_labels)
    before = np.bincount(labels)
    after, moves = reassign_outliers(similarity, labels, margin=0.1, smallest=2, largest=4)
    counts = np.bincount(after, minlength=len(before))
    assert (counts >= np.minimum(before, 2)).all()
    assert (counts <= np.maximum(before, 4)).all()
    assert len({move.sector for move in moves}) == len(moves)
    assert all(move.nearest - move.within >= 0.1 - 1e-12 for move in moves)
    changed = {move.sector: move.target for move in moves}
    expected = [changed.get(place, int(labels[place])) for place in range(n_sectors)]
    assert after.tolist() == expected


@pytest.mark.slow
@FEW
@given(similarities(), similarities(), st.randoms(use_true_random=False))
def test_the_order_of_sectors_changes_no_byte(
    first: np.ndarray, second: np.ndarray, random: Random
) -> None:
    n_sectors = min(len(first), len(second))
    matrices = [first[:n_sectors, :n_sectors], second[:n_sectors, :n_sectors]]
    assume(any(tells_apart(matrix) for matrix in matrices))
    order = random.sample(range(n_sectors), n_sectors)
    found = [
        find_clusters(
            Evidence(
                tuple(f"{place:02d}" for place in places),
                tuple(Relation(f"m{i}", m[np.ix_(places, places)]) for i, m in enumerate(matrices)),
            ),
            CLUSTERS,
            random_state=1,
        )
        for places in (list(range(n_sectors)), order)
    ]
    assert found[0].labels.tobytes() == found[1].labels.tobytes()
    assert found[0].memberships.tobytes() == found[1].memberships.tobytes()
    assert found[0].held_out.equals(found[1].held_out)
    assert found[0].moves == found[1].moves


@EXAMPLES
@given(similarities())
def test_only_the_order_of_similarities_counts(similarity: np.ndarray) -> None:
    plain, bent = (
        combine([Relation("m", values)]) for values in (similarity, similarity**3 * 50.0 - 7.0)
    )
    np.testing.assert_array_equal(plain, bent)


@EXAMPLES
@given(label_lists, st.permutations(range(7)))
def test_ordered_labels_do_not_depend_on_the_labels_given(
    labels: np.ndarray, names: list[int]
) -> None:
    renamed = np.array(names)[labels] * 10 - 3
    np.testing.assert_array_equal(order_labels(renamed), order_labels(labels))


@EXAMPLES
@given(label_lists)
def test_ordering_labels_keeps_the_partition_and_is_done_once(labels: np.ndarray) -> None:
    ordered = order_labels(labels)
    np.testing.assert_array_equal(
        ordered[:, None] == ordered[None, :], labels[:, None] == labels[None, :]
    )
    np.testing.assert_array_equal(order_labels(ordered), ordered)
    assert (np.diff(np.bincount(ordered)) <= 0).all()


@EXAMPLES
@given(similarities(), st.data())
def test_tight_groups_never_cross_clusters(similarity: np.ndarray, data: st.DataObject) -> None:
    n_sectors = len(similarity)
    labels = data.draw(arrays(np.int64, n_sectors, elements=st.integers(0, 3)))
    groups = cut_tight_groups(similarity, labels, 0.6)
    together = groups[:, None] == groups[None, :]
    assert (labels[:, None] == labels[None, :])[together].all()
    assert sorted(set(groups.tolist())) == list(range(groups.max() + 1))


@st.composite
def searches(draw: st.DrawFn) -> NicheSearch:
    n_areas, n_sectors = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    jobs = draw(arrays(np.float64, (n_areas, n_sectors), elements=st.integers(0, 400).map(float)))
    flags = arrays(np.bool_, n_sectors)
    percent = draw(arrays(np.int64, (n_sectors, n_sectors), elements=st.integers(0, 100)))
    return NicheSearch(
        groups=draw(arrays(np.int64, n_sectors, elements=st.integers(0, 3))),
        similarity=(percent + percent.T) / 200.0,
        specialised=draw(flags) & (jobs[0] > 0),
        makes_niche=draw(flags),
        region_jobs=jobs[0],
        plant_size=np.full(n_sectors, 8.0),
        region_total=float(jobs[0].sum()) + 100.0,
        area_jobs=jobs,
        area_totals=jobs.sum(axis=1) + 100.0,
        own_areas=np.array([0]),
        concentration=read_settings().concentration,
    )


@EXAMPLES
@given(searches())
def test_niches_are_specialised_parts_of_one_group_with_enough_jobs(search: NicheSearch) -> None:
    niches = find_niches(search, NICHES)
    inside = niches >= 0
    assert sorted(set(niches[inside].tolist())) == list(range(niches.max() + 1))
    assert search.specialised[inside].all()
    for niche in range(niches.max() + 1):
        members = np.flatnonzero(niches == niche)
        assert len(set(search.groups[members].tolist())) == 1
        assert search.makes_niche[members].any()
        jobs = search.region_jobs[members].sum()
        assert jobs >= NICHES.minimum_jobs_share * search.region_total
    # A group with a niche leaves none of its specialised sectors out.
    with_niche = np.isin(search.groups, search.groups[inside])
    np.testing.assert_array_equal(inside, with_niche & search.specialised)


@EXAMPLES
@given(searches())
def test_stricter_rules_never_give_niches_to_more_groups(search: NicheSearch) -> None:
    groups = set(search.groups[find_niches(search, NICHES) >= 0].tolist())
    for stricter in (
        replace(NICHES, minimum_jobs_share=0.1), replace(NICHES, maximum_rivals_share=0.0),
    ):  # fmt: skip
        assert set(search.groups[find_niches(search, stricter) >= 0].tolist()) <= groups
