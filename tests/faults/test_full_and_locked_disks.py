"""A full, read-only or forbidden disk: the champion stays, and the error says what to do."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster_engine.registry.check import check_store
from cluster_engine.registry.locate import ModelStore

pytestmark = pytest.mark.slow

Run = Callable[..., Any]
NOBODY = 65534
SIZES_KB = (96, 104, 112, 120, 128, 136, 144, 160, 192, 256, 1024)
"""The models of the toy pack's north take about 90 kB, one more version about 50."""


def _mount(folder: Path, options: str) -> None:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a small file system in memory with the options given."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root mounts file systems")
    folder = tmp_path / "disk"
    folder.mkdir()
    done: list[Path] = []

    def mount(options: str) -> Path:
        _mount(folder, options)
        done.append(folder)
        return folder

    yield mount
    for path in done:
        subprocess.run(["umount", str(path)], check=False)


@pytest.fixture
def settings(checkout: Path, tmp_path: Path) -> Path:
    """Settings that give another version of every region, with the same clusters."""
    text = (checkout / "cluster_engine/settings.toml").read_text("utf-8")
    changed = text.replace("[scoring.limit]\nvalue = ", "[scoring.limit]\nvalue = 1", 1)
    assert changed != text
    (tmp_path / "other.toml").write_text(changed, "utf-8")
    return tmp_path / "other.toml"


def _expect_old_champion(run: Run, toy_pack: Path, models: Path, expected: str) -> None:
    ran = run("rank", "--market", "germany", "--format", "csv", "--no-train", "--pack", toy_pack,
              "--models", models)  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.out == expected


@pytest.fixture
def shortlist(run: Run, toy_pack: Path, toy_models: Path) -> str:
    ran = run("rank", "--market", "germany", "--format", "csv", "--pack", toy_pack,
              "--models", toy_models)  # fmt: skip
    return str(ran.out)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES_KB)
def test_a_disk_that_fills_up_keeps_the_champion(
    run: Run, mounted: Callable[[str], Path], toy_pack: Path, toy_models: Path, settings: Path,
    shortlist: str, size: int,
) -> None:  # fmt: skip
    disk = mounted("size=64m")
    models = Path(shutil.copytree(toy_models, disk / "models"))
    subprocess.run(["mount", "-o", f"remount,size={size}k", str(disk)], check=False)
    ran = run("train", "--settings", settings, "--pack", toy_pack, "--models", models)
    assert ran.code in (0, 4), ran.err
    if ran.code:
        assert "No space left" in ran.err
        _expect_old_champion(run, toy_pack, models, shortlist)
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    assert check_store(ModelStore(models, models), repair=True).is_sound
    again = run("train", "--settings", settings, "--pack", toy_pack, "--models", models)
    assert again.code == 0, again.err


def test_the_sizes_tried_lie_on_both_sides_of_enough(
    run: Run, mounted: Callable[[str], Path], toy_pack: Path, toy_models: Path, settings: Path
) -> None:
    disk = mounted("size=64m")
    models = Path(shutil.copytree(toy_models, disk / "models"))
    run("train", "--settings", settings, "--pack", toy_pack, "--models", models)
    used = shutil.disk_usage(disk).used // 1024
    assert min(SIZES_KB) < used < max(SIZES_KB)


def test_a_read_only_disk_ranks_and_refuses_to_train(
    run: Run, mounted: Callable[[str], Path], toy_pack: Path, toy_models: Path, settings: Path,
    shortlist: str,
) -> None:  # fmt: skip
    disk = mounted("size=64m")
    models = Path(shutil.copytree(toy_models, disk / "models"))
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    _expect_old_champion(run, toy_pack, models, shortlist)
    ran = run("train", "--settings", settings, "--pack", toy_pack, "--models", models)
    assert ran.code == 4
    assert "Read-only file system" in ran.err
    assert "--models" in ran.err
    assert run("models", "verify", "--models", models).code == 0


def test_a_limit_on_file_sizes_keeps_the_champion(
    run: Run, tmp_path: Path, toy_pack: Path, toy_models: Path, settings: Path, shortlist: str,
    checkout: Path,
) -> None:  # fmt: skip
    models = Path(shutil.copytree(toy_models, tmp_path / "models"))
    codes = []
    for limit in (1, 200, 2000, 5000, 9000):
        done = subprocess.run(
            [sys.executable, "-m", "cluster_engine", "train", "--settings", str(settings),
             "--pack", str(toy_pack), "--models", str(models)],
            env={**os.environ, "PYTHONPATH": str(checkout)}, capture_output=True, text=True,
            check=False,
            preexec_fn=lambda limit=limit: resource.setrlimit(
                resource.RLIMIT_FSIZE, (limit, limit)
            ),
        )  # fmt: skip
        codes.append(done.returncode)
        assert done.returncode == 4, done.stderr
        assert "File too large" in done.stderr
        _expect_old_champion(run, toy_pack, models, shortlist)
    assert check_store(ModelStore(models, models), repair=True).is_sound


AS_NOBODY = """
import os, sys
from cluster_engine.cli.main import run
warm, models, settings, pack = sys.argv[1:]
# Everything is imported by a first run: the other user need not be able to read the interpreter.
if run(["train", "--settings", settings, "--pack", pack, "--models", warm]) != 0:
    sys.exit("the first run failed")
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
code = run(["train", "--settings", settings, "--pack", pack, "--models", models])
sys.stderr.flush()
os._exit(code)
"""


@pytest.mark.parametrize("where", ["region", "version"])
def test_a_folder_without_rights_is_told_and_keeps_the_champion(
    run: Run, toy_pack: Path, toy_models: Path, settings: Path, checkout: Path, shortlist: str,
    where: str,
) -> None:  # fmt: skip
    # Not in the folder of pytest, into which nobody else may look.
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o755)
        models = Path(shutil.copytree(toy_models, top / "models"))
        own = Path(shutil.copy(settings, top / "settings.toml"))
        pack = Path(shutil.copytree(toy_pack, top / "pack"))
        region = models / "toyland.north"
        if os.geteuid() == 0:
            for path in (models, *models.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        locked = region if where == "region" else next(region.glob("2021-*"))
        locked.chmod(0o555 if where == "region" else 0o000)
        try:
            done = subprocess.run(
                [sys.executable, "-c", AS_NOBODY,
                 *(str(path) for path in (top / "warm", models, own, pack))],
                env={**os.environ, "PYTHONPATH": str(checkout), "HOME": name},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        finally:
            locked.chmod(0o755)
        assert "Traceback" not in done.stderr
        assert check_store(ModelStore(models, models), repair=True).is_sound
        if where == "region":
            assert done.returncode == 4, done.stderr
            assert "Permission denied" in done.stderr
            _expect_old_champion(run, toy_pack, models, shortlist)
        else:
            # A champion that nobody can read protects nobody: training again replaces it.
            assert done.returncode == 0, done.stderr
