"""A folder with very many firms: Parquet parted by country, sorted by industry, with a manifest.

firms/country=DE/part-00000.parquet   one row per firm: figures, profile, home region, facts
profiles.parquet                      mixes of industries that firms share
counts.parquet                        firms by country, profile and status
cells.parquet                         ranges of the figures of firms that are alike
sample.parquet                        evenly spaced firms of every country
firm_notes.parquet                    what a person should look at first
dataset.json                          every file with rows, bytes and SHA-256
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster_engine.errors import DataError, Problem, SettingsError
from cluster_engine.files import hash_file

MANIFEST = "dataset.json"
FORMAT = 2
PROFILES, COUNTS, NOTES = "profiles.parquet", "counts.parquet", "firm_notes.parquet"
CELLS, SAMPLE = "cells.parquet", "sample.parquet"
HINT = "Make it again: cluster-engine data convert LIST… --to FOLDER --force"

CODE_COLUMNS = ("industry", "weight", "basis", "confidence")
HOME_COLUMNS: Mapping[str, str] = {"home_region": "region_name", "home_lq": "lq"}
"""Columns of the firms, and what FIRM_HOMES calls them."""

FACT_COLUMNS = ("in_host", "rival_sites", "recent_projects", "parent")


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """One file of firms.

    Attributes
    ----------
    path : str
        Below the folder, '/' between.
    country : str
        ISO 3166-1 alpha-2; '' of a table that is not parted.
    rows, bytes : int
    sha256 : str
    """

    path: str
    country: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FirmDataset:
    """A folder of firms, as its manifest tells.

    Attributes
    ----------
    folder : str
        A folder, or the address of one in an object store ('s3://…').
    files : tuple of DatasetFile
        Firms.
    tables : tuple of DatasetFile
        What is not parted.
    """

    folder: str
    files: tuple[DatasetFile, ...]
    tables: tuple[DatasetFile, ...]

    @property
    def n_firms(self) -> int:
        """Firms of all countries."""
        return sum(file.rows for file in self.files)

    def of(self, countries: Collection[str]) -> tuple[DatasetFile, ...]:
        """Files with firms of these countries."""
        return tuple(file for file in self.files if file.country in countries)

    def place(self, name: str) -> str:
        """Path, or address, of a file."""
        return f"{self.folder}/{name}"

    def address(self, name: str) -> str:
        """The same, whatever folder the reader works in."""
        place = self.place(name)
        return place if is_address(place) else str(Path(place).resolve())


def is_address(text: str) -> bool:
    """Whether a text names a place in an object store and not a folder here."""
    return "://" in text


def import_fsspec() -> Any:
    """Import what opens addresses.

    Raises
    ------
    SettingsError
        It is not installed.
    """
    try:
        import fsspec
    except ImportError as fault:
        raise SettingsError(
            "An address in an object store needs packages that are not installed.",
            hint="Run: pip install 'cluster-engine[scale]', and the store's own, e.g. s3fs.",
        ) from fault
    return fsspec


def is_firm_dataset(place: str) -> bool:
    """Whether a folder, or an address, holds a converted list."""
    if is_address(place):
        return True
    return (Path(place) / MANIFEST).is_file()


def open_firm_dataset(place: str) -> FirmDataset:
    """Read the manifest; files here must be there with the size it tells.

    Raises
    ------
    DataError
        No manifest, one of another form, or a file that is missing or of another size.
    """
    text = _read_text(f"{place}/{MANIFEST}" if is_address(place) else str(Path(place) / MANIFEST))
    try:
        body = json.loads(text)
        if body["format"] != FORMAT:
            raise ValueError(f"format {body['format']}")
        files, tables = (
            tuple(DatasetFile(**entry) for entry in body[name]) for name in ("files", "tables")
        )
    except (ValueError, KeyError, TypeError) as fault:
        rule = f"It must be the manifest of a converted list, format {FORMAT}."
        raise DataError([Problem(MANIFEST, None, None, str(fault), rule)], hint=HINT) from fault
    dataset = FirmDataset(str(place).rstrip("/"), files, tables)
    if not is_address(dataset.folder):
        _check_sizes(dataset)
    return dataset


def verify_firm_dataset(dataset: FirmDataset) -> None:
    """Compare every file with its checksum.

    Raises
    ------
    DataError
        Names every file that was changed.
    """
    rule = f"The checksum must be that of {MANIFEST}."
    problems = [
        Problem(file.path, None, None, "another one", rule)
        for file in (*dataset.files, *dataset.tables)
        if hash_file(Path(dataset.folder) / file.path) != file.sha256
    ]
    if problems:
        raise DataError(problems, hint=HINT)


def say_damaged(file: str, found: str) -> DataError:
    """Error for a file that is no whole Parquet."""
    problem = Problem(
        file, None, None, found.strip().splitlines()[0], "The file must be whole Parquet."
    )
    return DataError([problem], hint=HINT)


def write_manifest(dataset: FirmDataset, made_from: Mapping[str, Any]) -> None:
    """Write the manifest into the folder of a dataset."""
    body = {
        "format": FORMAT,
        "made_from": dict(made_from),
        "rows": dataset.n_firms,
        "files": [_to_json(file) for file in dataset.files],
        "tables": [_to_json(file) for file in dataset.tables],
    }
    text = json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    (Path(dataset.folder) / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def describe_file(folder: Path, path: Path, country: str, rows: int) -> DatasetFile:
    """Measure a file that was written."""
    name = path.relative_to(folder).as_posix()
    return DatasetFile(name, country, rows, path.stat().st_size, hash_file(path))


def _to_json(file: DatasetFile) -> dict[str, Any]:
    return {name: getattr(file, name) for name in DatasetFile.__dataclass_fields__}


def _read_text(path: str) -> str:
    try:
        if is_address(path):
            with import_fsspec().open(path, "rt", encoding="utf-8") as stream:
                return str(stream.read())
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError, ImportError) as fault:
        # An unknown protocol, or the package of a known one that is not installed, is among them.
        rule = "There must be a manifest of a converted list."
        raise DataError([Problem(MANIFEST, None, None, str(fault), rule)], hint=HINT) from fault


def _check_sizes(dataset: FirmDataset) -> None:
    problems = []
    root = Path(dataset.folder).resolve()
    for file in (*dataset.files, *dataset.tables):
        path = (root / file.path).resolve()
        if not path.is_relative_to(root):
            rule = "The file must lie inside the folder."
            problems.append(Problem(MANIFEST, None, "path", file.path, rule))
        elif not path.is_file():
            problems.append(Problem(file.path, None, None, "no such file", "The file must exist."))
        elif path.stat().st_size != file.bytes:
            rule = f"The file must have {file.bytes:,} bytes as {MANIFEST} says."
            problems.append(Problem(file.path, None, None, f"{path.stat().st_size:,}", rule))
    if problems:
        raise DataError(problems, hint=HINT)
