"""The second economy: what works without firms and links, and how projects are foretold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

from cluster_engine.packs.manifest import Manifest
from cluster_engine.packs.pack import open_pack
from cluster_engine.packs.validate import check_pack
from cluster_engine.results import Study
from cluster_engine.workflows.czech_pack import CzechInputs, build_czech_pack, find_section
from cluster_engine.workflows.evaluate_events import EventSetting, study_events

pytestmark = pytest.mark.slow

PACK = "czech-regions"
ROUNDING = 1e-9
"""Weighted means of equal marks differ in their last digits."""


def without_checksums(manifest: Manifest) -> Manifest:
    """What a manifest says of figures; bytes also tell the version of the library that wrote."""
    return replace(manifest, tables=tuple(replace(entry, sha256="") for entry in manifest.tables))


@pytest.fixture(scope="module")
def study() -> Study:
    return study_events(open_pack(PACK), EventSetting(n_draws=100))


def test_the_pack_is_sound() -> None:
    rows = check_pack(open_pack(PACK))
    assert rows["investments"] == 364
    assert "firms" not in rows


def test_jobs_of_the_pack_are_those_of_eurostat() -> None:
    jobs = open_pack(PACK).read("employment")
    own = jobs[jobs["area"] == "CZ08"].set_index("industry")["jobs"]
    # Published: C29 20,582 and G45 7,786 persons in CZ08; G45 is the sum of its four groups here.
    assert own["29"] == 20_582
    assert own[own.index.str.startswith("45")].sum() == pytest.approx(7_786, abs=1)
    assert own.isna()["12"]


def test_sectors_tell_what_is_not_published(run: Callable[..., Any]) -> None:
    done = run(
        "sectors", "--pack", PACK, "--region", "CZ08", "--level", "2", "--format", "csv", "--quiet"
    )
    assert done.code == 0
    tobacco = next(line for line in done.out.splitlines() if line.startswith("12,"))
    assert tobacco.split(",")[3] == ""
    assert "not published" in tobacco


@pytest.mark.parametrize("command", [("clusters",), ("gaps",), ("rank", "--market", "germany")])
def test_what_the_pack_cannot_do_is_said_plainly(
    run: Callable[..., Any], tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = run(*command, "--pack", PACK, "--models", tmp_path)
    assert done.code == 2
    assert "has no table" in done.err
    assert "Without it" in done.err


def test_projects_are_split_in_time(study: Study) -> None:
    facts = study.facts
    assert facts["usable"] == 307
    assert facts["split"] == 2004
    assert facts["n_learned"] + facts["n_judged"] == 307


def test_the_model_is_better_than_no_knowledge_and_past_shares_are_named_as_its_equal(
    study: Study,
) -> None:
    gains = study.facts["gains"]
    assert gains["model|every region alike|log_loss|all"]["low"] > 0
    assert gains["model|LQ of the sector|log_loss|all"]["low"] > 0
    # What the card must not hide: nothing gained over past shares, and a loss at hit@1.
    assert gains["model|past share of projects|log_loss|all"]["low"] < 0
    assert gains["model|past share of projects|hit_1|all"]["high"] < 0
    assert any("'past share of projects' WINS" in sentence for sentence in study.sentences)


def test_the_leak_of_later_statistics_is_told(study: Study) -> None:
    assert any(
        sentence.startswith("LEAK: the statistics are of 2015") for sentence in study.sentences
    )


def test_regions_dealt_out_by_lot_gain_nothing(study: Study) -> None:
    assert study.facts["gain_when_shuffled"] < 0.02


def test_every_mark_has_an_interval_around_it(study: Study) -> None:
    for caption, table in study.tables[:2]:
        inside = table["value"].between(table["low"] - ROUNDING, table["high"] + ROUNDING)
        assert inside.all(), caption


@pytest.mark.slow
def test_the_same_seed_gives_the_same_study(study: Study) -> None:
    again = study_events(open_pack(PACK), EventSetting(n_draws=100))
    assert again.sentences == study.sentences
    assert again.facts == study.facts


@pytest.mark.slow
def test_a_users_list_is_judged_alike(tmp_path: Path, study: Study) -> None:
    pack = open_pack(PACK)
    events = pack.read("investments")
    weights = pack.read("investment_industries")
    texts = (weights["industry"] + ":" + weights["weight"].astype(str)).groupby(weights["event_id"])
    listed = events.assign(industries=events["event_id"].map(texts.agg("; ".join)))
    path = tmp_path / "projects.csv"
    listed.to_csv(path, index=False)
    own = study_events(pack, EventSetting(events=path, n_draws=20))
    name = "model|past share of projects|log_loss|all"
    assert own.facts["gains"][name]["value"] == pytest.approx(study.facts["gains"][name]["value"])


@pytest.mark.slow
def test_evaluate_tells_what_the_pack_does_not_allow(run: Callable[..., Any]) -> None:
    done = run("evaluate", "--pack", PACK, "--draws", "20")
    assert done.code == 0
    assert "No study of places" in done.err
    assert "past share of projects" in done.out


def test_sections_of_divisions() -> None:
    assert [find_section(code) for code in ("05", "10", "33", "35", "45", "95")] == list("BCCDGS")


def test_the_script_builds_the_pack_that_ships(
    shared_data: Path, checkout: Path, tmp_path: Path
) -> None:
    raw = shared_data / "data"
    inputs = CzechInputs(
        raw / "eurostat/sbs_r_nuts06_r2_2015.csv.gz",
        raw / "investments/czechinvest_incentives_1998_2007.csv",
        checkout / "data/curated",
    )
    manifest = build_czech_pack(inputs, tmp_path / PACK)
    built, shipped = open_pack(str(tmp_path / PACK)), open_pack(PACK)
    assert without_checksums(manifest) == without_checksums(shipped.manifest)
    for table in manifest.tables:
        assert_frame_equal(built.read(table.name), shipped.read(table.name))
