"""Weights that a user sets: read, checked, told."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.parameters import Scoring
from cluster_engine.settings import read_settings
from cluster_engine.workflows.user_weights import UserWeights


@pytest.fixture(scope="module")
def scoring() -> Scoring:
    return read_settings().scoring


def _write(folder: Path, text: str) -> Path:
    path = folder / "weights.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_weights_nothing_changes(scoring: Scoring) -> None:
    assert UserWeights().apply(scoring) == (scoring, ())


@pytest.mark.parametrize("text", ["gap = 3\nknowledge = 0", "[weights]\ngap = 3\nknowledge = 0.0"])
def test_a_file_sets_weights(text: str, tmp_path: Path, scoring: Scoring) -> None:
    changed, names = UserWeights(_write(tmp_path, text)).apply(scoring)
    assert names == ("gap", "knowledge")
    assert (changed.weights["gap"], changed.weights["knowledge"]) == (3.0, 0.0)
    assert changed.weights["capacity"] == scoring.weights["capacity"]


def test_options_win_against_the_file_and_the_last_one_wins(
    tmp_path: Path, scoring: Scoring
) -> None:
    weights = UserWeights(_write(tmp_path, "gap = 3"), ("gap=4", "gap = 5.5"))
    assert weights.apply(scoring)[0].weights["gap"] == 5.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gapp=2", "no criterion 'gapp'"),
        ("gap=-1", "must be a number from 0"),
        ("gap=nan", "must be a number from 0"),
        ("gap=inf", "must be a number from 0"),
        ("gap=1e9", "must be a number from 0"),
        ("gap=much", "must be a number from 0"),
        ("gap=", "must be a number from 0"),
        ("gap", "NAME=NUMBER"),
        ("=2", "no criterion ''"),
    ],
)
def test_a_wrong_weight_is_refused(text: str, message: str, scoring: Scoring) -> None:
    with pytest.raises(SettingsError, match=message):
        UserWeights(texts=(text,)).apply(scoring)


def test_a_misspelt_criterion_is_guessed(scoring: Scoring) -> None:
    with pytest.raises(SettingsError) as caught:
        UserWeights(texts=("suplier_link=1",)).apply(scoring)
    assert "supplier_link" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gap = ", "not valid TOML"),
        ("weights = 3", "must be a table"),
        ("gap = true", "must be a number"),
        ("gap = '2'", "must be a number"),
        ("nonsense = 1", "no criterion 'nonsense'"),
    ],
)
def test_a_wrong_file_is_refused(text: str, message: str, tmp_path: Path, scoring: Scoring) -> None:
    with pytest.raises(SettingsError, match=message):
        UserWeights(_write(tmp_path, text)).apply(scoring)
