"""Put files of firms together to tasks of about as many rows each."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

ROWS_PER_TASK = 1_000_000
"""Rows of one task at most, but for a larger file: what is asked again when a worker is lost."""

TASKS_PER_THREAD = 3
"""So that nobody waits long for the last task. A task costs 25 to 70 ms before it reads a row, most
of them for planning the query: as long as scoring some 100,000 firms."""


def group_files(rows: Mapping[str, int], n_threads: int) -> tuple[tuple[str, ...], ...]:
    """Put files together to a few tasks for every thread, of about as many rows.

    Parameters
    ----------
    rows : mapping of str to int
        Files and their rows; their order does not matter.
    n_threads : int
        Of all workers.

    Returns
    -------
    tuple of tuple of str
        Every file once, largest group first; none of more rows than ``ROWS_PER_TASK`` or, if that
        is less, an equal share, unless it is of a single file.
    """
    share = -(-sum(rows.values()) // (max(n_threads, 1) * TASKS_PER_THREAD))
    room = min(share, ROWS_PER_TASK)
    groups: list[tuple[int, int, list[str]]] = []
    for file, held in sorted(rows.items(), key=lambda one: (-one[1], one[0])):
        # The emptiest group comes first: if the file does not fit there, it fits nowhere.
        if groups and groups[0][0] + held <= room:
            filled, number, names = groups[0]
            heapq.heapreplace(groups, (filled + held, number, [*names, file]))
        else:
            heapq.heappush(groups, (held, len(groups), [file]))
    largest_first = sorted(groups, key=lambda group: (-group[0], group[1]))
    return tuple(tuple(names) for _, _, names in largest_first)
