"""Markets that were opened lately, ready to be ranked again at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from cluster_engine.errors import ClusterEngineError, ModelError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.manifest import MANIFEST_FILE
from cluster_engine.packs.pack import Pack
from cluster_engine.page.uploads import Uploads
from cluster_engine.page.view import View, find_upload
from cluster_engine.page.workers import Workers
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Region
from cluster_engine.workflows.live_ranking import LiveMarket, find_champion_version, open_market
from cluster_engine.workflows.rank_request import RankRequest, UserLists

Key = tuple[str, str, str]
Stamp = tuple[str, int]

MOST_NAMES = 1_000
"""Spellings of regions that are kept."""


@dataclass(slots=True)
class _Place:
    """One market's place: whoever comes first opens it, the others wait for that."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    stamp: Stamp | None = None
    market: LiveMarket | None = None


class Markets:
    """Opens markets and keeps the latest ones; safe under several threads.

    Parameters
    ----------
    pack : Pack
    store : ModelStore
    uploads : Uploads
    workers : Workers
    size : int
        Markets kept.
    """

    def __init__(
        self, pack: Pack, store: ModelStore, uploads: Uploads, workers: Workers, size: int
    ) -> None:
        self._workers = workers
        self._pack = pack
        self._store = store
        self._uploads = uploads
        self._size = size
        self._regions: dict[str, Region] = {}
        self._places: OrderedDict[Key, _Place] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, view: View) -> LiveMarket:
        """Open a view's market, or take it from those that are open; a new champion counts at once.

        Raises
        ------
        ModelError
            The region has no champion.
        SettingsError, DataError
            As in :func:`cluster_engine.workflows.live_ranking.open_market`.
        """
        region = self.find_region(view.region)
        version = find_champion_version(self._pack, region, self._store)
        if version is None:
            raise ModelError(
                f"{region.name} has no model yet.",
                hint=f"Train it once, which takes a minute or two: cluster-engine train --region "
                f"{region.slug} - then load this page again.",
            )
        firms = (self._uploads.get_firms(view.upload),) if view.upload else ()
        stamp = (version, (self._pack.folder / MANIFEST_FILE).stat().st_mtime_ns)
        key = (region.slug, view.market, view.list)
        place = self._find_place(key)
        with place.lock:
            if place.market is None or place.stamp != stamp:
                lists = UserLists(firms=firms, with_pack=view.with_pack)
                request = RankRequest(view.market, region.slug, str(self._pack.folder), lists=lists)
                try:
                    with self._uploads.reading(view.upload):
                        place.market = self._workers.run(lambda: open_market(request, self._store))
                except (ClusterEngineError, OSError):
                    self._forget(key, place)
                    raise
                place.stamp = stamp
                self._trim()
            return place.market

    def find_region(self, asked: str) -> Region:
        """Find a region of the pack; '' is the default one.

        Raises
        ------
        SettingsError
            There is no such region.
        """
        # A table must be read for it, and every request asks.
        if asked not in self._regions:
            found = find_region(self._pack, asked or None)
            if len(self._regions) < MOST_NAMES:
                self._regions[asked] = found
            return found
        return self._regions[asked]

    def forget_list(self, upload: str) -> None:
        """Close the markets of an uploaded list: it is gone."""
        with self._lock:
            for key in [one for one in self._places if find_upload(one[-1]) == upload]:
                del self._places[key]

    def _find_place(self, key: Key) -> _Place:
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            return place

    def _forget(self, key: Key, place: _Place) -> None:
        """Give up a place that could not be opened: names that are none must cost nobody theirs."""
        with self._lock:
            if self._places.get(key) is place:
                del self._places[key]

    def _trim(self) -> None:
        with self._lock:
            while len(self._places) > self._size:
                self._places.popitem(last=False)
