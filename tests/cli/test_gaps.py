"""`gaps` on the toy pack: figures that add up, bands, reasons, outputs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

ADDS_UP = 1e-6
"""£m; figures are printed in full."""


@pytest.fixture
def gaps(run: Callable, toy_pack: Path, toy_models: Path) -> Callable:
    def gaps(*arguments: str) -> list[dict[str, str]]:
        done = run(
            "gaps", "--pack", toy_pack, "--models", toy_models, "--format", "csv", *arguments
        )
        assert done.code == 0, done.err
        return list(csv.DictReader(io.StringIO(done.out)))

    return gaps


def _number(row: dict[str, str], column: str) -> float:
    return float(row[column])


def test_every_demand_is_the_sum_of_its_origins(gaps: Callable) -> None:
    for arguments in ((), ("--delta", "0.05"), ("--delta", "0.9")):
        for row in gaps(*arguments):
            origins = sum(_number(row, name) for name in ("regional", "interregional", "imports"))
            assert origins == pytest.approx(_number(row, "demand"), abs=ADDS_UP)


def test_the_figure_lies_in_its_band(gaps: Callable) -> None:
    for arguments in ((), ("--delta", "0.05"), ("--delta", "0.9")):
        for row in gaps(*arguments):
            low, leaked, high = (
                _number(row, name) for name in ("leaked_low", "leaked", "leaked_high")
            )
            assert low <= leaked + ADDS_UP
            assert leaked <= high + ADDS_UP


def test_the_whole_region_buys_at_least_what_its_niche_does(gaps: Callable, run: Callable,
                                                            toy_pack: Path,
                                                            toy_models: Path) -> None:  # fmt: skip
    listed = run("clusters", "--pack", toy_pack, "--models", toy_models, "--format", "csv").out
    niches = [row["slug"] for row in csv.DictReader(io.StringIO(listed))]
    whole = {row["io_industry"]: _number(row, "demand") for row in gaps()}
    for niche in niches:
        for row in gaps("--cluster", niche):
            assert _number(row, "demand") <= whole[row["io_industry"]] + ADDS_UP


def test_a_gap_is_leakage_times_relatedness_or_has_a_reason(gaps: Callable) -> None:
    rows = gaps()
    for row in rows:
        if row["relatedness_reason"]:
            assert row["gap"] == row["relatedness"] == ""
        else:
            product = _number(row, "leaked") * _number(row, "relatedness")
            assert _number(row, "gap") == pytest.approx(product, abs=ADDS_UP)
    known = [_number(row, "gap") for row in rows if row["gap"]]
    assert known == sorted(known, reverse=True)
    assert [bool(row["gap"]) for row in rows] == sorted(bool(row["gap"]) for row in rows)[::-1]


def test_retail_and_schools_are_local_and_say_so(gaps: Callable) -> None:
    reasons = {row["io_industry"]: row["relatedness_reason"] for row in gaps()}
    assert "local industry" in reasons["G47"]
    assert "local industry" in reasons["P85"]


def test_the_table_fits_and_the_note_adds_up(
    run: Callable, toy_pack: Path, toy_models: Path
) -> None:
    done = run("gaps", "--pack", toy_pack, "--models", toy_models, "--top", "3")
    assert done.code == 0
    assert max(len(line) for line in done.out.splitlines()) <= 120
    assert "come from the region" in done.err


def test_json_says_which_deltas(run: Callable, toy_pack: Path, toy_models: Path) -> None:
    arguments = ("--pack", toy_pack, "--models", toy_models, "--format", "json", "-q")
    body = json.loads(run("gaps", "--delta", "0.2", *arguments).out)
    assert (body["delta"], body["delta_low"], body["delta_high"]) == (0.2, 0.1, 0.4)


@pytest.mark.parametrize(
    ("option", "value"), [("--delta", "1"), ("--delta", "-0.1"), ("--cluster", "nothing-such")]
)
def test_what_cannot_be_asked_is_a_usage_error(
    run: Callable, toy_pack: Path, toy_models: Path, option: str, value: str
) -> None:
    done = run("gaps", "--pack", toy_pack, "--models", toy_models, option, value)
    assert done.code == 2
    assert "Traceback" not in done.err
