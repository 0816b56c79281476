"""What an import starts from: the lists of the user, the tables of the pack, what ships with us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cluster_engine.errors import Problem, SettingsError
from cluster_engine.files import hash_file
from cluster_engine.firms.concordance import CodeTables
from cluster_engine.firms.text_coder import TextCoder, unpack_coder
from cluster_engine.packs.locate import find_shipped
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.sources.lists.gleif import read_relations
from cluster_engine.sources.lists.mapping import read_mapping
from cluster_engine.sources.lists.read_report import ReadLog, ReadReport
from cluster_engine.sources.lists.reader import ListOptions, read_firm_list
from cluster_engine.sources.lists.request import Companions
from cluster_engine.sources.shipped_tables import read_shipped_tables
from cluster_engine.workflows.progress import Progress, be_silent

LEVEL = 4
SAMPLE_BYTES = 1 << 20
LAST = 1 << 62
"""More rows than any list has: reading is done."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Lists to import.

    Attributes
    ----------
    files : tuple of Path
        At least one.
    formats : tuple of str
        One for all, or one per file; empty: found by the header.
    mapping : Path or None
        Which column holds what, for all files.
    sheet, decimal : str or None
        Sheet of the workbooks; decimal mark.
    corrections : Path or None
        Industries that the user sets right.
    relations, people : Path or None
        GLEIF level 2; Companies House, persons with significant control.
    postcode_areas : frozenset of str
        Of the host region, for Companies House; empty: everywhere.
    pack : str or None
        None: the default pack.
    symbols_of : str
        Office whose signs for no number stand in the lists; '' if none.
    """

    files: tuple[Path, ...]
    formats: tuple[str, ...] = ()
    mapping: Path | None = None
    sheet: str | None = None
    decimal: str | None = None
    corrections: Path | None = None
    relations: Path | None = None
    people: Path | None = None
    postcode_areas: frozenset[str] = frozenset()
    pack: str | None = None
    symbols_of: str = ""


class Handover:
    """One large table that is handed on: a million firms must not stand in memory twice."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._tables = [table]

    def take(self) -> pd.DataFrame:
        """Return the table; whoever takes it is the only one to hold it."""
        return self._tables.pop()


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists that were read.

    Attributes
    ----------
    records : Handover
        Firm records of all of them.
    origins : DataFrame
        record_id, list, estimated: what is still asked of records once firms are made of them.
    events : DataFrame or None
        Investment events.
    relations : DataFrame or None
        child, parent, kind, as level 2 of GLEIF reports them.
    reports : tuple of ReadReport
        One per file.
    files : tuple of mapping
        name, bytes and sha256 of every file that was read.
    file_of : Mapping of str to str
        File by short name of a list.
    """

    records: Handover
    origins: pd.DataFrame
    events: pd.DataFrame | None
    relations: pd.DataFrame | None
    reports: tuple[ReadReport, ...]
    files: tuple[Mapping[str, Any], ...]
    file_of: Mapping[str, str]

    def name_files(self, problems: Sequence[Problem]) -> list[Problem]:
        """Return problems told of lists as problems of their files, by which users know them."""
        return [
            replace(problem, file=self.file_of.get(problem.file, problem.file))
            for problem in problems
        ]


@dataclass(frozen=True, slots=True)
class Setting:
    """What lists are compared and coded with.

    Attributes
    ----------
    pack : Pack
    tables : CodeTables
    jobs : Mapping of str to float
        National jobs by four-digit class.
    coder : TextCoder
    parents, areas : DataFrame
        Well-known groups; sensitive areas.
    """

    pack: Pack
    tables: CodeTables
    jobs: Mapping[str, float]
    coder: TextCoder
    parents: pd.DataFrame
    areas: pd.DataFrame


def read_lists(request: ImportRequest, *, on_progress: Progress = be_silent) -> Lists:
    """Read every file of a request.

    Raises
    ------
    DataError
        A file is faulty.
    LimitError
        A file is beyond the limits.
    SettingsError
        Formats that do not fit the files.
    """
    formats = _spread_formats(request)
    names = _name_lists(request.files)
    mapping = None if request.mapping is None else read_mapping(request.mapping)
    companions = Companions(
        relations=request.relations, people=request.people, postcode_areas=request.postcode_areas
    )
    read = []
    for path, format_name, name in zip(request.files, formats, names, strict=True):
        tell = _count_rows(path, on_progress)
        read.append(
            read_firm_list(
                path, format=format_name, mapping=mapping, sheet=request.sheet,
                decimal=request.decimal, options=ListOptions(name, companions, request.symbols_of),
                on_progress=tell,
            )
        )  # fmt: skip
        tell(LAST)
    told = [one.events for one in read if one.events is not None and len(one.events)]
    more = (request.mapping, request.corrections, request.relations, request.people)
    reports = tuple(one.report for one in read)
    records = pd.concat([one.records for one in read], ignore_index=True)
    file_of = {
        str(one.records["list"].iloc[0]): one.report.file for one in read if len(one.records)
    }
    # The parts would stand in memory beside the whole.
    del read
    return Lists(
        records=Handover(records),
        origins=records[["record_id", "list", "estimated"]].astype(
            {"list": "category", "estimated": "category"}
        ),
        events=pd.concat(told, ignore_index=True) if told else None,
        relations=_read_links(request.relations),
        reports=reports,
        files=tuple(_describe(path) for path in (*request.files, *more) if path is not None),
        file_of=file_of,
    )


def _count_rows(path: Path, on_progress: Progress) -> Callable[[int], None]:
    """Return what takes the number of rows read, against an estimate from the first lines."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
    lines = max(head.count(b"\n"), 1)
    total = max(int(path.stat().st_size / len(head) * lines), 1) if head else 1

    def tell(rows: int) -> None:
        on_progress(f"Reading {path.name}", min(rows, total), total)

    tell(0)
    return tell


