"""What became of clusters: every event by hand, and that no member is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_engine.clustering.lineage import Descent, trace_clusters

labels = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3))


def _trace(old: str, new: str, weights: dict[str, float] | None = None) -> list[Descent]:
    """Trace 'ab cd' (clusters 0 and 1) into another such text; weight 1 each unless told."""
    parts = [
        {member: label for label, group in enumerate(text.split()) for member in group}
        for text in (old, new)
    ]
    weigh = dict.fromkeys("abcdefghijkl", 1.0) | (weights or {})
    return list(trace_clusters(parts[0], parts[1], weigh))


def _events(rows: list[Descent]) -> list[tuple[str, int | None, int | None]]:
    return [(row.event, row.old, row.new) for row in rows]


@pytest.mark.parametrize(
    ("old", "new", "events"),
    [
        ("abc de", "abc de", [("kept", 0, 0), ("kept", 1, 1)]),
        ("abc", "abcd", [("changed", 0, 0)]),
        ("abcde", "abc de", [("changed", 0, 0), ("split off", 0, 1)]),
        ("abc de", "abcde", [("changed", 0, 0), ("merged", 1, 0)]),
        ("abcd", "ab cd", [("changed", 0, 0), ("split off", 0, 1)]),
        ("abc", "abc xyz", [("kept", 0, 0), ("born", None, 1)]),
        ("abc xyz", "abc", [("kept", 0, 0), ("died", 1, None)]),
        ("abcdef", "ab cd ef", [
            ("split off", 0, 0), ("split off", 0, 1), ("split off", 0, 2), ("broken up", 0, None),
        ]),
        # Three of five in either: most of each, yet three of seven in both.
        ("abcde", "cdefg", [("succeeded", 0, 0)]),
    ],
)  # fmt: skip
def test_every_event_by_hand(
    old: str, new: str, events: list[tuple[str, int | None, int | None]]
) -> None:
    assert _events(_trace(old, new)) == events


def test_two_that_live_on_exchange_a_member() -> None:
    rows = _trace("abcd efgh", "abc defgh")
    assert _events(rows) == [("changed", 0, 0), ("exchanged", 0, 1), ("changed", 1, 1)]
    moved = rows[1]
    assert moved.shared == ("d",)
    assert (moved.old_share, moved.new_share) == (0.25, 0.2)


def test_jobs_decide_and_not_the_number_of_sectors() -> None:
    """One member of weight 10 outweighs three of 1: the cluster goes where it goes."""
    rows = _trace("abcd", "a bcd", {"a": 10.0})
    assert _events(rows) == [("changed", 0, 0), ("split off", 0, 1)]
    assert rows[0].weight == 10.0
    assert rows[0].old_share == pytest.approx(10 / 13)


@given(labels, labels)
def test_every_cluster_has_a_line(old: dict[str, int], new: dict[str, int]) -> None:
    rows = trace_clusters(old, new, dict.fromkeys("abcdefgh", 1.0))
    assert {row.old for row in rows} - {None} == set(old.values())
    assert {row.new for row in rows} - {None} == set(new.values())


@given(labels)
def test_the_same_clusters_are_all_kept(old: dict[str, int]) -> None:
    rows = trace_clusters(old, {name: label + 7 for name, label in old.items()},
                          dict.fromkeys("abcdefgh", 1.0))  # fmt: skip
    assert {row.event for row in rows} <= {"kept"}
