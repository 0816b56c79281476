"""Occupations by area: sections spelt out, small cells left empty, faults named."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.area_occupations import read_area_occupations

HEADER = (
    "DATE_NAME,GEOGRAPHY_NAME,GEOGRAPHY_CODE,SOC2020,SIC2007,MEASURES_NAME,OBS_VALUE,OBS_STATUS,"
    "OBS_STATUS_NAME"
)


def _row(group: str, measure: str, value: str, status: str = "A", area: str = "UKC1",
         occupation: str = "5 Skilled Trades Occupations") -> str:  # fmt: skip
    return f'Jul 2022-Jun 2023,Name,{area},{occupation},"{group}",{measure},{value},{status},words'


def _write(folder: Path, rows: list[str]) -> Path:
    path = folder / "occupations.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_figures_stand_under_their_sections(tmp_path: Path) -> None:
    rows = [
        _row("K-N Banking", "Value", "1400"),
        _row("K-N Banking", "Confidence", "600"),
        _row("B,D,E Energy & water", "Value", "200", status="G"),
        _row("B,D,E Energy & water", "Confidence", "", status="G"),
        _row("G-Q Total Services", "Value", "9"),
        _row("C Manufacturing", "Value", "9", area="UKZ9"),
    ]
    table = read_area_occupations(_write(tmp_path, rows), areas={"UKC1"}).table
    assert table["sections"].tolist() == ["B; D; E", "K; L; M; N"]
    assert table["persons"].isna().tolist() == [True, False]
    assert table.loc[1, ["persons", "error", "occupation"]].tolist() == [1400, 600, "5"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (_row("C Manufacturing", "Value", "some"), "OBS_VALUE"),
        (_row("Manufacturing", "Value", "5"), "SIC2007"),
        (_row("C Manufacturing", "Value", "5", occupation="Skilled"), "SOC2020"),
        (_row("K-N Banking", "Value", "5"), "GEOGRAPHY_CODE"),
    ],
)
def test_faults_are_told_with_row_and_column(tmp_path: Path, row: str, column: str) -> None:
    rows = [_row("K-N Banking", "Value", "1400"), row]
    with pytest.raises(DataError) as fault:
        read_area_occupations(_write(tmp_path, rows), areas={"UKC1"})
    problem = fault.value.problems[0]
    assert (problem.file, problem.row, problem.column) == ("occupations.csv", 3, column)
