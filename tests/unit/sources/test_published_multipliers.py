"""The type I effects and multipliers ONS publishes, from our reading of its table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster_engine.measures.input_output import calc_A
from cluster_engine.measures.multipliers import NO_DIRECT, TINY_DIRECT, calc_multipliers
from cluster_engine.sources.io_sheet import IoSheet, read_io_sheet
from cluster_engine.sources.workbook import Grid, cell, read_sheet

PRINTED = 5e-13
"""Relative: the workbook holds figures with sixteen digits; ours come from another elimination."""
NEAR_ZERO = 1e-15
"""Absolute, for effects that are 0."""
SMALLEST_DIRECT = 5e-4
"""Any cut between 0.00026 and 0.00073 leaves out exactly the cells that ONS does."""
SYMBOLS = {NO_DIRECT: ".", TINY_DIRECT: ".."}

PRIMARY = (
    "Use of imported products, cif", "Taxes less subsidies on products", "D1", "GOS & MI",
    "D29-D39", "GVA",
)  # fmt: skip
EFFECTS = (
    "intermediate", "Use of imported products, cif", "Taxes less subsidies on products",
    "purchasers", "D1", "GOS & MI", "D29-D39", "GVA", "output",
)  # fmt: skip
MULTIPLIERS = tuple(name for name in EFFECTS if name != "D29-D39")
FIRST_ROW = 8


@pytest.fixture(scope="module")
def workbook(shared_data: Path) -> Path:
    path = shared_data / "data" / "input_output" / "nasu1719in.xlsx"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return path


@pytest.fixture(scope="module")
def table(workbook: Path) -> IoSheet:
    return read_io_sheet(workbook, "IOT", square=True)


def _direct(table: IoSheet) -> dict[str, np.ndarray]:
    x = table.row("P1")
    direct = {name: table.row(name) / x for name in PRIMARY}
    direct["intermediate"] = table.values.sum(axis=0) / x
    direct["purchasers"] = direct["intermediate"] + direct[PRIMARY[0]] + direct[PRIMARY[1]]
    direct["output"] = np.ones(len(x))
    return direct


def _published(workbook: Path, sheet: str, table: IoSheet, n_columns: int) -> list[list[object]]:
    grid: Grid = read_sheet(workbook, sheet, max_rows=250, max_columns=20)
    codes = [cell(grid, FIRST_ROW + row, 1) for row in range(len(table.codes))]
    assert tuple(codes) == table.codes
    return [
        [cell(grid, FIRST_ROW + row, 3 + column) for row in range(len(codes))]
        for column in range(n_columns)
    ]


def test_all_published_effects_are_ours(workbook: Path, table: IoSheet) -> None:
    direct = _direct(table)
    A = calc_A(table.values, table.row("P1"))
    got = calc_multipliers(A, np.array([direct[name] for name in EFFECTS])).effects
    expected = np.array(_published(workbook, "Effects", table, len(EFFECTS)), dtype=float)
    np.testing.assert_allclose(got, expected, rtol=PRINTED, atol=NEAR_ZERO)


def test_all_published_multipliers_are_ours_and_missing_ones_have_our_reasons(
    workbook: Path, table: IoSheet
) -> None:
    direct = _direct(table)
    A = calc_A(table.values, table.row("P1"))
    got = calc_multipliers(
        A, np.array([direct[name] for name in MULTIPLIERS]), smallest_direct=SMALLEST_DIRECT
    )
    published = _published(workbook, "Multipliers", table, len(MULTIPLIERS))
    symbols = [[value if isinstance(value, str) else "" for value in row] for row in published]
    ours = [[SYMBOLS.get(str(reason), "") for reason in row] for row in got.reasons]
    assert ours == symbols
    assert sum(symbol == ".." for row in symbols for symbol in row) == 2
    expected = np.array([[np.nan if isinstance(v, str) else v for v in row] for row in published])
    np.testing.assert_allclose(got.ratios, expected.astype(float), rtol=PRINTED)
