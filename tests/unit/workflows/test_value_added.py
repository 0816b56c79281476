from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.measures.productivity import (
    FEW_GROUP_JOBS,
    NO_GROUP,
    NO_GROUP_JOBS,
    NOT_PUBLISHED,
)
from cluster_engine.packs.pack import open_pack
from cluster_engine.packs.validate import check_pack
from cluster_engine.workflows.economy import Economy, read_economy
from cluster_engine.workflows.value_added import (
    SMALLEST_JOBS,
    ValueAdded,
    calc_value_per_job,
    read_value_added,
)

YEAR = 2021
PER_FILLED_JOB = 0.06
"""The ONS counts filled jobs, with the self-employed and the forces, and its accounts are of a
later vintage; ours are those of the business register. The two differ by -5 % to +1 % in 2019."""
WEST_MIDLANDS = ("UKG1", "UKG2", "UKG3")
NORTH, ELM, FERN = (0, 1), (4,), (5,)


@pytest.fixture(scope="module")
def economy(toy_pack: Path) -> Economy:
    return read_economy(open_pack(str(toy_pack)), YEAR)


@pytest.fixture(scope="module")
def table(toy_pack: Path, economy: Economy) -> ValueAdded:
    found = read_value_added(open_pack(str(toy_pack)), economy)
    assert found is not None
    return found


@pytest.fixture
def copied(toy_pack: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(toy_pack, tmp_path / "pack"))


def _position(economy: Economy, sector: str) -> int:
    return economy.sectors["industry"].tolist().index(sector)


def test_region_and_nation_as_worked_out_by_hand(table: ValueAdded, economy: Economy) -> None:
    found = calc_value_per_job(table, NORTH)
    cars, metal = _position(economy, "2932"), _position(economy, "2550")

    assert found.year == YEAR
    assert found.labels[cars] == "Motor vehicles & parts"
    # North: £192m + £180m over 2,400 + 1,800 jobs in cars, £25m + £16m over 500 + 400 in metal.
    assert found.region.values[cars] == pytest.approx(372_000 / 4200)
    assert found.region.values[metal] == pytest.approx(41_000 / 900)
    # Nation: without Elm, where value added of cars is not published, and jobs of metal are not.
    assert found.nation.values[cars] == pytest.approx(411_000 / 4900)
    assert found.nation.covered[cars] == pytest.approx(4900 / 5000)
    assert found.nation.values[metal] == pytest.approx(55_000 / 1200)


def test_sectors_of_one_group_have_one_figure_and_its_label(
    table: ValueAdded, economy: Economy
) -> None:
    found = calc_value_per_job(table, NORTH)
    programming, hosting = _position(economy, "6201"), _position(economy, "6311")

    assert found.region.values[programming] == found.region.values[hosting]
    assert found.region.values[programming] == pytest.approx(34_000 / 500)
    assert found.labels[programming] == found.labels[hosting] == "Software; Data services"


@pytest.mark.parametrize(
    ("own", "sector", "smallest", "reason"),
    [
        (NORTH, "8520", 0.0, NO_GROUP),
        (ELM, "2910", 0.0, NOT_PUBLISHED),
        (ELM, "2550", 0.0, NOT_PUBLISHED),
        (FERN, "2910", 0.0, NO_GROUP_JOBS),
        ((0,), "6201", SMALLEST_JOBS, FEW_GROUP_JOBS),
    ],
)
def test_unknown_figure_carries_its_reason(
    table: ValueAdded,
    economy: Economy,
    own: tuple[int, ...],
    sector: str,
    smallest: float,
    reason: str,
) -> None:
    found = calc_value_per_job(table, own, smallest_jobs=smallest)
    place = _position(economy, sector)

    assert found.region.reasons[place] == reason
    assert np.isnan(found.region.values[place])


@pytest.mark.parametrize("own", [(), (0, 0)])
def test_region_needs_areas_each_once(table: ValueAdded, own: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="'own'"):
        calc_value_per_job(table, own)


def test_pack_without_value_added_gives_none(copied: Path, economy: Economy) -> None:
    manifest = copied / "pack.toml"
    head, _, tail = manifest.read_text(encoding="utf-8").partition('[[tables]]\nname = "value')
    manifest.write_text(head + tail[tail.index("[[tables]]") :], encoding="utf-8")

    assert read_value_added(open_pack(str(copied)), economy) is None


def test_year_without_value_added_gives_none(toy_pack: Path) -> None:
    pack = open_pack(str(toy_pack))

    assert read_value_added(pack, read_economy(pack, 2020)) is None


def test_jobs_are_those_of_the_year_of_the_value_added(copied: Path, economy: Economy) -> None:
    path = copied / "value_added.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2021,", "2020,"), "utf-8")
    found = read_value_added(open_pack(str(copied)), economy)

    assert found is not None
    assert found.year == 2020
    np.testing.assert_array_equal(found.jobs, economy.jobs[economy.years.index(2020)])


def test_order_of_rows_changes_nothing(copied: Path, economy: Economy, table: ValueAdded) -> None:
    path = copied / "value_added.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    found = read_value_added(open_pack(str(copied)), economy)

    assert found is not None
    assert found.groups == table.groups
    np.testing.assert_array_equal(found.amounts, table.amounts)


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ("29; 10", "'10' must stand in one group, and stands in '10; 11' already"),
        ("29; 99", "row 4, column 'industries': '99' must be in the table"),
    ],
)
def test_group_that_counts_twice_or_is_unknown_is_refused(
    copied: Path, economy: Economy, group: str, told: str
) -> None:
    path = copied / "value_added.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",29,", f",{group},"), "utf-8")
    with pytest.raises(DataError, match=told):
        read_value_added(open_pack(str(copied)), economy)


def test_toy_pack_keeps_its_contract(toy_pack: Path) -> None:
    assert check_pack(open_pack(str(toy_pack)))["value_added"] == 36


def test_all_industries_come_near_what_the_ons_publishes_per_filled_job(
    shared_data: Path, checkout: Path
) -> None:
    pack = open_pack(str(checkout / "data/packs/great-britain"))
    economy = read_economy(pack, 2019)
    table = read_value_added(pack, economy)
    assert table is not None
    published = pd.read_csv(shared_data / "data/offer/ons_gross_value_added.csv.gz").query(
        "geography == 'ITL Level 1' and indicator == 'Gross value added per filled job' "
        "and period.str.startswith('2019')"
    )
    stated = dict(zip(published["areacd"], published["observation"], strict=True))
    letters = sorted({area[2] for area in economy.areas})

    assert len(letters) == 11
    for letter in letters:
        own = [place for place, area in enumerate(economy.areas) if area[2] == letter]
        ours = 1e6 * table.amounts[own].sum() / table.jobs[own].sum()
        assert ours == pytest.approx(stated["TL" + letter], rel=PER_FILLED_JOB)


def test_every_sector_of_west_midlands_has_a_figure_or_a_reason(checkout: Path) -> None:
    pack = open_pack(str(checkout / "data/packs/great-britain"))
    economy = read_economy(pack, YEAR)
    table = read_value_added(pack, economy)
    assert table is not None
    found = calc_value_per_job(table, [economy.areas.index(area) for area in WEST_MIDLANDS])

    for side in (found.region, found.nation):
        np.testing.assert_array_equal(np.isnan(side.values), side.reasons != "")
    without = economy.sectors["industry"][found.region.reasons != ""]
    # Households as employers and for themselves, and bodies of other states: no jobs, no group.
    assert set(without) == {"9700", "9810", "9820", "9900"}
