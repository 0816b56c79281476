"""The whole chain on the toy pack, whose figures can be checked by hand.

Six areas of 10,000 jobs each, 60,000 in all; the region 'north' is two of them, 20,000 jobs, a
third of the nation. So the LQ of the north in a sector is 3 x (jobs there) / (jobs in the nation),
and with 20 jobs in every plant the shrunk LQ is (jobs / 20 + 2) / (expected jobs / 20 + 2).
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import load_champion
from cluster_engine.results import Model

Run = Callable[..., Any]

# sector: jobs in the north (2021), jobs in the nation, LQ
NORTH_BY_HAND = {
    "29100": (1800, 2000, 2.7),  # Ashby 1000 + Birch 800; 3 x 1800 / 2000
    "29200": (800, 1000, 2.4),  # 500 + 300; 3 x 800 / 1000
    "29320": (1600, 2000, 2.4),  # 900 + 700; 3 x 1600 / 2000
    "25500": (900, 1200, 2.25),  # 500 + 400; 3 x 900 / 1200
    "47110": (8000, 24000, 1.0),  # 4000 in every area: exactly 1
    "85200": (5000, 15000, 1.0),  # 2500 in every area: exactly 1
    "10710": (600, 3000, 0.6),  # 200 + 400; 3 x 600 / 3000
    "64190": (500, 3000, 0.5),  # 200 + 300; 3 x 500 / 3000
    "10510": (200, 2000, 0.3),  # 100 + 100; 3 x 200 / 2000
    "11070": (100, 1000, 0.3),  # 0 + 100; 3 x 100 / 1000
    "63110": (100, 1000, 0.3),  # 0 + 100; 3 x 100 / 1000
    "62011": (200, 2400, 0.25),  # 50 + 150; 3 x 200 / 2400
    "62012": (200, 2400, 0.25),  # as 62011
}
CAR_BLOCK = {"2910", "2920", "2932"}
EXACT = 1e-12
"""Share of a binary fraction that division may miss; the figures themselves are exact."""

SHORTLIST_COLUMNS = [
    "rank", "firm_id", "firm_name", "country", "city", "industry_code", "industry",
    "niche_cluster", "score", "rank_low", "rank_high", "p_top", "reason_1", "reason_2", "reason_3",
    "points_cluster_fit", "points_sector_pull", "points_supplier_link", "points_customer_link",
    "points_home_match", "points_capacity", "points_footprint", "points_presence",
    "points_knowledge", "points_productivity", "points_gap", "band", "data_notes",
]  # fmt: skip


def read_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def drop_list_columns(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Leave out what is said about the list shown and not about the firm."""
    return [{k: v for k, v in row.items() if k not in ("p_top", "band")} for row in rows]


@pytest.fixture(scope="module")
def rank_csv(run: Run, toy_pack: Path, toy_models: Path) -> Callable[[str], str]:
    """Rank a market of the toy pack for the north, as CSV."""

    def rank_csv(market: str) -> str:
        ran = run("rank", "--market", market, "--format", "csv", "--no-train",
                  "--pack", toy_pack, "--models", toy_models)  # fmt: skip
        assert ran.code == 0, ran.err
        return str(ran.out)

    return rank_csv


@pytest.fixture
def sectors_of_north(run: Run, toy_pack: Path, toy_models: Path) -> dict[str, dict[str, str]]:
    ran = run("sectors", "--pack", toy_pack, "--models", toy_models, "--format", "csv")
    assert ran.code == 0, ran.err
    return {row["industry"]: row for row in read_rows(ran.out)}


# --- sectors


def test_location_quotients_are_those_computed_by_hand(
    sectors_of_north: dict[str, dict[str, str]],
) -> None:
    found = {
        code: (float(row["jobs"]), float(row["base_jobs"]), float(row["lq"]))
        for code, row in sectors_of_north.items()
    }
    assert found.keys() == NORTH_BY_HAND.keys()
    for code, by_hand in NORTH_BY_HAND.items():
        assert found[code] == pytest.approx(by_hand, rel=EXACT), code


def test_sectors_spread_like_all_jobs_have_a_quotient_of_exactly_one(
    sectors_of_north: dict[str, dict[str, str]],
) -> None:
    assert sectors_of_north["47110"]["lq"] == sectors_of_north["85200"]["lq"] == "1.0"


