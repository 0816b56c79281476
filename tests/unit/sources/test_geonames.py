"""GeoNames' places and the regions their divisions belong to."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.geonames import find_regions, read_divisions, read_places

RULES = pd.DataFrame(
    [
        ("DE", "3", "091", "DE21"),
        ("DE", "1", "16", "DE30"),
        ("NO", "1", "30", "NO03"),
        ("NO", "2", "302", "NO01"),
        ("SI", "1", "61", "SI04"),
        ("SI", "1", "*", "SI03"),
    ],
    columns=["country", "level", "prefix", "region"],
)


def write_line(name: str, country: str, admin: tuple[str, str, str], people: int) -> str:
    cells = ["1", name, name, "", "0", "0", "P", "PPL", country, "", *admin, "", str(people)]
    return "\t".join([*cells, "", "", "Europe/X", "2020-01-01"])


def write_places(folder: Path, *lines: str) -> Path:
    path = folder / "cities500.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_finest_division_decides_and_its_longest_prefix(tmp_path: Path) -> None:
    path = write_places(
        tmp_path,
        write_line("München", "DE", ("02", "091", "09162"), 1_260_391),
        write_line("Berlin", "DE", ("16", "00", "11000"), 3_426_354),
        write_line("Halden", "NO", ("30", "3001", ""), 25_300),
        write_line("Ski", "NO", ("30", "3020", ""), 13_250),
        write_line("Ljubljana", "SI", ("61", "", ""), 272_220),
        write_line("Maribor", "SI", ("J2", "", ""), 95_171),
        write_line("Ulm", "DE", ("01", "084", "08421"), 120_451),
        write_line("Denver", "US", ("CO", "031", ""), 682_545),
    )
    places = read_places(path, frozenset(RULES["country"]))
    regions = find_regions(places, RULES)
    found = dict(zip(places["name"], regions, strict=True))
    assert found == {
        "München": "DE21", "Berlin": "DE30", "Halden": "NO03", "Ski": "NO01",
        "Ljubljana": "SI04", "Maribor": "SI03", "Ulm": "",
    }  # fmt: skip
    assert places["people"].tolist()[0] == 1_260_391


def test_short_rows_are_refused_with_their_number(tmp_path: Path) -> None:
    good = write_line("Ulm", "DE", ("01", "084", "08421"), 120_451)
    path = write_places(tmp_path, good, "2\tBonn\tBonn")
    with pytest.raises(DataError, match=r"row 2.*3 cells"):
        read_places(path, frozenset({"DE"}))


def test_municipalities_lose_what_they_are_called(tmp_path: Path) -> None:
    path = tmp_path / "admin2.json"
    told = [
        {"code": "SE.26.0180", "name": "Stockholms Kommun"},
        {"code": "DK.17.157", "name": "Gentofte Kommune"},
        {"code": "AE.01.101", "name": "Abu Dhabi Municipality"},
    ]
    path.write_text(json.dumps(told), encoding="utf-8")
    names = read_divisions(path, frozenset({"SE", "DK"}))
    assert names["name"].tolist() == ["Stockholm", "Stockholms", "Gentofte"]
    assert names["admin1"].tolist() == ["26", "26", "17"]


def test_divisions_of_another_form_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "admin2.json"
    path.write_text('{"code": "SE"}', encoding="utf-8")
    with pytest.raises(DataError, match="objects with code and name"):
        read_divisions(path, frozenset({"SE"}))
