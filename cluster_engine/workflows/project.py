"""The project file: defaults for the options of commands, kept in the folder of one's own work.

It is looked for in the working folder and above, as version control does. Every command reads it
when it starts: this module imports nothing heavy.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from cluster_engine.errors import SettingsError

PROJECT_FILE = "cluster-engine.toml"
FORMAT = 1
HINT = (
    "docs/projects.md lists all entries; `cluster-engine --project none …` leaves the file aside."
)

Kind = Literal["text", "path", "paths", "switch", "pack", "table"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that a project file may hold.

    Attributes
    ----------
    option : str
        Parameter of the commands that it is the default of.
    kind : {"text", "path", "paths", "switch", "pack", "table"}
        What it holds; paths are relative to the project's folder. 'table': the project file itself
        is handed on, and the command reads the table.
    """

    option: str
    kind: Kind


TOP: Mapping[str, Entry] = {
    "region": Entry("region", "text"),
    "market": Entry("market", "text"),
    "pack": Entry("pack", "pack"),
    "models": Entry("models", "path"),
    "settings": Entry("settings_file", "path"),
    "programme": Entry("config", "path"),
    "sites": Entry("sites", "path"),
}
FIRMS: Mapping[str, Entry] = {
    "lists": Entry("firms", "paths"),
    "with_pack": Entry("with_pack", "switch"),
    "exclude": Entry("exclude", "paths"),
    "include": Entry("include", "paths"),
    "mapping": Entry("mapping", "path"),
    "corrections": Entry("corrections", "path"),
    "facts": Entry("facts", "path"),
}
EXPORTS: Mapping[str, Entry] = {
    "csv_encoding": Entry("csv_encoding", "text"),
    "excel_locale": Entry("excel_locale", "text"),
}
WEIGHTS = Entry("weights", "table")

FIRM_OPTIONS = frozenset(entry.option for entry in FIRMS.values())
"""Options that mean lists of firms only where a command takes all of them."""

ADDED = frozenset({"exclude"})
"""Options whose lists of the project hold even where the command line names more: whom not to
write to is not a matter of one command."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project file that was read.

    Attributes
    ----------
    path : Path
    defaults : mapping
        Value by option; paths start at the working folder or the root.
    """

    path: Path
    defaults: Mapping[str, Any]


def find_project_file(start: Path | None = None) -> Path | None:
    """Find the project file of a folder: in it, or in the nearest folder above that has one."""
    try:
        folder = (start or Path.cwd()).absolute()
    except OSError:
        # The working folder was removed: no project, and whoever needs the folder says so.
        return None
    for above in (folder, *folder.parents):
        if (above / PROJECT_FILE).is_file():
            return above / PROJECT_FILE
    return None


def read_project(path: Path) -> Project:
    """Read a project file strictly: what is misspelt would silently do nothing.

    Parameters
    ----------
    path : Path
        The file, or its folder.

    Raises
    ------
    SettingsError
        There is no such file, it is no TOML, or an entry is unknown or of another type.
    """
    file = path / PROJECT_FILE if path.is_dir() else path
    body = _parse(file)
    _check_names(body, ["format", *TOP, "firms", "exports", "weights"], file.name)
    if body.get("format") != FORMAT:
        raise SettingsError(
            f"{file.name}: 'format' must be {FORMAT}. Got {body.get('format')!r}.", hint=HINT
        )
    weights = _table(body, "weights", file.name)
    folder = file.parent if file.parent.absolute() != Path.cwd() else Path()
    defaults = _defaults(TOP, body, folder, file.name)
    for name, entries in (("firms", FIRMS), ("exports", EXPORTS)):
        table, place = _table(body, name, file.name), f"{file.name} [{name}]"
        _check_names(table, list(entries), place)
        defaults |= _defaults(entries, table, folder, place)
    if weights:
        defaults[WEIGHTS.option] = str(folder / file.name)
    needs = [name for name in ("with_pack", "mapping", "corrections") if defaults.get(name)]
    if needs and not defaults.get("firms"):
        raise SettingsError(f"{file.name} [firms]: '{needs[0]}' needs 'lists'.", hint=HINT)
    return Project(file, defaults)


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as fault:
        hint = "`cluster-engine init` makes one."
        raise SettingsError(f"There is no project file {file}.", hint=hint) from fault
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}.") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{file} is not valid TOML: {fault}.", hint=HINT) from fault


def _table(body: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
    table = body.get(name, {})
    if not isinstance(table, Mapping):
        raise SettingsError(f"{place}: '{name}' must be a table [{name}]. Got {table!r}.")
    return table


def _check_names(raw: Mapping[str, Any], known: list[str], place: str) -> None:
    for name in raw:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            lead = f"Did you mean '{near[0]}'?" if near else "Known: " + ", ".join(known) + "."
            raise SettingsError(f"{place} has an unknown entry '{name}'.", hint=f"{lead} {HINT}")


def _defaults(
    entries: Mapping[str, Entry], raw: Mapping[str, Any], folder: Path, place: str
) -> dict[str, Any]:
    return {
        entry.option: _read_entry(entry.kind, raw[name], folder, f"{place} '{name}'")
        for name, entry in entries.items()
        if name in raw
    }


def _read_entry(kind: Kind, value: Any, folder: Path, place: str) -> Any:
    if kind == "switch":
        if not isinstance(value, bool):
            raise SettingsError(f"{place} must be true or false. Got {value!r}.", hint=HINT)
        return value
    if kind == "paths":
        if not isinstance(value, list) or not all(_is_text(item) for item in value):
            raise SettingsError(
                f'{place} must be a list of files, e.g. ["lists/mine.csv"]. Got {value!r}.',
                hint=HINT,
            )
        return [str(folder / item) for item in value]
    if not _is_text(value):
        raise SettingsError(f"{place} must be a text in quotes. Got {value!r}.", hint=HINT)
    if kind == "path" or (kind == "pack" and (folder / value).is_dir()):
        return str(folder / value)
    return value


def _is_text(value: Any) -> bool:
    # What no path can hold would fail later, and less clearly.
    return isinstance(value, str) and value != "" and "\0" not in value
