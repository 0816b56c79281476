"""What is fuzzed: everything that reads a file from outside, each with files it can start from.

A target takes the path of a file and reads it as the engine would. It may refuse it, with an error
raised on purpose; anything else is a crash.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from cluster_engine.economy_schemas import EMPLOYMENT
from cluster_engine.firm_schemas import FIRM_FACTS, FIRMS
from cluster_engine.packs.manifest_file import read_manifest as read_pack_manifest
from cluster_engine.packs.pack import open_pack
from cluster_engine.packs.tables import read_parquet, read_table
from cluster_engine.registry.aliases import read_aliases
from cluster_engine.registry.audit import read_version
from cluster_engine.registry.history import read_history
from cluster_engine.settings import read_settings
from cluster_engine.sources.corrections import read_corrections
from cluster_engine.sources.eurostat_sbs import read_persons
from cluster_engine.sources.investment_list import Known, read_investment_list
from cluster_engine.sources.lists.mapping import read_mapping
from cluster_engine.sources.lists.reader import preview_mapping, read_firm_list
from cluster_engine.workflows.cluster_files import read_names, read_similarity
from cluster_engine.workflows.user_weights import UserWeights
from tests.fuzz.converted import read_file, seed_file

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests/data/toy-pack"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that reads a file.

    Attributes
    ----------
    name : str
    file : str
        Name the file gets: readers look at its ending.
    read : callable
        Takes the path.
    seeds : callable
        Files to start from.
    skips_what_is_broken : bool
        Whether it reads past faults, as the history does past a line that was cut short.
    """

    name: str
    file: str
    read: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]
    skips_what_is_broken: bool = False


LIST = (
    "name;country;city;nace;employees;turnover (th EUR)\n"
    "Müller & Söhne;DE;Ulm;28.13;1.200;12 345,6\n"
    '"=HYPERLINK(""x"")";FR;Lyon;01.11;n.a.;-\n'
    "TRUE;NA;;2620;12;1e400\n"
)
ORBIS = (
    "Company name Latin alphabet,BvD ID number,Country ISO code,City,"
    '"NACE Rev. 2, core code (4 digits)","Operating revenue (Turnover)\nth EUR 2022",'
    '"Number of employees\n2022"\n'
    "ALPHA GMBH,DE101,DE,Ulm,2813,90000,400\nBETA AG,DE103,DE,Aachen,2932,n.a.,n.s.\n"
)
FDI = (
    "Project date,Investing company,Source country,Destination country,Admin region,"
    "Industry sector,Jobs created,Capital investment\n"
    "Jan 2021,ALPHA GMBH,Germany,United Kingdom,West Midlands,Automotive,120,1.5\n"
)
GLEIF = (
    "LEI,Entity.LegalName,Entity.LegalAddress.Country,Entity.LegalAddress.City,"
    "Entity.EntityStatus\n529900T8BM49AURSDO55,ALPHA GMBH,DE,Ulm,ACTIVE\n"
)
WEIGHTS = b"[weights]\ngap = 2\ncapacity = 1.5\n"
MAPPING = (
    b'decimal = "comma"\nmissing = ["n.a."]\n[columns.name]\ncolumn = "name"\n'
    b'[columns.country]\ncolumn = "country"\n'
)
CORRECTIONS = b"firm,industry,weight\nALPHA GMBH,2813,2\nALPHA GMBH,2910,1\n"
EVENTS = (
    b"year,firm_name,origin,area,industries,jobs\n2004,ALPHA,DE,TY1,29:0.9; 30:0.1,120\n"
    b"2006,BETA,US,,2910,\n"
)
SIMILARITY = b"industry,2910,2511\n2910,1,0.4\n2511,0.4,1\n"
NAMES = b"scope,industry,name\nniche,2910,Cars\n"
SDMX = (
    b"DATAFLOW,LAST UPDATE,freq,nace_r2,indic_sb,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    b"ESTAT:SBS_R_NUTS06_R2(1.0),01/01/24,A,C29,V16110,CZ01,2015,1200,\n"
    b"ESTAT:SBS_R_NUTS06_R2(1.0),01/01/24,A,C30,V16110,CZ02,2015,:,c\n"
)
FACTS = b"firm_id,in_host,rival_sites,recent_projects,parent\nt01,1,2,3,\nt02,,0,1,t01\n"


def _seed_texts(*texts: str | bytes) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() if isinstance(text, str) else text for text in texts]


