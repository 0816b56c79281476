from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError, SettingsError
from cluster_engine.packs.manifest_file import read_manifest
from cluster_engine.packs.tables import read_delimited, read_table
from cluster_engine.schemas import TABLES
from cluster_engine.workflows.build_pack import PackInputs, build_great_britain_pack
from tests.unit.workflows.publisher_files import list_publisher_files

WEST_MIDLANDS_LQ = {
    "23410": 8.84,
    "25720": 5.56,
    "25940": 4.96,
    "29320": 4.58,
    "29100": 4.37,
    "32120": 3.08,
}
WEST_MIDLANDS_JOBS = 2_693_905


@pytest.fixture(scope="module")
def inputs(shared_data: Path, checkout: Path) -> PackInputs:
    return list_publisher_files(shared_data, checkout)


@pytest.fixture(scope="module")
def built(inputs: PackInputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs") / "great-britain"
    build_great_britain_pack(inputs, folder)
    return folder


def _read(pack: Path, name: str) -> pd.DataFrame:
    return read_table(pack / read_manifest(pack).table(name).file, TABLES[name])


@pytest.mark.slow
def test_west_midlands_location_quotients(built: Path) -> None:
    jobs = _read(built, "employment").query("year == 2021")
    regions = _read(built, "regions")
    areas = regions.loc[regions["region"] == "west-midlands", "area"]

    nation = jobs.groupby("industry")["jobs"].sum()
    region = jobs[jobs["area"].isin(areas)].groupby("industry")["jobs"].sum()
    lq = (region / region.sum()) / (nation / nation.sum())

    assert region.sum() == WEST_MIDLANDS_JOBS
    assert lq[list(WEST_MIDLANDS_LQ)].round(2).to_dict() == WEST_MIDLANDS_LQ


def test_farms_not_published_stay_null(built: Path) -> None:
    jobs = _read(built, "employment")
    unknown = jobs[jobs["jobs"].isna()]

    assert len(jobs) == 7 * 40 * 729
    assert len(unknown) == 15
    assert set(unknown["industry"]) == {"01000"}
    assert set(unknown["year"]) == {2015, 2016, 2017}


def test_every_industry_has_a_name_and_a_known_parent(built: Path) -> None:
    industries = _read(built, "industries")

    assert industries.groupby("level").size().to_dict() == {1: 21, 2: 88, 3: 273, 4: 616, 5: 729}
    assert industries["name"].str.len().gt(0).all()
    parents = industries["parent"].dropna()
    assert parents.isin(industries["industry"]).all()
    assert len(parents) == len(industries) - 21


def test_concordance_covers_all_but_three_industries(built: Path) -> None:
    industries = _read(built, "industries").query("level == 5")["industry"]
    matched = _read(built, "io_concordance")

    assert set(industries) - set(matched["industry"]) == {"98100", "98200", "99000"}
    remarks = " ".join(read_manifest(built).table("io_concordance").remarks)
    assert "98100, 98200, 99000" in remarks


def test_shipped_statistics_are_what_the_sources_give(built: Path, checkout: Path) -> None:
    folder = checkout / "data/packs/great-britain"
    shipped = read_manifest(folder)

    for entry in read_manifest(built).tables:
        # The checksum holds for one version of pyarrow, which signs its files.
        assert replace(shipped.table(entry.name), sha256="") == replace(entry, sha256="")
        pd.testing.assert_frame_equal(_read(folder, entry.name), _read(built, entry.name))


@pytest.mark.slow
def test_missing_input_is_named(inputs: PackInputs, tmp_path: Path) -> None:
    absent = replace(inputs, distances=tmp_path / "dist.csv")
    with pytest.raises(DataError, match=r"dist\.csv"):
        build_great_britain_pack(absent, tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


@pytest.mark.slow
def test_jobs_of_a_newer_geography_are_carried_to_the_areas_of_the_pack(
    inputs: PackInputs, built: Path, tmp_path: Path
) -> None:
    jobs = tmp_path / "jobs.csv"
    rows = read_delimited(inputs.employment, ())
    codes = rows["GEOGRAPHY_CODE"].str.replace("UK", "TL")
    rows.assign(GEOGRAPHY_CODE=codes).to_csv(jobs, index=False)
    newer = replace(inputs, employment=jobs, area_system="itl2021")

    build_great_britain_pack(newer, tmp_path / "pack")

    for name in ("areas", "employment"):
        pd.testing.assert_frame_equal(_read(tmp_path / "pack", name), _read(built, name))
    with pytest.raises(SettingsError, match="itl2021"):
        build_great_britain_pack(replace(inputs, area_system="nuts2024"), tmp_path / "pack")