def _spread_formats(request: ImportRequest) -> list[str | None]:
    if not request.formats:
        return [None] * len(request.files)
    if len(request.formats) == 1:
        return [request.formats[0]] * len(request.files)
    if len(request.formats) != len(request.files):
        raise SettingsError(
            f"There must be one format for all files or one for each. Got {len(request.formats)} "
            f"for {len(request.files)}.",
            hint="Repeat --format-of in the order of the files.",
        )
    return list(request.formats)


def _name_lists(files: tuple[Path, ...]) -> list[str]:
    """Names of the lists; files of one name in two folders are told apart."""
    stems = [path.name.split(".")[0] for path in files]
    if len(set(stems)) == len(stems):
        return [""] * len(stems)
    return [f"{stem}-{place + 1}" for place, stem in enumerate(stems)]


def _describe(path: Path) -> Mapping[str, Any]:
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": hash_file(path)}


def _read_links(path: Path | None) -> pd.DataFrame | None:
    if path is None:
        return None
    found = read_relations(path, ReadLog(path.name))
    rows = [
        (child, parent, kind)
        for kind, links in (("direct", found.direct), ("ultimate", found.ultimate))
        for child, parent in links.items()
    ]
    return pd.DataFrame(rows, columns=["child", "parent", "kind"], dtype="str")


def read_setting(name: str | None) -> Setting:
    """Open the pack and what ships with the engine.

    Raises
    ------
    DataError
        The pack or a shipped table is faulty.
    """
    pack = open_pack(name)
    industries = pack.read("industries", columns=("industry", "level"))
    classes = tuple(sorted(industries.loc[industries["level"] == LEVEL, "industry"]))
    shipped = read_shipped_tables(find_shipped("curated"), classes)
    jobs = pack.read("employment", columns=("year", "industry", "jobs"))
    jobs = jobs[jobs["year"] == pack.manifest.default_year]
    by_class = jobs.groupby(jobs["industry"].str.slice(0, LEVEL))["jobs"].sum()
    return Setting(
        pack=pack,
        tables=CodeTables(shipped.pairs, shipped.gics_codes, shipped.gics, classes),
        jobs={str(code): float(value) for code, value in by_class.items()},
        coder=unpack_coder(shipped.coder),
        parents=shipped.parents,
        areas=shipped.areas,
    )
