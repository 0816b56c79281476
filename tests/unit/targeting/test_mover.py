"""The mover model: priors that say so, and weights learned from firms that events name."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.errors import DataError
from cluster_engine.targeting.evaluation.metrics import calc_roc_auc
from cluster_engine.targeting.mover import (
    assume_mover,
    learn_mover,
    score_mover,
)
from cluster_engine.targeting.mover_terms import TERMS

TRUE = {"employees": 0.9, "growth": 0.0, "rd": 0.6, "recent_projects": -0.4}
INTERCEPT = -2.5
LABEL_RATE = 0.4
N_FIRMS = 20_000


def draw(seed: int = 3) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    parts = {name: generator.normal(size=N_FIRMS) for name in TRUE}
    odds = INTERCEPT + sum(TRUE[name] * parts[name] for name in TRUE)
    moves = generator.random(N_FIRMS) < 1.0 / (1.0 + np.exp(-odds))
    return parts, moves, moves & (generator.random(N_FIRMS) < LABEL_RATE)


def test_known_weights_are_found_within_their_intervals() -> None:
    parts, moves, named = draw()
    model = learn_mover(parts, named, label_rate=LABEL_RATE, ridge=0.0)
    assert model.basis == "learned"
    spread = model.terms.set_index("name")["spread"]
    for row in model.terms.to_dict("records"):
        assert abs(row["weight"] / spread[row["name"]] - TRUE[row["name"]]) < 4 * row["error"]
    score = score_mover(model, parts)
    assert score.probability.mean() == pytest.approx(moves.mean(), abs=0.02)


def test_log_odds_are_the_intercept_plus_the_points() -> None:
    parts, _, named = draw()
    parts["rd"][::3] = np.nan
    score = score_mover(learn_mover(parts, named, label_rate=LABEL_RATE), parts)
    base = score.log_odds - score.points.sum(axis=1).to_numpy()
    assert np.ptp(base) < 1e-9
    assert score.n_unknown[0] == 1
    assert score.n_unknown[1] == 0


def test_a_shuffled_outcome_gives_no_lift() -> None:
    parts, moves, named = draw()
    half = np.arange(N_FIRMS) < N_FIRMS // 2
    early = {name: values[half] for name, values in parts.items()}
    late = {name: values[~half] for name, values in parts.items()}
    dealt = np.random.default_rng(0).permutation(named[half])
    honest = learn_mover(early, named[half], label_rate=LABEL_RATE)
    fooled = learn_mover(early, dealt, label_rate=LABEL_RATE)
    truth = moves[~half].astype(float)
    assert calc_roc_auc(truth, score_mover(honest, late).log_odds) > 0.7
    # The weights learned are noise of either sign: none is beyond what chance gives.
    assert (fooled.terms["weight"].abs() < 4 * fooled.terms["error"]).all()
    assert np.std(score_mover(fooled, late).probability) < 0.05


def test_a_planted_leak_is_caught() -> None:
    parts, _, named = draw()
    noise = np.random.default_rng(0).normal(size=N_FIRMS)
    with pytest.raises(DataError, match="profitability"):
        learn_mover(parts | {"profitability": named * 8.0 + noise}, named, label_rate=LABEL_RATE)


def test_a_figure_known_only_of_named_firms_is_caught() -> None:
    parts, _, named = draw()
    parts["growth"] = np.where(named, parts["growth"], np.nan)
    with pytest.raises(DataError, match="growth"):
        learn_mover(parts, named, label_rate=LABEL_RATE)


def test_few_named_firms_leave_the_priors_and_say_so() -> None:
    parts, _, _ = draw()
    named = np.zeros(N_FIRMS, dtype=bool)
    named[:5] = True
    model = learn_mover(parts, named, label_rate=LABEL_RATE)
    assert model.basis == "prior"
    assert "5 of 20000" in model.reason
    assert score_mover(model, parts).basis == "prior"


def test_every_prior_has_a_reference_and_larger_firms_move_more() -> None:
    assert all(term.reference and term.weight > 0 for term in TERMS)
    parts = {"employees": np.array([2.0, 3.0, 4.0, np.nan])}
    score = score_mover(assume_mover(parts), parts)
    assert score.probability[0] < score.probability[1] < score.probability[2]
    assert np.isnan(score.points.loc[3, "employees"])
