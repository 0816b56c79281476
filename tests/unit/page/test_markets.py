"""Markets that are kept open, and names that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.packs.pack import open_pack
from cluster_engine.page.markets import Markets
from cluster_engine.page.store import Store
from cluster_engine.page.uploads import Uploads
from cluster_engine.page.view import View
from cluster_engine.registry.locate import ModelStore
from tests.unit.page.conftest import LIMITS


def test_names_that_are_none_cost_nobody_an_open_market(
    tmp_path: Path, toy_pack: Path, toy_models: Path
) -> None:
    uploads = Uploads(Store(tmp_path), LIMITS, str(toy_pack))
    store = ModelStore(toy_models, toy_models)
    markets = Markets(open_pack(str(toy_pack)), store, uploads, size=1)
    opened = markets.open(View(market="germany"))
    for number in range(3):
        with pytest.raises(SettingsError):
            markets.open(View(market=f"nowhere-{number}"))
    assert markets.open(View(market="germany")) is opened
    uploads.close()
