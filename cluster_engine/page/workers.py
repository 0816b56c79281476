"""The few threads in which the page works out what takes long."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class Workers:
    """Works things out in a few threads, first come first served.

    Every request has a thread of its own, as most of them wait; those only wait for what is worked
    out here. Worked out there, a hundred lists would take turns on the processors until all are
    late, and leave pieces of memory in as many heaps, which the C library does not give back.

    Parameters
    ----------
    threads : int
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="work")

    def run(self, work: Callable[[], Result]) -> Result:
        """Work something out; it must not call this again, or all threads may wait for others."""
        return self._pool.submit(work).result()
