"""Faults of the page, and the status that each kind of fault is answered with."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from cluster_engine.errors import (
    BusyError,
    ClusterEngineError,
    DataError,
    LimitError,
    ModelError,
    SettingsError,
)


class ForgedFormError(SettingsError):
    """A form does not carry the token of its session."""


class StoppingError(BusyError):
    """The page is being stopped."""

    def __init__(self) -> None:
        super().__init__("The page is being stopped.", hint="Start it again: cluster-engine serve")


class DiskFullError(LimitError):
    """What somebody sent cannot be kept: no room is left."""

    def __init__(self) -> None:
        super().__init__("There is no room left on the disk.", hint="Free some, then try again.")


FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def telling_full_disk() -> Iterator[None]:
    """Tell of a full disk what it is; other faults pass.

    Raises
    ------
    DiskFullError
        No room is left, or none of the share that the user may have.
    """
    try:
        yield
    except OSError as fault:
        if fault.errno in FULL:
            raise DiskFullError from fault
        raise


STATUSES: tuple[tuple[type[ClusterEngineError], int], ...] = (
    (ForgedFormError, 403),
    (StoppingError, 503),
    (BusyError, 409),
    (DiskFullError, 507),
    (LimitError, 413),
    (ModelError, 409),
    (DataError, 422),
    (SettingsError, 400),
)
BUG = 500


def find_status(fault: Exception) -> int:
    """HTTP status of a fault."""
    return next((code for kind, code in STATUSES if isinstance(fault, kind)), BUG)
