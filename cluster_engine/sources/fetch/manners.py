"""How long, how often and how much may be asked, and when trying again makes sense."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cluster_engine.errors import SettingsError


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long, how often and how much.

    Attributes
    ----------
    timeout : float
        Seconds to connect, and between two blocks of the answer.
    attempts : int
        Tries per file or page.
    pause : float
        Seconds between two requests to one host.
    first_wait, longest_wait : float
        Seconds before the second try, doubled each time, and at most.
    file_seconds : float
        Seconds for one file altogether.
    file_bytes : int
        Bytes of one file.
    """

    timeout: float = 60.0
    attempts: int = 5
    pause: float = 1.0
    first_wait: float = 2.0
    longest_wait: float = 120.0
    file_seconds: float = 7200.0
    file_bytes: int = 4_000_000_000


class PassingFaultError(Exception):
    """A fault that may go away: the next try may succeed.

    Parameters
    ----------
    message : str
    wait : float
        Seconds the server asks to wait; 0: it does not say.
    """

    def __init__(self, message: str, *, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


def require_client() -> None:
    """Make sure that urllib3 and tenacity are there.

    Raises
    ------
    SettingsError
        One of them is not installed.
    """
    try:
        import tenacity  # noqa: F401
        import urllib3  # noqa: F401
    except ImportError as fault:
        raise SettingsError(
            f"'data fetch' needs the extra 'stats': {fault.name} is not installed.",
            hint="Install it with: pip install 'cluster-engine[stats]'",
        ) from fault


def read_retry_after(told: str) -> float:
    """Return the seconds a server asks to wait, from a number or a date; 0 where it does not say.

    Examples
    --------
    >>> read_retry_after("120")
    120.0
    """
    from email.utils import parsedate_to_datetime

    if told.strip().isdigit():
        return float(told)
    try:
        due = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    return max(0.0, due.timestamp() - time.time())
