"""The pack and the champion that ship: known figures, and lists a person can believe."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cluster_engine.packs.choices import find_market, find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.registry.locate import ModelStore, open_store
from cluster_engine.registry.versions import load_champion, make_version
from cluster_engine.results import Model
from cluster_engine.settings import read_settings
from cluster_engine.targeting.rank import POINT_COLUMNS, RankPlan, rank_firms
from cluster_engine.workflows.firm_tables import read_firm_tables
from cluster_engine.workflows.train import Training, train

Run = Callable[..., Any]

REGION = "west-midlands"
WEST_MIDLANDS_JOBS = 2_693_905
WEST_MIDLANDS_LQ = {
    "23410": "8.84",  # household ceramics
    "25720": "5.56",  # locks and hinges
    "25940": "4.96",  # fasteners
    "29320": "4.58",  # parts for motor vehicles
    "29100": "4.37",  # motor vehicles
    "32120": "3.08",  # jewellery
}
SUM = 1e-9
"""Points have two decimals; only floating-point noise of the sum remains."""

PUBLIC_SERVICES = ("84", "85", "86", "87", "88")
"""Divisions of sections O, P and Q."""

ENGINEERING = ("25", "28", "29")
"""Divisions of metal products, machinery and motor vehicles."""

NO_OPERATING_FIRM = re.compile(r"bank\b|\bfunds?\b|capital\b|beteiligung|\breit\b", re.IGNORECASE)
FINANCIAL = ("64", "65", "66", "68", "7010")
SHARE_VEHICLE = re.compile(r"automobil holding|vermögensverwaltung", re.IGNORECASE)
"""Operating groups too are called 'Holding'; what they make decides, not the word."""

LARGEST_SHARE = 0.2
"""Share of the clustered sectors above which a cluster is a catch-all."""

MACHINE_TOLERANCE = 1e-6
"""Model tables keep nine digits; another linear algebra library may differ in the last ones."""


def read_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def list_codes(sectors: str) -> set[str]:
    """Codes in the words of a niche: '2910 Motor vehicles (4.4); 2932 Vehicle parts (4.6)'."""
    return {part.split()[0] for part in sectors.split("; ")}


@pytest.fixture(autouse=True)
def _shipped_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLUSTER_ENGINE_PACKS", "CLUSTER_ENGINE_MODELS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def rank_csv(run: Run) -> Callable[[str], str]:
    """Rank a market for the West Midlands, once: the 25 best firms, as CSV."""

    @functools.cache
    def rank_csv(market: str) -> str:
        ran = run("rank", "--market", market, "--top", "25", "--no-train", "--format", "csv")
        assert ran.code == 0, ran.err
        return str(ran.out)

    return rank_csv


@pytest.fixture(scope="module")
def niches(run: Run) -> list[set[str]]:
    """Sectors of each niche cluster of the West Midlands, the largest first."""
    ran = run("clusters", "--region", REGION, "--format", "csv")
    assert ran.code == 0, ran.err
    return [list_codes(row["sectors"]) for row in read_rows(ran.out)]


# --- the pack


def test_pack_is_sound(run: Run) -> None:
    ran = run("data", "check", "--format", "json")
    assert ran.code == 0, ran.err
    rows = {row["table"]: row["rows"] for row in json.loads(ran.out)["rows"]}
    assert rows["employment"] == 40 * 729 * 7
    assert rows["areas"] == 40
    assert rows["firms"] > 1000


def test_universe_is_broad() -> None:
    pack = open_pack()
    firms = pack.read("firms")
    countries = firms.loc[firms["status"] == "rankable", "country"].value_counts()
    assert countries.sum() >= 15_000
    assert (countries >= 20).sum() >= 30
    assert countries["DE"] >= 700
    codes = pack.read("firm_industries")
    assert codes.groupby("firm_id")["weight"].sum().to_numpy() == pytest.approx(1)
    unsure = codes.loc[codes["basis"] != "official code", "confidence"]
    assert unsure.between(0.3, 1).all()


@pytest.mark.parametrize(
    "name",
    ["Volkswagen AG", "Siemens Aktiengesellschaft", "Robert Bosch", "Toyota Motor Corporation",
     "Koninklijke Philips", "Samsung Electronics", "Tata Motors", "Trumpf", "Claas", "ZF"],
)  # fmt: skip
def test_well_known_firm_stands_once_in_its_country(name: str) -> None:
    firms = open_pack().read("firms", columns=("firm_name", "country"))
    hits = firms[firms["firm_name"].str.startswith(name)]
    assert len(hits), name
    assert hits["country"].value_counts().max() <= 2, hits


def test_location_quotients_of_the_west_midlands(run: Run) -> None:
    ran = run("sectors", "--region", REGION, "--year", "2021", "--format", "csv")
    assert ran.code == 0, ran.err
    found = {row["industry"]: row["lq"] for row in read_rows(ran.out)}
    assert {code: f"{float(found[code]):.2f}" for code in WEST_MIDLANDS_LQ} == WEST_MIDLANDS_LQ


def test_jobs_of_the_west_midlands_add_up(run: Run) -> None:
    facts = json.loads(run("sectors", "--format", "json").out)
    assert (facts["region"], facts["year"]) == (REGION, 2021)
    assert facts["jobs"] == WEST_MIDLANDS_JOBS
    assert facts["jobs"] == sum(row["jobs"] for row in facts["rows"])


# --- the champion


def test_champion_was_trained_on_the_pack_and_settings_that_ship() -> None:
    champion = load_champion(open_store(), REGION, Model)
    assert champion is not None
    pack = open_pack()
    training = Training(
        pack, find_region(pack, REGION), read_settings(), pack.manifest.default_year
    )
    inputs = training.list_inputs()
    assert champion.facts["inputs"] == inputs
    assert champion.facts["version"] == make_version(inputs, training.year)
    for name, checksum in inputs["tables"].items():
        assert checksum == pack.entry(name).sha256 != "", name


def test_ranking_says_nothing_of_a_stale_model(run: Run) -> None:
    ran = run("rank", "--market", "germany", "--no-train", "--format", "csv")
    assert ran.code == 0, ran.err
    assert "other figures" not in ran.err
    assert "no model" not in ran.err


@pytest.mark.slow
def test_champion_can_be_trained_again(tmp_path: Path) -> None:
    shipped = load_champion(open_store(), REGION, Model)
    assert shipped is not None
    pack = open_pack()
    training = Training(
        pack, find_region(pack, REGION), read_settings(), pack.manifest.default_year
    )
    trained = train(training, ModelStore(tmp_path, tmp_path))
    assert trained.is_new
    for name in ("sectors", "niches", "clusters"):
        pd.testing.assert_frame_equal(
            getattr(trained.model, name).reset_index(drop=True),
            getattr(shipped, name).reset_index(drop=True),
            check_dtype=False,
            rtol=MACHINE_TOLERANCE,
            atol=MACHINE_TOLERANCE,
        )


# --- clusters


def test_cars_and_their_parts_are_one_niche(niches: list[set[str]]) -> None:
    assert any({"2910", "2932"} <= niche for niche in niches)


@pytest.mark.parametrize(
    "sector",
    ["2550", "2572", "2594", "2341", "3212", "1103"],
    ids=["metal forming", "locks", "fasteners", "household ceramics", "jewellery", "cider"],
)
def test_known_strengths_are_in_a_niche(sector: str, niches: list[set[str]]) -> None:
    assert any(sector in niche for niche in niches)


def test_public_services_do_not_lead_the_niches(niches: list[set[str]]) -> None:
    assert len(niches) >= 10
    leading = set.union(*niches[:10])
    assert not {code for code in leading if code.startswith(PUBLIC_SERVICES)}


def test_no_cluster_of_the_nation_is_a_catch_all(run: Run) -> None:
    ran = run("clusters", "--nation", "--format", "csv")
    sizes = [int(row["n_sectors"]) for row in read_rows(ran.out)]
    assert max(sizes) <= LARGEST_SHARE * sum(sizes)
    assert len({row["name"] for row in read_rows(ran.out)}) == len(sizes)


# --- shortlists


@pytest.mark.slow
def test_same_ranking_gives_the_same_bytes(
    rank_csv: Callable[[str], str], run: Run, run_fresh: Run
) -> None:
    first = rank_csv("germany")
    command = ["rank", "--market", "germany", "--top", "25", "--no-train", "--format", "csv"]
    assert run(*command).out == first
    assert run_fresh(*command).out == first


@pytest.mark.parametrize("market", ["germany", "japan", "united-states", "india"])
def test_shortlist_is_full_and_adds_up(market: str, rank_csv: Callable[[str], str]) -> None:
    rows = read_rows(rank_csv(market))
    assert [int(row["rank"]) for row in rows] == list(range(1, 26))
    assert len({row["firm_name"].casefold() for row in rows}) == 25
    for row in rows:
        points = sum(
            round(100 * float(cell)) for name, cell in row.items() if name.startswith("points_")
        )
        assert 5000 + points == round(100 * float(row["score"]))
        assert row["reason_1"]


@pytest.mark.slow
def test_base_and_points_add_up_for_every_firm_of_every_market() -> None:
    pack, champion = open_pack(), load_champion(open_store(), REGION, Model)
    assert champion is not None
    settings = read_settings()
    names = sorted(set(pack.read("markets", columns=("market",))["market"]))
    assert len(names) > 20
    tables = read_firm_tables(pack)
    plan = RankPlan(settings.scoring, replace(settings.uncertainty, draws=0))
    for name in names:
        ranking = rank_firms(champion, find_market(pack, name), tables, plan)
        total = ranking.base + ranking.rows[list(POINT_COLUMNS)].sum(axis=1)
        assert (ranking.rows["score"] - total).abs().max() < SUM or ranking.n_ranked == 0, name


def test_ranks_come_with_intervals_and_ties_with_bands(rank_csv: Callable[[str], str]) -> None:
    rows = read_rows(rank_csv("germany"))
    for row in rows:
        assert int(row["rank_low"]) <= int(row["rank"]) <= int(row["rank_high"])
        assert 0 <= float(row["p_top"]) <= 1
    bands = [int(row["band"]) for row in rows]
    assert bands == sorted(bands)
    by_score: dict[str, set[str]] = {}
    for row in rows:
        by_score.setdefault(row["score"], set()).add(row["band"])
    assert all(len(found) == 1 for found in by_score.values())


@pytest.mark.parametrize(
    "firm", ["Knorr-Bremse", "Trumpf", "Robert Bosch", "Leoni", "Schmitz Cargobull"]
)
def test_explanations_of_german_firms_add_up(firm: str, run: Run) -> None:
    ran = run("explain", firm, "--market", "germany", "--format", "json")
    assert ran.code == 0, ran.err
    body = json.loads(ran.out)
    points = sum(round(100 * item["points"]) for item in body["criteria"])
    assert 5000 + points == round(100 * body["firm"]["score"])
    value = body["value"]
    assert value["jobs_low"] < value["jobs"] < value["jobs_high"]
    assert value["gva_low"] < value["gva_direct"] < value["gva"] < value["gva_high"]
    assert 1.0 < value["multiplier"] < 2.0


@pytest.mark.parametrize("market", ["germany", "japan", "united-states", "india"])
def test_no_fund_or_bank_stands_on_the_list(market: str, rank_csv: Callable[[str], str]) -> None:
    names = [row["firm_name"] for row in read_rows(rank_csv(market))]
    assert not [name for name in names if NO_OPERATING_FIRM.search(name)]


def test_no_holding_stands_on_the_german_list(rank_csv: Callable[[str], str]) -> None:
    rows = read_rows(rank_csv("germany"))
    assert not [row["firm_name"] for row in rows if row["industry_code"].startswith(FINANCIAL)]
    assert not [row["firm_name"] for row in rows if SHARE_VEHICLE.search(row["firm_name"])]


def test_german_list_leans_to_what_the_region_makes(
    rank_csv: Callable[[str], str], run: Run
) -> None:
    rows = read_rows(rank_csv("germany"))
    assert {row["country"] for row in rows} == {"DE"}
    assert sum(row["industry_code"].startswith(ENGINEERING) for row in rows) >= 5
    sectors = read_rows(run("sectors", "--level", "4", "--format", "csv").out)
    strong = {row["industry"] for row in sectors if row["lq"] and float(row["lq"]) > 1}
    fitting = [row for row in rows if row["niche_cluster"] or row["industry_code"] in strong]
    assert len(fitting) >= 20


@pytest.mark.slow
def test_another_region_is_trained_and_ranked(run: Run, tmp_path: Path) -> None:
    command = ["rank", "--market", "germany", "--region", "greater-manchester",
               "--format", "csv", "--models", tmp_path]  # fmt: skip
    first = run(*command)
    assert first.code == 0, first.err
    assert "has no model yet: training it" in first.err
    assert len(read_rows(first.out)) == 25
    assert run(*command, "--no-train").out == first.out


HOMES = {
    "Robert Bosch": "DE11", "Trumpf": "DE11", "Carl Zeiss": "DE11", "Volkswagen": "DE91",
    "AB Volvo": "SE23", "Koninklijke Philips": "NL32", "Vestas Wind": "DK04",
}  # fmt: skip
"""Home regions that everybody can check."""


def test_firms_of_the_default_pack_have_home_regions() -> None:
    pack = open_pack()
    homes = pack.read("firm_homes").merge(pack.read("firms"), on="firm_id")
    assert len(homes) == len(pack.read("firms"))
    for name, region in HOMES.items():
        found = homes[homes["firm_name"].str.startswith(name)]
        assert region in set(found["region"]), name
    germany = homes[(homes["country"] == "DE") & homes["city"].notna()]
    assert germany["region"].notna().mean() > 0.95
    assert homes.loc[homes["region"].isna() | homes["lq"].isna(), "reason"].notna().all()
    assert homes.loc[homes["lq"].notna(), "reason"].isna().all()
