"""Draws behind the ranges of ranks: made once per market and weights, for all who ask."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as WaitedTooLongError
from contextlib import suppress

from cluster_engine.page.faults import StoppingError
from cluster_engine.parameters import Page
from cluster_engine.targeting.draw_blocks import RankDraws
from cluster_engine.workflows.live_ranking import LiveMarket, draw_market
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.user_weights import UserWeights

Key = tuple[RankRequest, str, UserWeights]


class Draws:
    """Makes draws one after the other, and keeps the latest; safe under several threads.

    The draws of a market hold all its firms: every list, firm and download under the same weights
    reads its ranges from them.

    Parameters
    ----------
    limits : Page
        Bytes kept, how many may wait, and for how long.
    stopping : threading.Event
        Set when the page is stopped: no draws are begun from then on.
    """

    def __init__(self, limits: Page, stopping: threading.Event) -> None:
        self._limits = limits
        self._stopping = stopping
        self._kept: OrderedDict[Key, RankDraws] = OrderedDict()
        self._asked: dict[Key, Future[RankDraws]] = {}
        self._lock = threading.Lock()
        # Draws fill a core for up to seconds: two at once would only both be late. A queue serves
        # whoever came first; a lock would let some wait for minutes.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="draws")

    def get(
        self, market: LiveMarket, weights: UserWeights, *, patient: bool, until: float | None = None
    ) -> RankDraws | None:
        """Return the draws of a market, made here or before.

        Parameters
        ----------
        market : LiveMarket
        weights : UserWeights
        patient : bool
            Whether to wait for them however many others are waited for.
        until : float, optional
            Moment of the monotonic clock up to which to wait; as long as the limits say without.

        Returns
        -------
        RankDraws or None
            None: not now. Too many others are waited for, or they took too long; those that were
            begun are kept for whoever asks next.

        Raises
        ------
        StoppingError
            Whoever waits when the page is stopped would keep it from ending.
        """
        key = (market.request, market.version, weights)
        wait = self._limits.draws_wait_seconds if until is None else until - time.monotonic()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            asked = self._asked.get(key)
            if asked is None:
                is_busy = len(self._asked) >= self._limits.draws_waiting
                if wait <= 0 or (is_busy and not patient):
                    return None
                asked = self._thread.submit(self._make, key, market)
                self._asked[key] = asked
        with suppress(WaitedTooLongError):
            return asked.result(max(wait, 0.0))
        return None

    def _make(self, key: Key, market: LiveMarket) -> RankDraws:
        try:
            if self._stopping.is_set():
                raise StoppingError
            found = draw_market(market, key[-1])
        except BaseException:
            with self._lock:
                del self._asked[key]
            raise
        with self._lock:
            del self._asked[key]
            self._kept[key] = found
            self._trim()
        return found

    def _trim(self) -> None:
        """Give up the oldest beyond the bytes allowed; the newest stays, however large."""
        size = sum(one.nbytes for one in self._kept.values())
        while size > self._limits.draws_cached_bytes and len(self._kept) > 1:
            size -= self._kept.popitem(last=False)[1].nbytes
