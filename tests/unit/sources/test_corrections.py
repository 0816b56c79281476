"""Corrections of industries: what is read, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.corrections import read_corrections

CLASSES = ("0111", "2813", "2814")


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "corrections.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_codes_and_weights_are_read_as_people_write_them(tmp_path: Path) -> None:
    path = _write(tmp_path, "Company;SIC;Share\nAlpha;28.13;0,5\nAlpha;2814;0,5\nBeta;111;\n")
    table = read_corrections(path, CLASSES)
    assert table["industry"].tolist() == ["2813", "2814", "0111"]
    assert table["weight"].tolist() == [0.5, 0.5, 1.0]
    assert table["country"].tolist() == ["", "", ""]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Alpha,9999,1,", "industry"),
        ("Alpha,pumps,1,", "industry"),
        ("Alpha,2813,0,", "weight"),
        ("Alpha,2813,-1,", "weight"),
        ("Alpha,2813,much,", "weight"),
        ("Alpha,2813,inf,", "weight"),
        (",2813,1,", "firm"),
        ("Alpha,2813,1,Germany", "country"),
    ],
)
def test_faulty_line_is_named(tmp_path: Path, line: str, column: str) -> None:
    path = _write(tmp_path, f"firm,industry,weight,country\nGood,2814,1,DE\n{line}\n")
    with pytest.raises(DataError) as caught:
        read_corrections(path, CLASSES)
    assert [(p.row, p.column) for p in caught.value.problems] == [(3, column)]


def test_class_named_twice_for_a_firm_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, "firm,industry,weight\nAlpha,2813,1\nAlpha,2813,2\n")
    with pytest.raises(DataError, match="once"):
        read_corrections(path, CLASSES)


def test_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_corrections(_write(tmp_path, "who,what\nAlpha,2813\n"), CLASSES)
    assert {p.column for p in caught.value.problems} == {"firm", "industry"}
