"""Two versions compared firm by firm: what cannot be separated is said, and the sums hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import ModelError
from cluster_engine.packs.pack import open_pack
from cluster_engine.parameters import Uncertainty
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import load_champion
from cluster_engine.results import Model
from cluster_engine.settings import rebuild
from cluster_engine.targeting.features import FirmTables
from cluster_engine.targeting.swaps import CODES, FIRM_LIST, Bench, Side
from cluster_engine.workflows.diff_summary import calc_shares, tell_diff
from cluster_engine.workflows.firm_moves import FROM_COLUMNS, Contest, list_moves
from cluster_engine.workflows.firm_tables import read_firm_tables
from cluster_engine.workflows.model_causes import Swap
from cluster_engine.workflows.model_diff import Scene, compare_models, list_markets
from cluster_engine.workflows.model_scoring import read_model_scoring

SUM_TOLERANCE = 1e-9
"""Parts are kept with ten digits."""


@pytest.fixture(scope="module")
def model(toy_models: Path) -> Model:
    found = load_champion(ModelStore(toy_models, toy_models), "toyland.north", Model)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def scene(toy_pack: Path) -> Scene:
    pack = open_pack(str(toy_pack))
    return Scene((pack,), list_markets(pack), 100)


def _vary(model: Model, inputs: Mapping[str, Any], **columns: Any) -> Model:
    """The model with other columns of its sector table, and other inputs."""
    facts = {**model.facts, "version": "2021-other",
             "inputs": {**model.facts["inputs"], **inputs}}  # fmt: skip
    return replace(model, sectors=model.sectors.assign(**columns), facts=facts)


def _tables(model: Model) -> dict[str, str]:
    return {**model.facts["inputs"]["tables"], "employment": "other"}


def test_data_and_code_together_are_not_separated_and_this_is_said(
    model: Model, scene: Scene
) -> None:
    affinity = model.sectors["affinity"] * 0.5
    new = _vary(model, {"tables": _tables(model), "engine": "99"}, affinity=affinity)
    diff = compare_models("toyland.north", model, new, scene)
    rows = diff.firms[diff.firms["change"] != 0]
    assert len(rows)
    assert np.allclose(rows["from_not_separable"], rows["change"], atol=SUM_TOLERANCE)
    assert (rows["by_clusters"] == rows["from_not_separable"]).all()
    assert any("data and code changed together" in sentence for sentence in tell_diff(diff))


def test_two_ways_of_one_cause_add_up(model: Model, scene: Scene) -> None:
    new = _vary(model, {"tables": _tables(model)}, affinity=model.sectors["affinity"] * 0.5,
                supplier=model.sectors["supplier"] + 0.3)  # fmt: skip
    firms = compare_models("toyland.north", model, new, scene).firms
    assert np.allclose(firms["from_data"], firms["change"], atol=SUM_TOLERANCE)
    ways = firms[["by_region_figures", "by_clusters", "by_learned_curves"]].abs().sum()
    assert ways["by_region_figures"] > 0
    assert ways["by_clusters"] > 0
    # The toy pack is too small to learn curves.
    assert ways["by_learned_curves"] == 0


def test_the_same_version_twice_moves_nothing(model: Model, scene: Scene) -> None:
    diff = compare_models("toyland.north", model, model, scene)
    assert (diff.firms["status"] == "stayed").all()
    assert diff.moved.empty
    assert "No score changed." in tell_diff(diff)


def test_a_firm_that_a_mixture_cannot_rank_is_not_separated(model: Model, scene: Scene) -> None:
    """The firm's old code is known to the old version alone, its new one to the new one alone."""
    trained = model.facts["inputs"]["settings"]
    old_firms = read_firm_tables(scene.packs[-1])
    codes = old_firms.firm_industries
    moved = codes.assign(industry=codes["industry"].mask(codes["firm_id"] == "t01", "2920"))
    sides = [
        Side(model.sectors[model.sectors["industry"] != absent].reset_index(drop=True),
             model.reference, read_model_scoring(model)[0],
             rebuild(Uncertainty, trained["uncertainty"]), tables)
        for absent, tables in (
            ("2920", old_firms), ("2910", FirmTables(old_firms.firms, moved)),
        )
    ]  # fmt: skip
    swaps = (Swap("data", "region's figures", (CODES, "specialisation"), ("data",)),
             Swap("firm list", "firm list", (FIRM_LIST,), ("firm list",)))  # fmt: skip
    rows = list_moves(Contest(Bench(*sides), swaps, scene.markets, 100))
    lost = rows[rows["firm_id"] == "t01"]
    assert (lost["status"] != "gone").all()
    assert (lost["from_not_separable"] == lost["change"]).all()
    both = rows[rows["change"].notna()]
    sums = both[list(FROM_COLUMNS)].sum(axis=1)
    assert np.allclose(sums, both["change"], atol=SUM_TOLERANCE)


def test_a_version_scored_by_other_criteria_is_refused(model: Model, scene: Scene) -> None:
    known = {name: one for name, one in model.reference["criteria"].items() if name != "gap"}
    old = replace(model, reference={**model.reference, "criteria": known})
    with pytest.raises(ModelError, match="without gap"):
        compare_models("toyland.north", old, model, scene)


def test_shares_count_along_the_change() -> None:
    """Changes +3 (4 and -1) and -1 (0 and -1): of 4 in all, 4 and -1 + 1 = 0."""
    change = pd.Series([3.0, -1.0])
    parts = pd.DataFrame({"a": [4.0, 0.0], "b": [-1.0, -1.0]})
    assert calc_shares(change, parts) == (1.0, 0.0)
