"""Features of the regions a project could choose know nothing of its own or later years."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.targeting.place.choice_contest import calc_marks, foretell
from cluster_engine.targeting.place.events import Choices, Places, lay_out_events
from cluster_engine.workflows.event_rounds import check_leak, judge_shuffled, judge_split

AREAS = ("A", "B", "C", "D")


def make_places() -> Places:
    return Places(
        AREAS, ("10", "29"), np.array([100.0, 200.0, 300.0, 400.0]),
        np.array([[2.0, 0.5], [1.0, 1.0], [0.5, 2.0], [1.0, 0.2]]), np.full((4, 2), 0.5),
        {"DE": np.array([10.0, 50.0, 200.0, 400.0]), "CZ": np.array([0.0, 10.0, 20.0, 30.0])}, "CZ",
    )  # fmt: skip


def make_events(n_events: int = 400, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Projects drawn by a known pull of the LQ: exp(1.5 log LQ)."""
    generator = np.random.default_rng(seed)
    places = make_places()
    sector = generator.integers(0, 2, n_events)
    pull = places.lq[:, sector].T ** 1.5
    share = pull / pull.sum(axis=1, keepdims=True)
    ids = [f"e{n:04d}" for n in range(n_events)]
    events = pd.DataFrame(
        {
            "event_id": ids,
            "year": np.sort(generator.integers(2000, 2008, n_events)),
            "firm_group": [f"firm {n // 2}" for n in range(n_events)],
            "origin": np.where(generator.random(n_events) < 0.5, "DE", "JP"),
            "sector": np.array(["food", "cars"])[sector],
            "area": [AREAS[generator.choice(4, p=p)] for p in share],
        }
    )
    codes = np.array(["10", "29"])[sector]
    return events, pd.DataFrame({"event_id": ids, "industry": codes, "weight": 1.0})


def feature(choices: Choices, name: str) -> np.ndarray:
    return choices.features[:, :, choices.names.index(name)]


def test_past_shares_by_hand() -> None:
    events = pd.DataFrame(
        {
            "event_id": ["1", "2", "3"], "year": [2000, 2000, 2001], "firm_group": ["x", "y", "x"],
            "origin": "DE", "sector": ["cars", "food", "cars"], "area": ["A", "B", "D"],
        }
    )  # fmt: skip
    weights = pd.DataFrame({"event_id": ["1", "2", "3"], "industry": "29", "weight": 1.0})
    choices = lay_out_events(events, weights, make_places())
    past = np.exp(feature(choices, "past_all"))
    assert past[0] == pytest.approx([0.25] * 4)
    assert past[2] == pytest.approx([2 / 6, 2 / 6, 1 / 6, 1 / 6])
    own = np.exp(feature(choices, "past_sector") + feature(choices, "past_all"))
    assert own[2] == pytest.approx([(1 + 5 / 3) / 6, 5 / 18, 5 / 36, 5 / 36])
    assert choices.first.tolist() == [True, True, False]
    assert feature(choices, "distance")[0] == pytest.approx(np.log1p([10, 50, 200, 400]))
    assert feature(choices, "capital")[0].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_no_feature_changes_with_choices_of_the_same_or_later_years() -> None:
    events, weights = make_events()
    dealt = events["area"].where(events["year"] < 2004, "A")
    honest = lay_out_events(events, weights, make_places())
    other = lay_out_events(events.assign(area=dealt), weights, make_places())
    early = (honest.events["year"] <= 2004).to_numpy()
    assert np.array_equal(honest.features[early], other.features[early])
    assert not np.array_equal(honest.features[~early], other.features[~early])


def test_marks_share_ties() -> None:
    events, weights = make_events(2)
    choices = lay_out_events(events, weights, make_places())
    marks = calc_marks(np.full((2, 4), 0.25), choices)
    assert marks["hit_1"] == pytest.approx([0.25, 0.25])
    assert marks["hit_3"] == pytest.approx([0.75, 0.75])
    assert marks["rank"] == pytest.approx([2.5, 2.5])
    assert marks["log_loss"] == pytest.approx([np.log(4)] * 2)


def test_the_hidden_pull_is_found_and_beats_every_region_alike() -> None:
    events, weights = make_events()
    choices = lay_out_events(events, weights, make_places())
    found = judge_split(choices, choices, 2003, 100, 0)
    assert found.gains["model|every region alike|log_loss|all"].low > 0.05
    assert found.n_learned + found.n_judged == 400
    early = (choices.events["year"] <= 2003).to_numpy()
    _, fitted = foretell(choices, early, ~early, {"lq": ("lq",)})
    model = fitted["lq"]
    # The model has log(LQ + 0.1), which is a little flatter than log LQ.
    assert abs(model.fit.weights[0] / model.spread[0] - 1.5) < 0.5


def test_regions_dealt_out_by_lot_give_no_lift() -> None:
    gains = []
    for seed in range(5):
        events, weights = make_events(seed=seed)
        gains.append(judge_shuffled(events, weights, make_places(), 2003, seed))
    assert max(gains) < 0.02


def test_a_planted_leak_is_caught() -> None:
    events, weights = make_events()
    honest = lay_out_events(events, weights, make_places())
    check_leak(honest)
    told = np.zeros(honest.features.shape[:2])
    told[np.arange(len(told)), honest.chosen] = 1.0
    told += np.random.default_rng(0).normal(scale=0.1, size=told.shape)
    planted = Choices(
        honest.events, (*honest.names, "from later"),
        np.concatenate([honest.features, told[:, :, None]], axis=2),
        honest.chosen, honest.groups, honest.first,
    )  # fmt: skip
    with pytest.raises(DataError, match="from later"):
        check_leak(planted)
