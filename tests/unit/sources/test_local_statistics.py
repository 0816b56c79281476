"""The offer of regions: figures taken, places told apart, faults named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.local_statistics import INDICATORS, read_region_offer

HEADER = (
    "areacd,areanm,geography,indicator,period,observation,measure,unit,lci_95,uci_95,status,notes"
)
REGIONS = pd.DataFrame(
    [
        ("north", "North", "region", "UKC1"),
        ("north", "North", "region", "UKC2"),
        ("west", "West", "region", "UKD1"),
        ("area-c1", "C1", "area", "UKC1"),
    ],
    columns=["region", "region_name", "kind", "area"],
)


def _row(code: str, indicator: str, period: str, value: str, unit: str = "£", status: str = "",
         low: str = "", high: str = "") -> str:  # fmt: skip
    return f"{code},Name,Region,{indicator},{period},{value},Pounds,{unit},{low},{high},{status},"


def _rest() -> list[str]:
    """One figure of every indicator but pay, so that a file is whole."""
    return [
        _row("E12000001", name, "2023-01-01/P1Y", "5", "£ million")
        for name, short in INDICATORS.items()
        if short != "pay"
    ]


def _write(folder: Path, rows: list[str]) -> Path:
    path = folder / "offer.csv"
    path.write_text("\n".join(["\ufeff" + HEADER, *rows]) + "\n", encoding="utf-8")
    return path


PAY = "Gross median weekly pay"


def test_latest_figures_of_regions_and_nation_are_taken(tmp_path: Path) -> None:
    rows = [
        _row("E12000001", PAY, "2024-04-17", "500"),
        _row("E12000001", PAY, "2025-04-30", "510", low="505", high="515"),
        _row("E12000002", PAY, "2025-04-30", "x"),
        _row("E12000003", PAY, "2025-04-30", "999"),  # no region of this pack
        _row("K02000001", PAY, "2025-04-30", "600"),
        _row("K03000001", PAY, "2025-04-30", "601"),  # Great Britain yields to the whole
    ]
    offer = read_region_offer([_write(tmp_path, rows + _rest())], regions=REGIONS).table
    pay = offer[offer["indicator"] == "pay"].set_index("region")
    assert pay["value"].to_dict() == {"north": 510.0, "nation": 600.0}
    assert pay.loc["north", ["low", "high", "period", "unit"]].tolist() == [505, 515, "2025", "£"]


def test_region_is_found_by_either_kind_of_code_and_years_read_as_written(tmp_path: Path) -> None:
    rows = [_row("TLD", PAY, "2021-04-01/P1Y", "7", "£ million")]
    offer = read_region_offer([_write(tmp_path, rows + _rest())], regions=REGIONS).table
    pay = offer[offer["indicator"] == "pay"].iloc[0]
    assert (pay["region"], pay["period"], pay["year"], pay["unit"]) == (
        "west",
        "2021-22",
        2021,
        "£m",
    )


def test_unreliable_figures_are_not_known(tmp_path: Path) -> None:
    rows = [
        _row("E12000001", PAY, "2025-04-30", "1", status="u"),
        _row("E12000002", PAY, "2025-04-30", "2"),
    ]
    offer = read_region_offer([_write(tmp_path, rows + _rest())], regions=REGIONS).table
    assert set(offer.loc[offer["indicator"] == "pay", "region"]) == {"west"}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (_row("E12000001", PAY, "2025-04-30", "many"), "observation"),
        (_row("E12000001", PAY, "spring", "5"), "period"),
        (_row("E12000001", "Business expenditure on research and development", "2023-01-01/P1Y",
              "5"), "areacd"),
    ],
)  # fmt: skip
def test_faults_are_told_with_row_and_column(tmp_path: Path, row: str, column: str) -> None:
    with pytest.raises(DataError) as fault:
        read_region_offer([_write(tmp_path, [*_rest(), row])], regions=REGIONS)
    problem = fault.value.problems[0]
    assert (problem.file, problem.row, problem.column) == ("offer.csv", len(_rest()) + 2, column)


def test_an_indicator_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="pay"):
        read_region_offer([_write(tmp_path, _rest())], regions=REGIONS)
