"""`train`, `retrain` and `models` on the toy pack: roles, reasons, exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from cluster_engine.registry.check import RETRAIN_LOCK
from cluster_engine.registry.files import hash_body, write_json
from cluster_engine.registry.lock import hold

Run = Callable[..., Any]
REGION = ("--regions", "north")


@pytest.fixture
def models(tmp_path: Path, toy_models: Path) -> Path:
    return Path(shutil.copytree(toy_models, tmp_path / "models"))


@pytest.fixture
def where(models: Path, toy_pack: Path) -> tuple[str, ...]:
    return ("--pack", str(toy_pack), "--models", str(models))


@pytest.fixture
def write_settings(checkout: Path, tmp_path: Path) -> Callable[[str, str], Path]:
    """Write settings with one text replaced."""

    def write(old: str, new: str) -> Path:
        text = (checkout / "cluster_engine/settings.toml").read_text("utf-8")
        assert text.count(old) == 1
        path = tmp_path / "settings.toml"
        path.write_text(text.replace(old, new), "utf-8")
        return path

    return write


@pytest.fixture
def other(write_settings: Callable[[str, str], Path]) -> Path:
    return write_settings("[scoring.base]\nvalue = 50.0", "[scoring.base]\nvalue = 51.0")


def _rows(ran: Any) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.err
    return list(json.loads(ran.out)["rows"])


def _roles(run: Run, models: Path) -> dict[str, str]:
    rows = _rows(run("models", "list", "--region", "toyland.north", "--format", "json",
                     "--models", models))  # fmt: skip
    return {row["role"]: row["version"] for row in rows}


def test_a_plan_says_what_and_why_and_does_nothing(
    run: Run, where: tuple[str, ...], models: Path, other: Path
) -> None:
    before = sorted(models.rglob("*"))
    rows = _rows(run("retrain", *where, "--dry-run", "--settings", other, "--format", "json"))
    by_region = {row["region"]: row for row in rows}
    assert len(by_region) == 8
    assert by_region["north"]["outcome"] == "to train"
    assert "settings (scoring)" in by_region["north"]["reason"]
    assert by_region["elm"]["reason"] == "no sound champion"
    assert sorted(models.rglob("*")) == before


@pytest.mark.slow
def test_a_challenger_that_passes_becomes_champion_and_can_be_rolled_back(
    run: Run, where: tuple[str, ...], models: Path, other: Path
) -> None:
    old = _roles(run, models)["champion"]
    (row,) = _rows(run("retrain", *where, *REGION, "--settings", other, "--format", "json"))
    assert row["outcome"] == "promoted"
    assert row["reason"].startswith("all gates passed")
    assert _roles(run, models) == {"champion": row["version"], "previous": old}
    (again,) = _rows(run("retrain", *where, *REGION, "--settings", other, "--format", "json"))
    assert again["outcome"] == "nothing to do"
    ran = run("models", "rollback", *where, "--reason", "staff asked")
    assert ran.code == 0, ran.err
    assert _roles(run, models)["champion"] == old
    shown = run("models", "show", *where, "--format", "csv")
    assert "staff asked" in shown.out


def test_a_challenger_that_fails_a_gate_is_kept_with_the_reason(
    run: Run, where: tuple[str, ...], models: Path, write_settings: Callable[[str, str], Path]
) -> None:
    old = _roles(run, models)["champion"]
    # No correlation reaches 1.1: the gate cannot be passed.
    text = "[gates.minimum_rank_correlation]\nvalue = 0.8"
    settings = write_settings(text, text.replace("0.8", "1.1"))
    body = settings.read_text("utf-8").replace("value = 50.0", "value = 52.0", 1)
    settings.write_text(body, "utf-8")
    ran = run("train", *where, "--settings", settings)
    assert ran.code == 0, ran.err
    assert "kept as challenger" in ran.out
    assert "rank stability" in ran.out
    assert _roles(run, models)["champion"] == old
    challenger = _roles(run, models)["challenger"]
    (row,) = _rows(run("retrain", *where, *REGION, "--settings", settings, "--format", "json"))
    assert row["outcome"] == "nothing to do"
    assert "rank stability" in row["reason"]
    assert run("models", "promote", challenger, *where).code == 0
    assert _roles(run, models)["champion"] == challenger


@pytest.mark.slow
@pytest.mark.parametrize(
    ("option", "outcome"), [("--no-promote", "kept"), ("--force-promote", "promoted")]
)
def test_a_person_decides(
    run: Run, where: tuple[str, ...], other: Path, option: str, outcome: str
) -> None:
    (row,) = _rows(run("retrain", *where, *REGION, "--settings", other, option, "--format", "json"))
    assert row["outcome"] == outcome
    assert "as asked" in row["reason"]


@pytest.mark.slow
def test_a_quiet_run_says_nothing_when_nothing_is_new_and_ends_with_what_is(
    run: Run, where: tuple[str, ...], other: Path
) -> None:
    idle = run("retrain", *where, *REGION, "--quiet")
    assert (idle.code, idle.out, idle.err) == (0, "", "")
    ran = run("retrain", *where, *REGION, "--quiet", "--settings", other)
    assert ran.out.rstrip().splitlines()[-1] == "toyland: 1 promoted"


def test_both_orders_at_once_are_refused(run: Run, where: tuple[str, ...]) -> None:
    assert run("retrain", *where, "--no-promote", "--force-promote").code == 2


def test_a_second_retraining_is_told_who_is_at_work(
    run: Run, where: tuple[str, ...], models: Path, other: Path
) -> None:
    with hold(models, name=RETRAIN_LOCK):
        ran = run("retrain", *where, *REGION, "--settings", other)
    assert ran.code == 6
    assert "process " in ran.err
    assert " since " in ran.err


def test_verify_counts_and_repairs(run: Run, where: tuple[str, ...], models: Path) -> None:
    assert run("models", "verify", "--models", models).code == 0
    (models / "toyland.north" / ".new-killed").mkdir()
    ran = run("models", "verify", "--models", models)
    assert ran.code == 4
    assert ".new-killed" in ran.out
    assert run("models", "verify", "--repair", "--models", models).code == 0
    assert "0 finding(s)" in " ".join(run("models", "verify", "--models", models).out.split())


@pytest.mark.slow
def test_pruning_leaves_what_is_in_use(
    run: Run, where: tuple[str, ...], models: Path, other: Path
) -> None:
    run("retrain", *where, *REGION, "--settings", other)
    assert _rows(run("models", "prune", "--keep", "0", "--format", "json", *where)) == []
    assert len(_roles(run, models)) == 2


@pytest.mark.slow
def test_a_version_is_made_again_byte_for_byte(run: Run, where: tuple[str, ...]) -> None:
    rows = _rows(run("models", "rebuild", *where, "--market", "germany", "--format", "json"))
    assert {row["file"] for row in rows} >= {"manifest.json", "shortlist of germany"}
    assert all(row["is_same"] for row in rows), rows


def _edit_manifest(models: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    """Change what the manifest of the north's only version says, as if it had always said so."""
    (path,) = models.glob("toyland.north/*/manifest.json")
    manifest = json.loads(path.read_text("utf-8"))
    edit(manifest)
    del manifest["self_sha256"]
    path.chmod(0o644)
    write_json(path, {**manifest, "self_sha256": hash_body(manifest)})


