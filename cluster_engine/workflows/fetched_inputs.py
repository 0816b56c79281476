"""Take the files that `data fetch` left, and what it noted of them, into the build of a pack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from cluster_engine.errors import DataError, Problem
from cluster_engine.files import hash_file
from cluster_engine.packs.manifest import Source
from cluster_engine.sources.fetch.record import RECORD_FILE, Fetched, read_record

DIGEST_LETTERS = 16
"""Letters of a checksum that tell one file from another to a reader's eye."""


@dataclass(frozen=True, slots=True)
class FetchedInputs:
    """Files by their part in the build, and the sources as they were fetched.

    Attributes
    ----------
    paths : dict of str to Path
        By argument of the build, such as 'employment'.
    sources : tuple of Source
        Those given, with vintage, licence and address of what was fetched in place.
    """

    paths: dict[str, Path]
    sources: tuple[Source, ...]


def find_fetched(folder: Path, sources: tuple[Source, ...]) -> FetchedInputs:
    """Look up what a folder of fetched files holds for the build.

    Of two files for one part, such as two vintages, the one fetched last is taken.

    Parameters
    ----------
    folder : Path
        With `fetched.json`.
    sources : tuple of Source
        Sources of the pack.

    Raises
    ------
    DataError
        Nothing was fetched there, or a file is gone or is not the one that was fetched.
    """
    record = read_record(folder)
    if not record:
        problem = Problem(RECORD_FILE, None, None, "none", f"There must be one in {folder}.")
        raise DataError([problem], hint="Run 'cluster-engine data fetch' into that folder.")
    _require_untouched(folder, record)
    latest: dict[str, tuple[str, Fetched]] = {}
    for name, fetched in sorted(record.items(), key=lambda item: (item[1].fetched_at, item[0])):
        if fetched.role:
            latest[fetched.role] = (name, fetched)
    paths = {role: folder / name for role, (name, _) in latest.items()}
    told: dict[str, list[Fetched]] = {}
    for _, fetched in latest.values():
        told.setdefault(fetched.pack_source, []).append(fetched)
    return FetchedInputs(paths, tuple(_tell(source, told.get(source.id, [])) for source in sources))


def _tell(source: Source, fetched: list[Fetched]) -> Source:
    if not fetched:
        return source
    files = "; ".join(
        f"fetched {item.fetched_at}, SHA-256 {item.sha256[:DIGEST_LETTERS]}…" for item in fetched
    )
    first = fetched[0]
    return replace(
        source, vintage=f"{first.vintage} ({files})", licence=first.licence, url=first.url
    )


def _require_untouched(folder: Path, record: dict[str, Fetched]) -> None:
    problems = []
    for name, fetched in record.items():
        path = folder / name
        if not path.is_file():
            problems.append(Problem(name, None, None, "no such file", "It was fetched."))
        elif hash_file(path) != fetched.sha256:
            rule = "The file must be as it was fetched."
            problems.append(Problem(name, None, None, "other bytes", rule))
    if problems:
        raise DataError(problems, hint="Fetch again: what is touched or gone is fetched anew.")
