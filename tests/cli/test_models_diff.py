"""`models diff` and the report of `retrain` on the toy pack: one change at a time."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

SUM_TOLERANCE = 1e-9
"""Parts are kept with ten digits."""

FROM = ("from_data", "from_code", "from_settings", "from_firm_list", "from_not_separable")
KNOWLEDGE = "[scoring.weights.knowledge]\nvalue = 3.0"


@dataclass(frozen=True)
class World:
    """Models of the toy pack's north, and what trains another version of it."""

    models: Path
    pack: Path
    settings: Path

    @property
    def where(self) -> tuple[str | Path, ...]:
        return ("--pack", self.pack, "--models", self.models)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), "utf-8")


def _change_weight(world: World) -> None:
    _replace(world.settings, KNOWLEDGE, KNOWLEDGE.replace("3.0", "0.5"))


def _change_jobs(world: World) -> None:
    _replace(world.pack / "employment.csv", "2021,TY1,29320,900\n", "2021,TY1,29320,400\n")


def _add_firm(world: World) -> None:
    firms = (world.pack / "firms.csv").read_text("utf-8")
    (line,) = [line for line in firms.splitlines() if line.startswith("t01,")]
    new = line.replace("t01,Auto Nord AG", "t99,=HYPERLINK(<i>x</i>)")
    (world.pack / "firms.csv").write_text(f"{firms}{new}\n", "utf-8")
    codes = world.pack / "firm_industries.csv"
    codes.write_text(f"{codes.read_text('utf-8')}t99,2910,1,official code,\n", "utf-8")
    for name, rows in (("firms", 12), ("firm_industries", 14)):
        entry = f'"{name}.csv"\nrows = '
        _replace(world.pack / "pack.toml", f"{entry}{rows}\n", f"{entry}{rows + 1}\n")


@pytest.fixture(scope="module")
def make_world(
    tmp_path_factory: pytest.TempPathFactory, toy_models: Path, toy_pack: Path, checkout: Path,
    run: Run,
) -> Callable[..., World]:  # fmt: skip
    """Copy pack and models, change something, and train; one world per set of changes."""
    made: dict[tuple[str, ...], World] = {}

    def make(*changes: Callable[[World], None]) -> World:
        key = tuple(change.__name__ for change in changes)
        if key not in made:
            home = tmp_path_factory.mktemp("world")
            settings = home / "settings.toml"
            shutil.copy(checkout / "cluster_engine/settings.toml", settings)
            world = World(
                Path(shutil.copytree(toy_models, home / "models")),
                Path(shutil.copytree(toy_pack, home / "pack")),
                settings,
            )
            for change in changes:
                change(world)
            ran = run("train", *world.where, "--settings", settings, "--force-promote")
            assert ran.code == 0, ran.err
            made[key] = world
        return made[key]

    return make


def _diff(run: Run, world: World, *more: str | Path) -> dict[str, Any]:
    ran = run("models", "diff", *world.where, "--format", "json", *more)
    assert ran.code == 0, ran.err
    body: dict[str, Any] = json.loads(ran.out)
    return body


def _causes(body: dict[str, Any]) -> set[str]:
    """Causes that any firm's change is put down to, after the sums were checked."""
    for row in body["rows"]:
        if row["change"] is None:
            continue
        parts = [row[name] for name in FROM]
        assert abs(sum(parts) - row["change"]) < SUM_TOLERANCE, row
        ways = [row[name] for name in row if name.startswith("by_")]
        assert abs(sum(ways) - row["change"]) < SUM_TOLERANCE, row
        places = [row[name] for name in row if name.startswith("places_")]
        assert abs(sum(places) - row["places"]) < SUM_TOLERANCE, row
        assert row["change"] == pytest.approx(row["new_score"] - row["old_score"])
    return {name for name in FROM if any(row[name] for row in body["rows"])}


def test_a_weight_alone_is_put_down_to_the_settings(
    run: Run, make_world: Callable[..., World]
) -> None:
    body = _diff(run, make_world(_change_weight))
    assert body["rows"]
    assert _causes(body) == {"from_settings"}
    assert list(body["changed"]) == ["settings"]
    assert body["changed"]["settings"] == "scoring.weights"
    assert {row["event"] for row in body["clusters"]} == {"kept"}


