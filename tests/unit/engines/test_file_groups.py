from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cluster_engine.engines.file_groups import ROWS_PER_TASK, TASKS_PER_THREAD, group_files

FILES = st.dictionaries(st.text("ab/", min_size=1), st.integers(0, 3 * ROWS_PER_TASK), min_size=1)


@given(rows=FILES, n_threads=st.integers(0, 9))
def test_every_file_is_in_one_group_and_no_group_is_larger_than_allowed(
    rows: dict[str, int], n_threads: int
) -> None:
    groups = group_files(rows, n_threads)
    assert sorted(name for group in groups for name in group) == sorted(rows)
    share = -(-sum(rows.values()) // (max(n_threads, 1) * TASKS_PER_THREAD))
    sizes = [sum(rows[name] for name in group) for group in groups]
    assert sizes == sorted(sizes, reverse=True)
    for group, size in zip(groups, sizes, strict=True):
        assert len(group) == 1 or size <= min(share, ROWS_PER_TASK)


@given(rows=FILES, n_threads=st.integers(1, 9))
def test_groups_are_those_of_the_files_in_any_order(rows: dict[str, int], n_threads: int) -> None:
    backwards = dict(reversed(rows.items()))
    assert group_files(backwards, n_threads) == group_files(rows, n_threads)


def test_many_small_files_make_few_tasks_and_large_ones_are_alone() -> None:
    rows = {f"small{number:02d}": 10 for number in range(80)} | {"large": 5_000}
    groups = group_files(rows, 3)
    assert groups[0] == ("large",)
    assert [len(group) for group in groups[1:]] == [64, 16]


def test_so_many_rows_are_asked_again_at_most() -> None:
    rows = {f"part{number}": ROWS_PER_TASK // 3 for number in range(30)}
    groups = group_files(rows, 1)
    assert [len(group) for group in groups] == [3] * 10
