from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.targeting.evaluation.baselines import BASELINES
from cluster_engine.targeting.place.likelihoods import Response
from cluster_engine.targeting.place.samples import Sample, Window, join_samples
from cluster_engine.workflows.place_contest import CHALLENGER, ELEVEN, MODEL, hold_contest
from cluster_engine.workflows.place_findings import find_sentences
from cluster_engine.workflows.place_samples import plan_windows

N = 600
ABLATION = pd.DataFrame(
    {
        "without": ["own"],
        "ROC-AUC lost": [0.1], "ROC-AUC low": [0.05], "PR-AUC lost": [0.0], "PR-AUC low": [-0.1],
    }
)  # fmt: skip


def _make_sample(seed: int = 0) -> Sample:
    generator = np.random.default_rng(seed)
    strength = generator.normal(size=N)
    happened = (generator.random(N) < 1 / (1 + np.exp(2 - 2 * strength))).astype(float)
    sectors, areas = np.arange(N) % 30, np.arange(N) // 30
    zeros = np.zeros(N, dtype=np.int64)
    response = Response("whether", happened, zeros, np.ones(N), sectors)
    return Sample("entry", (Window(2018, 2021),), {"lq": strength}, response, areas, sectors, zeros)


def _find(model: str, winner: str) -> tuple[str, ...]:
    """Sentences of a contest in which one entrant knows the strength and the rest guess."""
    judged = _make_sample()
    generator = np.random.default_rng(1)
    names = [MODEL, CHALLENGER, ELEVEN, *BASELINES]
    scores = {name: generator.normal(size=N) for name in names}
    scores[winner] = judged.values["lq"]
    contest = hold_contest(judged, scores, n_draws=40, random_state=0)
    gains = [contest.figures[f"{CHALLENGER}|{metric}|gain"] for metric in ("ROC-AUC", "PR-AUC")]
    facts = {
        "challenger_used": all(gain.high < 0 for gain in gains),
        "shuffled_roc_auc": [0.49, 0.51], "stable_share": 0.8, "stable_top": 100,
        "stable_rank_correlation": 0.9,
    }  # fmt: skip
    return find_sentences("entry", contest, ABLATION, facts)


def test_a_baseline_that_wins_is_said_to_win() -> None:
    said = " ".join(_find(MODEL, "LQ alone"))
    assert "The baseline 'LQ alone' wins or ties on ROC-AUC and PR-AUC." in said


def test_a_model_that_beats_all_says_so() -> None:
    said = " ".join(_find(MODEL, MODEL))
    assert "Every baseline is beaten beyond the interval, on both measures." in said
    assert "it is not used" in said


def test_a_challenger_that_clearly_wins_is_used() -> None:
    assert "it is used" in " ".join(_find(MODEL, CHALLENGER))


def test_shuffles_that_find_something_are_not_passed_over() -> None:
    names = (MODEL, CHALLENGER, ELEVEN, *BASELINES)
    scores = {name: np.arange(N) % 7.0 for name in names}
    contest = hold_contest(_make_sample(), scores, n_draws=20, random_state=0)
    facts = {
        "challenger_used": False, "shuffled_roc_auc": [0.5, 0.8], "stable_share": 1.0,
        "stable_top": 100, "stable_rank_correlation": 1.0,
    }  # fmt: skip
    assert "do not trust this study" in " ".join(find_sentences("entry", contest, ABLATION, facts))


def test_windows_of_great_britain() -> None:
    plan = plan_windows(tuple(range(2015, 2022)))
    assert plan.judged == Window(2018, 2021)
    assert plan.learned == (Window(2015, 2018), Window(2016, 2018), Window(2017, 2018))


def test_too_few_years_say_how_many_there_are() -> None:
    with pytest.raises(SettingsError, match="2016 to 2021"):
        plan_windows(tuple(range(2016, 2022)))


def test_joined_windows_keep_their_sets_apart() -> None:
    joined = join_samples([_make_sample(0), _make_sample(1)])
    assert np.unique(joined.response.sets).tolist() == [0, 1]
    assert np.unique(joined.window).tolist() == [0, 1]
    assert len(joined.windows) == 2
    assert len(joined.values["lq"]) == 2 * N
