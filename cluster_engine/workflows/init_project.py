"""Make a project folder: settings with comments, and folders for one's own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from cluster_engine.errors import SettingsError
from cluster_engine.files import replace_file
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.settings import read_settings
from cluster_engine.workflows.project import PROJECT_FILE

TEMPLATES = "workflows/project_files"
COPIES: Mapping[str, str] = {
    "programme.toml": "workflows/programme_example.toml",
    "settings.toml": "settings.toml",
}
"""Files of the package that a project gets as they are: place in the project -> in the package.
A new one needs a line here, and a test that its reader takes it."""

MODELS_FOLDER = "models"


@dataclass(frozen=True, slots=True)
class Started:
    """A project folder that was made.

    Attributes
    ----------
    folder : Path
    made, replaced, kept : tuple of str
        Files relative to the folder: new ones, those that were replaced, and those that were there
        with the same content.
    """

    folder: Path
    made: tuple[str, ...]
    replaced: tuple[str, ...]
    kept: tuple[str, ...]


def start_project(
    folder: Path, *, region: str | None = None, pack: str | None = None, force: bool = False
) -> Started:
    """Write the files of a project.

    Parameters
    ----------
    folder : Path
        Made if need be.
    region, pack : str or None
        Written to the project file; None: the default ones.
    force : bool
        Whether files that are there may be replaced.

    Raises
    ------
    SettingsError
        A file is there with other content; the place cannot be written; no such region.
    DataError
        No such pack.
    """
    wanted = _render(region, pack)
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is no folder.", hint="Name another: cluster-engine init DIR")
    there = [name for name in wanted if (folder / name).exists()]
    same = [name for name in there if _holds(folder / name, wanted[name])]
    other = [name for name in there if name not in same]
    if other and not force:
        shown = ", ".join(other[:5]) + (f" and {len(other) - 5} more" if len(other) > 5 else "")
        raise SettingsError(
            f"{folder} holds {shown} already; nothing was written.",
            hint="Name another folder, or add --force to replace these files with fresh ones.",
        )
    try:
        for name, raw in wanted.items():
            if name not in same:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                replace_file(folder / name, raw)
        (folder / MODELS_FOLDER).mkdir(exist_ok=True)
    except OSError as fault:
        raise SettingsError(
            f"{folder} cannot be written: {fault.strerror}.", hint="Choose another folder."
        ) from fault
    made = tuple(name for name in wanted if name not in there)
    return Started(folder, made, tuple(other), tuple(same))


def _render(region: str | None, pack: str | None) -> dict[str, bytes]:
    """Content of every file by its place in the project."""
    package = files("cluster_engine")
    root = package.joinpath(TEMPLATES)
    wanted = {name: item.read_bytes() for name, item in _walk(root, "")}
    template = Template(wanted[PROJECT_FILE].decode("utf-8"))
    wanted[PROJECT_FILE] = template.substitute(_fill(region, pack)).encode("utf-8")
    for place, source in COPIES.items():
        wanted[place] = package.joinpath(source).read_bytes()
    return dict(sorted(wanted.items()))


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _walk(item, f"{prefix}{item.name}/")
        elif item.name.endswith((".toml", ".md", ".csv")):
            found.append((prefix + item.name, item))
    return found


def _fill(region: str | None, pack: str | None) -> dict[str, str]:
    opened = open_pack(pack)
    weights = read_settings().scoring.weights
    lines = [f"# {name} = {value:g}" for name, value in weights.items()]
    # A pack in a folder is named from anywhere; one that is found by name keeps its name.
    named = str(opened.folder.absolute()) if pack and Path(pack).is_dir() else opened.folder.name
    escaped = named.replace("\\", "\\\\").replace('"', '\\"')
    slug = find_region(opened, region).slug
    return {"region": slug, "pack": escaped, "weights": "\n".join(lines)}


def _holds(path: Path, raw: bytes) -> bool:
    try:
        return path.is_file() and path.read_bytes() == raw
    except OSError:
        return False
