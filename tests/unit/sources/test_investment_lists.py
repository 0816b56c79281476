"""Lists of investment projects: CzechInvest's, and the user's own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.czech_investments import (
    CzechInvestments,
    read_czech_investments,
    read_czech_words,
)
from cluster_engine.sources.investment_list import Known, parse_weights, read_investment_list
from cluster_engine.sources.places import read_distances

HEADER = "cislo,spol,sektor,zeme,inv_eur,nova_mista,kraj,rozh_rok,zruseno\n"
CZECH = (
    "1,Alfa s.r.o.,textilní,Německo,5.5,100.0,Zlínský,1999,False\n"
    "2,Beta a.s.,ostatní,Česká republika,1.0,5.0,Vysočina,2000,False\n"
    '3,Gama s.r.o.,gumárenský a plastikářský,"Česká republika, USA",2.0,50,'
    '"Liberecký, Pardubický",2001,True\n'
    '4,Delta,papírenský,Japonsko,3.0,20,"Zlínský, Moravskoslezský",2002,False\n'
)
KNOWN = Known({"cz01": "CZ01", "prague": "CZ01", "cz08": "CZ08"}, {"29", "30", "13"})


@pytest.fixture(scope="module")
def curated(checkout: Path) -> Path:
    return checkout / "data/curated"


def read_czech(folder: Path, curated: Path, rows: str = CZECH) -> CzechInvestments:
    path = folder / "decisions.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return read_czech_investments(path, read_czech_words(curated))


def test_czech_words_become_codes_and_domestic_firms_are_left_out(
    tmp_path: Path, curated: Path
) -> None:
    events = read_czech(tmp_path, curated).events.set_index("event_id")
    assert list(events.index) == ["cz0001", "cz0003", "cz0004"]
    assert events.loc["cz0001", ["origin", "area", "status", "year"]].tolist() == [
        "DE", "CZ07", "announced", 1999
    ]  # fmt: skip
    assert events.loc["cz0003", "origin"] == "US"


def test_two_kraje_of_one_area_are_one_area_and_two_areas_are_none(
    tmp_path: Path, curated: Path
) -> None:
    events = read_czech(tmp_path, curated).events.set_index("event_id")
    assert events.loc["cz0003", "area"] == "CZ05"
    assert events.loc["cz0003", "status"] == "cancelled"
    assert pd.isna(events.loc["cz0004", "area"])


def test_weights_of_every_czech_sector_add_up_to_one(tmp_path: Path, curated: Path) -> None:
    words = read_czech_words(curated)
    assert words.sectors.groupby("sector")["weight"].sum().tolist() == pytest.approx([1.0] * 13)
    industries = read_czech(tmp_path, curated).industries
    assert industries.groupby("event_id")["weight"].sum().tolist() == pytest.approx([1.0] * 3)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("5,Epsilon,kouzelnický,Německo,1,1,Zlínský,2001,False", "sektor"),
        ("5,Epsilon,textilní,Atlantis,1,1,Zlínský,2001,False", "zeme"),
        ("5,Epsilon,textilní,Německo,1,1,Jinde,2001,False", "kraj"),
        ("5,Epsilon,textilní,Německo,1,1,Zlínský,2001,maybe", "zruseno"),
        ("5,Epsilon,textilní,Německo,much,1,Zlínský,2001,False", "inv_eur"),
        ("4,Epsilon,textilní,Německo,1,1,Zlínský,2001,False", "cislo"),
    ],
)
def test_a_bad_czech_cell_is_named(tmp_path: Path, curated: Path, row: str, column: str) -> None:
    with pytest.raises(DataError, match=f"row 6, column '{column}'"):
        read_czech(tmp_path, curated, CZECH + row + "\n")


def test_a_users_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text(
        "year,firm_name,origin,area,industries,jobs\n"
        "2001,Alfa,DE,Prague,29:0.9; 30:0.1,100\n2002,Beta,JP,,13,\n",
        encoding="utf-8",
    )
    found = read_investment_list(path, KNOWN)
    assert found.events["area"].tolist()[0] == "CZ01"
    assert found.events["area"].isna().tolist() == [False, True]
    assert found.events["jobs"].isna().tolist() == [False, True]
    assert found.industries["weight"].tolist() == pytest.approx([0.9, 0.1, 1.0])


def test_events_of_an_imported_list_are_read(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    pd.DataFrame(
        {
            "event_id": ["a:2"], "investor": ["Alfa"], "parent": ["Alfa Holding"],
            "source_country": ["DE"], "region": ["CZ08"], "sector": ["29"], "year": [2001.0],
            "capex": [5.5], "jobs": [float("nan")],
        }
    ).to_parquet(path)  # fmt: skip
    events = read_investment_list(path, KNOWN).events
    wanted = ["firm_name", "firm_group", "area", "capex_eur_m", "year"]
    assert events[wanted].iloc[0].tolist() == ["Alfa", "alfa holding", "CZ08", 5.5, 2001]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("01,Alfa,DE,Prague,29", "year"),
        ("2001,,DE,Prague,29", "firm_name"),
        ("2001,Alfa,Germany,Prague,29", "origin"),
        ("2001,Alfa,DE,Atlantis,29", "area"),
        ("2001,Alfa,DE,Prague,cars", "industries"),
        ("2001,Alfa,DE,Prague,99", "industries"),
    ],
)
def test_a_bad_cell_of_a_users_list_is_named(tmp_path: Path, row: str, column: str) -> None:
    path = tmp_path / "projects.csv"
    path.write_text(f"year,firm_name,origin,area,industries\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=f"projects.csv, row 2, column '{column}'"):
        read_investment_list(path, KNOWN)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text("year,firm_name,origin,area\n2001,Alfa,DE,Prague\n", encoding="utf-8")
    with pytest.raises(DataError, match="column 'industries'"):
        read_investment_list(path, KNOWN)


def test_codes_without_a_weight_count_alike() -> None:
    assert parse_weights("29; 30") == {"29": 0.5, "30": 0.5}
    assert parse_weights("29:0.3; 30:0.1") == pytest.approx({"29": 0.75, "30": 0.25})


def test_distances_are_to_the_nearest_point_of_a_country(tmp_path: Path) -> None:
    areas, countries = tmp_path / "areas.csv", tmp_path / "countries.csv"
    areas.write_text("area,latitude,longitude\nX,0,0\n", encoding="utf-8")
    countries.write_text("country,latitude,longitude\nAA,0,2\nAA,0,1\n", encoding="utf-8")
    # One degree of a great circle of the radius 6,371 km.
    assert read_distances(areas, countries)["distance_km"].tolist() == [111.2]
    countries.write_text("country,latitude,longitude\nAA,north,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="latitude"):
        read_distances(areas, countries)