@pytest.mark.slow
def test_other_packages_that_make_the_same_figures_are_told_and_no_fault(
    run: Run, where: tuple[str, ...], models: Path
) -> None:
    _edit_manifest(models, lambda manifest: manifest["facts"]["packages"].update(numpy="0.1"))
    ran = run("models", "rebuild", *where, "--format", "json")
    differ = {row["file"]: row["difference"] for row in _rows(ran) if not row["is_same"]}
    assert differ == {"manifest.json": "packages"}
    assert (json.loads(ran.out)["is_same"], json.loads(ran.out)["is_equal"]) == (False, True)
    assert f"other packages: numpy {version('numpy')} instead of 0.1." in " ".join(ran.err.split())


@pytest.mark.slow
@pytest.mark.parametrize("is_other", [False, True])
def test_a_version_that_becomes_another_one_is_an_error_that_names_packages_only_if_they_differ(
    run: Run, where: tuple[str, ...], models: Path, is_other: bool
) -> None:
    def edit(manifest: dict[str, Any]) -> None:
        manifest["facts"]["n_niches"] += 1
        if is_other:
            manifest["facts"]["packages"]["numpy"] = "0.1"

    _edit_manifest(models, edit)
    ran = run("models", "rebuild", *where, "--quiet", "--format", "json")
    assert ran.code == 4
    differ = [row for row in json.loads(ran.out)["rows"] if not row["is_same"]]
    assert [(row["file"], row["difference"]) for row in differ] == [("manifest.json", "content")]
    told = " ".join(ran.err.split())
    assert ("instead of 0.1" in told) == is_other
    assert ("The packages are those of then" in told) != is_other


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "threads"), [("0", "1"), ("1", "2")], ids=["one thread", "two threads"]
)
def test_the_shipped_champion_is_made_again_byte_for_byte(
    run_fresh: Run, checkout: Path, seed: str, threads: str
) -> None:
    """In processes of their own: neither threads nor the seed of hashes change a byte."""
    ran = run_fresh(
        "models", "rebuild", "--market", "germany", "--models", checkout / "models",
        "--format", "json",
        variables={
            "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads,
        },
    )  # fmt: skip
    rows = _rows(ran)
    # Of the region, the clusters of the nation and what is learned of it; and the list.
    assert len(rows) == 5 + 9 + 6 + 1
    assert {"hit-rate.md", "hit-rate.json"} <= {row["file"] for row in rows}
    # Not the locked packages: the same figures, for the manifests name others.
    locked = "It was made with other packages" not in ran.err
    assert all(row["is_same"] or not locked for row in rows), rows
    assert json.loads(ran.out)["is_equal"]


@pytest.mark.parametrize("name", ["..", "a/b", "con", "x" * 64])
def test_names_that_lead_elsewhere_are_refused(run: Run, where: tuple[str, ...], name: str) -> None:
    assert run("models", "promote", name, *where).code == 4
