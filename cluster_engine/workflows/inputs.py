"""What a model is made from: checksums of tables, and the packages that decide fitted numbers."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version as installed_version

from cluster_engine.files import hash_file
from cluster_engine.packs.pack import Pack

PACKAGES = (
    "numpy", "scipy", "pandas", "scikit-learn", "scikit-network", "networkx", "pyarrow",
)  # fmt: skip


def hash_table(pack: Pack, name: str) -> str:
    """Checksum of a table of the pack: as the manifest says, or computed where it says none."""
    entry = pack.entry(name)
    return entry.sha256 or hash_file(pack.folder / entry.file)


def hash_tables(pack: Pack, names: Sequence[str]) -> dict[str, str]:
    """Checksums of those of the tables that the pack has."""
    return {name: hash_table(pack, name) for name in names if pack.has(name)}


def list_packages() -> dict[str, str]:
    """Installed versions of the packages that decide fitted numbers."""
    return {package: installed_version(package) for package in PACKAGES}
