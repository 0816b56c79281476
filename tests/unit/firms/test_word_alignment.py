"""Words of two names are put side by side."""

from __future__ import annotations

import pytest

from cluster_engine.firms.pair_features import NAME_FEATURES
from cluster_engine.firms.pair_points import WordWeights, read_points, read_words
from cluster_engine.firms.word_alignment import align_words, compare_words, is_one_slip


def _weigh_alike(word: str) -> float:
    return 1.0


@pytest.mark.parametrize(
    ("one", "two", "kind"),
    [
        ("pharmaceuticals", "pharmac", "cut"), ("international", "intl", "contracted"),
        ("pumpen", "pumpn", "misspelt"), ("pumpen", "pupmen", "misspelt"),
        ("adams", "adamas", "misspelt"), ("sap", "sas", ""), ("zhengzhou", "hangzhou", ""),
        ("ulm", "ulm", "same"),
    ],
)  # fmt: skip
def test_words_are_compared(one: str, two: str, kind: str) -> None:
    assert compare_words(one, two) == compare_words(two, one) == kind


def test_a_slip_is_one_letter() -> None:
    assert not is_one_slip("pumpen", "pumpenab")
    assert not is_one_slip("pumpen", "tampon")


@pytest.mark.parametrize(
    ("one", "two"), [("blue print medicines", "blueprint medicines"), ("real estate one", "re one")]
)
def test_words_written_as_one_are_joined(one: str, two: str) -> None:
    found = align_words(one, two, _weigh_alike)
    assert (found.weights["joined"], found.left, found.right) == (1.0, [], [])
    turned = align_words(two, one, _weigh_alike)
    assert (turned.weights, turned.left, turned.right) == (found.weights, [], [])


def test_what_share_lists_add_is_no_word() -> None:
    found = align_words("bank polska kasa op zy 1", "bank polska kasa opieki", _weigh_alike)
    assert (found.left, found.right, found.weights["own cut"]) == ([], [], 1.0)


def test_words_without_counterpart_are_told() -> None:
    found = align_words("siemens energy", "siemens healthineers", _weigh_alike)
    assert (found.left, found.right, found.first) == (["energy"], ["healthineers"], "same")


def test_words_of_many_names_weigh_less() -> None:
    words = WordWeights(100, {"energy": 50, "ulmer": 1})
    assert words.weigh("energy") < words.weigh("ulmer") < words.weigh("unknown") == 1.0


def test_what_ships_is_whole() -> None:
    assert set(read_points().names) == set(NAME_FEATURES)
    assert read_words().n_names > max(read_words().counts.values())
