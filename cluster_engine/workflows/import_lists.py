"""One run of the import: show the mapping, import, save; what the command calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.packs.firm_list import require_free
from cluster_engine.sources.lists.mapping import ListMapping, read_mapping, write_mapping
from cluster_engine.sources.lists.reader import preview_mapping
from cluster_engine.workflows.firm_list_inputs import ImportRequest
from cluster_engine.workflows.import_firms import Imported, import_firms, save_import
from cluster_engine.workflows.progress import Progress, be_silent

__all__ = ["Done", "ImportRequest", "Wanted", "run_import"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an import shall leave behind.

    Attributes
    ----------
    folder : Path or None
        Folder of the imported list.
    mapping : Path or None
        File for the guessed mapping of the first list.
    dry_run : bool
        Only show the mapping.
    force : bool
        Whether what is there may be replaced.
    """

    folder: Path | None = None
    mapping: Path | None = None
    dry_run: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did.

    Attributes
    ----------
    mapping : DataFrame
        file, format, field, column, unit, confidence, reason.
    imported : Imported or None
        None after a dry run.
    """

    mapping: pd.DataFrame
    imported: Imported | None


def run_import(
    request: ImportRequest, wanted: Wanted, *, on_progress: Progress = be_silent
) -> Done:
    """Show the mapping of every file, import them, and write what is wanted.

    Raises
    ------
    SettingsError
        Something is in the way; told before anything is read.
    DataError, LimitError
        A list is faulty or too large.
    """
    if wanted.folder is not None and not wanted.dry_run:
        require_free(wanted.folder, force=wanted.force)
    if wanted.mapping is not None and wanted.mapping.exists() and not wanted.force:
        raise SettingsError(f"{wanted.mapping} exists already.", hint="Add --force to replace it.")
    mappings = _find_mappings(request)
    if wanted.mapping is not None:
        write_mapping(mappings[0][2], wanted.mapping)
    table = _tabulate(mappings)
    if wanted.dry_run:
        return Done(table, None)
    imported = import_firms(request, on_progress=on_progress)
    if wanted.folder is not None:
        save_import(imported, wanted.folder, force=wanted.force)
    return Done(table, imported)


def _find_mappings(request: ImportRequest) -> list[tuple[str, str, ListMapping]]:
    if request.mapping is not None:
        told = read_mapping(request.mapping)
        return [(path.name, "plain", told) for path in request.files]
    formats = request.formats or (None,)
    found = []
    for place, path in enumerate(request.files):
        asked = formats[min(place, len(formats) - 1)]
        name, mapping = preview_mapping(path, format=asked, sheet=request.sheet)
        found.append((path.name, name, mapping))
    return found


def _tabulate(mappings: list[tuple[str, str, ListMapping]]) -> pd.DataFrame:
    rows: list[Mapping[str, object]] = [
        {
            "file": file, "format": name, "field": target, "column": choice.column,
            "unit": choice.unit or (mapping.code_system if target == "codes" else ""),
            "confidence": choice.confidence, "reason": choice.reason,
        }
        for file, name, mapping in mappings
        for target, choice in sorted(mapping.columns.items())
    ]  # fmt: skip
    columns = ["file", "format", "field", "column", "unit", "confidence", "reason"]
    return pd.DataFrame(rows, columns=columns)
