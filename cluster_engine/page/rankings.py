"""Rankings and explanations that were asked for lately: everybody starts from the same weights."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from cluster_engine.results import Explanation, Ranking
from cluster_engine.workflows.live_ranking import LiveMarket, Wish, explain_again, rank_again
from cluster_engine.workflows.user_weights import UserWeights

Told = tuple[Ranking, tuple[str, ...]]


class Rankings:
    """Works out rankings, and keeps the latest; safe under several threads.

    Parameters
    ----------
    size : int
        Results kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        # Draws fill a core for up to seconds: two at once would only both be late.
        self._drawing = threading.Lock()

    def rank(self, market: LiveMarket, wish: Wish) -> Told:
        """Rank an open market; returns the ranking and what its reader should know."""

        def work_out() -> Told:
            notes = list(market.told)
            return rank_again(market, wish, on_note=notes.append), tuple(notes)

        if wish.draws == 0:
            return work_out()
        told: Told = self._get((market.request, market.version, wish), work_out)
        return told

    def explain(self, market: LiveMarket, firm_id: str, weights: UserWeights) -> Explanation:
        """Explain a firm's rank in an open market."""
        key = (market.request, market.version, firm_id, weights)
        found: Explanation = self._get(key, lambda: explain_again(market, firm_id, weights))
        return found

    def _get(self, key: Hashable, work_out: Callable[[], Any]) -> Any:
        found = self._look(key)
        if found is not None:
            return found
        with self._drawing:
            found = self._look(key)
            if found is None:
                found = work_out()
                with self._lock:
                    self._kept[key] = found
                    while len(self._kept) > self._size:
                        self._kept.popitem(last=False)
        return found

    def _look(self, key: Hashable) -> Any:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)
