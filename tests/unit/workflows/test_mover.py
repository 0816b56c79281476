"""From firms and events to the mover model: what was before is known, what comes after is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cluster_engine.packs.pack import open_pack
from cluster_engine.targeting.mover import score_mover
from cluster_engine.workflows.mover import learn_from_events, make_mover_parts

N_FIRMS = 3_000


def make_firms(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    generator = np.random.default_rng(seed)
    size = generator.normal(3.0, 0.7, N_FIRMS)
    firms = pd.DataFrame(
        {
            "firm_id": [f"f{n:04d}" for n in range(N_FIRMS)], "year": 2018.0,
            "employees": 10**size, "sales": 100.0, "operating_profit": 5.0, "rd": np.nan,
            "sales_growth": generator.normal(0.0, 0.1, N_FIRMS), "patents": np.nan,
            "patents_abroad": np.nan, "trademarks_abroad": np.nan,
        }
    )  # fmt: skip
    chance = 1.0 / (1.0 + np.exp(-(-2.0 + 1.2 * (size - 3.0) / 0.7)))
    return firms, generator.random(N_FIRMS) < chance


def make_events(firms: pd.DataFrame, moved: np.ndarray, year: float) -> pd.DataFrame:
    return pd.DataFrame({"firm_id": firms.loc[moved, "firm_id"], "year": year})


def test_larger_firms_are_found_to_move() -> None:
    firms, moved = make_firms()
    model = learn_from_events(firms, make_events(firms, moved, 2020.0), label_rate=1.0)
    assert model.basis == "learned"
    weight = model.terms.set_index("name")
    assert abs(weight.loc["employees", "weight"] - 1.2) < 4 * weight.loc["employees", "error"]
    # Nothing differs between these firms in margin, and nothing is known of their patents.
    assert list(weight.index) == ["employees", "growth"]


def test_events_up_to_the_year_of_the_figures_are_no_outcome() -> None:
    firms, moved = make_firms()
    model = learn_from_events(firms, make_events(firms, moved, 2018.0), label_rate=1.0)
    assert model.basis == "prior"
    assert "events name 0 of 3000 firms" in model.reason
    assert "recent_projects" in set(model.terms["name"])


@pytest.mark.parametrize(
    "events", [None, pd.DataFrame({"firm_id": ["", ""], "year": [2020.0] * 2})]
)
def test_without_events_that_name_firms_the_priors_stand(events: pd.DataFrame | None) -> None:
    firms, _ = make_firms()
    assert learn_from_events(firms, events, label_rate=0.5).basis == "prior"


def test_without_a_label_rate_nothing_is_learned() -> None:
    firms, moved = make_firms()
    model = learn_from_events(firms, make_events(firms, moved, 2020.0), label_rate=None)
    assert (model.basis, "not known" in model.reason) == ("prior", True)


def test_the_firms_of_the_default_pack_get_prior_odds() -> None:
    firms = open_pack().read("firms")
    parts = make_mover_parts(firms)
    model = learn_from_events(firms, None, label_rate=None)
    score = score_mover(model, parts)
    assert model.basis == score.basis == "prior"
    assert np.isfinite(score.probability).all()
    assert score.log_odds == pytest.approx(
        model.intercept + score.points.fillna(0.0).sum(axis=1).to_numpy(), abs=1e-9
    )
