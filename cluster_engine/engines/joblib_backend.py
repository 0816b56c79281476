"""Let joblib spread work over Dask workers: training of regions, blocks of draws."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, TypeVar

from joblib import Parallel, delayed, parallel_config
from joblib._dask import DaskDistributedBackend

from cluster_engine.engines.workers import LOCAL, Workers, await_workers, reach_workers
from cluster_engine.errors import NetworkError

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Made = TypeVar("Made")

TRIES = 3
"""How often parts are sent again after the workers that held the shared data were lost."""


@dataclass(frozen=True, slots=True)
class _Lost:
    """What became of a task whose workers all went away."""

    fault: BaseException


class _TellingBackend(DaskDistributedBackend):  # type: ignore[misc]
    """joblib's backend, which otherwise waits for ever for a task whose workers were lost."""

    def effective_n_jobs(self, n_jobs: int) -> int:
        """Tasks at the same time; with one joblib would work in the caller, not on the worker."""
        return int(max(super().effective_n_jobs(n_jobs), 2))

    def submit(self, func: Any, callback: Any = None) -> Any:
        """Hand a task to Dask."""
        return self._watch(super().submit(func, callback), callback)

    def apply_async(self, func: Any, callback: Any = None) -> Any:
        """Hand a task to Dask; joblib before 1.5 calls it so."""
        return self._watch(super().apply_async(func, callback), callback)

    def retrieve_result_callback(self, out: Any) -> Any:
        """Result of a task, or its fault raised."""
        if isinstance(out, _Lost):
            raise out.fault
        return super().retrieve_result_callback(out)

    @staticmethod
    def _watch(future: Any, callback: Any) -> Any:
        def tell(done: Any) -> None:
            # joblib calls back for results only, and for faults that the task itself raised.
            if done.exception() is not None and callback is not None:
                callback(_Lost(done.exception()))

        future.add_done_callback(tell)
        return future


@contextlib.contextmanager
def open_workers(workers: Workers) -> Iterator[Any]:
    """Client of the workers asked for, all of this version.

    Raises
    ------
    SettingsError
        Dask is not installed, or a worker has another version.
    NetworkError
        The scheduler does not answer, or has no worker.
    """
    with contextlib.ExitStack() as closing:
        client = workers.client
        if client is None:
            spill = closing.enter_context(tempfile.TemporaryDirectory(prefix="cluster-engine-"))
            address = None if workers.scheduler == LOCAL else workers.scheduler
            client = reach_workers(closing, address, count=workers.count, spill=spill)
        await_workers(client, workers.scheduler)
        yield client


def spread(
    client: Any,
    function: Callable[[Shared, Part], Made],
    shared: Shared,
    parts: Iterable[Part],
    *,
    is_ordered: bool = True,
) -> Iterator[Made]:
    """Call a function once for every part, on workers.

    Parameters
    ----------
    client : distributed.Client
    function : callable
        Of a module, so that a worker can import it; called with ``shared`` and a part.
    shared : object
        Sent to every worker once.
    parts : iterable
        Sent one by one.
    is_ordered : bool, optional
        Whether results come in order of the parts, after all are made, or as they are made.

    Raises
    ------
    NetworkError
        Workers were lost again and again.
    """
    left = dict(enumerate(parts))
    made = _send_again(client, function, shared, left)
    if is_ordered:
        made = iter(sorted(made, key=lambda pair: pair[0]))
    for _, one in made:
        yield one


def call_part(
    shared: Shared, function: Callable[[Shared, Part], Made], number: int, part: Part
) -> tuple[int, Made]:
    """Call the function for one part, whose number goes with the result; runs on a worker."""
    return number, function(shared, part)


def _send_again(
    client: Any, function: Callable[[Shared, Part], Made], shared: Shared, left: dict[int, Part]
) -> Iterator[tuple[int, Made]]:
    """Send parts; once more those that were given up because what all share was lost."""
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    for tried in range(TRIES + 1):
        try:
            for number, made in _send(client, function, shared, left):
                del left[number]
                yield number, made
            return
        except (KilledWorker, CommClosedError, CancelledError) as fault:
            # Cancelled is what needs the shared data when the workers that held it are gone.
            if tried == TRIES or not isinstance(fault, CancelledError):
                raise NetworkError(
                    f"Workers were lost again and again: {fault}.",
                    hint="Look into the workers' logs; give them more memory.",
                ) from fault


def _send(
    client: Any, function: Callable[[Shared, Part], Made], shared: Shared, left: dict[int, Part]
) -> Iterator[tuple[int, Made]]:
    backend = _TellingBackend(client=client, scatter=[shared], pure=False)
    # Left before anything is yielded: what the caller does in between must not go to Dask as well.
    with parallel_config(backend, n_jobs=-1):
        # One part a task: joblib would put quick ones together, and lose all with a worker.
        work = Parallel(return_as="generator_unordered", batch_size=1)
    yield from work(
        delayed(call_part)(shared, function, number, part) for number, part in list(left.items())
    )
