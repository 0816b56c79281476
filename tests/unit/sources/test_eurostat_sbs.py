"""Persons employed by region and industry, as Eurostat's table gives them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.eurostat_sbs import read_persons


def write_table(folder: Path, *rows: str) -> Path:
    path = folder / "sbs.csv"
    path.write_text("\n".join(["nace_r2;geo;n2015", *rows]) + "\n", encoding="utf-8")
    return path


def test_blank_flagged_and_mangled_cells_are_read_as_what_they_are(tmp_path: Path) -> None:
    path = write_table(
        tmp_path, "C29;DE11;100", "C29;DE12;", "C29;PL11; d", "C29;NO01;219 d", "C29;IS00;12:00 AM"
    )
    persons = read_persons(path, year=2015)["C29"]
    assert persons[["DE11", "NO01"]].tolist() == [100.0, 219.0]
    assert np.isnan(persons[["DE12", "PL11", "IS00"]]).all()


def test_extra_regions_go_and_the_czech_republic_stays(tmp_path: Path) -> None:
    path = write_table(tmp_path, "C;CZ;9", "C;CZ0;9", "C;CZZ;1", "C;CZZZ;1", "C;CZ01;8")
    assert read_persons(path, year=2015).index.tolist() == ["CZ", "CZ0", "CZ01"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (("C;DE;-1",), "a number from 0"),
        (("C;DE;many",), "a number"),
        (("C;DE;1", "C;DE;2"), "once"),
    ],
)
def test_faulty_figures_are_refused(tmp_path: Path, rows: tuple[str, ...], found: str) -> None:
    with pytest.raises(DataError, match=found):
        read_persons(write_table(tmp_path, *rows), year=2015)
