"""Ask firms on several workers with Dask: every file by itself, answers merged by a tree."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import pyarrow as pa

from cluster_engine import __version__
from cluster_engine.engines.duck import Progress, answer, connect
from cluster_engine.engines.resources import Resources
from cluster_engine.engines.screen import Query, merge
from cluster_engine.engines.workers import reach_workers
from cluster_engine.errors import NetworkError, SettingsError

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Made = TypeVar("Made")

TRIES_AGAIN = 3
"""How often a file is asked again whose worker failed; one that was lost costs no try."""

BRANCHES = 8
"""Answers that are merged into one; of 100 files two rounds are left."""


class DaskEngine:
    """Firms in Parquet files that all workers can read, asked by workers.

    Parameters
    ----------
    files : sequence of str
        Paths on a disk that all workers share, or addresses that fsspec knows.
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
        files: Sequence[str],
        resources: Resources,
        *,
        scheduler: str | None = None,
        client: Any = None,
        on_progress: Progress | None = None,
    ) -> None:
        self._files = tuple(files)
        self._on_progress = on_progress
        share = max(resources.memory // max(resources.threads, 1), 64 * 10**6)
        self._share = Resources(share, 1, resources.spill)
        self._closing = contextlib.ExitStack()
        self._client = client or reach_workers(
            self._closing, scheduler, count=resources.threads, spill=resources.spill
        )

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
            Workers were lost again and again.
        """
        from distributed import KilledWorker, as_completed
        from distributed.comm.core import CommClosedError

        submit = self._client.submit
        options = {"retries": TRIES_AGAIN, "pure": False}
        leaves = [
            submit(answer_file, query, file, self._share, __version__, **options)
            for file in self._files
        ]
        level = leaves
        while len(level) > 1:
            level = [
                submit(merge_on_worker, query, level[start : start + BRANCHES], **options)
                for start in range(0, len(level), BRANCHES)
            ]
        try:
            if self._on_progress is not None:
                answered = as_completed(leaves)  # type: ignore[no-untyped-call]
                for done, _ in enumerate(answered, 1):
                    self._on_progress(stage, done, len(leaves))
            return merge(query, [level[0].result()])
        except (KilledWorker, CommClosedError) as fault:
            raise NetworkError(
                f"Workers were lost again and again: {fault}.",
                hint="Look into the workers' logs; give them more memory.",
            ) from fault

    def spread(
        self, function: Callable[[Shared, Part], Made], shared: Shared, parts: Sequence[Part]
    ) -> Iterator[Made]:
        """Call a function for every part on workers; see ``engines/joblib_backend.py``."""
        from cluster_engine.engines.joblib_backend import spread

        return spread(self._client, function, shared, parts)


def answer_file(query: Query, file: str, resources: Resources, version: str) -> pa.Table:
    """Answer a question about one file; runs on a worker."""
    if version != __version__:
        raise SettingsError(
            f"A worker has cluster-engine {__version__}, this machine {version}.",
            hint="Install the same version everywhere.",
        )
    with connect(resources, (file,)) as connection:
        return answer(connection, query, (file,), resources)


def merge_on_worker(query: Query, answers: Sequence[pa.Table]) -> pa.Table:
    """Merge answers; runs on a worker."""
    return merge(query, answers)
