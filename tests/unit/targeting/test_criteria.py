"""Every criterion is complete: parts, label, meaning, weight, words, column."""

from __future__ import annotations

import pytest

from cluster_engine.settings import read_settings
from cluster_engine.targeting.criteria import CRITERIA, PARTS, Criterion
from cluster_engine.targeting.features import SECTOR_PARTS
from cluster_engine.targeting.notes import UNKNOWN_NOTES
from cluster_engine.targeting.part_words import PART_WORDS
from cluster_engine.targeting.rank import COLUMNS, POINT_COLUMNS
from cluster_engine.targeting.reasons import WRITERS
from cluster_engine.targeting.unknown import BY_SIZE

by_name = pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.name)


@by_name
def test_a_criterion_has_label_meaning_and_parts(criterion: Criterion) -> None:
    assert criterion.label
    assert criterion.meaning.endswith(".")
    assert criterion.parts
    assert criterion.question in ("place", "mover", "value")


@by_name
def test_a_criterion_has_a_weight_in_the_shipped_settings(criterion: Criterion) -> None:
    assert criterion.name in read_settings().scoring.weights


@by_name
def test_a_criterion_has_a_writer_of_reasons(criterion: Criterion) -> None:
    assert criterion.name in WRITERS


@by_name
def test_a_criterion_has_a_column_of_points_in_the_shortlist(criterion: Criterion) -> None:
    assert f"points_{criterion.name}" in COLUMNS


def test_no_weight_writer_or_column_is_without_a_criterion() -> None:
    names = {criterion.name for criterion in CRITERIA}
    assert set(read_settings().scoring.weights) == names
    assert set(WRITERS) == names
    assert set(POINT_COLUMNS) == {f"points_{name}" for name in names}


def test_names_of_criteria_and_parts_are_unique() -> None:
    assert len({criterion.name for criterion in CRITERIA}) == len(CRITERIA)
    assert len(set(PARTS)) == len(PARTS)
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_parts_named_elsewhere_are_parts_of_a_criterion() -> None:
    assert set(SECTOR_PARTS) | set(BY_SIZE) | set(UNKNOWN_NOTES) <= set(PARTS)


def test_every_part_has_words() -> None:
    assert set(PART_WORDS) == set(PARTS)
    assert all(words.label and words.unit for words in PART_WORDS.values())
