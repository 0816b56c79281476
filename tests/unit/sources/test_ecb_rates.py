"""Yearly means of the European Central Bank's reference rates."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.ecb_rates import FULL_YEAR, read_yearly_rates
from cluster_engine.sources.lists.currencies import load_rates

ECB_MEANS = {("USD", 2015): 1.1095, ("USD", 2020): 1.1422, ("GBP", 2020): 0.88970}
"""Yearly averages as the bank publishes them, in its digits."""


def write_archive(folder: Path, rows: list[str], *, header: str = "Date,USD,GBP,") -> Path:
    path = folder / "eurofxref-hist.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("eurofxref-hist.csv", "\n".join([header, *rows]) + "\n")
    return path


def list_days(year: int, number: int) -> list[str]:
    return [f"{year}-{1 + day // 28:02d}-{1 + day % 28:02d}" for day in range(number)]


def test_a_year_is_the_mean_of_its_days(tmp_path: Path) -> None:
    rows = [f"{day},{1.0 if at % 2 else 1.5},N/A," for at, day in enumerate(list_days(2020, 250))]
    table = read_yearly_rates(write_archive(tmp_path, rows), ["USD", "GBP"], since=2000)
    assert table.to_dict("records") == [{"currency": "USD", "year": 2020, "per_eur": 1.25}]


def test_a_year_that_is_not_whole_is_left_out(tmp_path: Path) -> None:
    rows = [f"{day},1.1,0.8," for day in list_days(2020, FULL_YEAR - 1)]
    assert read_yearly_rates(write_archive(tmp_path, rows), ["USD"], since=2000).empty


@pytest.mark.parametrize(
    ("rows", "header", "found"),
    [
        (["2020-01-02,1.1,"], "Date,USD,", "GBP"),
        (["2020-01-02,1.1,-1,"], "Date,USD,GBP,", "above 0"),
        (["2020-01-02,1.1,x,"], "Date,USD,GBP,", "above 0"),
    ],
)
def test_faulty_archives_are_refused(
    tmp_path: Path, rows: list[str], header: str, found: str
) -> None:
    path = write_archive(tmp_path, rows, header=header)
    with pytest.raises(DataError, match=found):
        read_yearly_rates(path, ["USD", "GBP"], since=2000)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rates.zip"
    path.write_text("Date,USD\n", encoding="utf-8")
    with pytest.raises(DataError, match="eurofxref-hist"):
        read_yearly_rates(path, ["USD"], since=2000)


@pytest.mark.parametrize(("at", "mean"), ECB_MEANS.items())
def test_the_rates_that_ship_are_those_of_the_bank(at: tuple[str, int], mean: float) -> None:
    digits = len(str(mean).split(".")[1])
    assert round(load_rates()[at[0]][at[1]], digits) == mean
