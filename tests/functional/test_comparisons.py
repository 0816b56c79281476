"""Year, base, threshold, level and trend of `sectors` and `gaps`, on the shipped pack."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

POUNDS = 1e-6
"""£m: parts of a sum of thousands, split and added again."""


def _rows(text: str) -> dict[str, dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    code = "industry" if "industry" in rows[0] else "io_industry"
    return {row[code]: row for row in rows}


def test_interval_holds_the_lq_and_narrows_with_plants(run: Any) -> None:
    rows = _rows(run("sectors", "--format", "csv").out)
    defined = [row for row in rows.values() if not row["lq_interval_reason"]]
    for row in defined:
        low, lq, high = (float(row[name]) for name in ("lq_low", "lq", "lq_high"))
        assert low - POUNDS <= lq <= high + POUNDS, row["industry"]
    # Many small plants against a few large potteries: jobs alone would not tell them apart.
    cars, pots = rows["29320"], rows["23410"]
    assert float(cars["lq_high"]) / float(cars["lq_low"]) < float(pots["lq_high"]) / float(
        pots["lq_low"]
    )


def test_undefined_lq_keeps_its_reason_in_the_csv(run: Any) -> None:
    rows = _rows(run("sectors", "--format", "csv").out)
    undefined = [row for row in rows.values() if not row["lq"]]
    assert undefined
    assert all(row["lq_reason"] and row["lq_interval_reason"] for row in undefined)


def test_higher_threshold_is_less_probable(run: Any) -> None:
    low = _rows(run("sectors", "--format", "csv", "--threshold", "1").out)
    high = _rows(run("sectors", "--format", "csv", "--threshold", "3").out)
    assert all(
        float(high[code]["p_specialised"]) <= float(low[code]["p_specialised"]) for code in low
    )
    assert (
        json.loads(run("sectors", "--format", "json", "--threshold", "3").out)["threshold"] == 3.0
    )


def test_base_of_regions_replaces_the_nation_and_holds_the_region(run: Any) -> None:
    ran = run("sectors", "--level", "2", "--base", "east-midlands", "--format", "csv")
    row = _rows(ran.out)["29"]
    assert float(row["base_jobs"]) < float(
        _rows(run("sectors", "--level", "2", "--format", "csv").out)["29"]["base_jobs"]
    )
    assert float(row["base_share"]) <= 1.0
    alone = run("sectors", "--base", "west-midlands")
    assert alone.code == 2
    assert "more than West Midlands itself" in alone.err


def test_trend_has_every_year_up_to_the_one_asked_for(run: Any) -> None:
    row = _rows(run("sectors", "--level", "2", "--format", "csv").out)["29"]
    years = [name for name in row if name.startswith("lq_2")]
    assert years == [f"lq_{year}" for year in range(2015, 2022)]
    assert row["lq_2021"] == row["lq"]
    earlier = _rows(run("sectors", "--level", "2", "--year", "2018", "--format", "csv").out)["29"]
    assert float(earlier["lq"]) == pytest.approx(float(row["lq_2018"]))
    assert "lq_2019" not in earlier
    shown = run("sectors", "--level", "2", "--trend").out
    assert "2015" in shown.splitlines()[2]


@pytest.mark.parametrize("command", ["sectors", "gaps"])
def test_unknown_year_lists_the_known_ones(run: Any, command: str) -> None:
    ran = run(command, "--year", "1999")
    assert ran.code == 2
    assert "2015, 2016" in ran.err


def test_gaps_of_sectors_add_up_to_those_of_their_industries(run: Any) -> None:
    options = ("gaps", "--cluster", "motor-vehicles", "--format", "csv", "-q")
    industries = _rows(run(*options).out)
    sectors = _rows(run(*options, "--level", "sector").out)
    for column in ("demand", "leaked", "imports"):
        total: dict[str, float] = {}
        for row in sectors.values():
            total[row["io_industry"]] = total.get(row["io_industry"], 0.0) + float(row[column])
        for code, value in total.items():
            assert value == pytest.approx(float(industries[code][column]), abs=POUNDS), code


def test_gaps_show_interval_and_probability(run: Any) -> None:
    row = _rows(run("gaps", "--format", "csv", "-q", "--threshold", "3").out)["C29"]
    assert float(row["lq_low"]) < float(row["lq"]) < float(row["lq_high"])
    assert float(row["p_specialised"]) > 0.9
    assert row["lq_reason"] == ""