def test_shrunk_quotient_and_growth_are_those_computed_by_hand(
    sectors_of_north: dict[str, dict[str, str]],
) -> None:
    cars = sectors_of_north["29100"]
    # 1800 / 20 = 90 plants seen, 2000 / 3 / 20 = 100 / 3 expected: 92 / (106 / 3) = 276 / 106
    assert float(cars["shrunk_lq"]) == pytest.approx(276 / 106, rel=EXACT)
    # 1500 jobs in 2020, 1800 in 2021
    assert float(cars["growth"]) == pytest.approx(0.2, rel=EXACT)
    assert float(sectors_of_north["25500"]["growth"]) == 0.0


def test_sectors_come_with_the_jobs_of_the_region_and_the_nation(run: Run, toy_pack: Path) -> None:
    body = json.loads(run("sectors", "--pack", toy_pack, "--format", "json").out)
    assert (body["jobs"], body["base_jobs"]) == (20_000, 60_000)
    assert (body["region"], body["year"], body["growth_from"]) == ("north", 2021, 2020)


def test_sectors_add_up_at_a_coarser_level(run: Run, toy_pack: Path) -> None:
    ran = run("sectors", "--pack", toy_pack, "--level", "2", "--format", "csv")
    rows = {row["industry"]: row for row in read_rows(ran.out)}
    # 1800 + 800 + 1600 of 2000 + 1000 + 2000: 3 x 4200 / 5000
    assert float(rows["29"]["jobs"]) == 4200
    assert float(rows["29"]["lq"]) == pytest.approx(2.52, rel=EXACT)


# --- clusters


def test_niches_of_the_north_are_vehicles_and_metal_forming(
    run: Run, toy_pack: Path, toy_models: Path
) -> None:
    options = ["--pack", toy_pack, "--models", toy_models, "--format", "csv"]
    cars, metal = read_rows(run("clusters", *options).out)
    assert {part.split()[0] for part in cars["sectors"].split("; ")} == CAR_BLOCK
    assert (float(cars["jobs"]), float(cars["national_jobs"])) == (4200, 5000)
    # 3 x (1800 + 800 + 1600) / (2000 + 1000 + 2000)
    assert float(cars["lq"]) == pytest.approx(2.52, abs=1e-9)
    assert (cars["areas_with_it"], cars["slug"]) == ("0", "motor-vehicles-vehicle-parts")
    assert (metal["slug"], float(metal["jobs"])) == ("metal-forming", 900)
    # 3 x 900 / 1200
    assert float(metal["lq"]) == pytest.approx(2.25, abs=1e-9)
    inside = run("sectors", "--cluster", "vehicle", "--level", "4", *options)
    assert {row["industry"] for row in read_rows(inside.out)} == CAR_BLOCK


def test_change_of_a_niche_is_split_in_parts_that_add_up(
    run: Run, toy_pack: Path, toy_models: Path
) -> None:
    ran = run("clusters", "--pack", toy_pack, "--models", toy_models, "--format", "csv")
    for row in read_rows(ran.out):
        parts = [float(row[f"change_{part}"]) for part in ("national", "mix", "regional")]
        assert sum(parts) == pytest.approx(float(row["change"]), abs=1e-6)


def test_clusters_of_the_nation_are_the_three_blocks(
    run: Run, toy_pack: Path, toy_models: Path
) -> None:
    ran = run("clusters", "--nation", "--pack", toy_pack, "--models", toy_models, "--format", "csv")
    rows = {row["name"]: row for row in read_rows(ran.out)}
    sizes = {name: int(row["n_sectors"]) for name, row in rows.items()}
    assert sizes == {"Motor vehicles & parts": 4, "Food": 3, "Software & finance": 3}
    # Shops and schools are local: in no cluster.
    assert not any("Supermarkets" in row["sectors"] for row in rows.values())
    # 3 x (200 + 600 + 100) / (2000 + 3000 + 1000)
    assert float(rows["Food"]["lq"]) == pytest.approx(0.45, abs=1e-9)


# --- shortlist


def test_columns_are_those_of_a_shortlist_in_order(rank_csv: Callable[[str], str]) -> None:
    assert rank_csv("germany").splitlines()[0].split(",") == SHORTLIST_COLUMNS


