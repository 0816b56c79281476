"""Laws that clusters and niches keep on any similarity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cluster_engine.clustering.niches import NicheSearch, cut_tight_groups, find_niches
from cluster_engine.clustering.partition import order_labels, partition_sectors
from cluster_engine.settings import read_settings

EXAMPLES = settings(max_examples=25)
"""Enough for ten sectors; every partition takes some milliseconds."""
CLUSTERS = replace(
    read_settings().clusters,
    traded_gini=0.25, local_sectors=(), neighbours=3, resolutions=(1.0, 2.0), restarts=2,
    cuts=(2, 4), number=4, smallest=2, resamples=0,
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


@EXAMPLES
@given(similarities(), st.integers(0, 3))
def test_the_same_seed_gives_the_same_clusters(similarity: np.ndarray, seed: int) -> None:
    first = partition_sectors(similarity, CLUSTERS, random_state=seed)
    np.testing.assert_array_equal(
        first, partition_sectors(similarity.copy(), CLUSTERS, random_state=seed)
    )


@EXAMPLES
@given(similarities())
def test_clusters_are_numbered_from_the_largest_and_none_is_too_small(
    similarity: np.ndarray,
) -> None:
    labels = partition_sectors(similarity, CLUSTERS, random_state=0)
    counts = np.bincount(labels)
    assert (np.diff(counts) <= 0).all()
    assert counts.min() >= min(CLUSTERS.smallest, len(similarity))


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
    return NicheSearch(
        groups=draw(arrays(np.int64, n_sectors, elements=st.integers(0, 3))),
        specialised=draw(flags) & (jobs[0] > 0),
        makes_niche=draw(flags),
        region_jobs=jobs[0],
        region_total=float(jobs[0].sum()) + 100.0,
        area_jobs=jobs,
        area_totals=jobs.sum(axis=1) + 100.0,
        own_areas=np.array([0]),
    )


@EXAMPLES
@given(searches())
def test_a_niche_is_the_specialised_part_of_one_group_with_enough_jobs(
    search: NicheSearch,
) -> None:
    niches = find_niches(search, NICHES)
    assert niches.max() + 1 == len(set(niches[niches >= 0].tolist()))
    for niche in range(niches.max() + 1):
        members = np.flatnonzero(niches == niche)
        group = search.groups[members[0]]
        expected = np.flatnonzero((search.groups == group) & search.specialised)
        assert members.tolist() == expected.tolist()
        assert search.makes_niche[members].any()
        jobs = search.region_jobs[members].sum()
        assert jobs >= NICHES.minimum_jobs_share * search.region_total


@EXAMPLES
@given(searches())
def test_stricter_rules_never_give_more_niches(search: NicheSearch) -> None:
    n_niches = find_niches(search, NICHES).max()
    assert find_niches(search, replace(NICHES, minimum_jobs_share=0.1)).max() <= n_niches
    assert find_niches(search, replace(NICHES, maximum_rivals_share=0.0)).max() <= n_niches
