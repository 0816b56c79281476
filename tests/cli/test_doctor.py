"""What `doctor` finds, says and mends; and what it ends with."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from cluster_engine.reports.diagnosis import Diagnosis, render_diagnoses
from cluster_engine.workflows import doctor_environment as environment
from cluster_engine.workflows.doctor import tell_exit_code

Run = Callable[..., Any]


@pytest.fixture
def examine(
    run: Run, toy_pack: Path, toy_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, dict[str, dict[str, str]]]]:
    """Run doctor on a copy of the toy models; give its exit code and findings by subject."""
    shutil.copytree(toy_models, tmp_path / "models")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def examine(*arguments: str, pack: Path = toy_pack) -> Any:
        ran = run("doctor", "--format", "json", "--pack", pack, "--models", tmp_path / "models",
                  *arguments)  # fmt: skip
        return ran.code, {row["about"]: row for row in json.loads(ran.out)["rows"]}

    return examine


def test_sound_installation_gives_zero_and_a_line_each(run: Run) -> None:
    ran = run("doctor")
    assert ran.code == 0, ran.out
    for about in ("Python", "packages", "extra report", "extra serve", "extra scale",
                  "extra stats", "start-up", "console", "working folder", "new models",
                  "temporary files", "models", "champions", "versions", "pack great-britain",
                  "data vintage", "project"):  # fmt: skip
        assert any(line[9:].startswith(f"{about} ") for line in ran.out.splitlines()), about
    assert "0 faults." in ran.out
    assert "fault  " not in ran.out


def test_every_line_that_is_not_ok_says_what_to_do(run: Run) -> None:
    rows = json.loads(run("doctor", "--format", "json").out)["rows"]
    assert all(row["action"] for row in rows if row["state"] != "ok")


def test_old_figures_are_a_warning_that_only_strict_counts(
    examine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cluster_engine.workflows.doctor_data.OLD_YEARS", 0)
    code, rows = examine()
    assert (code, rows["data vintage"]["state"]) == (0, "warning")
    assert examine("--strict")[0] == 5


def test_changed_byte_of_a_model_gives_four_and_fix_sets_it_aside(
    examine: Any, tmp_path: Path
) -> None:
    (table,) = (tmp_path / "models/toyland.north").rglob("sectors.parquet")
    table.chmod(0o644)
    raw = bytearray(table.read_bytes())
    raw[len(raw) // 2] ^= 1
    table.write_bytes(raw)
    code, rows = examine()
    place = f"model toyland.north/{table.parent.name}"
    assert (code, rows[place]["state"]) == (4, "fault")
    assert "sectors.parquet" in rows[place]["found"]
    assert "cluster-engine doctor --fix" in rows[place]["action"]
    _, mended = examine("--fix")
    assert mended[place]["state"] == "ok"
    assert not table.exists()


def test_alias_that_names_no_version_gives_four(examine: Any, tmp_path: Path) -> None:
    path = tmp_path / "models/toyland.north/aliases.json"
    path.chmod(0o644)
    body = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**body, "champion": "2021-00000000"}), encoding="utf-8")
    code, rows = examine()
    finding = rows["model toyland.north/aliases.json"]
    assert (code, finding["state"]) == (4, "fault")
    assert "2021-00000000" in finding["found"]


def test_what_killed_runs_left_is_a_warning_and_fix_removes_it(
    examine: Any, tmp_path: Path
) -> None:
    left = tmp_path / "models/toyland.north/.new-abc"
    left.mkdir()
    holder = tmp_path / "models/toyland.north/.lock.holder"
    holder.write_text('{"pid": 1, "host": "gone", "since": "2020"}', encoding="utf-8")
    (tmp_path / "models/toyland.north/.lock").touch()
    code, rows = examine()
    assert code == 0
    assert rows["model toyland.north/.new-abc"]["state"] == "warning"
    stale = [row for row in rows.values() if "process 1 on gone" in row["found"]]
    assert [row["state"] for row in stale] == ["warning"]
    examine("--fix")
    assert not left.exists()
    _, after = examine()
    assert not [row for name, row in after.items() if name.startswith("model ")]


def test_orphans_in_a_project_are_removed_by_fix_once_they_are_old(
    examine: Any, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    (work / "cluster-engine.toml").write_text("format = 1\n", encoding="utf-8")
    (work / "exports").mkdir()
    old, new = work / "exports/.tmp-old", work / "exports/.tmp-new"
    old.touch()
    new.touch()
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))
    _, rows = examine()
    assert rows["left-over file"]["state"] == "warning"
    examine("--fix")
    assert (old.exists(), new.exists()) == (False, True)


def test_project_with_a_missing_list_gives_two(examine: Any, tmp_path: Path) -> None:
    text = "format = 1\n[firms]\nexclude = ['gone.csv']\n"
    (tmp_path / "work/cluster-engine.toml").write_text(text, encoding="utf-8")
    code, rows = examine()
    assert (code, rows["project"]["state"]) == (2, "fault")
    assert "gone.csv" in rows["project"]["found"]


def test_damaged_pack_gives_three(examine: Any, toy_pack: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(toy_pack, broken)
    (broken / "areas.csv").unlink()
    code, rows = examine(pack=broken)
    assert (code, rows[f"pack {broken}"]["state"]) == (3, "fault")
    assert "areas.csv" in rows[f"pack {broken}"]["found"]


def _doctor_packages(monkeypatch: pytest.MonkeyPatch, **versions: str | None) -> dict[str, Any]:
    real = metadata.version

    def version(name: str) -> str:
        if name in versions:
            told = versions[name]
            if told is None:
                raise metadata.PackageNotFoundError(name)
            return told
        return real(name)

    monkeypatch.setattr(metadata, "version", version)
    return {one.found.split(" ")[0]: one for one in environment.check_packages()}


def test_package_too_old_or_missing_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _doctor_packages(monkeypatch, numpy="1.26.4", click=None)
    assert found["numpy"].state == "fault"
    assert ">=2.1" in found["numpy"].found
    assert (found["click"].state, found["click"].found) == ("fault", "click is not installed")


def test_extra_is_told_whole_half_or_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _doctor_packages(monkeypatch, uvicorn=None, altair=None, **{"vl-convert-python": None})
    assert found["`serve`:"].state == "warning"
    assert "half installed: uvicorn is not installed" in found["`serve`:"].found
    assert found["`report`:"].state == "ok"
    assert "pip install" in found["`report`:"].action


@pytest.mark.parametrize(
    ("text", "parts"), [("1.9.1", (1, 9, 1)), ("2.0rc1", (2, 0, 0)), ("10", (10, 0, 0))]
)
def test_versions_are_compared_as_numbers(text: str, parts: tuple[int, ...]) -> None:
    assert environment._read_version(text) == parts


def test_versions_of_the_champion_are_compared_up_to_bug_fixes() -> None:
    numpy = metadata.version("numpy")
    major, minor, _ = numpy.split(".", 2)
    assert environment.compare_versions({"numpy": numpy}).state == "ok"
    assert environment.compare_versions({"numpy": f"{major}.{minor}.999"}).state == "ok"
    other = environment.compare_versions({"numpy": "1.0.0", "absent-package": "3.1"})
    assert other.state == "warning"
    assert f"numpy {numpy} (the model: 1.0.0)" in other.found
    assert "absent-package none" in other.found


@pytest.mark.parametrize(
    ("encoding", "state"),
    [("utf-8", "ok"), ("cp1252", "warning"), ("ascii", "warning"), (None, "warning")],
)
def test_console_that_cannot_show_names_is_a_warning(encoding: str | None, state: str) -> None:
    (found,) = environment.check_console(encoding)
    assert found.state == state


def test_disk_without_room_is_a_fault_with_seven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 10_000_000

    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage)
    found = list(environment.check_places([("new models", tmp_path / "not" / "yet")]))
    assert {(one.state, one.exit_code) for one in found} == {("fault", 7)}
    assert tell_exit_code(found, strict=False) == 7


def test_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    found = next(iter(environment.check_places([("new models", tmp_path)])))
    assert (found.state, "Permission denied" in found.found) == ("warning", True)


def test_names_of_files_cannot_drive_the_terminal_and_quiet_lists_what_is_wrong() -> None:
    found = [
        Diagnosis("a", "ok", "fine"),
        Diagnosis("b", "fault", "x\x1b[2Jy", "do\nthis"),
    ]
    text = render_diagnoses(found, quiet=True)
    assert "fine" not in text
    assert "\x1b" not in text
    assert text.count("\n") == 2
    assert render_diagnoses(found).endswith("\n1 ok, 0 warnings, 1 fault.\n")
