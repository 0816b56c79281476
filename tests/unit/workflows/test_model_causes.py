"""What changed in the inputs of two versions, and what it can have moved."""

from __future__ import annotations

from typing import Any

import pytest

from cluster_engine.targeting.features import SECTOR_PARTS
from cluster_engine.targeting.swaps import (
    CODES,
    FIRM_LIST,
    SCORE_SETTINGS,
    SWAPPABLE,
    YARDSTICK,
)
from cluster_engine.workflows.model_causes import ORIGINS, compare_inputs, plan_swaps


def _facts(**changes: Any) -> dict[str, Any]:
    """Facts of a manifest; tables, settings and packages may be replaced."""
    inputs = {
        "engine": "1.0", "protocol": 2, "year": 2021, "seed": 0, "own_matrix": None,
        "tables": {"employment": "a", "value_added": "b", "firms": "c"},
        "settings": {"scoring": {"weights": {"gap": 1.0}, "limit": 2.5},
                     "regional": {"delta": 0.3}},
    }  # fmt: skip
    packages = changes.pop("packages", {"numpy": "1"})
    return {"inputs": {**inputs, **changes}, "packages": packages}


def _causes(things: tuple[str, ...], **changes: Any) -> dict[str, str]:
    swaps = plan_swaps(things, compare_inputs(_facts(), _facts(**changes)))
    return {thing: swap.cause for swap in swaps for thing in swap.things}


def test_all_that_can_be_swapped_has_an_origin() -> None:
    assert set(ORIGINS) == {CODES, *SECTOR_PARTS}
    assert set(SWAPPABLE) - set(ORIGINS) == {YARDSTICK, SCORE_SETTINGS, FIRM_LIST}


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"tables": {"employment": "X", "value_added": "b", "firms": "c"}}, "data"),
        ({"year": 2022}, "data"),
        ({"own_matrix": "abc"}, "data"),
        ({"engine": "1.1"}, "code"),
        ({"packages": {"numpy": "2"}}, "code"),
        ({"seed": 7}, "code"),
        ({"settings": {"scoring": {"weights": {"gap": 1.0}, "limit": 2.5},
                       "regional": {"delta": 0.2}}}, "settings"),
        ({"year": 2022, "engine": "1.1"}, "not separable"),
        # Nothing that is recorded changed: it ran on another machine.
        ({}, "code"),
    ],
)  # fmt: skip
def test_a_gap_is_put_down_to_what_it_depends_on(changes: dict[str, Any], cause: str) -> None:
    assert _causes(("gap",), **changes) == {"gap": cause}


def test_what_depends_on_one_of_two_changes_is_separated() -> None:
    changes = {
        "tables": {"employment": "a", "value_added": "X", "firms": "c"},
        "settings": {"scoring": {"weights": {"gap": 1.0}, "limit": 2.5},
                     "regional": {"delta": 0.2}},
    }  # fmt: skip
    found = _causes(("added_value", "gap"), **changes)
    assert found == {"added_value": "data", "gap": "settings"}


def test_weights_do_not_move_the_yardstick() -> None:
    changes = {
        "tables": {"employment": "X", "value_added": "b", "firms": "c"},
        "settings": {"scoring": {"weights": {"gap": 9.0}, "limit": 2.5},
                     "regional": {"delta": 0.3}},
    }  # fmt: skip
    assert _causes((YARDSTICK,), **changes) == {YARDSTICK: "data"}
    changes["settings"]["scoring"]["limit"] = 3.0
    assert _causes((YARDSTICK,), **changes) == {YARDSTICK: "not separable"}


def test_learned_weights_follow_from_the_events_and_set_ones_from_the_settings() -> None:
    assert _causes((SCORE_SETTINGS,), movers="abc") == {SCORE_SETTINGS: "data"}
    settings = {"scoring": {"weights": {"gap": 9.0}, "limit": 2.5}, "regional": {"delta": 0.3}}
    assert _causes((SCORE_SETTINGS,), settings=settings) == {SCORE_SETTINGS: "settings"}
    both = _causes((SCORE_SETTINGS,), settings=settings, movers="abc")
    assert both == {SCORE_SETTINGS: "not separable"}


def test_changes_are_told_in_words() -> None:
    tables = {"employment": "X", "value_added": "b", "firms": "Y"}
    found = compare_inputs(_facts(), _facts(tables=tables, engine="1.1", seed=3)).describe()
    assert found == {
        "data": "employment", "code": "engine 1.0 → 1.1, seed", "firm list": "firms",
    }  # fmt: skip
