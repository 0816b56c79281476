"""Targets that rank a converted list of which one file is not what it was."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from cluster_engine.engines.resources import find_resources
from cluster_engine.parameters import Uncertainty
from cluster_engine.registry.locate import open_store
from cluster_engine.registry.versions import load_champion
from cluster_engine.results import Market, Model
from cluster_engine.settings import read_scoring, rebuild
from cluster_engine.targeting.rank import RankPlan
from cluster_engine.workflows.big_firms import EngineRequest, rank_big
from cluster_engine.workflows.convert_firms import ConvertRequest, convert_firms
from tests.functional.made_lists import COUNTRIES, make_tables, write_list

N_FIRMS = 40
MARKET = Market("dach", "Germany, Austria, Switzerland", dict.fromkeys(COUNTRIES, "-"))


def read_file(name: str) -> Callable[[Path], object]:
    """Reader of a converted list whose file of this name is the one given."""

    def read(path: Path) -> object:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(shutil.copytree(open_converted(), Path(place) / "list"))
            shutil.copyfile(path, folder / name)
            if name != "dataset.json":
                _sign(folder, name)
            return _rank(folder)

    return read


def seed_file(name: str) -> Callable[[], list[bytes]]:
    """The file as it was converted."""
    return lambda: [(open_converted() / name).read_bytes()]


def _sign(folder: Path, name: str) -> None:
    """Have the manifest tell size and checksum of the changed file, as who changed it would."""
    manifest = folder / "dataset.json"
    body = json.loads(manifest.read_text())
    data = (folder / name).read_bytes()
    for entry in (*body["files"], *body["tables"]):
        if entry["path"] == name:
            entry.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    manifest.write_text(json.dumps(body))


@cache
def open_converted() -> Path:
    """Folder of the list that all start from."""
    place = Path(tempfile.mkdtemp(prefix="cluster-engine-fuzz-"))
    given = write_list(place / "list", make_tables(N_FIRMS, 1))
    convert_firms(ConvertRequest((given,), place / "converted"), find_resources("200MB", 1))
    return place / "converted"


@cache
def _plan() -> tuple[Model, RankPlan]:
    model = load_champion(open_store(), "west-midlands", Model)
    assert model is not None
    trained: Any = model.facts["inputs"]["settings"]
    draws = rebuild(Uncertainty, trained["uncertainty"] | {"draws": 0})
    return model, RankPlan(read_scoring(trained["scoring"]), draws)


def _rank(folder: Path) -> object:
    model, plan = _plan()
    resources = replace(find_resources("200MB", 1), spill=str(folder / "spill"))
    return rank_big(str(folder), MARKET, model, plan, EngineRequest("duckdb", resources))