def _seed_files(*paths: str) -> Callable[[], list[bytes]]:
    return lambda: [(ROOT / path).read_bytes() for path in paths]


def _seed_workbooks() -> list[bytes]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in LIST.splitlines():
        sheet.append(row.split(";"))
    stream = io.BytesIO()
    book.save(stream)
    return [stream.getvalue()]


def _seed_archives() -> list[bytes]:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.csv", LIST)
    return [stream.getvalue()]


def _seed_parquet() -> list[bytes]:
    stream = io.BytesIO()
    pd.read_csv(TOY / "firms.csv", dtype={"firm_id": "str"}).to_parquet(stream)
    return [stream.getvalue()]


@cache
def _toy_pack() -> object:
    return open_pack(str(TOY))


def _read_pack_folder(path: Path) -> object:
    """The path is the pack.toml of a folder of its own."""
    return read_pack_manifest(path.parent)


def _read_model_folder(path: Path) -> object:
    return read_version(path.parent)


def _read_home(read: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda path: read(path.parent)


def _list_models() -> list[bytes]:
    found = sorted((ROOT / "models").glob("*/*/manifest.json"))
    return [path.read_bytes() for path in found]


KNOWN = Known({"ty1": "TY1", "ashby": "TY1"}, frozenset({"29", "30", "2910"}))

TARGETS: tuple[Target, ...] = (
    Target("list-csv", "list.csv", read_firm_list, _seed_texts(LIST, ORBIS, FDI, GLEIF)),
    Target("list-preview", "list.csv", preview_mapping, _seed_texts(LIST, ORBIS, FDI, GLEIF)),
    Target("list-gzip", "list.csv.gz", read_firm_list,
           lambda: [gzip.compress(text.encode(), mtime=0) for text in (LIST, ORBIS)]),
    Target("list-zip", "list.zip", read_firm_list, _seed_archives),
    Target("list-xlsx", "list.xlsx", read_firm_list, _seed_workbooks),
    Target("mapping", "mapping.toml", read_mapping, _seed_texts(MAPPING)),
    Target("corrections", "fix.csv", lambda path: read_corrections(path, {"2813", "2910"}),
           _seed_texts(CORRECTIONS)),
    Target("settings", "settings.toml", read_settings,
           _seed_files("cluster_engine/settings.toml")),
    Target("weights", "weights.toml",
           lambda path: UserWeights(path).apply(read_settings().scoring), _seed_texts(WEIGHTS)),
    Target("events", "events.csv", lambda path: read_investment_list(path, KNOWN),
           _seed_texts(EVENTS)),
    Target("similarity", "own.csv", lambda path: read_similarity(path, _toy_pack()),  # type: ignore[arg-type]
           _seed_texts(SIMILARITY)),
    Target("names", "names.csv", lambda path: read_names(path, _toy_pack()),  # type: ignore[arg-type]
           _seed_texts(NAMES)),
    Target("facts", "facts.csv", lambda path: read_table(path, FIRM_FACTS), _seed_texts(FACTS)),
    Target("pack-table", "employment.csv", lambda path: read_table(path, EMPLOYMENT),
           _seed_files("tests/data/toy-pack/employment.csv")),
    Target("pack-toml", "pack.toml", _read_pack_folder,
           _seed_files("tests/data/toy-pack/pack.toml")),
    Target("parquet", "firms.parquet", read_parquet, _seed_parquet),
    Target("parquet-table", "firms.parquet", lambda path: read_table(path, FIRMS), _seed_parquet),
    Target("sdmx", "sbs.csv", lambda path: read_persons(path, year=2015), _seed_texts(SDMX)),
    Target("model", "manifest.json", _read_model_folder, _list_models),
    Target("aliases", "aliases.json", _read_home(read_aliases),
           lambda: [path.read_bytes()
                    for path in sorted((ROOT / "models").glob("*/aliases.json"))]),
    Target("history", "history.jsonl", _read_home(read_history),
           _seed_texts(json.dumps({"time": "2026-01-01T00:00:00Z", "action": "promote"}) + "\n"),
           skips_what_is_broken=True),
    *(Target(f"converted-{name}", file, read_file(place), seed_file(place))
      for name, file, place in (
          ("manifest", "dataset.json", "dataset.json"),
          ("profiles", "profiles.parquet", "profiles.parquet"),
          ("cells", "cells.parquet", "cells.parquet"),
          ("firms", "part.parquet", "firms/country=DE/part-00000.parquet"),
      )),
)  # fmt: skip