@pytest.mark.slow
def test_one_figure_of_employment_is_put_down_to_the_data(
    run: Run, make_world: Callable[..., World]
) -> None:
    body = _diff(run, make_world(_change_jobs))
    assert body["rows"]
    assert _causes(body) == {"from_data"}
    assert body["changed"] == {"data": "employment"}


def test_a_new_firm_is_put_down_to_the_list_of_firms(
    run: Run, make_world: Callable[..., World], toy_pack: Path
) -> None:
    body = _diff(run, make_world(_add_firm), "--pack-before", toy_pack, "--market", "germany")
    by_id = {row["firm_id"]: row for row in body["rows"]}
    assert by_id["t99"]["status"] == "new"
    assert by_id["t99"]["change"] is None
    assert len(by_id) > 1
    assert _causes(body) == {"from_firm_list"}


def test_without_the_pack_of_then_no_entry_is_put_down_to_the_list(
    run: Run, make_world: Callable[..., World]
) -> None:
    body = _diff(run, make_world(_add_firm), "--market", "germany")
    assert body["rows"]
    assert all(row["status"] not in ("new", "gone") for row in body["rows"])
    assert any("--pack-before" in sentence for sentence in body["sentences"])


@pytest.mark.slow
def test_three_changes_at_once_are_separated_and_add_up(
    run: Run, make_world: Callable[..., World], toy_pack: Path
) -> None:
    world = make_world(_change_weight, _change_jobs, _add_firm)
    body = _diff(run, world, "--pack-before", toy_pack)
    assert _causes(body) == {"from_data", "from_settings", "from_firm_list"}
    assert list(body["changed"]) == ["data", "settings", "firm list"]


def test_the_score_of_either_side_is_that_of_its_own_list(
    run: Run, make_world: Callable[..., World]
) -> None:
    world = make_world(_change_weight)
    ran = run("rank", "--market", "germany", *world.where, "--format", "json", "--draws", "0")
    scores = {row["firm_id"]: (row["rank"], row["score"]) for row in json.loads(ran.out)["rows"]}
    for row in _diff(run, world, "--market", "germany")["rows"]:
        assert scores[row["firm_id"]] == (row["new_rank"], row["new_score"])


def test_entries_and_exits_depend_on_the_length_of_the_list(
    run: Run, make_world: Callable[..., World], toy_pack: Path
) -> None:
    """The new firm is the twin of the first one and stands behind it: the second place is lost."""
    body = _diff(run, make_world(_add_firm), "--pack-before", toy_pack, "--market", "germany",
                 "--top", "2")  # fmt: skip
    statuses = {row["firm_id"]: row["status"] for row in body["rows"]}
    assert statuses["t99"] == "new"
    assert "left" in statuses.values()


@pytest.mark.slow
def test_versions_are_found_by_alias_name_and_beginning(
    run: Run, make_world: Callable[..., World]
) -> None:
    world = make_world(_change_weight)
    body = _diff(run, world)
    old, new = body["old"], body["new"]
    for names in (("previous", "champion"), (old, new), (old.split("-")[1][:6], new), (old,)):
        again = _diff(run, world, *names)
        assert (again["old"], again["new"]) == (old, new), names
    back = _diff(run, world, "champion", "previous")
    assert (back["old"], back["new"]) == (new, old)


def test_the_only_other_version_is_compared_where_none_came_before(
    run: Run, make_world: Callable[..., World]
) -> None:
    world = make_world(_change_weight)
    known = _diff(run, world)
    # As where the first own champion takes the place of the one that ships.
    path = world.models / "toyland.north" / "aliases.json"
    aliases = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(aliases | {"previous": None}), "utf-8")
    again = _diff(run, world)
    assert (again["old"], again["new"]) == (known["old"], known["new"])


@pytest.mark.parametrize(
    ("names", "code", "told"),
    [
        (("nobody", "champion"), 4, "There are: "),
        (("challenger", "champion"), 4, "There are: "),
        (("../x", "champion"), 4, "no version '../x'"),
        (("", "champion"), 4, "no version"),
        (("2021", "champion"), 2, "Write more of it"),
        (("champion", "champion"), 2, "Name another one"),
    ],
)
def test_bad_names_are_refused_with_a_hint(
    run: Run, make_world: Callable[..., World], names: tuple[str, str], code: int, told: str
) -> None:
    ran = run("models", "diff", *names, *make_world(_change_weight).where)
    assert ran.code == code
    assert told in ran.err


