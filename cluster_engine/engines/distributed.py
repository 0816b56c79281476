"""Ask firms on several workers with Dask: files in groups, answers merged by a tree."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, Self, TypeVar

import pyarrow as pa

from cluster_engine import __version__
from cluster_engine.engines.duck import Progress
from cluster_engine.engines.file_groups import group_files
from cluster_engine.engines.resources import SMALLEST_MEMORY, Resources, remove_spill
from cluster_engine.engines.screen import Query, merge
from cluster_engine.engines.worker_side import Caller, answer_files, forget, hold, merge_answers
from cluster_engine.engines.workers import LOCAL, await_workers, reach_workers
from cluster_engine.errors import NetworkError

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Made = TypeVar("Made")

TRIES_AGAIN = 3
"""How often files are asked again whose worker failed; those that were lost cost no try."""

FEW = 2
"""Tasks for a thread up to which each carries its question: if so few need the same data, Dask
gives them all to the worker that has it, and the others idle."""

BRANCHES = 8
"""Answers that are merged into one; of 100 tasks two rounds are left."""


class DaskEngine:
    """Firms in Parquet files that all workers can read, asked by workers.

    Parameters
    ----------
    files : mapping of str to int
        Paths on a disk that all workers share, or addresses that fsspec knows; rows of each.
    resources : Resources
        Of all workers together when they are started here, each with one thread; a scheduler's
        workers get the same share.
    scheduler : str, optional
        'tcp://host:8786'; without it workers are started on this machine.
    client : distributed.Client, optional
        One that is there already; it is not closed.
    on_progress : callable, optional

    Raises
    ------
    SettingsError
        Dask is not installed.
    NetworkError
        The scheduler does not answer.
    """

    def __init__(
        self,
        files: Mapping[str, int],
        resources: Resources,
        *,
        scheduler: str | None = None,
        client: Any = None,
        on_progress: Progress | None = None,
    ) -> None:
        self._files = dict(files)
        self._on_progress = on_progress
        share = max(resources.memory // max(resources.threads, 1), SMALLEST_MEMORY)
        self._caller = Caller(uuid.uuid4().hex, __version__, Resources(share, 1, resources.spill))
        with contextlib.ExitStack() as opening:
            if client is None and scheduler is None:
                # Dask leaves locks in its folder, a worker that was killed what it could not hold.
                opening.callback(remove_spill, resources.spill)
            self._client = client or reach_workers(
                opening, scheduler, count=resources.threads, spill=resources.spill
            )
            await_workers(self._client, scheduler or LOCAL)
            opening.callback(self._forget)
            self._closing = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    def ask(self, query: Query, stage: str = "Reading firms") -> pa.Table:
        """Answer a question about all firms; see :class:`cluster_engine.engines.duck.DuckEngine`.

        Raises
        ------
        NetworkError
            Workers were lost again and again, or the scheduler was.
        """
        from distributed import KilledWorker, as_completed
        from distributed.comm.core import CommClosedError

        try:
            leaves, whole = self._send(query)
            if self._on_progress is not None:
                answered = as_completed(leaves)  # type: ignore[no-untyped-call]
                for done, _ in enumerate(answered, 1):
                    self._on_progress(stage, done, len(leaves))
            return merge(query, [whole.result()])
        except KilledWorker as fault:
            raise NetworkError(
                f"Workers were lost again and again: {fault}.",
                hint="Look into the workers' logs; give them more memory.",
            ) from fault
        except (CommClosedError, CancelledError) as fault:
            raise NetworkError(
                f"The scheduler was lost: {fault}.", hint="Look into its log, and start it again."
            ) from fault

    def spread(
        self, function: Callable[[Shared, Part], Made], shared: Shared, parts: Sequence[Part]
    ) -> Iterator[Made]:
        """Call a function for every part on workers; see ``engines/joblib_backend.py``."""
        from cluster_engine.engines.joblib_backend import spread

        return spread(self._client, function, shared, parts)

    def _send(self, query: Query) -> tuple[list[Any], Any]:
        """Tasks that answer for some files each, and the one that merges what they found."""
        options = {"retries": TRIES_AGAIN, "pure": False}
        n_threads = sum(self._client.nthreads().values())
        groups = (query.files,) if query.files else group_files(self._files, n_threads)
        asked: Any = query
        if len(groups) > FEW * n_threads:
            # Sent once, and as a task: it is done again where the only worker that had it was lost.
            asked = self._client.submit(hold, query, **options)
        leaves = self._client.map(
            answer_files, groups, [asked] * len(groups), caller=self._caller, **options
        )
        level = leaves
        while len(level) > 1:
            starts = range(0, len(level), BRANCHES)
            some = [level[start : start + BRANCHES] for start in starts]
            level = [
                self._client.submit(merge_answers, answers, asked, **options) for answers in some
            ]
        return leaves, level[0]

    def _forget(self) -> None:
        """Have workers close their connections; those that do not answer will be told by others."""
        with contextlib.suppress(OSError, TimeoutError):
            self._client.run(forget, self._caller.name, on_error="ignore")
