"""Where model versions lie, and where new ones go."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cluster_engine.errors import ModelError
from cluster_engine.packs.locate import DEFAULT_PACK, find_shipped, is_source_tree

NATION_KEY = "national-clusters"
"""Folder of the clusters of the nation among the models; no region may be called so."""
PLACE_KEY = "national-place"
"""Folder of what is learned of where sectors grow; no region may be called so."""
SHARED_KEYS = (NATION_KEY, PLACE_KEY)
"""Models that all regions of a pack are made with."""

MODELS_VARIABLE = "CLUSTER_ENGINE_MODELS"
NAME = r"[a-z0-9][a-z0-9_-]{0,62}"
SAFE_NAME = re.compile(NAME)
SAFE_KEY = re.compile(rf"{NAME}(\.{NAME})?")
"""A region's name, or a pack's and a region's."""

RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}
"""Names of devices, which Windows opens in place of a file."""


@dataclass(frozen=True, slots=True)
class ModelStore:
    """Folders with models: the user's own, where new versions go, before the shipped one.

    Attributes
    ----------
    home : Path
        Written to; need not exist yet.
    shipped : Path
        Read only.
    """

    home: Path
    shipped: Path

    def folders(self, key: str) -> tuple[Path, ...]:
        """Folders that may hold versions for a key, in order of preference.

        Raises
        ------
        ModelError
            The key could leave the models folder.
        """
        if not SAFE_KEY.fullmatch(key) or key.split(".", maxsplit=1)[0] in RESERVED:
            raise ModelError(
                f"The model name '{key}' must be lower-case letters, digits, '-', at most 63."
            )
        both = (self.home / key, self.shipped / key)
        folders = both if self.home != self.shipped else both[:1]
        for folder in folders:
            refuse_link(folder)
        return folders

    def list_keys(self) -> tuple[str, ...]:
        """Keys under which models lie, sorted."""
        names = {
            path.name
            for home in (self.home, self.shipped)
            if home.is_dir()
            for path in home.iterdir()
            if path.is_dir() and not path.is_symlink() and SAFE_KEY.fullmatch(path.name)
        }
        return tuple(sorted(names))


def is_safe_name(name: str) -> bool:
    """Whether a version may be called so: it cannot lead out of its folder on any system."""
    return SAFE_NAME.fullmatch(name) is not None and name not in RESERVED


def refuse_link(path: Path) -> None:
    """Refuse a link: what it points to could change after it was checked.

    Raises
    ------
    ModelError
        It is one.
    """
    if path.is_symlink():
        raise ModelError(
            f"{path} is a link; models are not read through links.",
            hint="Put the folder itself there, or name its place: --models FOLDER.",
        )


def open_store(folder: Path | None = None) -> ModelStore:
    """Find the models: the folder given, the one in the environment, the source tree, the user's.

    Parameters
    ----------
    folder : Path or None
        Overrides everything.
    """
    shipped = find_shipped("models")
    if folder is not None:
        return ModelStore(folder, shipped)
    if os.environ.get(MODELS_VARIABLE):
        return ModelStore(Path(os.environ[MODELS_VARIABLE]), shipped)
    if is_source_tree():
        return ModelStore(shipped, shipped)
    from platformdirs import user_data_path

    return ModelStore(user_data_path("cluster-engine") / "models", shipped)


def make_key(pack: str, region: str) -> str:
    """Folder of a region's models; regions of other packs are kept apart by the pack's name."""
    return region if pack == DEFAULT_PACK else f"{pack}.{region}"
