"""Laws of writing: text is guardd and can be had back, and CSV loses nothing."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import openpyxl
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_engine.formula_guard import FORMULA_STARTS, guard, unguard
from cluster_engine.reports.csv_text import render_csv
from cluster_engine.reports.report import Report, Shown
from cluster_engine.reports.table_sheets import encode_workbook
from cluster_engine.reports.write import render_json, render_table

EXAMPLES = settings(max_examples=50)

# A spreadsheet cannot hold half a surrogate pair.
texts = st.text(st.characters(codec="utf-8"), max_size=20)
dangerous = st.builds(str.__add__, st.sampled_from(FORMULA_STARTS), texts)
quoted = st.builds(str.__add__, st.text("'", max_size=3), st.one_of(texts, dangerous))
printable = st.text(
    st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=20
)
numbers = st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False), st.booleans())


def _report(values: list[object]) -> Report:
    return Report("Title", pd.DataFrame({"cell": values}), (Shown("cell", "Cell"),))


@EXAMPLES
@given(st.one_of(texts, dangerous))
def test_no_guarded_text_is_a_formula(text: str) -> None:
    assert not guard(text).startswith(FORMULA_STARTS)


@EXAMPLES
@given(dangerous)
def test_a_dangerous_text_gets_one_apostrophe(text: str) -> None:
    assert guard(text) == "'" + text


@EXAMPLES
@given(st.one_of(texts, dangerous, quoted))
def test_taking_the_guard_off_gives_every_text_back(text: str) -> None:
    assert unguard(guard(text)) == text


@EXAMPLES
@given(texts.filter(lambda text: not text.lstrip("'").startswith(FORMULA_STARTS)))
def test_other_text_is_not_changed(text: str) -> None:
    assert guard(text) == text
    assert unguard(text) == text


@EXAMPLES
@given(numbers)
def test_numbers_are_left_alone(number: float) -> None:
    assert guard(number) is number


@EXAMPLES
@given(st.lists(st.one_of(texts, dangerous), min_size=1, max_size=5))
def test_every_text_can_be_read_back_from_csv(values: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(render_csv(_report([*values])), newline="")))
    # A row of one empty cell is written as a pair of quotes.
    assert [row[0] for row in rows[1:]] == [guard(value) for value in values]


@EXAMPLES
@given(st.lists(st.one_of(texts, dangerous), min_size=1, max_size=5))
def test_every_text_can_be_read_back_from_json(values: list[str]) -> None:
    rows = json.loads(render_json(_report([*values])))["rows"]
    assert [row["cell"] for row in rows] == values


@EXAMPLES
@given(st.lists(st.floats(width=64), min_size=1, max_size=5))
def test_every_finite_number_can_be_read_back_from_csv(values: list[float]) -> None:
    frame = pd.DataFrame({"row": range(len(values)), "cell": values})
    text = render_csv(Report("Title", frame, ()))
    read = [float(row[1] or "nan") for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]
    np.testing.assert_array_equal(read, values)


@EXAMPLES
@given(printable)
def test_every_name_is_printed_literally_in_the_table(name: str) -> None:
    assert name in render_table(_report([name]), width=60)


@settings(max_examples=25)
@given(st.lists(st.one_of(texts, dangerous, quoted), min_size=1, max_size=20))
def test_every_text_can_be_read_back_from_a_workbook(values: list[str]) -> None:
    raw = encode_workbook(_report([*values]), only_table=True).raw
    rows = openpyxl.load_workbook(io.BytesIO(raw))["Table"].iter_rows(min_row=2, values_only=True)
    ends = [text.replace("\r\n", "\n").replace("\r", "\n") for text in values]
    told = [re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", "\ufffd", text) for text in ends]
    assert [row[0] or "" for row in rows] == told
