"""The hit-rate card of what is learned of the nation: beside the version it judges, and a gate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cluster_engine.registry.files import hash_body, write_json

pytestmark = pytest.mark.slow

Run = Callable[..., Any]
PLACE = "panel-land.national-place"
REGION = "panel-land.north"


@pytest.fixture(scope="module")
def stiff(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings whose curves are held so firmly that they stay flat: a planted worse model."""
    text = (checkout / "cluster_engine/settings.toml").read_text("utf-8")
    for old, new in (("[place.ridge]\nvalue = 64.0", "[place.ridge]\nvalue = 1e7"),
                     ("[place.smooth]\nvalue = 8.0", "[place.smooth]\nvalue = 1e7")):  # fmt: skip
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("settings") / "stiff.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def models(
    run: Run, panel_pack: Path, stiff: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Models of a good version, and of a worse one that came after it."""
    folder = tmp_path_factory.mktemp("place-models")
    for options in ((), ("--settings", stiff)):
        ran = run("train", "--pack", panel_pack, "--models", folder, *options)
        assert ran.code == 0, ran.err
    return folder


def _roles(models: Path, key: str) -> dict[str, Any]:
    return dict(json.loads((models / key / "aliases.json").read_text("utf-8")))


def _gate(models: Path, key: str, version: str) -> dict[str, Any]:
    body = json.loads((models / key / version / "manifest.json").read_text("utf-8"))
    return dict(body["metrics"]["studies"]["gain"]["gate"])


def _history(models: Path, key: str) -> list[dict[str, Any]]:
    lines = (models / key / "history.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_worse_challenger_is_kept_back_and_the_reason_tells_both_figures(models: Path) -> None:
    for key in (PLACE, REGION):
        roles = _roles(models, key)
        good, worse = (_gate(models, key, roles[role]) for role in ("champion", "challenger"))
        assert worse["value"] < good["low"]
        (kept,) = [line for line in _history(models, key) if line["action"] == "kept"]
        assert kept["version"] == roles["challenger"]
        assert "evaluation: worse beyond the interval" in kept["reason"]
        assert f"{worse['value']:.3f} (champion {good['value']:.3f}" in kept["reason"]


def test_a_better_challenger_takes_its_place(
    run: Run, models: Path, panel_pack: Path, copy: Path
) -> None:
    roles = {key: _roles(models, key) for key in (PLACE, REGION)}
    where = ("--pack", panel_pack, "--models", copy)
    worse = roles[PLACE]["challenger"]
    assert run("models", "promote", worse, "--region", PLACE, *where).code == 0
    # Any region brings the nation's versions before the gates.
    ran = run("train", "--region", "south", *where)
    assert ran.code == 0, ran.err
    assert _roles(copy, PLACE)["champion"] == roles[PLACE]["champion"]
    last = _history(copy, PLACE)[-1]
    assert last["action"] == "promoted"
    assert "evaluation: not worse beyond the interval" in last["reason"]


def test_the_card_lies_in_the_folder_of_the_version_it_judges(models: Path) -> None:
    version = _roles(models, PLACE)["champion"]
    folder = models / PLACE / version
    card = json.loads((folder / "hit-rate.json").read_text("utf-8"))
    assert card["version"] == version
    (study,) = card["studies"]
    text = (folder / "hit-rate.md").read_text("utf-8")
    assert version in text
    for sentence in study["sentences"]:
        assert sentence in text
    # The gain over size is the difference of the two losses on the card.
    losses = {row["score"]: row["loss"] for row in study["tables"][0]["rows"]}
    gain = losses["size of the area"] - losses["additive model"]
    assert study["facts"]["gate"]["value"] == pytest.approx(gain, rel=1e-4)  # rounded to 6 digits
    assert study["facts"]["gate"] == _gate(models, PLACE, version)
    # Learning ends where judging begins.
    assert max(end for _, end in study["facts"]["windows"]) <= study["facts"]["judged"][0]


def test_training_again_asks_no_gate_twice(run: Run, models: Path, panel_pack: Path) -> None:
    before = _history(models, PLACE)
    ran = run("train", "--region", "south", "--pack", panel_pack, "--models", models)
    assert ran.code == 0, ran.err
    assert _history(models, PLACE) == before


def test_a_champion_without_a_card_protects_nobody_and_the_reason_says_so(
    run: Run, copy: Path, panel_pack: Path, stiff: Path
) -> None:
    _strip_card(copy / PLACE / _roles(copy, PLACE)["champion"])
    (copy / PLACE / "history.jsonl").unlink()  # it tells that the gates have spoken
    assert run("models", "verify", "--models", copy).code == 0
    where = ("--pack", panel_pack, "--models", copy)
    ran = run("train", "--region", "south", "--settings", stiff, *where)
    assert ran.code == 0, ran.err
    last = _history(copy, PLACE)[-1]
    assert last["action"] == "promoted"
    assert "no hit-rate card of the champion" in last["reason"]


@pytest.fixture
def copy(models: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(models, tmp_path / "models"))


def _strip_card(folder: Path) -> None:
    """Make a version one of an engine that knew no cards."""
    folder.chmod(0o755)
    for name in ("hit-rate.md", "hit-rate.json"):
        (folder / name).unlink()
    path = folder / "manifest.json"
    body = json.loads(path.read_text("utf-8"))
    body.pop("self_sha256")
    body["metrics"].pop("studies")
    body["files"] = {name: facts for name, facts in body["files"].items() if "hit" not in name}
    body["self_sha256"] = hash_body(body)
    path.chmod(0o644)
    write_json(path, body)
