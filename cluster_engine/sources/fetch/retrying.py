"""Try again, with longer waits each time, as long as the fault may pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from cluster_engine.errors import NetworkError
from cluster_engine.sources.fetch.manners import FetchLimits, PassingFaultError, require_client

if TYPE_CHECKING:
    from tenacity import RetryCallState

Result = TypeVar("Result")


def try_again(
    attempt: Callable[[], Result], limits: FetchLimits, sleep: Callable[[float], None]
) -> Result:
    """Call until it succeeds, at most ``limits.attempts`` times.

    Waits double from ``limits.first_wait`` to ``limits.longest_wait``, with a random part so that
    many machines do not come back at once; a server that asks for a longer wait is obeyed.

    Raises
    ------
    NetworkError
        The last try failed too, or the server asks to wait longer than allowed.
    """
    require_client()
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt
    from tenacity.wait import wait_exponential, wait_random

    growing = wait_exponential(multiplier=limits.first_wait) + wait_random(0, limits.first_wait)

    def wait(state: RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.wait if isinstance(fault, PassingFaultError) else 0.0
        if asked > limits.longest_wait:
            raise NetworkError(
                f"{fault} and asks to wait {asked:,.0f} seconds.",
                hint="Run the command again after that; "
                f"{limits.longest_wait:g} seconds are waited at most.",
            )
        return max(asked, min(growing(state), limits.longest_wait))

    retrying = Retrying(
        stop=stop_after_attempt(limits.attempts),
        wait=wait,
        retry=retry_if_exception_type(PassingFaultError),
        sleep=sleep,
        reraise=True,
    )
    try:
        return retrying(attempt)
    except PassingFaultError as fault:
        raise NetworkError(
            f"{fault}, {limits.attempts} times.",
            hint="Run the command again later: what has arrived is kept and taken up from there.",
        ) from fault
