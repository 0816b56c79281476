from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.business_counts import calc_mean_size, read_enterprises

TEXT = (
    "DATE,GEOGRAPHY_CODE,INDUSTRY_CODE,EMPLOYMENT_SIZEBAND_NAME,COUNT\n"
    "2021,K1,29320,1000+,5\n2021,K1,29320,0 to 4,40\n2021,K1,29320,5 to 9,0\n"
    "2020,K1,29320,0 to 4,35\n"
)


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_one_year_is_read_and_empty_bands_left_out(tmp_path: Path) -> None:
    read = read_enterprises(_write(tmp_path, TEXT), year=2021, industries={"29320"})

    assert read.table.to_numpy().tolist() == [
        ["29320", "0 to 4", 2.0, 40.0],
        ["29320", "1000+", 1414.2, 5.0],
    ]


@pytest.mark.parametrize(("band", "size"), [("0 to 4", 2.0), ("10 to 19", 13.8), ("1000+", 1414.2)])
def test_mean_size_is_the_geometric_mean_of_the_limits(band: str, size: float) -> None:
    assert calc_mean_size(band) == size


def test_band_must_have_limits() -> None:
    with pytest.raises(ValueError, match="large"):
        calc_mean_size("large")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2021,K1,99999,0 to 4,5", "INDUSTRY_CODE"),
        ("2021,K1,29320,large,5", "EMPLOYMENT_SIZEBAND_NAME"),
        ("2021,K1,29320,10 to 19,-5", "COUNT"),
        ("2021,K1,29320,0 to 4,5", "EMPLOYMENT_SIZEBAND_NAME"),
        ("2021,K2,29320,10 to 19,5", "GEOGRAPHY_CODE"),
    ],
)
def test_faulty_row_is_refused(tmp_path: Path, row: str, column: str) -> None:
    with pytest.raises(DataError, match=f"column '{column}'"):
        read_enterprises(_write(tmp_path, TEXT + row + "\n"), year=2021, industries={"29320"})


def test_missing_year_lists_those_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="years 2020, 2021"):
        read_enterprises(_write(tmp_path, TEXT), year=2019, industries={"29320"})
