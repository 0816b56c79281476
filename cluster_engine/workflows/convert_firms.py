"""Convert lists of firms into a folder that engines rank out of core."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from cluster_engine.engines.convert import ListTables, convert_lists
from cluster_engine.engines.resources import Resources
from cluster_engine.errors import SettingsError
from cluster_engine.files import hash_file, sync_folder
from cluster_engine.firm_schemas import FIRM_FACTS
from cluster_engine.packs.firm_dataset import FACT_COLUMNS, FirmDataset, is_firm_dataset
from cluster_engine.packs.firm_dataset_writer import ROWS_PER_FILE
from cluster_engine.packs.firm_list import (
    REPORT_FILE,
    is_firm_list,
    read_firm_list_report,
    verify_firm_list,
    write_firm_list,
)
from cluster_engine.packs.tables import read_table
from cluster_engine.workflows.firm_list_inputs import ImportRequest
from cluster_engine.workflows.import_firms import import_firms
from cluster_engine.workflows.progress import Progress, be_silent


@dataclass(frozen=True, slots=True)
class ConvertRequest:
    """What to convert.

    Attributes
    ----------
    lists : tuple of Path
        Folders of imported lists, and lists that are not imported yet.
    to : Path
        New folder.
    pack : str or None
        Codes what is not imported yet.
    mapping, corrections : Path or None
        For lists that are not imported yet.
    facts : Path or None
        What else is known about firms, by firm_id; see FIRM_FACTS.
    force : bool
        Whether a converted list may be replaced.
    rows_per_file : int
    """

    lists: tuple[Path, ...]
    to: Path
    pack: str | None = None
    mapping: Path | None = None
    corrections: Path | None = None
    facts: Path | None = None
    force: bool = False
    rows_per_file: int = ROWS_PER_FILE


def convert_firms(
    request: ConvertRequest, resources: Resources, *, on_progress: Progress = be_silent
) -> FirmDataset:
    """Convert lists; a killed run leaves no folder, or the old one.

    Raises
    ------
    SettingsError
        The folder is taken, or a list is missing.
    DataError
        A list is faulty.
    LimitError
        Memory, or the spill folder, is too small.
    """
    _require_free(request)
    work = Path(tempfile.mkdtemp(prefix=f".{request.to.name}.partial-", dir=request.to.parent))
    try:
        folders = _gather(request, work / "imported", on_progress)
        new = work / "new"
        new.mkdir()
        convert_lists(
            [_list_tables(folder) for folder in folders],
            new,
            resources,
            {folder.name: hash_file(folder / REPORT_FILE) for folder in folders},
            facts=None if request.facts is None else _read_facts(request.facts),
            rows_per_file=request.rows_per_file,
            on_progress=on_progress,
        )
        if request.to.exists():
            request.to.replace(work / "old")
        new.replace(request.to)
        sync_folder(request.to.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    from cluster_engine.packs.firm_dataset import open_firm_dataset

    return open_firm_dataset(str(request.to))


def _require_free(request: ConvertRequest) -> None:
    to = request.to
    if not to.parent.is_dir():
        raise SettingsError(f"The folder {to.parent} does not exist.", hint="Make it.")
    if not to.exists() or (to.is_dir() and not any(to.iterdir())):
        return
    if not to.is_dir() or not is_firm_dataset(str(to)):
        raise SettingsError(
            f"{to} exists and is no converted list.", hint="Choose a new folder: --to FOLDER"
        )
    if not request.force:
        raise SettingsError(
            f"{to} holds a converted list already.", hint="Add --force to replace it."
        )


def _gather(request: ConvertRequest, imported: Path, on_progress: Progress) -> Sequence[Path]:
    """Folders of imported lists, checked; those that are none yet are imported, all together."""
    for path in request.lists:
        if not path.exists():
            raise SettingsError(f"There is no file or folder {path}.", hint="Check the name.")
        if path.is_dir() and not is_firm_list(path):
            raise SettingsError(
                f"{path} is no imported list.",
                hint="Make one: cluster-engine data import firms FILE --output FOLDER",
            )
    folders = [path for path in request.lists if path.is_dir()]
    for folder in folders:
        verify_firm_list(folder, read_firm_list_report(folder))
    files = tuple(path for path in request.lists if not path.is_dir())
    if files:
        done = import_firms(
            ImportRequest(
                files, mapping=request.mapping, corrections=request.corrections, pack=request.pack
            ),
            on_progress=on_progress,
        )
        write_firm_list(imported, done.tables, {})
        folders.append(imported)
    return folders


def _list_tables(folder: Path) -> ListTables:
    return ListTables(*(str(folder / f"{name}.parquet") for name in
                        ListTables.__dataclass_fields__))  # fmt: skip


def _read_facts(path: Path) -> pa.Table:
    facts = read_table(path, FIRM_FACTS).drop_duplicates("firm_id")
    return pa.Table.from_pandas(facts[["firm_id", *FACT_COLUMNS]], preserve_index=False)
