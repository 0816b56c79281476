"""The manifest of a pack: what the pack holds, where it comes from, and its checksums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cluster_engine.errors import DataError, Problem

MANIFEST_FILE = "pack.toml"
FORMAT = 1

Nature = Literal["official", "derived", "modelled", "prior", "authored"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from."""

    id: str
    title: str
    publisher: str
    vintage: str
    licence: str
    url: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table of a pack, as the manifest lists it.

    Attributes
    ----------
    name : str
        Name of the contract in `schemas.TABLES`.
    file : str
        Plain file name inside the pack, '.parquet' or '.csv'.
    rows : int
    sha256 : str
        Checksum of the file, 64 hexadecimal digits; empty: not checked.
    nature : {"official", "derived", "modelled", "prior", "authored"}
        How far the figures are from the publisher's.
    sources : tuple of str
        Identifiers of the sources.
    remarks : tuple of str
        Counts and caveats, one sentence each.
    """

    name: str
    file: str
    rows: int
    sha256: str
    nature: Nature
    sources: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pack says of itself."""

    format: int
    name: str
    title: str
    host_country: str
    currency: str
    classification: str
    default_region: str
    default_year: int
    remarks: tuple[str, ...]
    sources: tuple[Source, ...]
    tables: tuple[TableEntry, ...]

    def table(self, name: str) -> TableEntry:
        """Return the entry of one table.

        Raises
        ------
        DataError
            The pack has no such table.
        """
        for entry in self.tables:
            if entry.name == name:
                return entry
        found = "tables " + ", ".join(entry.name for entry in self.tables)
        rule = f"The pack must have the table '{name}'."
        raise DataError([Problem(MANIFEST_FILE, None, "tables", found, rule)])
