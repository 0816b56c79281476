"""Which cluster is which after a retrain."""

from __future__ import annotations

from cluster_engine.clustering.identity import Match, carry_numbers, match_clusters

OLD = {"a": 4, "b": 4, "c": 4, "d": 7, "e": 7}
WEIGHTS = dict.fromkeys("abcdefgh", 1.0)


def test_the_same_clusters_under_other_labels_are_recognised() -> None:
    new = {"a": 1, "b": 1, "c": 1, "d": 0, "e": 0}
    matches = match_clusters(OLD, new, WEIGHTS)
    assert matches == [Match(7, 0, 1.0), Match(4, 1, 1.0)]
    assert carry_numbers(matches) == {0: 7, 1: 4}


def test_overlap_is_the_weight_in_both_over_the_weight_in_either() -> None:
    new = {"a": 0, "b": 0, "d": 1, "e": 1, "c": 1}
    weights = {**WEIGHTS, "c": 2.0}
    by_new = {match.new: match for match in match_clusters(OLD, new, weights)}
    # 4 and 0 share a, b of a, b, c (2 of 4); 7 and 1 share d, e of c, d, e (2 of 4).
    assert (by_new[0].old, by_new[0].overlap) == (4, 0.5)
    assert (by_new[1].old, by_new[1].overlap) == (7, 0.5)


def test_a_cluster_that_shares_less_than_half_is_new_and_the_old_one_gone() -> None:
    new = {"a": 0, "b": 1, "c": 2, "d": 3, "e": 3}
    matches = match_clusters(OLD, new, WEIGHTS)
    assert [match.old for match in matches if match.new in (0, 1, 2)] == [None, None, None]
    assert Match(4, None, 0.0) in matches
    # Numbers once used are not used again.
    assert carry_numbers(matches) == {0: 8, 1: 9, 2: 10, 3: 7}


def test_two_halves_of_one_cluster_cannot_both_be_it() -> None:
    new = {"a": 0, "b": 0, "c": 1, "d": 2, "e": 2}
    olds = [match.old for match in match_clusters(OLD, new, WEIGHTS) if match.new is not None]
    assert olds == [4, None, 7]


def test_the_first_clusters_are_numbered_as_they_come() -> None:
    matches = match_clusters({}, {"a": 0, "b": 1}, WEIGHTS)
    assert carry_numbers(matches) == {0: 0, 1: 1}
