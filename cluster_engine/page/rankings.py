"""Rankings and explanations that were asked for lately: everybody starts from the same weights."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from cluster_engine.page.faults import StoppingError
from cluster_engine.results import Explanation, Ranking
from cluster_engine.workflows.live_ranking import LiveMarket, Wish, explain_again, rank_again
from cluster_engine.workflows.user_weights import UserWeights

Told = tuple[Ranking, tuple[str, ...]]


MOST_WAITING = 4
"""Lists that wait for their draws; whoever comes next gets the list without intervals at once."""


class Rankings:
    """Works out rankings, and keeps the latest; safe under several threads.

    Parameters
    ----------
    size : int
        Results kept.
    stopping : threading.Event, optional
        Set when the page is stopped: no draws are begun from then on.
    """

    def __init__(self, size: int, stopping: threading.Event | None = None) -> None:
        self._size = size
        self._stopping = stopping or threading.Event()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        # Draws fill a core for up to seconds: two at once would only both be late. A queue serves
        # whoever came first; a lock would let some wait for minutes.
        self._drawing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="draws")
        self._asked: dict[Hashable, Future[Any]] = {}

    def rank(self, market: LiveMarket, wish: Wish, *, patient: bool = False) -> Told:
        """Rank an open market; returns the ranking and what its reader should know.

        Parameters
        ----------
        market : LiveMarket
        wish : Wish
        patient : bool
            Whether to wait for intervals however many others wait for theirs.
        """

        def work_out() -> Told:
            notes = list(market.told)
            return rank_again(market, wish, on_note=notes.append), tuple(notes)

        if wish.draws == 0:
            return work_out()
        key = (market.request, market.version, wish)
        told: Told | None = self._look(key)
        if told is None:
            if len(self._asked) >= MOST_WAITING and not patient:
                return self.rank(market, replace(wish, draws=0))
            told = self._draw(key, work_out)
            self._keep(_name_drawn(market, wish.weights), told[0])
        return told

    def explain(self, market: LiveMarket, firm_id: str, weights: UserWeights) -> Explanation:
        """Explain a firm's rank in an open market."""
        key = (market.request, market.version, firm_id, weights)
        found: Explanation | None = self._look(key)
        if found is None:
            drawn: Ranking | None = self._look(_name_drawn(market, weights))
            if drawn is not None and (drawn.rows["firm_id"] == firm_id).any():
                found = explain_again(market, firm_id, weights, drawn=drawn)
                self._keep(key, found)
            else:
                found = self._draw(key, lambda: explain_again(market, firm_id, weights))
        return found

    def _draw(self, key: Hashable, work_out: Callable[[], Any]) -> Any:
        """Work out what takes long, one at a time; whoever asks for the same waits for the same.

        Raises
        ------
        StoppingError
            Whoever waits when the page is stopped would keep it from ending.
        """

        def draw() -> Any:
            try:
                if self._stopping.is_set():
                    raise StoppingError
                found = work_out()
                self._keep(key, found)
                return found
            finally:
                with self._lock:
                    del self._asked[key]

        with self._lock:
            if key in self._kept:
                return self._kept[key]
            asked = self._asked.get(key)
            if asked is None:
                asked = self._asked[key] = self._drawing.submit(draw)
        return asked.result()

    def _look(self, key: Hashable) -> Any:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Hashable, found: Any) -> None:
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


def _name_drawn(market: LiveMarket, weights: UserWeights) -> Hashable:
    """Key of the latest list with intervals under some weights."""
    return ("drawn", market.request, market.version, weights)
