"""The place models of a pack: learned from all years, applied to regions of several areas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster_engine.errors import DataError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.settings import read_settings
from cluster_engine.targeting.place.learning import Penalty
from cluster_engine.workflows.place_contest import CHALLENGER, MODEL, gather_scores, hold_contest
from cluster_engine.workflows.place_model import (
    calc_region_terms,
    learn_place_model,
    plan_all_windows,
    read_place_panel,
)
from cluster_engine.workflows.place_samples import (
    PlacePanel,
    plan_windows,
    prove_blind,
    read_panel,
    read_years,
    sample_plan,
)

PENALTY = Penalty(4.0, 2.0)
"""What folds of the learning years choose for entries (docs/hit-rate.md)."""


@pytest.fixture(scope="module")
def panel(panel_pack: Path) -> PlacePanel:
    return read_place_panel(open_pack(str(panel_pack)), read_settings())


def test_windows_of_the_two_ends_do_not_overlap() -> None:
    windows = plan_all_windows(range(2015, 2022))
    assert [(window.start, window.end) for window in windows] == [
        (2015, 2018), (2016, 2018), (2017, 2018), (2018, 2021), (2019, 2021), (2020, 2021),
    ]  # fmt: skip


@pytest.mark.parametrize("outcome", ["entry", "gain"])
def test_a_merged_region_gets_a_finite_sum_of_terms_in_every_sector(
    panel: PlacePanel, panel_pack: Path, outcome: str
) -> None:
    model = learn_place_model(panel, outcome, penalty=PENALTY)  # type: ignore[arg-type]
    region = find_region(open_pack(str(panel_pack)), "north")
    assert len(region.areas) > 1
    terms = calc_region_terms(panel, model, region)
    assert list(terms.columns) == list(model.terms["term"])
    assert len(terms) == panel.jobs.shape[2]
    assert np.isfinite(terms.to_numpy()).all()
    assert terms["lq"].std() > 0
    assert (model.terms["direction"] == 1).any()
    for name, curve in model.curves.groupby("term"):
        direction = int(model.terms.set_index("term").loc[name, "direction"])
        if direction == 1:
            assert curve["effect"].is_monotonic_increasing, name


def test_the_same_seed_learns_the_same_tables(panel: PlacePanel) -> None:
    first, again = (learn_place_model(panel, "entry", penalty=PENALTY) for _ in range(2))
    assert first.curves.equals(again.curves)
    assert first.terms.equals(again.terms)
    assert first.facts == again.facts


def test_features_of_a_year_do_not_notice_a_scrambled_future(panel: PlacePanel) -> None:
    assert prove_blind(panel, 2018, random_state=3) == len(panel.features[2018].values)


def test_a_feature_set_of_the_wrong_year_is_caught(panel: PlacePanel) -> None:
    late = {**panel.features, 2018: panel.features[2019]}
    leaky = PlacePanel(panel.years, panel.areas, panel.jobs, panel.data, late)
    with pytest.raises(DataError, match="must know nothing after 2018"):
        sample_plan(leaky, "entry", plan_windows(panel.years))


@pytest.mark.slow
def test_entries_of_great_britain_are_foretold_better_than_by_their_lq() -> None:
    pack, settings = open_pack(None), read_settings()
    plan = plan_windows(read_years(pack))
    starts = tuple(sorted({window.start for window in (*plan.learned, plan.judged)}))
    panel = read_panel(pack, settings, starts)
    learned, judged = sample_plan(panel, "entry", plan)
    assert (len(judged.areas), int(judged.response.values.sum())) == (9181, 284)
    scores = gather_scores(panel, learned, judged, PENALTY, random_state=0)
    found = hold_contest(judged, scores, n_draws=100, random_state=0).figures
    # The LQ alone, as measured before there was a model.
    assert found["LQ alone|ROC-AUC"].value == pytest.approx(0.715, abs=5e-4)
    assert found["LQ alone|PR-AUC"].value == pytest.approx(0.067, abs=5e-4)
    for metric in ("ROC-AUC", "PR-AUC"):
        assert found[f"LQ alone|{metric}|gain"].low > 0.04
        assert found[f"eleven features of one year|{metric}|gain"].low > 0.02
        # The challenger has to win by more than the interval to be used.
        assert found[f"{CHALLENGER}|{metric}|gain"].high > 0
    assert found[f"{MODEL}|ROC-AUC"].value > 0.8