def test_one_version_has_nothing_to_be_compared_with(
    run: Run, toy_models: Path, toy_pack: Path
) -> None:
    ran = run("models", "diff", "--pack", toy_pack, "--models", toy_models)
    assert ran.code == 4
    assert "models list" in ran.err


def test_an_unknown_market_is_refused(run: Run, make_world: Callable[..., World]) -> None:
    world = make_world(_change_weight)
    assert run("models", "diff", *world.where, "--market", "atlantis").code == 2


@pytest.mark.slow
def test_clusters_of_the_nation_are_compared_by_themselves(
    run: Run, make_world: Callable[..., World]
) -> None:
    world = make_world(_change_jobs)
    body = _diff(run, world, "--region", "national-clusters")
    assert body["rows"] == []
    assert {row["scope"] for row in body["clusters"]} == {"cluster"}
    ran = run("models", "diff", *world.where, "--region", "national-place")
    assert ran.code == 4


def test_hostile_names_are_harmless_in_page_and_csv(
    run: Run, make_world: Callable[..., World], toy_pack: Path, tmp_path: Path
) -> None:
    page = tmp_path / "diff.html"
    world = make_world(_add_firm)
    ran = run("models", "diff", *world.where, "--pack-before", toy_pack, "--html", page,
              "--format", "csv")  # fmt: skip
    assert ran.code == 0, ran.err
    text = page.read_text("utf-8")
    assert "<i>x" not in text
    assert "=HYPERLINK(&lt;i&gt;x&lt;/i&gt;)" in text
    assert "default-src 'none'" in text
    names = {row["firm_name"] for row in csv.DictReader(io.StringIO(ran.out))}
    assert "'=HYPERLINK(<i>x</i>)" in names
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)
    again = run("models", "diff", *world.where, "--html", page)
    assert again.code == 2
    assert "--force" in again.err


@pytest.mark.slow
def test_retraining_leaves_a_report_beside_the_models(
    run: Run, make_world: Callable[..., World], tmp_path: Path, toy_models: Path
) -> None:
    source = make_world(_change_weight)
    models = Path(shutil.copytree(toy_models, tmp_path / "models"))
    ask = ("retrain", "--regions", "north,elm", "--jobs", "1", "--pack", source.pack,
           "--models", models, "--settings", source.settings)  # fmt: skip
    ran = run(*ask)
    assert ran.code == 0, ran.err
    folder = tmp_path / "retrain-reports"
    (page,) = folder.glob("*.html")
    text = page.read_text("utf-8")
    assert "all gates passed" in text
    assert "settings 100%" in text
    assert "<b>M" not in text
    rows = list(csv.DictReader((folder / f"{page.stem}.csv").read_text("utf-8-sig").splitlines()))
    assert {row["region"] for row in rows} == {"north"}
    assert all(row["status"] != "stayed" for row in rows)
    assert (folder / f"{page.stem}-clusters.csv").is_file()
    before = sorted(tmp_path.rglob("*"))
    assert run(*ask).code == 0
    assert sorted(tmp_path.rglob("*")) == before
    assert run("models", "verify", "--models", models).code == 0


def test_a_report_that_cannot_be_written_undoes_no_training(
    run: Run, make_world: Callable[..., World], tmp_path: Path, toy_models: Path
) -> None:
    source = make_world(_change_weight)
    models = Path(shutil.copytree(toy_models, tmp_path / "models"))
    (tmp_path / "retrain-reports").write_text("in the way", "utf-8")
    ask = ("retrain", "--regions", "north", "--jobs", "1", "--pack", source.pack,
           "--models", models, "--settings", source.settings)  # fmt: skip
    refused = run(*ask, "--report", tmp_path / "retrain-reports" / "x")
    assert refused.code == 2
    assert "--report" in refused.err
    ran = run(*ask)
    assert ran.code == 0
    assert "1 promoted" in ran.out
    assert "No report was written" in ran.err
