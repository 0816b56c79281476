"""The form a `pack.toml` must have; every fault in it is collected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from cluster_engine.contracts import SLUG
from cluster_engine.errors import DataError, Problem
from cluster_engine.firm_schemas import ISO2
from cluster_engine.packs.manifest import (
    FORMAT,
    MANIFEST_FILE,
    Manifest,
    Nature,
    Source,
    TableEntry,
)
from cluster_engine.schemas import TABLES

SUFFIXES = (".parquet", ".csv")
PLAIN_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
PATTERNS = {
    "name": (SLUG, "lower-case letters, digits and single hyphens"),
    "host_country": (ISO2, "an ISO 3166-1 alpha-2 code, such as GB"),
    "currency": (r"[A-Z]{3}", "an ISO 4217 code, such as GBP"),
    "default_region": (SLUG, "the short name of a region"),
    "sha256": (r"([0-9a-f]{64})?", "64 hexadecimal digits, or empty: not checked"),
}
WHOLE_NUMBERS = {"format": 1, "default_year": 1900, "rows": 0}
LISTS = ("remarks", "sources")


def parse_manifest(content: Mapping[str, Any], folder: Path) -> Manifest:
    """Turn the parsed TOML of a pack into a manifest.

    Parameters
    ----------
    content : mapping
        The whole file, parsed.
    folder : Path
        Folder of the pack, to look for the files of the tables.

    Returns
    -------
    Manifest

    Raises
    ------
    DataError
        Every fault found.
    """
    if content.get("format") != FORMAT and isinstance(content.get("format"), int):
        found, rule = str(content["format"]), f"This version reads format {FORMAT}."
        problem = Problem(MANIFEST_FILE, None, "format", found, rule)
        raise DataError([problem], hint="Install a newer version of cluster-engine.")
    problems: list[Problem] = []
    tables = _records(content, "tables", TableEntry, problems)
    sources = _records(content, "sources", Source, problems)
    _check_keys(content, Manifest, "", problems)
    own = {key: value for key, value in content.items() if key not in ("sources", "tables")}
    _check_values(own, "", problems)
    for number, table in enumerate(tables, start=1):
        known = [source.get("id") for source in sources]
        _check_table(table, known, folder, f"tables[{number}].", problems)
    _check_unique(sources, "id", "sources", problems)
    _check_unique(tables, "name", "tables", problems)
    _check_unique(tables, "file", "tables", problems)
    if problems:
        raise DataError(problems, hint=f"Mend {folder / MANIFEST_FILE}, or build the pack again.")
    return Manifest(
        **_as_tuples(own),
        sources=tuple(Source(**source) for source in sources),
        tables=tuple(TableEntry(**_as_tuples(table)) for table in tables),
    )


def _records(
    content: Mapping[str, Any], key: str, kind: type, problems: list[Problem]
) -> list[dict[str, Any]]:
    records = content.get(key, [])
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        _add(problems, key, type(records).__name__, f"Write one [[{key}]] section for each.")
        return []
    for number, record in enumerate(records, start=1):
        place = f"{key}[{number}]."
        _check_keys(record, kind, place, problems)
        _check_values(record, place, problems)
    return records


def _check_keys(record: Mapping[str, Any], kind: Any, place: str, problems: list[Problem]) -> None:
    names = [field.name for field in fields(kind)]
    for key in record:
        if key not in names:
            near = get_close_matches(key, names, n=1)
            rule = "Unknown key." + (f" Did you mean '{near[0]}'?" if near else "")
            _add(problems, place + key, f"'{key}'", rule)
    for name in names:
        if name not in record:
            _add(problems, place + name, "nothing", "The key must be there.")


def _check_values(record: Mapping[str, Any], place: str, problems: list[Problem]) -> None:
    for key, value in record.items():
        if key in LISTS:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                _add(problems, place + key, repr(value), "The value must be a list of texts.")
        elif key in WHOLE_NUMBERS:
            if isinstance(value, bool) or not isinstance(value, int) or value < WHOLE_NUMBERS[key]:
                rule = f"The value must be a whole number of at least {WHOLE_NUMBERS[key]}."
                _add(problems, place + key, repr(value), rule)
        elif not isinstance(value, str):
            _add(problems, place + key, repr(value), "The value must be a text.")
        elif key in PATTERNS and not place.startswith("sources"):
            _check_pattern(key, value, place, problems)


def _check_pattern(key: str, value: str, place: str, problems: list[Problem]) -> None:
    pattern, words = PATTERNS[key]
    if not (place and key == "name") and not re.fullmatch(pattern, value):
        _add(problems, place + key, f"'{value}'", f"The value must be {words}.")


def _check_table(
    table: Mapping[str, Any],
    known_sources: Sequence[object],
    folder: Path,
    place: str,
    problems: list[Problem],
) -> None:
    name, nature = table.get("name"), table.get("nature")
    if isinstance(name, str) and name not in TABLES:
        _add(problems, place + "name", f"'{name}'", f"Known tables: {', '.join(TABLES)}.")
    if isinstance(nature, str) and nature not in get_args(Nature):
        rule = f"The value must be one of {', '.join(get_args(Nature))}."
        _add(problems, place + "nature", f"'{nature}'", rule)
    if isinstance(table.get("sources"), list):
        for source in table["sources"]:
            if source not in known_sources:
                rule = "The source must be listed under [[sources]]."
                _add(problems, place + "sources", repr(source), rule)
    if isinstance(table.get("file"), str):
        _check_file(table["file"], folder, place + "file", problems)


def _check_file(file: str, folder: Path, place: str, problems: list[Problem]) -> None:
    """Refuse everything but a plain file inside the folder: a pack may come from a stranger."""
    if not re.fullmatch(PLAIN_NAME, file) or ".." in file or not file.endswith(SUFFIXES):
        rule = (
            f"The value must be a plain file name in the pack, ending in {' or '.join(SUFFIXES)}."
        )
        _add(problems, place, f"'{file}'", rule)
    elif (folder / file).is_symlink():
        _add(problems, place, f"'{file}', a link", "The file must be a real file, not a link.")
    elif not (folder / file).is_file():
        _add(problems, place, f"'{file}', which is not there", "The file must exist in the pack.")


def _check_unique(
    records: Sequence[Mapping[str, Any]], key: str, group: str, problems: list[Problem]
) -> None:
    seen: set[object] = set()
    for number, record in enumerate(records, start=1):
        value = record.get(key)
        if isinstance(value, str) and value in seen:
            rule = f"The {key} must differ from the others."
            _add(problems, f"{group}[{number}].{key}", f"'{value}' twice", rule)
        elif isinstance(value, str):
            seen.add(value)


def _as_tuples(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if key in LISTS else value for key, value in record.items()}


def _add(problems: list[Problem], place: str, found: str, rule: str) -> None:
    problems.append(Problem(MANIFEST_FILE, None, place, found, rule))
