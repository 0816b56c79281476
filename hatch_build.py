"""Puts the default pack and the default champion into the wheel.

An editable install reads both from the checkout: a copy of them would go stale, and a checkout
without a champion could not be installed in order to train one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = {
    "data/SOURCES.md": "cluster_engine/shipped/SOURCES.md",
    "data/curated/area_codes.csv": "cluster_engine/shipped/curated/area_codes.csv",
    "data/curated/exchange_rates.csv": "cluster_engine/shipped/curated/exchange_rates.csv",
    "data/packs/great-britain": "cluster_engine/shipped/packs/great-britain",
    "data/packs/czech-regions": "cluster_engine/shipped/packs/czech-regions",
    "models/national-clusters": "cluster_engine/shipped/models/national-clusters",
    "models/national-place": "cluster_engine/shipped/models/national-place",
    "data/curated/code_concordances.csv": "cluster_engine/shipped/curated/code_concordances.csv",
    "data/curated/gics_codes.csv": "cluster_engine/shipped/curated/gics_codes.csv",
    "data/curated/gics_sic.csv": "cluster_engine/shipped/curated/gics_sic.csv",
    "data/curated/group_parents.csv": "cluster_engine/shipped/curated/group_parents.csv",
    "data/curated/nuts_regions.csv": "cluster_engine/shipped/curated/nuts_regions.csv",
    "data/curated/geonames_regions.csv": "cluster_engine/shipped/curated/geonames_regions.csv",
    "data/curated/places.parquet": "cluster_engine/shipped/curated/places.parquet",
    "data/curated/postcode_regions.csv": "cluster_engine/shipped/curated/postcode_regions.csv",
    "data/curated/region_strengths.parquet": (
        "cluster_engine/shipped/curated/region_strengths.parquet"
    ),
    "data/curated/sensitive_areas.csv": "cluster_engine/shipped/curated/sensitive_areas.csv",
    "data/curated/text_coder.npz": "cluster_engine/shipped/curated/text_coder.npz",
    "models/west-midlands": "cluster_engine/shipped/models/west-midlands",
}
"""Place in the checkout -> place in the wheel."""


class ShippedDataHook(BuildHookInterface):
    """Adds the shipped data to a wheel, and to nothing else."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to add; refuse to build a wheel that could not rank."""
        if version == "editable":
            return
        missing = [source for source in SHIPPED if not Path(self.root, source).exists()]
        if missing:
            raise FileNotFoundError(
                f"The wheel must hold the default pack and champion. Missing: {', '.join(missing)}."
            )
        for source, target in SHIPPED.items():
            self._include(Path(self.root, source), target, build_data["force_include"])

    def _include(self, source: Path, target: str, included: dict[str, str]) -> None:
        """Name a file, or the files of a folder but those that tell of this machine."""
        if source.is_file():
            included[str(source)] = target
            return
        for path in sorted(source.rglob("*")):
            inside = path.relative_to(source)
            is_of_machine = path.name == "history.jsonl" or any(
                part.startswith(".") for part in inside.parts
            )
            if path.is_file() and not is_of_machine:
                included[str(path)] = f"{target}/{inside.as_posix()}"
