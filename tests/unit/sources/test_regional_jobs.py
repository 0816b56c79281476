"""Regional jobs of Eurostat: groups in place of divisions, nothing twice, blanks are not 0."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.regional_jobs import read_regional_jobs

ROWS = """nace_r2;geo;n2015
C;CZ;130
C29;CZ;100
C29;CZ0;100
C29;CZ01;60
C29;CZ02;BLANK
C29;CZZZ;BLANK
C30;CZ;30
C30;CZ01;10 d
C30;CZ02;20
G45;CZ;50
G45;CZ01;30
G45;CZ02;20
G451;CZ;35
G451;CZ01;25
G451;CZ02;BLANK
G452;CZ;15
G452;CZ01;5
G452;CZ02;8
C12;CZ01;12:00 AM
C12;CZ02;d
""".replace("BLANK", " ")


def read(folder: Path, text: str = ROWS) -> pd.Series:
    path = folder / "sbs.csv"
    path.write_text(text, encoding="utf-8")
    return read_regional_jobs(path).employment.set_index(["area", "industry"])["jobs"]


def test_a_blank_is_not_known_and_its_jobs_stand_in_the_rest(tmp_path: Path) -> None:
    jobs = read(tmp_path)
    assert pd.isna(jobs["CZ02", "29"])
    assert jobs["CZ-rest", "29"] == 40
    assert "CZZZ" not in jobs.index.get_level_values("area")


def test_a_flagged_figure_counts(tmp_path: Path) -> None:
    assert read(tmp_path)["CZ01", "30"] == 10


def test_groups_take_the_place_of_their_division(tmp_path: Path) -> None:
    jobs = read(tmp_path)
    assert jobs["CZ01", "451"] == 25
    assert jobs["CZ01", "450"] == 0
    assert pd.isna(jobs["CZ02", "451"])
    # What CZ02 hides of its groups: 20 - 8.
    assert jobs["CZ02", "450"] == 12
    own = jobs[["CZ01", "CZ02"]].unstack()
    assert own[[code for code in own if code.startswith("45")]].sum().sum() == 50


def test_sections_and_cells_nobody_knows_are_left_out(tmp_path: Path) -> None:
    industries = set(read(tmp_path).index.get_level_values("industry"))
    assert industries == {"29", "30", "450", "451", "452"}


def test_an_old_code_that_is_blank_throughout_is_no_area(tmp_path: Path) -> None:
    jobs = read(tmp_path, ROWS + "C29;CZ03;\nC30;CZ03;\n")
    assert "CZ03" not in jobs.index.get_level_values("area")


def test_a_bad_cell_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 22, column 'n2015'"):
        read(tmp_path, ROWS + "C29;CZ03;many\n")
