"""Every reader refuses a broken file on purpose or reads it; it never crashes.

A short run with fixed seeds belongs to every test run; `scripts/fuzz` runs for as long as it is
told, led by coverage where atheris is installed. What it finds is kept in `crashers/`, and played
again here for ever.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.mutate import mutate
from tests.fuzz.running import CRASHERS, run_one
from tests.fuzz.targets import TARGETS, Target

N_FILES = 60
"""Files of a short run, for each target."""

IDS = [target.name for target in TARGETS]


@pytest.mark.parametrize("target", TARGETS, ids=IDS)
def test_what_it_starts_from_can_be_read(target: Target, tmp_path: Path) -> None:
    seeds = target.seeds()
    assert seeds
    for seed in seeds:
        run_one(target, seed, tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("target", TARGETS, ids=IDS)
def test_broken_files_are_read_or_refused(target: Target, tmp_path: Path) -> None:
    dice = random.Random(f"{target.name} 1")
    seeds = target.seeds()
    outcomes = {run_one(target, mutate(dice.choice(seeds), dice), tmp_path) for _ in range(N_FILES)}
    # A run in which nothing is refused would not have looked at the files.
    assert "refused" in outcomes or target.skips_what_is_broken


@pytest.mark.parametrize("target", TARGETS, ids=IDS)
def test_what_crashed_once_crashes_no_more(target: Target, tmp_path: Path) -> None:
    for path in sorted((CRASHERS / target.name).glob("*")):
        run_one(target, path.read_bytes(), tmp_path)
