"""A pack: one economy's tables, opened from a folder and verified as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_engine.errors import DataError, Problem, SettingsError
from cluster_engine.files import hash_file
from cluster_engine.packs.locate import find_pack_folder
from cluster_engine.packs.manifest import Manifest, TableEntry
from cluster_engine.packs.manifest_file import read_manifest
from cluster_engine.packs.tables import read_table
from cluster_engine.schemas import TABLES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Pack:
    """An open pack.

    Attributes
    ----------
    folder : Path
        Where it lies.
    manifest : Manifest
        What ``pack.toml`` says.
    """

    folder: Path
    manifest: Manifest

    def entry(self, name: str) -> TableEntry:
        """Entry of one table in the manifest.

        Raises
        ------
        SettingsError
            The pack has no such table.
        """
        for entry in self.manifest.tables:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.manifest.tables)
        without = f" {TABLES[name].without}" if name in TABLES and TABLES[name].without else ""
        raise SettingsError(
            f"The pack '{self.manifest.name}' has no table '{name}'.{without}",
            hint=f"It has: {known}.",
        )

    def has(self, name: str) -> bool:
        """Whether the pack holds the table."""
        return any(entry.name == name for entry in self.manifest.tables)

    def read(self, name: str, *, columns: Sequence[str] = ()) -> pd.DataFrame:
        """Read one table after its checksum, where the manifest gives one, has been verified.

        Parameters
        ----------
        name : str
            Table of the contract.
        columns : sequence of str, optional
            Columns wanted; empty: all.

        Returns
        -------
        DataFrame

        Raises
        ------
        DataError
            Checksum mismatch, missing or damaged file, missing column, cell of the wrong type.
        """
        entry = self.entry(name)
        path = self.folder / entry.file
        self.verify(entry)
        return read_table(path, TABLES[name], columns=columns)

    def verify(self, entry: TableEntry) -> None:
        """Compare a file with the checksum in the manifest.

        Raises
        ------
        DataError
            The file is missing or differs.
        """
        path = self.folder / entry.file
        if not path.is_file():
            problem = Problem(entry.file, None, None, "no such file", "The file must exist.")
            raise DataError([problem], hint=f"Looked in {self.folder}.")
        if not entry.sha256:
            return
        found = hash_file(path)
        if found != entry.sha256:
            rule = f"The checksum must be {entry.sha256[:12]}… as pack.toml says."
            problem = Problem(entry.file, None, None, f"{found[:12]}…", rule)
            hint = "The file was changed or damaged: restore it, or build the pack again."
            raise DataError([problem], hint=hint)


def open_pack(name: str | None = None) -> Pack:
    """Open a pack by its name or folder; without one, the default pack.

    Raises
    ------
    DataError
        There is no such pack, or its ``pack.toml`` is faulty.
    """
    folder = find_pack_folder(name)
    return Pack(folder, read_manifest(folder))
