"""Rankings and explanations that were asked for lately: everybody starts from the same weights."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from cluster_engine.page.draws import Draws
from cluster_engine.page.workers import Workers
from cluster_engine.parameters import Page
from cluster_engine.results import Explanation, Ranking
from cluster_engine.workflows.live_ranking import LiveMarket, Wish, explain_again, rank_again
from cluster_engine.workflows.user_weights import UserWeights

Told = tuple[Ranking, tuple[str, ...]]


class Rankings:
    """Works out rankings, and keeps the latest; safe under several threads.

    Parameters
    ----------
    limits : Page
        Results kept, and what draws may take.
    workers : Workers
    stopping : threading.Event, optional
        Set when the page is stopped: no draws are begun from then on.
    """

    def __init__(
        self, limits: Page, workers: Workers, stopping: threading.Event | None = None
    ) -> None:
        self._size = limits.rankings_cached
        self._workers = workers
        self._draws = Draws(limits, stopping or threading.Event())
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def rank(
        self, market: LiveMarket, wish: Wish, *, patient: bool = False, until: float | None = None
    ) -> Told:
        """Rank an open market; returns the ranking and what its reader should know.

        Where intervals cannot be had now, the ranking comes without: its ``draws`` are 0.

        Parameters
        ----------
        market : LiveMarket
        wish : Wish
        patient : bool
            Whether to wait for intervals however many others wait for theirs.
        until : float, optional
            As in :meth:`cluster_engine.page.draws.Draws.get`.
        """
        key = (market.request, market.version, wish)
        drawn = None
        if wish.draws is None:
            told: Told | None = self._look(key)
            if told is not None:
                return told
            drawn = self._draws.get(market, wish.weights, patient=patient, until=until)
            if drawn is None:
                wish = replace(wish, draws=0)

        def work_out() -> Told:
            notes = list(market.told)
            ranking = rank_again(market, wish, drawn=drawn, on_note=notes.append)
            return ranking, tuple(notes)

        told = self._workers.run(work_out)
        if drawn is not None:
            self._keep(key, told)
        return told

    def explain(self, market: LiveMarket, firm_id: str, weights: UserWeights) -> Explanation:
        """Explain a firm's rank in an open market; without intervals where they take too long."""
        key = (market.request, market.version, firm_id, weights)
        found: Explanation | None = self._look(key)
        if found is None:
            drawn = self._draws.get(market, weights, patient=True)
            draws = 0 if drawn is None else None
            found = self._workers.run(
                lambda: explain_again(market, firm_id, weights, draws=draws, drawn=drawn)
            )
            if drawn is not None:
                self._keep(key, found)
        return found

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
