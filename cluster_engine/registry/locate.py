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

MODELS_VARIABLE = "CLUSTER_ENGINE_MODELS"
SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,100}")


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
        if not SAFE_NAME.fullmatch(key) or ".." in key:
            raise ModelError(f"The model name '{key}' must be lower-case letters, digits, '-'.")
        both = (self.home / key, self.shipped / key)
        return both if self.home != self.shipped else both[:1]


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
