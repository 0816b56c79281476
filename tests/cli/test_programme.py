"""`programme` on the toy pack: what it prints, what it refuses, and the same bytes twice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster_engine.settings import read_settings
from cluster_engine.workflows.programme_config import parse_config, read_config, read_example

SMALL = """
minimum_firms = 1
minimum_clusters = 1
largest_cluster_share = 1.0
only_niche_clusters = false
[officer_days]
english = 20
german = 5
[assumptions]
draws = 20
solved_draws = 2
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("programme") / "programme.toml"
    path.write_text(SMALL, "utf-8")
    return path


@pytest.fixture
def programme(run: Callable, toy_pack: Path, toy_models: Path) -> Callable:
    def programme(*arguments: str | Path) -> object:
        return run("programme", "--pack", toy_pack, "--models", toy_models, *arguments)

    return programme


def _write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def test_json_holds_all_and_adds_up(programme: Callable, config: Path) -> None:
    done = programme("--config", config, "--format", "json")
    assert done.code == 0, done.err
    body = json.loads(done.out)
    assert body["rows"]
    assert len({row["firm_id"] for row in body["rows"]}) == len(body["rows"])
    assert sum(row["firms"] for row in body["markets"]) == len(body["rows"])
    assert sum(row["cost"] for row in body["markets"]) == pytest.approx(body["cost"])
    assert sum(row["value"] for row in body["rows"]) - body["cost"] == pytest.approx(
        body["net"], rel=1e-5
    )
    assert body["cost"] * 1000 <= body["budget"]
    assert sum(row["officer_days"] for row in body["markets"]) <= 25
    assert {row["chance_nature"] for row in body["rows"]} == {"prior"}
    plans = {row["plan"]: row for row in body["baselines"]}
    assert set(plans) == {"this programme", "best mission first", "same quota"}
    for row in plans.values():
        assert row["breaks"] or row["net"] <= body["net"] + body["gap"] * body["net"] + 1e-6
    visited = {row["market"] for row in body["markets"]}
    assert visited.isdisjoint(row["market"] for row in body["left_out"])
    assert 0 <= body["chance_of_none"] <= 1


def test_the_table_says_what_the_chance_is_and_csv_is_safe(
    programme: Callable, config: Path
) -> None:
    done = programme("--config", config)
    assert "is a prior, not learned from approaches" in done.out
    assert "Against plans made without an optimiser" in done.out
    rows = list(csv.DictReader(io.StringIO(programme("--config", config, "--format", "csv").out)))
    assert not any(row["firm_name"].startswith("=") for row in rows)
    assert all(row["mission"] for row in rows)


def test_the_same_input_gives_the_same_bytes(
    programme: Callable, config: Path, tmp_path: Path
) -> None:
    paths = [tmp_path / "one.json", tmp_path / "two.json"]
    for path in paths:
        assert programme("--config", config, "--output", path).code == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_another_budget_is_compared_with_the_files(programme: Callable, config: Path) -> None:
    done = programme("--config", config, "--budget", "-50%", "--format", "json")
    body = json.loads(done.out)
    assert body["budget"] == 30000
    assert any("in place of £60,000" in sentence for sentence in body["sentences"])


def test_without_a_file_too_few_firms_are_no_programme_but_a_refusal(programme: Callable) -> None:
    done = programme()
    assert done.code == 2
    assert "firms of at least 3 clusters" in done.err


def test_excluded_firms_are_not_approached(
    programme: Callable, config: Path, tmp_path: Path
) -> None:
    names = json.loads(programme("--config", config, "--format", "json").out)["rows"]
    first = names[0]["firm_id"]
    path = _write(tmp_path, f'excluded_firms = ["{first}"]\n' + SMALL)
    rows = json.loads(programme("--config", path, "--format", "json").out)["rows"]
    assert first not in {row["firm_id"] for row in rows}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("budgett = 1\n", "Did you mean 'budget'?"),
        ("budget = -1\n", "must be a number of at least 0"),
        ("budget = true\n", "must be a number of at least 0"),
        ('markets = ["germny"]\n', "Did you mean 'germany'?"),
        ("markets = []\n", "must name a market"),
        ('markets = ["germany"]\n[market.japan]\nrequired = true\n', "not among the markets"),
        ("[market.germany]\nminimum_firm = 1\n", "Did you mean 'minimum_firms'?"),
        ('[cluster."no such"]\nminimum_firms = 1\n', "There is no niche cluster"),
        ('[[missions]]\nname = "A"\n', "lacks 'market'"),
        ('[[missions]]\nname = "A"\nmarket = "france"\n', "not among the markets"),
        ('[[missions]]\nname = "A"\nmarket = "germany"\ndate = "soon"\n', "must be a date"),
        ('[[fairs]]\nname = "A"\nmarket = "germany"\n', "lacks 'cost'"),
        ("[[missions]\n", "is not valid TOML"),
        ("missions = 1\n", "must be a list of tables"),
        ("[assumptions]\nmeetings = 2.5\n", "must be a whole number"),
        ("[assumptions]\nmeetings_per_day = 0\n", "must be above 0"),
        ("[assumptions]\nsuccess_rate = 2\n", "must be a number from 0 to 1"),
        ('excluded_firms = ["Nobody"]\n', "there is no firm 'Nobody'"),
        ("largest_cluster_share = 1.5\n", "must be a number from 0 to 1"),
        ("only_niche_clusters = 1\n", "must be true or false"),
    ],
)
def test_a_faulty_file_is_refused_with_what_to_do(
    text: str, told: str, programme: Callable, tmp_path: Path
) -> None:
    done = programme("--config", _write(tmp_path, text))
    assert done.code == 2
    assert told in done.err


def test_rules_that_exclude_each_other_are_named(programme: Callable, tmp_path: Path) -> None:
    text = "budget = 100\n" + SMALL.replace("minimum_clusters = 1", "minimum_clusters = 0")
    text += "[market.germany]\nrequired = true\n"
    done = programme("--config", _write(tmp_path, text))
    assert done.code == 2
    assert "a budget of £100; " in done.err
    assert "Germany must be visited" in done.err


@pytest.mark.parametrize("text", ["lots", "-200%", "nan"])
def test_a_budget_that_is_none_is_refused(text: str, programme: Callable) -> None:
    done = programme("--budget", text)
    assert done.code == 2
    assert "must be an amount" in done.err


def test_the_example_is_a_file_that_can_be_read(run: Callable, tmp_path: Path) -> None:
    printed = run("programme", "--example").out
    assert printed == read_example()
    config = read_config(_write(tmp_path, printed), read_settings().programme)
    assert config.markets is not None
    assert {mission.is_fair for mission in config.missions} == {True, False}
    assert config.missions[0].date == "2027-04-12"
    assert config.programme.budget == 30000


def test_an_empty_file_means_the_settings() -> None:
    shipped = read_settings().programme
    assert parse_config({}, "x.toml", shipped).programme == shipped
