"""What a watch for drift compares, on figures that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cluster_engine.settings import read_settings
from cluster_engine.workflows.drift_findings import DriftReport, RegionDrift, order_rows
from cluster_engine.workflows.drift_rows import (
    DriftRow,
    compare_counts,
    compare_divisions,
    compare_sectors,
    rate,
)

SETTINGS = read_settings()
LIMITS = SETTINGS.drift
THEN = {
    "regions": 10, "areas": 40, "sectors": 500, "jobs": 1000, "national_jobs": 100_000,
    "cells": 1000, "cells_missing": 10, "own_cells": 100, "own_cells_missing": 0,
    "firms": 200, "firms_ranked": 200, "firms_without_code": 0, "codes": 400, "codes_unknown": 4,
}  # fmt: skip


def _crossed(**now: int) -> dict[str, DriftRow]:
    rows = list(compare_counts(THEN, THEN | now, LIMITS))
    return {row.what: row for row in rows if row.status}


def test_the_same_counts_cross_nothing() -> None:
    assert _crossed() == {}


@pytest.mark.parametrize(
    ("now", "what", "status", "value"),
    [
        ({"jobs": 1079}, None, "", 0.0),
        ({"jobs": 1081}, "jobs here", "watch", 0.081),
        ({"jobs": 799}, "jobs here", "act", -0.201),
        ({"regions": 7}, "regions of the pack", "act", -0.3),
        # 200 firms: 4 of them are the 2 % that are told, 10 the 5 % to act on
        ({"firms_without_code": 3}, None, "", 0.0),
        ({"firms_without_code": 4}, "firms without a code of a known sector", "watch", 0.02),
        ({"firms_without_code": 10}, "firms without a code of a known sector", "act", 0.05),
        # from 1 % to 3.5 % of 400 codes
        ({"codes_unknown": 14}, "codes of firms in no known sector", "watch", 0.025),
        # from 1 % to 7 % of 1,000 cells
        ({"cells_missing": 70}, "cells not published", "act", 0.06),
        ({"own_cells_missing": 3}, "cells not published here", "watch", 0.03),
        # fewer than before is no reason to look
        ({"cells_missing": 0}, None, "", 0.0),
    ],
)
def test_one_count_crosses_one_threshold(
    now: dict[str, int], what: str | None, status: str, value: float
) -> None:
    found = _crossed(**now)
    assert list(found) == ([what] if what else [])
    if what:
        assert found[what].status == status
        assert found[what].value == pytest.approx(value)


def test_a_version_that_keeps_few_counts_is_compared_on_those() -> None:
    rows = list(compare_counts({"jobs": 1000, "cells_missing": 3}, THEN, LIMITS))
    assert [row.what for row in rows] == ["jobs here"]


def _table(jobs: dict[str, float]) -> pd.DataFrame:
    figures = np.array(list(jobs.values()))
    return pd.DataFrame(
        {"industry": list(jobs), "jobs": figures, "national_jobs": 10.0 * figures}
    )  # fmt: skip


def test_a_division_that_doubles_is_named_with_both_figures() -> None:
    then = _table({"2910": 30.0, "2932": 20.0, "4711": 900.0, "6201": 50.0})
    now = then.assign(
        jobs=[60.0, 40.0, 900.0, 50.0], national_jobs=[600.0, 400.0, 9000.0, 500.0]
    )  # fmt: skip
    spread, here, nation = compare_divisions(then, now, {"29": "Motor vehicles"}, LIMITS)
    # 100 of 1,050 jobs where there were 50 of 1,000
    assert here.what == "jobs here in 29 Motor vehicles"
    assert here.value == pytest.approx(100 / 1050 - 50 / 1000)
    assert here.status == "watch"
    assert (nation.then, nation.now, nation.value) == ("500", "1,000", 1.0)
    assert nation.status == "act"
    shares = np.array([[50, 900, 50], [100, 900, 50]]) / [[1000], [1050]]
    by_hand = ((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum()
    assert spread.value == pytest.approx(by_hand)
    assert spread.status == ""


def test_a_division_that_appears_is_finite_and_large() -> None:
    then, now = _table({"4711": 900.0}), _table({"4711": 900.0, "2910": 90.0})
    _, _, nation = compare_divisions(then, now, {}, LIMITS)
    assert nation.what == "jobs of the nation in 29"
    assert nation.value == 899.0
    assert nation.status == "act"


def test_a_shifted_feature_is_found_and_the_others_are_not() -> None:
    generator = np.random.default_rng(0)
    then = pd.DataFrame(
        {"lq": generator.lognormal(size=600), "plant_size": generator.normal(size=600)}
    )
    now = then.assign(lq=then["lq"] * 2.0)
    found = {row.what: row for row in compare_sectors(then, now, SETTINGS.profile, LIMITS)}
    # Logs 0.69 standard deviations apart: Jeffreys' divergence 0.48, in ten bins a little less.
    assert found["location quotient"].status == "act"
    assert 0.35 < found["location quotient"].value < 0.5
    assert found["effective plant size"].value == 0.0


def test_what_a_group_of_sectors_shares_counts_once() -> None:
    groups = np.repeat(np.arange(50), 12)
    values = np.random.default_rng(0).normal(size=50)
    then = pd.DataFrame({"value_per_job": values[groups], "value_group": groups.astype(str)})
    now = then.assign(value_per_job=then["value_per_job"] + 0.2)
    (row,) = compare_sectors(then, now, SETTINGS.profile, LIMITS)
    # 50 cases, so two bins: the share below the median falls by what a hand count gives.
    below = (values + 0.2 <= np.sort(values)[24]).mean()
    by_hand = (below - 0.5) * np.log(below / 0.5) + (0.5 - below) * np.log((1 - below) / 0.5)
    assert row.value == pytest.approx(by_hand)
    assert row.status == ""


def test_what_follows_from_the_model_is_told_without_a_threshold() -> None:
    then = pd.DataFrame({"pull": np.random.default_rng(0).normal(size=600)})
    (row,) = compare_sectors(then, then + 2.0, SETTINGS.profile, LIMITS)
    assert row.value > 1.0
    assert (row.group, row.status, row.weight) == ("results", "", 0.0)


def test_features_that_are_lost_are_a_shift() -> None:
    then = pd.DataFrame({"lq": np.arange(1.0, 201.0)})
    now = then.assign(lq=then["lq"].where(then.index >= 40))
    (row,) = compare_sectors(then, now, SETTINGS.profile, LIMITS)
    assert row.status == "act"


def test_an_index_that_chance_alone_can_bring_is_not_told() -> None:
    few = pd.DataFrame({"lq": [1.0, 2.0, 3.0, 4.0]})
    (row,) = compare_sectors(few, few.assign(lq=[1.0, 3.0, 4.0, 5.0]), SETTINGS.profile, LIMITS)
    assert row.value > LIMITS.psi_act
    assert row.status == ""


def test_thresholds_are_reached_not_passed() -> None:
    assert [rate(value, 0.1, 0.25) for value in (0.09, 0.1, 0.25)] == ["", "watch", "act"]
    assert rate(float("nan"), 0.1, 0.25) == ""


ROW = DriftRow("sectors", "location quotient", "1", "2", "PSI", 0.3, 0.1, 0.25, "act")


def test_the_most_severe_comes_first_and_is_told_in_one_line() -> None:
    other = replace(
        ROW, group="coverage", what="firms", measure="change", value=-0.1, status="watch"
    )
    calm = replace(ROW, value=0.0, status="")
    rows = tuple(sorted([calm, other, ROW], key=order_rows))
    assert [row.status for row in rows] == ["act", "watch", ""]
    drift = RegionDrift("wales", "2021-0", rows)
    assert drift.sentence == "act: sectors, location quotient PSI 0.30 (1 to 2); and 1 more"
    quiet = RegionDrift("kent", "2021-1", (calm,))
    assert quiet.sentence == ""
    report = DriftReport("toyland", (quiet, drift))
    assert report.sentence == f"drift in 1 of 2 regions, most in wales: {drift.sentence}"
    assert DriftReport("toyland", (quiet,)).sentence == ""
    assert len(report.rows) == 4