@pytest.mark.parametrize("market", ["germany", "japan", "german-speaking"])
def test_base_and_points_add_up_to_the_score(
    market: str, rank_csv: Callable[[str], str], run: Run, toy_pack: Path, toy_models: Path
) -> None:
    rows = read_rows(rank_csv(market))
    ran = run("rank", "--market", market, "--format", "json",
              "--pack", toy_pack, "--models", toy_models)  # fmt: skip
    base = Decimal(str(json.loads(ran.out)["base"]))
    assert base == 50
    for row in rows:
        points = [Decimal(cell) for name, cell in row.items() if name.startswith("points_")]
        assert base + sum(points) == Decimal(row["score"]), row["firm_name"]


@pytest.mark.parametrize("market", ["germany", "japan", "german-speaking"])
def test_ranks_follow_scores(market: str, rank_csv: Callable[[str], str]) -> None:
    rows = read_rows(rank_csv(market))
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    order = [(-Decimal(row["score"]), row["firm_id"]) for row in rows]
    assert order == sorted(order)


def test_markets_hold_the_firms_of_their_countries(rank_csv: Callable[[str], str]) -> None:
    found = {
        market: {row["firm_id"] for row in read_rows(rank_csv(market))}
        for market in ("germany", "japan", "german-speaking")
    }
    assert found["germany"] == {"t01", "t02", "t03", "t04", "t06", "t11"}
    assert found["japan"] == {"t08", "t09", "t12"}
    assert found["german-speaking"] == found["germany"] | {"t07", "t10"}


def test_car_firm_ranks_above_a_retailer_with_the_same_figures(
    rank_csv: Callable[[str], str],
) -> None:
    rows = {row["firm_name"]: row for row in read_rows(rank_csv("germany"))}
    car, shop = rows["Auto Nord AG"], rows["Kauf König AG"]
    assert int(car["rank"]) == 1 < int(shop["rank"])
    # What the firms are like themselves brings both the same; where they would be does not.
    assert car["points_capacity"] == shop["points_capacity"]
    assert car["points_footprint"] == shop["points_footprint"]
    assert float(car["points_cluster_fit"]) > 0 > float(shop["points_cluster_fit"])
    assert (car["niche_cluster"], shop["niche_cluster"]) == ("Motor vehicles & vehicle parts", "")


def test_supply_chain_figures_are_those_computed_by_hand(toy_models: Path) -> None:
    champion = load_champion(ModelStore(toy_models, toy_models), "toyland.north", Model)
    assert champion is not None
    sectors = champion.sectors.set_index("industry")
    # The niche has 4200 of the nation's 5000 jobs in motor vehicles, which buy £400m of their own
    # kind at home and £200m abroad: 0.84 x 600; metal forming buys none.
    assert sectors.loc["2932", "supplier_demand"] == pytest.approx(504, abs=1e-6)
    # It has 900 of 1200 jobs in metal products: they buy £50m of them, and motor vehicles £300m at
    # home and £100m abroad: 0.75 x 50 + 0.84 x 400.
    assert sectors.loc["2550", "supplier_demand"] == pytest.approx(373.5, abs=1e-6)
    # Of the £1,200m that motor vehicles buy, £400m are home-made motor vehicles.
    assert sectors.loc["2932", "input_share"] == pytest.approx(1 / 3, abs=1e-6)


def test_reasons_hold_the_figures_behind_the_points(rank_csv: Callable[[str], str]) -> None:
    rows = {row["firm_id"]: row for row in read_rows(rank_csv("germany"))}
    reasons = {
        firm: " | ".join(row[f"reason_{place}"] for place in (1, 2, 3))
        for firm, row in rows.items()
    }
    assert "Vehicle parts: North LQ 2.4, 1,600 jobs" in reasons["t03"]
    assert re.search("buy £37[34]m of metal products a year", reasons["t04"])
    # A criterion that takes points away is no reason.
    assert "LQ" not in reasons["t06"]


def test_holding_code_firm_is_not_ranked_but_counted(
    run: Run, toy_pack: Path, toy_models: Path
) -> None:
    ran = run("rank", "--market", "germany", "--format", "json",
              "--pack", toy_pack, "--models", toy_models)  # fmt: skip
    body = json.loads(ran.out)
    assert "Holding Eins SE" not in {row["firm_name"] for row in body["rows"]}
    assert (body["firms_ranked"], body["firms_left_out"]) == (6, 1)
    assert "left out: 1. They have no industry code, or only that of a holding" in ran.err


