"""The small text coder: what it learns, what it keeps when it is stored, when it is silent."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.firms import text_coder_fit
from cluster_engine.firms.text_coder import TextCoder, code_texts, pack_coder, unpack_coder
from cluster_engine.firms.text_coder_fit import fit_text_coder, make_lessons
from cluster_engine.packs.locate import find_shipped
from cluster_engine.sources.shipped_tables import TEXT_CODER, read_arrays

CLASSES = pd.DataFrame(
    {
        "industry": ["2813", "2932", "5829"],
        "label": ["Pumps", "Vehicle parts", "Software"],
        "index_text": ["Pump (manufacture)", "Brake (manufacture)", "Software publishing"],
        "terms": ["pumps; compressors", "brakes; axles", "software; cloud platform"],
    }
)
TEXTS = {
    "2813": "makes pumps and compressors for plants",
    "2932": "makes brakes and axles for cars",
    "5829": "publishes cloud software for offices",
}
STEP_TOLERANCE = 0.02
"""Weights are stored in 255 steps."""


@pytest.fixture(scope="module")
def coder() -> TextCoder:
    codes = list(TEXTS) * 20
    known = [TEXTS[code] for code in codes]
    coded = pd.DataFrame({"row": [0], "industry": ["2813"], "confidence": [0.9]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_coder_fit, "LEAST_TEXTS", 1)
        lessons = make_lessons(known, np.array(codes), ["pumps for water"], coded, CLASSES)
        return fit_text_coder(lessons)


def test_text_is_coded_with_shares_and_confidence(coder: TextCoder) -> None:
    codes = code_texts(coder, ["A maker of compressors and pumps.", "Cloud software."])
    main = codes.drop_duplicates("row")
    assert main["industry"].tolist() == ["2813", "5829"]
    assert codes.groupby("row")["weight"].sum().to_numpy() == pytest.approx(1)
    assert codes["confidence"].between(0, 1).all()


def test_text_without_known_words_gets_no_code(coder: TextCoder) -> None:
    codes = code_texts(coder, ["Herstellung von Schrauben", "", "pumps"])
    assert codes.empty


def test_stored_coder_codes_the_same(coder: TextCoder) -> None:
    again = unpack_coder(pack_coder(coder))
    one, two = (code_texts(c, list(TEXTS.values())) for c in (coder, again))
    assert one["industry"].tolist() == two["industry"].tolist()
    np.testing.assert_allclose(one["weight"], two["weight"], atol=STEP_TOLERANCE)


def test_order_of_texts_changes_nothing(coder: TextCoder) -> None:
    texts = list(TEXTS.values())
    one, two = code_texts(coder, texts), code_texts(coder, texts[::-1])
    assert one["industry"].drop_duplicates().tolist() == list(TEXTS)
    assert two.drop_duplicates("row")["industry"].tolist() == list(TEXTS)[::-1]


def test_objects_in_the_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "coder.npz"
    stream = io.BytesIO()
    np.savez(stream, terms=np.array([{"run": "me"}], dtype=object))
    path.write_bytes(stream.getvalue())
    with pytest.raises(DataError):
        read_arrays(path)


@pytest.mark.parametrize(
    ("text", "division"),
    [
        ("Manufacture of pumps and valves", "28"),
        ("The company makes aluminium die castings for car engines.", "24"),
        ("Wholesale of machine tools", "46"),
        ("It develops software for hospitals.", "58"),
        ("Develops and sells drugs against cancer; clinical trials", "21"),
    ],
)
def test_shipped_coder_reads_plain_english(text: str, division: str) -> None:
    coder = unpack_coder(read_arrays(find_shipped("curated") / TEXT_CODER))
    codes = code_texts(coder, [text])
    assert division in set(codes["industry"].str[:2])


def test_shipped_coder_is_small_and_holds_stems_only() -> None:
    path = find_shipped("curated") / TEXT_CODER
    assert path.stat().st_size < 3_000_000
    terms = unpack_coder(read_arrays(path)).terms
    # One or two stems: no sentence of a company is in it.
    assert max(len(term.split()) for term in terms) <= 2
