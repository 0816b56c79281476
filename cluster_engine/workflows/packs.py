"""List and check packs."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cluster_engine.packs.locate import list_pack_folders
from cluster_engine.packs.pack import open_pack
from cluster_engine.packs.validate import check_pack, find_doubts
from cluster_engine.workflows.progress import Progress, be_silent


def list_packs() -> pd.DataFrame:
    """List every pack found and the tables in it.

    Returns
    -------
    DataFrame
        pack, title, folder, table, rows, nature, sources, vintage, licence.
    """
    rows = []
    for folder in list_pack_folders():
        manifest = open_pack(str(folder)).manifest
        sources = {source.id: source for source in manifest.sources}
        for table in manifest.tables:
            used = [sources[name] for name in table.sources if name in sources]
            rows.append(
                {
                    "pack": folder.name,
                    "title": manifest.title,
                    "table": table.name,
                    "rows": table.rows,
                    "nature": table.nature,
                    "sources": ", ".join(source.id for source in used),
                    "vintage": ", ".join(dict.fromkeys(source.vintage for source in used)),
                    "licence": ", ".join(dict.fromkeys(source.licence for source in used)),
                }
            )
    columns = ["pack", "title", "table", "rows", "nature", "sources", "vintage", "licence"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True, slots=True)
class CheckedPack:
    """A sound pack.

    Attributes
    ----------
    rows : DataFrame
        pack, table, rows, nature; one row per table.
    doubts : tuple of str
        What is odd about it, with the place; nothing that stops an analysis.
    """

    rows: pd.DataFrame
    doubts: tuple[str, ...]


def check_named_pack(name: str | None, *, on_progress: Progress = be_silent) -> CheckedPack:
    """Open a pack and check every table of it.

    Parameters
    ----------
    name : str or None
        Name or folder; None: the default pack.
    on_progress : callable, optional
        Takes (stage, done, total).

    Returns
    -------
    CheckedPack

    Raises
    ------
    DataError
        All problems found.
    """
    pack = open_pack(name)
    rows = check_pack(pack, on_progress=on_progress)
    table = pd.DataFrame(
        {
            "pack": pack.manifest.name,
            "table": list(rows),
            "rows": list(rows.values()),
            "nature": [pack.entry(name).nature for name in rows],
        }
    )
    return CheckedPack(table, tuple(str(doubt) for doubt in find_doubts(pack)))
