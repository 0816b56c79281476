from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import DataError
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.curated import read_regions
from cluster_engine.sources.markets import MarketFiles, read_markets

CURATED = Path(__file__).parents[3] / "data/curated"
AREAS_BY_REGION = {"west-midlands": 3, "london": 5, "scotland": 5, "wales": 2, "england": 33}


def _areas() -> set[str]:
    return set(read_delimited(CURATED / "regions.csv", ("area",))["area"])


def test_every_area_is_a_region_of_its_own() -> None:
    regions = read_regions(CURATED / "regions.csv", _areas())

    own = regions[regions["kind"] == "area"]
    assert len(own) == own["region"].nunique() == own["area"].nunique() == 40


def test_regions_hold_their_areas() -> None:
    regions = read_regions(CURATED / "regions.csv", _areas())
    sizes = regions.groupby("region").size()

    assert {name: int(sizes[name]) for name in AREAS_BY_REGION} == AREAS_BY_REGION
    west = regions.loc[regions["region"] == "west-midlands", "area"]
    assert west.tolist() == ["UKG1", "UKG2", "UKG3"]
    assert sizes.size == 52
    assert "great-britain" not in sizes


def test_english_regions_split_england() -> None:
    regions = read_regions(CURATED / "regions.csv", _areas())
    english = regions[(regions["kind"] == "region")]["area"]
    england = regions.loc[regions["region"] == "england", "area"]

    assert sorted(english) == sorted(england)


def test_faulty_regions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    path.write_text(
        "region,region_name,kind,area\none,One,area,A1\nmid,Middle,region,A1\n"
        "mid,Centre,region,Z9\nmid,Middle,region,A1\n",
        encoding="utf-8",
    )

    with pytest.raises(DataError) as caught:
        read_regions(path, {"A1", "A2"})

    assert [(problem.row, problem.column) for problem in caught.value.problems] == [
        (4, "area"),
        (5, "area"),
        (4, "region_name"),
        (None, "area"),
    ]


COUNTRIES = (
    "country,country_iso3,country_name,cepii_code,languages\n"
    "DE,DEU,Germany,,\nRO,ROU,Romania,ROM,\nIE,IRL,Ireland,,English; Irish\n"
)
MARKETS = "market,market_name,countries\ngermany,Germany,DE\npair,A pair,IE; RO\n"
DISTANCES = (
    "iso_o;iso_d;comlang_off;dist;distw\n"
    "DEU;GBR;0;495.4;808.6\nROM;GBR;0;2097.4;.\nIRL;GBR;1;460;425.3\nGBR;GBR;1;100;200\n"
    "DEU;FRA;0;1;1\n"
)
GEOGRAPHY = (
    "iso3;langoff_1;langoff_2;langoff_3\n"
    "DEU;German;.;.\nDEU;German;.;.\nROM;Romanian;.;.\nIRL;English;.;.\nGBR;English;.;.\n"
)


@pytest.fixture
def files(tmp_path: Path) -> MarketFiles:
    texts = {
        "markets": MARKETS,
        "countries": COUNTRIES,
        "distances": DISTANCES,
        "geography": GEOGRAPHY,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="latin-1")
    return MarketFiles(**{name: tmp_path / f"{name}.csv" for name in texts})


def test_market_has_distance_and_language_of_each_country(files: MarketFiles) -> None:
    read = read_markets(files, host="GBR")

    table = read.table.set_index(["market", "country"])
    assert table.loc[("germany", "DE"), "distance_km"] == 808.6
    assert not table.loc[("germany", "DE"), "shares_language"]
    assert table.loc[("pair", "IE"), "languages"] == "English; Irish"
    assert table.loc[("pair", "IE"), "shares_language"]


def test_missing_weighted_distance_falls_back_and_is_said(files: MarketFiles) -> None:
    read = read_markets(files, host="GBR")

    table = read.table.set_index("country")
    assert table.loc["RO", "distance_km"] == 2097.4
    assert table.loc["RO", "country_iso3"] == "ROU"
    assert any("dist (main cities) for RO" in remark for remark in read.remarks)


@pytest.mark.parametrize(
    ("file", "old", "new", "text"),
    [
        ("markets", "IE; RO", "IE; XX", "'XX'"),
        ("markets", "pair,", "germany,", "'germany' again"),
        ("countries", "RO,ROU,Romania,ROM", "RO,ROU,Romania,", "'ROU'"),
        ("countries", "RO,ROU", "DE,ROU", "'DE' again"),
        ("distances", "495.4;808.6", "495.4;far", "'far'"),
        ("distances", ";GBR;", ";FRA;", "no row for 'GBR'"),
    ],
)
def test_faulty_market_files_are_refused(
    files: MarketFiles, file: str, old: str, new: str, text: str
) -> None:
    path: Path = getattr(files, file)
    content = path.read_text(encoding="latin-1")
    path.write_text(content.replace(old, new), encoding="latin-1")

    with pytest.raises(DataError, match=text):
        read_markets(files, host="GBR")


def test_host_country_cannot_be_a_market(files: MarketFiles) -> None:
    files.countries.write_text(COUNTRIES + "GB,GBR,Britain,,\n", encoding="utf-8")

    with pytest.raises(DataError, match="'GBR'"):
        read_markets(files, host="GBR")


@pytest.mark.shared_data
def test_forty_markets_and_more_have_all_facts(shared_data: Path) -> None:
    folder = shared_data / "data/markets"
    files = MarketFiles(
        CURATED / "markets.csv",
        CURATED / "market_countries.csv",
        folder / "dist_cepii.csv.gz",
        folder / "geo_cepii.csv",
    )
    table = read_markets(files, host="GBR").table

    assert table["market"].nunique() >= 40
    assert {"germany", "japan", "united-states", "india", "nordics", "dach"} <= set(table["market"])
    assert table.notna().all().all()
    assert table.loc[table["market"] == "germany", "distance_km"].tolist() == [808.641]
    assert "GB" not in set(table["country"])
