from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.reports.evaluation_card import (
    refuse_to_replace,
    render_card,
    render_json,
    save_card,
)
from cluster_engine.results import Study

STUDY = Study(
    name="luck",
    title="Luck",
    question="Is it luck?",
    tables=(
        ("Scores", pd.DataFrame({"score": ["a|b"], "AUC": [0.51234], "n": [12345]})),
        ("Nothing", pd.DataFrame({"score": []})),
    ),
    sentences=("It is.",),
    facts={"low": float("nan"), "many": np.float64(1 / 3), "flag": np.bool_(True), "pair": (1, 2)},
)


def test_a_card_holds_findings_and_tables_and_leaves_empty_ones_out() -> None:
    text = render_card(["Made from nothing."], [STUDY])
    assert "- It is." in text
    assert "| a/b | 0.5123 | 12,345 |" in text
    assert "Nothing**" not in text


def test_json_has_null_for_what_is_no_number_and_plain_types() -> None:
    text = render_json({"pack": "toy"}, [STUDY])
    facts = json.loads(text)["studies"][0]["facts"]
    assert facts == {"low": None, "many": 0.333333, "flag": True, "pair": [1, 2]}
    assert "NaN" not in text


def test_the_same_studies_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_card(tmp_path / name, [], {}, [STUDY])
    for file in ("card.md", "card.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_card_or_a_file_in_its_place_is_not_replaced(tmp_path: Path) -> None:
    refuse_to_replace(tmp_path / "new", force=False)
    save_card(tmp_path / "new", [], {}, [])
    with pytest.raises(SettingsError, match="is there already"):
        refuse_to_replace(tmp_path / "new", force=False)
    refuse_to_replace(tmp_path / "new", force=True)
    with pytest.raises(SettingsError, match="is a file"):
        refuse_to_replace(tmp_path / "new" / "card.md", force=True)
