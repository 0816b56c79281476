"""Faults of the page, and the status that each kind of fault is answered with."""

from __future__ import annotations

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


STATUSES: tuple[tuple[type[ClusterEngineError], int], ...] = (
    (ForgedFormError, 403),
    (StoppingError, 503),
    (BusyError, 409),
    (LimitError, 413),
    (ModelError, 409),
    (DataError, 422),
    (SettingsError, 400),
)
BUG = 500


def find_status(fault: Exception) -> int:
    """HTTP status of a fault."""
    return next((code for kind, code in STATUSES if isinstance(fault, kind)), BUG)
