"""Firms that may fall under the National Security and Investment Act are noted, none left out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.firms.sensitive_areas import N_AREAS, flag_sensitive_areas
from cluster_engine.packs.tables import read_delimited, read_parquet

CHECKOUT = Path(__file__).resolve().parents[3]
COLUMNS = ("area", "prefixes", "terms")


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return read_delimited(CHECKOUT / "data/curated/sensitive_areas.csv", COLUMNS)


def _firms(**texts: str) -> pd.DataFrame:
    return pd.DataFrame({"firm_id": list(texts), "description": list(texts.values())})


def _industries(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["firm_id", "industry", "weight"])
    return frame.astype({"firm_id": "str", "industry": "str", "weight": "float64"})


def test_the_act_has_17_areas_and_their_codes_exist(areas: pd.DataFrame) -> None:
    known = set(read_parquet(CHECKOUT / "data/packs/great-britain/industries.parquet")["industry"])
    prefixes = {code for text in areas["prefixes"] if text for code in text.split(";")}
    assert len(areas) == areas["area"].nunique() == N_AREAS
    assert prefixes <= known
    assert all(areas["terms"])


def test_code_and_text_are_told_together(areas: pd.DataFrame) -> None:
    found = flag_sensitive_areas(
        _firms(a="Makes Missiles and pumps"), _industries(("a", "2540", 1.0)), areas
    ).set_index("area")
    assert found.loc["Defence", "because"] == "code 2540; text: missile"
    assert "National Security and Investment Act 2021: Defence" in found.loc["Defence", "note"]


def test_minor_activity_and_parts_of_words_are_no_reason(areas: pd.DataFrame) -> None:
    found = flag_sensitive_areas(
        _firms(a="Grows aprobots and teas"),
        _industries(("a", "2540", 0.1), ("a", "1083", 0.9)),
        areas,
    )
    assert found.empty


def test_every_area_can_be_found(areas: pd.DataFrame) -> None:
    texts = {area: terms.split(";")[0] for area, terms in zip(areas["area"], areas["terms"],
                                                              strict=True)}  # fmt: skip
    found = flag_sensitive_areas(_firms(**texts), _industries(), areas)
    assert {(a, a) for a in texts} <= set(zip(found["firm_id"], found["area"], strict=True))
