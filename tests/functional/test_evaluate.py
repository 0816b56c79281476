"""`evaluate` on an invented panel, from the pack to the card."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def card(run: Run, panel_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card") / "new"
    ran = run("evaluate", "--pack", panel_pack, "--draws", "20", "--output", folder)
    assert ran.code == 0, ran.err
    assert "Entry of sectors into areas" in ran.out
    assert "card.md" in ran.err
    return folder


def _read(card: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((card / "card.json").read_text(encoding="utf-8"))
    return body


def test_every_study_finds_the_planted_pull_of_the_division(card: Path) -> None:
    studies = {study["name"]: study for study in _read(card)["studies"]}
    assert set(studies) == {"entry", "growth", "gain"}
    assert studies["entry"]["facts"]["beats"]["random order"]
    assert studies["entry"]["facts"]["metrics"]["ROC-AUC"] > 0.6
    assert studies["gain"]["facts"]["beats"]["size of the area"]


def test_learning_ends_before_judging_begins(card: Path) -> None:
    for study in _read(card)["studies"]:
        facts = study["facts"]
        assert max(end for _, end in facts["windows"]) <= facts["judged"][0] == 2018


def test_shuffled_outcomes_find_nothing(card: Path) -> None:
    studies = {study["name"]: study for study in _read(card)["studies"]}
    assert studies["gain"]["facts"]["shuffled_gain"] <= 0
    for name in ("entry", "growth"):
        found = studies[name]["facts"]["shuffled_roc_auc"]
        assert sum(found) / len(found) == pytest.approx(0.5, abs=0.06)  # some hundred cells


def test_the_card_tells_every_baseline_and_what_it_was_made_from(card: Path) -> None:
    text = (card / "card.md").read_text(encoding="utf-8")
    for name in ("random order", "LQ alone", "cosine of sector vectors", "boosted challenger"):
        assert f"| {name} |" in text
    assert "panel-land" in text
    assert "none changed" in text


def test_a_card_that_is_there_is_kept_without_force(card: Path, run: Run, panel_pack: Path) -> None:
    before = (card / "card.md").read_bytes()
    ran = run("evaluate", "--pack", panel_pack, "--draws", "20", "--output", card)
    assert ran.code == 2
    assert "--force" in ran.err
    assert (card / "card.md").read_bytes() == before


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(
    card: Path, run_fresh: Run, panel_pack: Path, tmp_path: Path
) -> None:
    ran = run_fresh(
        "evaluate", "--pack", panel_pack, "--draws", "20", "--output", tmp_path / "again",
        # Two threads, where the card of the fixture was made with one.
        variables={"PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"},
    )  # fmt: skip
    assert ran.code == 0, ran.err
    for name in ("card.md", "card.json"):
        assert (tmp_path / "again" / name).read_bytes() == (card / name).read_bytes()


def test_a_panel_too_short_says_how_many_years_it_takes(run: Run, toy_pack: Path) -> None:
    ran = run("evaluate", "--pack", toy_pack)
    assert ran.code == 2
    assert "twice 3 years" in ran.err
    assert "2020 to 2021" in ran.err


def test_an_unknown_study_names_the_known_ones(run: Run, panel_pack: Path) -> None:
    ran = run("evaluate", "--pack", panel_pack, "--study", "luck")
    assert ran.code == 2
    assert "places" in ran.err