def test_unknown_figures_are_noted_and_not_zero(rank_csv: Callable[[str], str]) -> None:
    rows = {row["firm_name"]: row for row in read_rows(rank_csv("germany"))}
    unknown = rows["Unbekannt GmbH"]["data_notes"]
    assert "employees unknown" in unknown
    assert "R&D unknown" in unknown
    assert "industry coded from its activity (80% sure)" in unknown
    assert "employees unknown" in rows["<b>Müller & Söhne</b>"]["data_notes"]
    assert "R&D unknown" not in rows["<b>Müller & Söhne</b>"]["data_notes"]
    assert rows["Auto Nord AG"]["data_notes"] == "figures of 2021"


def test_hostile_names_are_printed_and_not_obeyed(
    run: Run, toy_pack: Path, toy_models: Path, rank_csv: Callable[[str], str]
) -> None:
    names = {row["firm_name"] for row in read_rows(rank_csv("germany"))}
    # A spreadsheet would run '=SUM(A1)'; JSON and the terminal show the name as it is.
    assert {"'=SUM(A1)", "<b>Müller & Söhne</b>"} <= names
    options = ["--pack", toy_pack, "--models", toy_models]
    body = json.loads(run("rank", "--market", "germany", "--format", "json", *options).out)
    assert "=SUM(A1)" in {row["firm_name"] for row in body["rows"]}
    shown = run("rank", "--market", "germany", *options).out
    # The column breaks the name at a blank.
    assert "<b>Müller &" in shown
    assert "Söhne</b>" in shown


def test_top_and_cluster_cut_the_list_and_keep_the_ranks(
    run: Run, toy_pack: Path, toy_models: Path, rank_csv: Callable[[str], str]
) -> None:
    options = ["--market", "germany", "--format", "csv", "--pack", toy_pack, "--models", toy_models]
    everything = drop_list_columns(read_rows(rank_csv("germany")))
    best = read_rows(run("rank", "--top", "2", *options).out)
    assert drop_list_columns(best) == everything[:2]
    ran = run("rank", "--cluster", "motor-vehicles-vehicle-parts", *options)
    inside = drop_list_columns(read_rows(ran.out))
    name = "Motor vehicles & vehicle parts"
    assert inside == [row for row in everything if row["niche_cluster"] == name]
    assert 0 < len(inside) < len(everything)


# --- the same input, the same bytes


def shuffle_rows(pack: Path, table: str, seed: int) -> None:
    path = pack / f"{table}.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    random.Random(seed).shuffle(rows)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


@pytest.mark.slow
def test_same_command_gives_the_same_bytes(
    tmp_path: Path, run: Run, toy_pack: Path, rank_csv: Callable[[str], str]
) -> None:
    first = rank_csv("germany")
    assert rank_csv("germany") == first
    again = run("rank", "--market", "germany", "--format", "csv",
                "--pack", toy_pack, "--models", tmp_path)  # fmt: skip
    assert again.out == first


@pytest.mark.slow
def test_order_of_rows_in_the_pack_changes_no_byte(
    tmp_path: Path, run: Run, toy_pack: Path, rank_csv: Callable[[str], str]
) -> None:
    pack = tmp_path / "shuffled"
    shutil.copytree(toy_pack, pack)
    for table in ("employment", "firms", "firm_industries", "io_flows", "industries"):
        shuffle_rows(pack, table, seed=1)
    ran = run("rank", "--market", "germany", "--format", "csv",
              "--pack", pack, "--models", tmp_path / "models")  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.out == rank_csv("germany")
    sectors = [
        run("sectors", "--pack", folder, "--format", "csv").out for folder in (pack, toy_pack)
    ]
    assert sectors[0] == sectors[1]


