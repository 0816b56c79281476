"""A small model and a place to keep it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Model, Region

KEY = "toyshire"


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "home", tmp_path / "shipped")


@pytest.fixture
def make_model() -> Callable[..., Model]:
    """Make a model of the version named; another shift, other figures."""

    def make(version: str = "2024-00000001", shift: float = 0.0) -> Model:
        sectors = pd.DataFrame(
            {
                "industry": ["2910", "6419"],
                "lq": [1.5 + shift, np.nan],
                "niche": [0, -1],
                "niche_name": pd.array(["Motor vehicles", None], dtype="str"),
                "is_traded": [True, False],
            }
        )
        niches = pd.DataFrame({"niche": [0], "name": ["Motor vehicles"], "jobs": [1234.5]})
        clusters = pd.DataFrame({"cluster": [0], "name": ["Möbel & Küchen"], "membership": [0.1]})
        return Model(
            region=Region(KEY, "Toyshire", "region", ("T1", "T2")),
            sectors=sectors,
            niches=niches,
            clusters=clusters,
            reference={"parts": {"rd": {"mean": 0.1 + 0.2, "sd": 1e-9}}, "typical": {"mid": 6000}},
            facts={"version": version, "year": 2024, "sources": [{"title": "Größe"}]},
        )

    return make
