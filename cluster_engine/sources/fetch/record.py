"""`fetched.json` beside the files: where each comes from, when, its licence and checksum."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from cluster_engine.errors import DataError, Problem
from cluster_engine.files import replace_file

RECORD_FILE = "fetched.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Validator:
    """What a server said to tell one version of an answer from another.

    Attributes
    ----------
    etag, last_modified : str
        As the server wrote them; empty: not given.
    offset : int
        First record of a page; 0 for a whole file.
    """

    etag: str = ""
    last_modified: str = ""
    offset: int = 0

    @property
    def is_given(self) -> bool:
        """Whether the server said anything."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file, and where it comes from.

    Attributes
    ----------
    source, title, publisher, licence, vintage, page, role : str
        As in the catalogue; `source` is the name of its section.
    pack_source : str
        Identifier among the sources of the default pack; empty: none.
    url : str
        Address without secrets.
    fetched_at : str
        UTC, ISO 8601.
    published_at : str
        When the publisher says it was published; empty: not said.
    sha256 : str
    size : int
        Bytes.
    validators : tuple of Validator
    """

    source: str
    title: str
    publisher: str
    licence: str
    vintage: str
    page: str
    role: str
    pack_source: str
    url: str
    fetched_at: str
    published_at: str
    sha256: str
    size: int
    validators: tuple[Validator, ...] = ()


def read_record(folder: Path) -> dict[str, Fetched]:
    """Read `fetched.json`; without one, nothing was fetched.

    Returns
    -------
    dict of str to Fetched
        By file name.

    Raises
    ------
    DataError
        The file is damaged, or of a later format.
    """
    path = folder / RECORD_FILE
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}, this engine knows {FORMAT}")
        return {name: _parse(told) for name, told in content["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        problem = Problem(RECORD_FILE, None, None, str(fault), "It must be as it was written.")
        hint = f"Take {path} away: the files are then fetched again."
        raise DataError([problem], hint=hint) from fault


def write_record(folder: Path, files: Mapping[str, Fetched]) -> None:
    """Write `fetched.json` whole, files in the order of their names."""
    content = {
        "format": FORMAT,
        "files": {name: asdict(files[name]) for name in sorted(files)},
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    replace_file(folder / RECORD_FILE, text.encode("utf-8"))


def _parse(told: dict[str, Any]) -> Fetched:
    names = {field.name for field in fields(Fetched)}
    if set(told) != names:
        raise ValueError(f"keys {sorted(set(told) ^ names)}")
    validators = tuple(Validator(**item) for item in told["validators"])
    return Fetched(**{**told, "validators": validators})
