"""Reach the workers of a Dask scheduler, or start some on this machine."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import Any

from cluster_engine import __version__
from cluster_engine.errors import NetworkError, SettingsError

START_SECONDS = 10

WAIT_SECONDS = 60
"""How long a scheduler's first worker may take to turn up: a cluster may have to grow."""

LOCAL = "local"
"""In place of a scheduler's address: workers are started on this machine."""

HINT = "Start one: dask scheduler --host 127.0.0.1, or have workers started here."


@dataclass(frozen=True, slots=True)
class Workers:
    """Whose workers.

    Attributes
    ----------
    scheduler : str
        'tcp://host:8786', or 'local'.
    count : int
        Workers that are started where it is 'local'.
    client : distributed.Client or None
        One that is there already; it is not closed.
    """

    scheduler: str = LOCAL
    count: int = 2
    client: Any = None


def reach_workers(
    closing: contextlib.ExitStack, scheduler: str | None, *, count: int, spill: str
) -> Any:
    """Client of a scheduler, or of workers started here; closed with the stack.

    Parameters
    ----------
    closing : ExitStack
    scheduler : str or None
        'tcp://host:8786'; None: start workers on this machine.
    count : int
        Workers to start, each a process with one thread.
    spill : str
        Folder for what workers started here cannot keep in memory.

    Returns
    -------
    distributed.Client

    Raises
    ------
    SettingsError
        Dask is not installed.
    NetworkError
        The scheduler does not answer.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as fault:
        raise SettingsError(
            "Working with Dask needs packages that are not installed.",
            hint="Run: pip install 'cluster-engine[scale]'",
        ) from fault
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=START_SECONDS)  # type: ignore[no-untyped-call]
            return closing.enter_context(client)
        except (OSError, ValueError) as fault:
            raise NetworkError(
                f"The scheduler {scheduler} does not answer: {fault}.", hint=HINT
            ) from fault
    # Pages with code and data, open to whoever is on this machine: not unless asked for.
    silent: dict[str, Any] = {
        f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker")
    }
    closing.enter_context(dask.config.set({"temporary-directory": spill, **silent}))
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=count,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        # Any port: a fixed one is warned of where a second cluster is under way.
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        # A heartbeat under way while all is closed is no error; faults come as exceptions.
        silence_logs=logging.CRITICAL,
    )
    closing.enter_context(cluster)
    client = Client(cluster)  # type: ignore[no-untyped-call]
    return closing.enter_context(client)


def await_workers(client: Any, scheduler: str) -> None:
    """Wait for the first worker, and see that all that are there have this version.

    Raises
    ------
    SettingsError
        A worker has another version of cluster-engine, or none.
    NetworkError
        No worker turns up.
    """
    try:
        client.wait_for_workers(1, timeout=WAIT_SECONDS)
    except TimeoutError as fault:
        raise NetworkError(
            f"The scheduler {scheduler} has had no worker for {WAIT_SECONDS} seconds.",
            hint="Start some: dask worker ADDRESS --nthreads 1",
        ) from fault
    found = client.get_versions(packages=["cluster_engine"])["workers"]
    for address in sorted(found):
        version = found[address]["packages"].get("cluster_engine")
        if version != __version__:
            raise SettingsError(
                f"The worker {address} has cluster-engine {version or 'not installed'}, "
                f"this machine {__version__}.",
                hint="Install the same version everywhere.",
            )
