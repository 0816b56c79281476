"""Where packs and shipped files lie: in the source tree, or inside the installed package."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.manifest import MANIFEST_FILE

DEFAULT_PACK = "great-britain"
PACKS_VARIABLE = "CLUSTER_ENGINE_PACKS"


def find_shipped(kind: str) -> Path:
    """Folder of what ships with the engine: 'packs', 'curated' or 'models'.

    A source tree keeps them in ``data`` and ``models``; a wheel carries them in the package.
    """
    package = Path(str(files("cluster_engine")))
    if is_source_tree():
        return package.parent / (kind if kind == "models" else f"data/{kind}")
    return package / "shipped" / kind


def is_source_tree() -> bool:
    """Whether the package runs from its source tree and not from an installed copy."""
    root = Path(str(files("cluster_engine"))).parent
    return (root / "pyproject.toml").is_file() and (root / "data").is_dir()


def pack_roots() -> list[Path]:
    """Folders in which packs are looked for, the user's own first."""
    own = os.environ.get(PACKS_VARIABLE)
    return [*([Path(own)] if own else []), find_shipped("packs")]


def find_pack_folder(name: str | None = None) -> Path:
    """Find the folder of a pack.

    Parameters
    ----------
    name : str or None
        A pack's name, or the path of its folder; None: the default pack.

    Raises
    ------
    DataError
        No folder of that name holds a ``pack.toml``.
    """
    wanted = name or DEFAULT_PACK
    if (Path(wanted) / MANIFEST_FILE).is_file():
        return Path(wanted)
    for root in pack_roots():
        if Path(wanted).name == wanted and (root / wanted / MANIFEST_FILE).is_file():
            return root / wanted
    known = [folder.name for folder in list_pack_folders()]
    problem = Problem(wanted, None, None, "none", f"There must be a pack with a {MANIFEST_FILE}.")
    hint = f"Known packs: {', '.join(known) or 'none'}. A folder's path works too."
    raise DataError([problem], hint=hint)


def list_pack_folders() -> list[Path]:
    """Folders of all packs found, by name; the user's own hides a shipped one of the same name."""
    found: dict[str, Path] = {}
    for root in pack_roots():
        if root.is_dir():
            for folder in sorted(root.iterdir()):
                if (folder / MANIFEST_FILE).is_file():
                    found.setdefault(folder.name, folder)
    return [found[name] for name in sorted(found)]
