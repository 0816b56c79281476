"""Look at what the engine runs on: Python, packages, caches, console, rights, room."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from cluster_engine import __version__
from cluster_engine.reports.diagnosis import Diagnosis

PACKAGE = "cluster-engine"
PYTHONS = ((3, 11), (3, 14))
"""First version that is tested, and first one that is not; as pyproject.toml says."""

EXTRAS = {
    "report": "`report`: charts",
    "serve": "`serve`: the local page",
    "scale": "`rank --engine dask`: several machines",
    "stats": "`data fetch`: statistics from their publishers",
}
"""What a user may install besides, and which command asks for it."""

SHOWN_SIGNS = "–·δ£éöŠł"
"""Signs that names of firms and tables need."""

SCARCE_BYTES = 1_000_000_000
SPENT_BYTES = 50_000_000
"""Free room below which an import or a training may end early; below which nothing can be kept."""

REQUIREMENT = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?([^;]*)(?:;\s*extra\s*==\s*['\"](\w+)['\"])?")
BOUND = re.compile(r"(>=|<)\s*([\d.]+)")
CACHED_MODULES = ("cluster_engine.cli.main", "pandas", "numpy", "pyarrow")


def check_python() -> Iterator[Diagnosis]:
    """Version of Python, and the system."""
    about = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        yield Diagnosis("Python", "ok", about)
    else:
        yield Diagnosis("Python", "fault", about, "install Python 3.11, 3.12 or 3.13")
    yield Diagnosis(PACKAGE, "ok", f"{__version__} in {Path(__file__).resolve().parents[1]}")


def check_packages() -> Iterator[Diagnosis]:
    """Packages that are needed, and the extras."""
    try:
        needed = [REQUIREMENT.match(line) for line in metadata.requires(PACKAGE) or ()]
    except metadata.PackageNotFoundError:
        yield Diagnosis("packages", "warning", "cluster-engine runs, but is not installed",
                        "run: python -m pip install .")  # fmt: skip
        return
    groups: dict[str, list[tuple[str, str]]] = {}
    for match in needed:
        if match is not None:
            groups.setdefault(match[3] or "", []).append((match[1], match[2]))
    faults = [fault for name, bounds in groups.get("", ()) if (fault := _weigh(name, bounds))]
    for fault in faults:
        yield Diagnosis("packages", "fault", fault, _install(""))
    if not faults:
        yield Diagnosis("packages", "ok", f"all {len(groups.get('', ()))} that are needed")
    for extra, use in EXTRAS.items():
        missing = [
            fault for name, bounds in groups.get(extra, ()) if (fault := _weigh(name, bounds))
        ]
        if not missing:
            yield Diagnosis(f"extra {extra}", "ok", f"{use}: installed")
        elif len(missing) == len(groups.get(extra, ())):
            yield Diagnosis(f"extra {extra}", "ok", f"{use}: not installed", _install(extra))
        else:
            told = f"{use}: half installed: {'; '.join(missing)}"
            yield Diagnosis(f"extra {extra}", "warning", told, _install(extra))


def _install(extra: str) -> str:
    return f'run: python -m pip install "{PACKAGE}{f"[{extra}]" if extra else ""}"'


def _weigh(name: str, bounds: str) -> str:
    """What is wrong with a package; empty where nothing is."""
    try:
        installed = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is not installed"
    for sign, bound in BOUND.findall(bounds):
        if (_read_version(installed) >= _read_version(bound)) is not (sign == ">="):
            return f"{name} {installed} is installed, {bounds.strip()} is needed"
    return ""


def _read_version(text: str) -> tuple[int, ...]:
    # Only bounds of plain numbers are used in pyproject.toml; '1.2rc1' counts as 1.2.
    numbers = re.match(r"\d+(?:\.\d+)*", text)
    parts = [int(part) for part in numbers[0].split(".")] if numbers else [0]
    return tuple([*parts, 0, 0, 0][: max(3, len(parts))])


def compare_versions(trained: dict[str, str]) -> Diagnosis:
    """Compare installed packages with those that a model was trained with.

    Parameters
    ----------
    trained : dict of str to str
        Version by package, from the model's manifest.
    """
    other, near = [], 0
    for name, version in trained.items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed = "none"
        near += installed != version
        if _read_version(installed)[:2] != _read_version(version)[:2]:
            other.append(f"{name} {installed} (the model: {version})")
    if other:
        told = f"not those of the champion: {', '.join(other)}"
        action = "ranks stay; a model trained again may differ in its last digits"
        return Diagnosis("versions", "warning", told, action)
    told = f"the champion's, {near} of {len(trained)} in another bug-fix release"
    return Diagnosis("versions", "ok", told if near else f"the champion's, all {len(trained)}")


def check_start_up() -> Iterator[Diagnosis]:
    """Whether Python finds modules compiled: without it, every start takes seconds more."""
    bare = []
    for module in CACHED_MODULES:
        try:
            spec = importlib.util.find_spec(module)
        except ModuleNotFoundError:
            continue
        if spec is not None and spec.cached and not Path(spec.cached).is_file():
            bare.append(module)
    if sys.dont_write_bytecode and bare:
        yield Diagnosis("start-up", "warning", f"not compiled: {', '.join(bare)}",
                        "unset PYTHONDONTWRITEBYTECODE, and run any command once")  # fmt: skip
    elif bare:
        yield Diagnosis("start-up", "warning", f"not compiled: {', '.join(bare)}",
                        "run: cluster-engine doctor --fix")  # fmt: skip
    else:
        yield Diagnosis("start-up", "ok", "modules are compiled")


def check_console(encoding: str | None) -> Iterator[Diagnosis]:
    """Whether the terminal can show the signs of names.

    Parameters
    ----------
    encoding : str or None
        Of standard output as the system set it.
    """
    name = encoding or "none"
    try:
        SHOWN_SIGNS.encode(name)
    except (UnicodeEncodeError, LookupError):
        how = "chcp 65001" if os.name == "nt" else "export LC_ALL=C.UTF-8, or PYTHONUTF8=1"
        told = f"{name} cannot show all names; files are not touched"
        yield Diagnosis("console", "warning", told, f"set UTF-8: {how}")
    else:
        yield Diagnosis("console", "ok", f"{name}, language {os.environ.get('LANG') or 'not set'}")


def check_places(places: Sequence[tuple[str, Path]]) -> Iterator[Diagnosis]:
    """Whether folders can be written to, and how much room is left.

    Parameters
    ----------
    places : sequence of (str, Path)
        What for, and the folder; it need not exist yet.
    """
    for about, folder in (*places, ("temporary files", Path(tempfile.gettempdir()))):
        nearest = next(above for above in (folder.absolute(), *folder.absolute().parents)
                       if above.exists())  # fmt: skip
        fault = _try_to_write(nearest)
        if fault:
            yield Diagnosis(about, "warning", f"{folder} cannot be written: {fault}",
                            "choose another folder, or ask for the right to write")  # fmt: skip
            continue
        free = shutil.disk_usage(nearest).free
        told = f"{folder} can be written, {free / 1e9:,.1f} GB free"
        if free < SPENT_BYTES:
            yield Diagnosis(about, "fault", told, "free some space", 7)
        elif free < SCARCE_BYTES:
            yield Diagnosis(about, "warning", told, "free some space: 1 GB is comfortable")
        else:
            yield Diagnosis(about, "ok", told)


def _try_to_write(folder: Path) -> str:
    # Rights alone do not tell: disks may be full, or mounted to be read only.
    try:
        with tempfile.TemporaryFile(prefix=".tmp-", dir=folder) as stream:
            stream.write(b"x")
    except OSError as fault:
        return fault.strerror or type(fault).__name__
    return ""
