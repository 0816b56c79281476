"""The catalogue: what can be fetched, as data. A new vintage is a line in a TOML file, not code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from cluster_engine.errors import DataError, Problem, SettingsError

Protocol = Literal["file", "nomis", "index"]
Kind = Literal["csv", "xlsx", "zip"]

CATALOGUE_FILE = "catalogue.toml"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a source.

    Attributes
    ----------
    name : str
        Name of the file on disk; ``{vintage}`` is replaced.
    path : str
        Path of the address behind the base.
    kind : {"csv", "xlsx", "zip"}
        What must arrive.
    reader : str
        The function that accepts the file.
    parameters : dict of str to str
        Query; ``{vintage}`` and ``{years}`` are replaced.
    columns : tuple of str
        Columns that the header must have (CSV, or the only CSV of a zip).
    sheets : tuple of str
        Sheets that a workbook must have.
    role : str
        Argument of the pack build that the file is for; empty: none.
    pointer : tuple of str
        Keys to the file in an index; empty unless the protocol is 'index'.
    sha256 : str
        Published checksum, if there is one; empty: not checked.
    """

    name: str
    path: str
    kind: Kind
    reader: str
    parameters: dict[str, str]
    columns: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    role: str = ""
    pointer: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One source: who publishes it, under which licence, and its files."""

    id: str
    title: str
    publisher: str
    licence: str
    page: str
    base: str
    protocol: Protocol
    vintage: str
    files: tuple[FileEntry, ...]
    source: str = ""


Catalogue = dict[str, SourceEntry]


def read_catalogue(path: Path | None = None) -> Catalogue:
    """Read the catalogue that ships, and a file of the same form over it.

    Parameters
    ----------
    path : Path, optional
        Its sources are added; one of the same name takes the place of the shipped one.

    Raises
    ------
    DataError
        No such file, no valid TOML, a key missing, unknown or of the wrong form.
    """
    text = (files(__package__) / CATALOGUE_FILE).read_text(encoding="utf-8")
    shipped = _parse(text, CATALOGUE_FILE)
    if path is None:
        return shipped
    try:
        own = _parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as fault:
        raise _refusal(path.name, "", str(fault), "The file must be TOML text.") from fault
    return {**shipped, **own}


def find_source(catalogue: Catalogue, name: str) -> SourceEntry:
    """Return one source.

    Raises
    ------
    SettingsError
        There is none of that name.
    """
    if name in catalogue:
        return catalogue[name]
    near = get_close_matches(name, catalogue, n=1)
    raise SettingsError(
        f"There is no source '{name}' in the catalogue."
        + (f" Did you mean '{near[0]}'?" if near else ""),
        hint="'cluster-engine data fetch --list' names them.",
    )


def _parse(text: str, file: str) -> Catalogue:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise _refusal(file, "", str(fault), "The file must be valid TOML.") from fault
    return {name: _parse_source(name, told, file) for name, told in content.items()}


def _parse_source(name: str, told: Any, file: str) -> SourceEntry:
    if not isinstance(told, dict) or not isinstance(told.get("files"), list):
        rule = "A source must be a section with [[files]]."
        raise _refusal(file, name, type(told).__name__, rule)
    _check_keys(told, SourceEntry, {"id"}, {"source"}, file, name)
    if told["protocol"] not in get_args(Protocol):
        rule = f"The protocol must be one of {', '.join(get_args(Protocol))}."
        raise _refusal(file, f"{name}.protocol", str(told["protocol"]), rule)
    entries = tuple(_parse_file(item, file, name) for item in told["files"])
    if not entries:
        raise _refusal(file, f"{name}.files", "none", "A source must have a file.")
    return SourceEntry(**{**told, "id": name, "files": entries})


def _parse_file(told: dict[str, Any], file: str, source: str) -> FileEntry:
    place = f"{source}.files"
    optional = {"parameters", "columns", "sheets", "role", "pointer", "sha256"}
    _check_keys(told, FileEntry, set(), optional, file, place)
    if told["kind"] not in get_args(Kind):
        rule = f"The kind must be one of {', '.join(get_args(Kind))}."
        raise _refusal(file, f"{place}.kind", str(told["kind"]), rule)
    if Path(told["name"]).name != told["name"]:
        raise _refusal(file, f"{place}.name", told["name"], "It must be a plain file name.")
    lists: dict[str, Any] = {
        key: tuple(told[key]) for key in ("columns", "sheets", "pointer") if key in told
    }
    whole: dict[str, Any] = {"parameters": {}, **told, **lists}
    return FileEntry(**whole)


def _check_keys(
    told: dict[str, Any], kind: Any, given: set[str], optional: set[str], file: str, place: str
) -> None:
    names = {field.name for field in fields(kind)} - given
    problems = [
        Problem(file, None, f"{place}.{key}", f"'{key}'", "Unknown key.")
        for key in sorted(set(told) - names)
    ]
    problems += [
        Problem(file, None, f"{place}.{key}", "nothing", "The key must be there.")
        for key in sorted(names - optional - set(told))
    ]
    if problems:
        raise DataError(problems, hint="docs/data-fetch.md describes the catalogue.")


def _refusal(file: str, place: str, found: str, rule: str) -> DataError:
    problem = Problem(file, None, place or None, found, rule)
    return DataError([problem], hint="docs/data-fetch.md describes the catalogue.")
