"""What a retraining changed, as a page and as tables, in a folder of reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.reports.csv_text import encode_csv
from cluster_engine.reports.diff_page import Compared, pick_nation, shorten
from cluster_engine.reports.diff_tables import report_clusters
from cluster_engine.reports.report import Report, Shown
from cluster_engine.reports.sections import Section, save_sections
from cluster_engine.reports.write import save_bytes

FOLDER = "retrain-reports"
"""Beside the models, never among them: what lies there is audited, and a stranger refused."""

N_MOVES = 25
"""Firms shown per region; the CSV file holds all."""

OVERVIEW = (
    Shown("region", "Region"),
    Shown("version", "Version"),
    Shown("outcome", "Outcome"),
    Shown("firms", "Firms moved", "count"),
    Shown("clusters", "Clusters changed", "count"),
    Shown("reason", "Why"),
)


@dataclass(frozen=True, slots=True)
class RegionPart:
    """One region on the page.

    Attributes
    ----------
    region, version, outcome, reason : str
        What became of it.
    sentence : str
        The same in a sentence.
    found : Compared or None
    """

    region: str
    version: str
    outcome: str
    reason: str
    sentence: str
    found: Compared | None


def name_folder(models: Path) -> Path:
    """Where reports go unless told otherwise."""
    return models.absolute().parent / FOLDER


def prepare_folder(folder: Path) -> None:
    """Make the folder of reports.

    Raises
    ------
    SettingsError
        It cannot be made, or is a file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingsError(
            f"The folder of reports {folder} cannot be made: {fault.strerror}.",
            hint="Choose another one: --report FOLDER.",
        ) from fault


def save_report(
    folder: Path,
    pack: str,
    now: datetime,
    parts: Sequence[RegionPart],
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> Path:
    """Write the page and the CSV files of firms and clusters, and return the page.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    pack : str
    now : datetime
        UTC; names the files.
    parts : sequence of RegionPart
    tables : tuple of DataFrame
        Firms that moved, clusters that changed.

    Raises
    ------
    SettingsError
        Something cannot be written.
    """
    prepare_folder(folder)
    stem = _find_stem(folder, f"retrain-{pack}-{now:%Y%m%dT%H%M%SZ}")
    for table, ending in zip(tables, (".csv", "-clusters.csv"), strict=True):
        raw = encode_csv(Report("", table, ()))
        save_bytes(raw, folder / f"{stem}{ending}", force=False)
    page = folder / f"{stem}.html"
    save_sections(
        f"Retraining of {pack}, {now:%Y-%m-%d %H:%M} UTC", _list_sections(parts, stem), page
    )
    return page


def _find_stem(folder: Path, wanted: str) -> str:
    """A name that is free: two runs may end in the same second."""
    stem, number = wanted, 1
    while (folder / f"{stem}.html").exists() or (folder / f"{stem}.csv").exists():
        number += 1
        stem = f"{wanted}-{number}"
    return stem


def _list_sections(parts: Sequence[RegionPart], stem: str) -> list[Section]:
    rows = [
        {
            "region": one.region,
            "version": one.version,
            "outcome": one.outcome,
            "firms": None if one.found is None else one.found.moved["firm_id"].nunique(),
            "clusters": None if one.found is None else _count_changed(one.found.clusters),
            "reason": one.reason,
        }
        for one in parts
    ]
    frame = pd.DataFrame(rows, columns=[shown.column for shown in OVERVIEW])
    known = [one.found.clusters for one in parts if one.found is not None]
    shared = pick_nation(known[0]) if known else pd.DataFrame({"event": []})
    nation = report_clusters("Clusters of the nation that changed", shared, {})
    files = f"All moves stand in {stem}.csv, all clusters that changed in {stem}-clusters.csv."
    return [
        Section("Overview", (files,), (Report("Regions", frame, OVERVIEW), nation)),
        *(
            shorten(one.found, (one.sentence,), shared, N_MOVES)
            for one in parts
            if one.found is not None
        ),
        *(
            Section(one.region, (one.sentence,))
            for one in parts
            if one.found is None and one.outcome != "promoted"
        ),
    ]


def _count_changed(clusters: pd.DataFrame) -> int:
    return int((~clusters["event"].isin(["kept", "exchanged"])).sum())
