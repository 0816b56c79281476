"""Markets that are kept open, and names that are none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.packs.pack import open_pack
from cluster_engine.page.markets import Markets
from cluster_engine.page.store import Store
from cluster_engine.page.uploads import Uploads
from cluster_engine.page.view import View
from cluster_engine.page.workers import Workers
from cluster_engine.registry.locate import ModelStore
from cluster_engine.workflows.rank_request import RankRequest
from tests.unit.page.conftest import LIMITS


@pytest.fixture
def markets(tmp_path: Path, toy_pack: Path, toy_models: Path) -> Iterator[Markets]:
    """Keep one market open; there is a list of which nobody has read a file yet."""
    store = Store(tmp_path)
    uploads = Uploads(store, LIMITS, str(toy_pack))
    with store.write() as connection:
        connection.execute("INSERT INTO uploads VALUES ('a1', 'a.csv', 1, '', '', 'ready', '', '')")
    models = ModelStore(toy_models, toy_models)
    yield Markets(open_pack(str(toy_pack)), models, uploads, Workers(1), size=1)
    uploads.close()


def test_names_that_are_none_cost_nobody_an_open_market(markets: Markets) -> None:
    opened = markets.open(View(market="germany"))
    for number in range(3):
        with pytest.raises(SettingsError):
            markets.open(View(market=f"nowhere-{number}"))
    assert markets.open(View(market="germany")) is opened


def test_a_market_of_a_list_that_is_deleted_is_closed(
    markets: Markets, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def open_market(request: RankRequest, _: object) -> RankRequest:
        opened.append(request)
        return request

    monkeypatch.setattr("cluster_engine.page.markets.open_market", open_market)
    for listed in ("a1+pack", "a1+pack"):
        markets.open(View(market="germany", list=listed))
    assert len(opened) == 1
    markets.forget_list("a")
    markets.open(View(market="germany", list="a1+pack"))
    assert len(opened) == 1
    markets.forget_list("a1")
    markets.open(View(market="germany", list="a1+pack"))
    assert len(opened) == 2


def test_a_list_that_is_deleted_while_its_market_is_opened_is_told_as_gone(
    markets: Markets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_market(*_: object) -> None:
        with Store(tmp_path).write() as connection:
            connection.execute("DELETE FROM uploads")
        raise FileNotFoundError

    monkeypatch.setattr("cluster_engine.page.markets.open_market", open_market)
    with pytest.raises(SettingsError, match="no such list"):
        markets.open(View(market="germany", list="a1"))