def read_files(folder: Path) -> dict[Path, bytes]:
    """All files under a folder but those that hold the time and are no part of a result."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "history.jsonl"
    }


@pytest.mark.slow
def test_seed_of_hashes_and_threads_change_no_byte(
    tmp_path: Path, run_fresh: Run, toy_pack: Path, rank_csv: Callable[[str], str]
) -> None:
    """Trained and ranked in four processes: the same model, list and workbook in all."""
    found = []
    for seed, threads in itertools.product(("0", "1"), ("1", "2")):
        folder = tmp_path / f"{seed}-{threads}"
        variables = {
            "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads,
            "OMP_WAIT_POLICY": "passive",
        }  # fmt: skip
        options = ["--market", "germany", "--pack", toy_pack, "--models", folder / "models"]
        ran = run_fresh("rank", *options, "--format", "csv", variables=variables)
        assert ran.code == 0, ran.err
        assert ran.out == rank_csv("germany")
        book = run_fresh("rank", *options, "--output", folder / "list.xlsx", variables=variables)
        assert book.code == 0, book.err
        found.append(read_files(folder))
    assert {path.name for path in found[0]} >= {"manifest.json", "sectors.parquet", "list.xlsx"}
    assert all(files == found[0] for files in found[1:])


# --- training


@pytest.mark.slow
def test_training_twice_does_nothing_the_second_time(
    tmp_path: Path, run: Run, toy_pack: Path
) -> None:
    options = ["--pack", toy_pack, "--models", tmp_path]
    first = run("train", "--region", "north", *options)
    home = tmp_path / "toyland.north"
    assert {path.name for path in tmp_path.iterdir()} == {home.name, "toyland.national-clusters"}
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != ".lock"}
    second = run("train", "--region", "north", *options)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != ".lock"}
    assert (first.code, second.code) == (0, 0)
    assert "trained and is the champion" in first.out
    assert "was trained before with the same inputs" in second.out
    (version,) = (path.name for path in home.iterdir() if path.is_dir())
    assert version in first.out
    assert version in second.out
    assert before == after


@pytest.mark.slow
def test_rank_trains_a_region_without_champion_once(
    tmp_path: Path, run: Run, toy_pack: Path
) -> None:
    command = ["rank", "--market", "japan", "--region", "south", "--format", "csv",
               "--pack", toy_pack, "--models", tmp_path]  # fmt: skip
    first = run(*command)
    assert first.code == 0, first.err
    assert "South has no model yet: training it" in first.err
    versions = sorted(path.name for path in tmp_path.rglob("manifest.json"))
    second = run(*command)
    assert "training" not in second.err
    assert sorted(path.name for path in tmp_path.rglob("manifest.json")) == versions
    # One of the region, one of the clusters of the nation.
    assert len(versions) == 2
    assert second.out == first.out
    assert run(*command, "--no-train").out == first.out


def test_no_train_refuses_and_names_the_command_to_run(
    tmp_path: Path, run: Run, toy_pack: Path
) -> None:
    models = tmp_path / "models"
    options = ["--pack", toy_pack, "--models", models]
    ran = run("rank", "--market", "japan", "--region", "ashby", "--no-train", *options)
    assert ran.code == 4
    assert ran.out == ""
    assert "Ashby has no model yet." in ran.err
    assert "cluster-engine train --region ashby" in ran.err
    assert not models.exists()


def test_an_area_is_a_region_too_by_name_or_code(tmp_path: Path, run: Run, toy_pack: Path) -> None:
    rows = []
    for name in ("cliff", "Cliff", "TY3", "tl3"):
        ran = run("sectors", "--region", name, "--format", "csv", "--pack", toy_pack)
        rows.append({row["industry"]: row["lq"] for row in read_rows(ran.out)})
    assert rows[0] == rows[1] == rows[2] == rows[3]
    # (500 / 10000) / (1000 / 60000)
    assert float(rows[0]["11070"]) == pytest.approx(3.0, rel=EXACT)


# --- names nobody knows


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--market", "germny"], "There is no market 'germny'.",
         "Did you mean 'germany'? Known: germany, german-speaking, japan."),
        (["--market", "japan", "--region", "nroth"], "There is no region 'nroth'.",
         "Did you mean 'north'? Known: north, south, "),
        (["--market", "japan", "--cluster", "motor vehicle part"],
         "There is no niche cluster of North 'motor vehicle part'.",
         "Did you mean 'motor-vehicles-vehicle-parts'? Known: motor-vehicles-vehicle-parts, "
         "metal-forming."),
    ],
    ids=["market", "region", "cluster"],
)  # fmt: skip
def test_unknown_name_lists_the_known_ones_nearest_first(
    arguments: list[str], message: str, hint: str, run: Run, toy_pack: Path, toy_models: Path
) -> None:
    ran = run("rank", *arguments, "--pack", toy_pack, "--models", toy_models)
    assert ran.code == 2
    assert ran.out == ""
    assert message in ran.err
    assert hint in ran.err
