"""Each source of the catalogue, in its publisher's shape, goes into the reader it names."""

from __future__ import annotations

import importlib
import io
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from cluster_engine.errors import BusyError, DataError, NetworkError, SettingsError
from cluster_engine.sources.business_counts import read_enterprises
from cluster_engine.sources.fetch.catalogue import read_catalogue
from cluster_engine.sources.fetch.record import read_record
from cluster_engine.sources.fetch.transport import Transport
from cluster_engine.sources.lists.gleif import read_relations
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.nomis import read_employment
from cluster_engine.sources.nomis_choice import NomisChoice
from cluster_engine.sources.ons_gva import read_regional_value_added
from cluster_engine.sources.sdmx_csv import read_persons_employed
from cluster_engine.workflows.fetch import FetchChoice, fetch_sources
from tests.unit.sources.fetch.server import StatisticsServer, put_golden_copy, zip_csv

BRES = "/api/v01/dataset/NM_189_1.data.csv"
COUNTS = "/api/v01/dataset/NM_142_1.data.csv"
ONS = "/file"
SBS = "/eurostat/api/dissemination/sdmx/3.0/data/dataflow/ESTAT/sbs_r_nuts2021/1.0"
SBS_2008 = "/eurostat/api/dissemination/sdmx/2.1/data/sbs_r_nuts06_r2/A..V16110."

BRES_HEADER = (
    "DATE,GEOGRAPHY_NAME,GEOGRAPHY_CODE,GEOGRAPHY_TYPE,INDUSTRY_NAME,INDUSTRY_CODE,INDUSTRY_TYPE,"
    "EMPLOYMENT_STATUS_NAME,MEASURE_NAME,MEASURES,OBS_VALUE,OBS_STATUS\n"
)


def make_bres(jobs: int = 25) -> str:
    rows = [
        f'2021,"Area, {area}",{area},nuts 2016 level 2,"{code} : Parts, other",{code},'
        f"SIC 2007 subclass (5 digit),Employment,Count,20100,{jobs},A\n"
        for area in ("UKG1", "UKG2", "UKG3")
        for code in ("01000", "29320", "29100")
    ]
    total = (
        "2021,A,UKG1,nuts 2016 level 2,Total,Total,Total,Employment,Count,20100,75,A\n"
        "2021,A,UKG1,nuts 2016 level 2,29 : Motor,29,SIC 2007 division (2 digit),Employment,Count,"
        "20100,50,A\n"
    )
    return BRES_HEADER + "".join(rows) + total


def fetch(
    server: StatisticsServer, transport: Transport, folder: Path, *sources: str, **told: object
) -> pd.DataFrame:
    choice = FetchChoice(sources, base_url=server.url, **told)  # type: ignore[arg-type]
    return fetch_sources(choice, folder, transport=transport)


def test_bres_comes_in_pages_and_the_reader_takes_the_finest_level(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(BRES, make_bres(), page_limit=4)

    rows = fetch(server, transport, tmp_path, "bres", vintage="2020-2021")

    assert [asked.query["RecordOffset"] for asked in server.asked] == [["0"], ["4"], ["8"]]
    assert server.asked[0].query["date"] == ["2020,2021"]
    assert server.asked[0].query["RecordLimit"] == ["25000"]
    assert rows["file"].tolist() == ["bres_2020-2021.csv"]
    read = read_employment(
        tmp_path / "bres_2020-2021.csv",
        choice=NomisChoice(level=5),
        industries={"01000", "29320", "29100"},
    )
    assert len(read.employment) == 9
    assert read.employment["jobs"].eq(25).all()
    assert read.areas["area_name"].tolist() == ["Area, UKG1", "Area, UKG2", "Area, UKG3"]


def test_pages_that_have_not_changed_are_not_sent_again(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(BRES, make_bres(), page_limit=4, etag="auto")
    fetch(server, transport, tmp_path, "bres")
    record = (tmp_path / "fetched.json").read_bytes()
    server.asked.clear()

    again = fetch(server, transport, tmp_path, "bres")

    assert [asked.status for asked in server.asked] == [304, 304, 304]
    assert again["state"].tolist() == ["same"]
    assert (tmp_path / "fetched.json").read_bytes() == record


def test_a_change_on_the_last_page_is_noticed(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(BRES, make_bres(), page_limit=4, etag="auto")
    fetch(server, transport, tmp_path, "bres")
    server.documents[BRES].body = make_bres().replace("20100,75,A", "20100,80,A").encode()

    assert fetch(server, transport, tmp_path, "bres")["state"].tolist() == ["changed"]
    assert "80,A" in (tmp_path / "bres_2015-2021.csv").read_text()


def test_a_page_that_breaks_off_is_asked_for_again(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(BRES, make_bres(), page_limit=4)
    server.fail(BRES, None, "truncate", (500, {}))

    fetch(server, transport, tmp_path, "bres")

    offsets = [asked.query["RecordOffset"][0] for asked in server.asked]
    assert offsets == ["0", "4", "4", "4", "8"]
    path = tmp_path / "bres_2015-2021.csv"
    assert len(read_employment(path, choice=NomisChoice(level=5)).employment) == 9


def test_figures_loaded_while_pages_are_read_are_noticed(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    document = server.put(BRES, make_bres(), page_limit=4)

    def grow(seconds: float) -> None:
        # The pause before the second page is when new figures come in.
        document.body += make_bres().splitlines(keepends=True)[1].encode()

    transport.sleep = grow
    with pytest.raises(NetworkError, match="changed from 11 to 12"):
        fetch(server, transport, tmp_path, "bres")
    assert not (tmp_path / "bres_2015-2021.csv").exists()


def test_a_renamed_column_of_nomis_is_named_after_one_page(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(BRES, make_bres().replace("OBS_VALUE", "OBS_VAL"), page_limit=4)

    with pytest.raises(DataError, match=r"OBS_VALUE.*'OBS_VAL' instead"):
        fetch(server, transport, tmp_path, "bres")
    assert len(server.asked) == 1


def test_the_key_of_a_user_is_sent_but_never_noted(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(BRES, make_bres(), page_limit=100)

    fetch(server, transport, tmp_path, "bres", uid="0xsecret")

    assert server.asked[0].query["uid"] == ["0xsecret"]
    assert server.asked[0].query["RecordLimit"] == ["100000"]
    assert "0xsecret" not in (tmp_path / "fetched.json").read_text()

    server.fail(BRES, (403, {}))
    with pytest.raises(NetworkError) as caught:
        fetch(server, transport, tmp_path, "bres", uid="0xsecret", vintage="2020")
    assert "0xsecret" not in caught.value.message


def test_business_counts_go_into_their_reader(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    lines = ["DATE,GEOGRAPHY_CODE,INDUSTRY_CODE,EMPLOYMENT_SIZEBAND_NAME,MEASURES,OBS_VALUE"]
    lines += [
        f"2021,K03000001,{code},{band},20100,5"
        for code in ("29320", "29100", "29")
        for band in ("0 to 4", "1000+", "Micro (0 to 9)", "Total")
    ]
    server.put(COUNTS, "\n".join(lines) + "\n", page_limit=5)

    fetch(server, transport, tmp_path, "business-counts")

    path = tmp_path / "business_counts_2021.csv"
    read = read_enterprises(path, year=2021, industries={"29320", "29100"})
    assert read.table["size_band"].tolist() == ["0 to 4", "1000+", "0 to 4", "1000+"]


def test_gross_value_added_goes_into_its_reader(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Table 2c"
    sheet.append(["Table 2c: ITL2, current prices"])
    sheet.append(["ITL region code", "ITL region name", "SIC07 code", "SIC07 description", 2021])
    for code, value in (("Total", 30), ("A (1-3)", 10), ("B-E (5-39)", 20)):
        sheet.append(["TLG1", "Herefordshire", code, "text", value])
    out = io.BytesIO()
    book.save(out)
    server.put(ONS, out.getvalue(), content_type="application/vnd.ms-excel", etag='"g"')

    fetch(server, transport, tmp_path, "regional-gva")

    assert "regionalgrossvalueadded" in server.asked[0].query["uri"][0]
    areas = pd.DataFrame({"area": ["UKG1"], "other_code": ["TLG1"]})
    path = tmp_path / "regional_gva_current.xlsx"
    read = read_regional_value_added(path, areas=areas, sheet="Table 2c")
    assert read.table["value_added"].tolist() == [10, 20]


@pytest.mark.parametrize(
    ("source", "path", "name", "header", "year"),
    [
        (
            "eurostat-sbs", SBS, "sbs_r_nuts2021_2021.csv",
            "STRUCTURE,STRUCTURE_ID,freq,nace_r2,indic_sbs,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,"
            "CONF_STATUS", 2021,
        ),
        (
            "eurostat-sbs-2008", SBS_2008, "sbs_r_nuts06_r2_2015.csv",
            "DATAFLOW,LAST UPDATE,freq,nace_r2,indic_sb,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,"
            "CONF_STATUS", 2015,
        ),
    ],
)  # fmt: skip
def test_both_versions_of_sdmx_csv_go_into_their_reader(
    server: StatisticsServer,
    transport: Transport,
    tmp_path: Path,
    source: str,
    path: str,
    name: str,
    header: str,
    year: int,
) -> None:
    rows = "".join(
        f"dataflow,ESTAT:X(1.0),A,{nace},EMP,{geo},{year},{value},,\n"
        for nace, geo, value in (
            ("C29", "DE11", "100"),
            ("C29", "DE", "250.0"),
            ("C30", "DE11", ""),
        )
    )
    server.put(path, f"{header}\n{rows}", content_type="application/vnd.sdmx.data+csv", etag='"s"')

    fetch(server, transport, tmp_path, source)

    persons = read_persons_employed(tmp_path / name, year=year)
    assert persons.index.tolist() == ["DE", "DE11"]
    assert persons["C29"].tolist() == [250, 100]
    assert persons["C30"].isna().all()


def test_an_answer_of_eurostat_that_is_only_queued_is_no_data(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(SBS, '<?xml version="1.0"?><S:Fault/>', content_type="application/xml")

    with pytest.raises(DataError, match="XML message"):
        fetch(server, transport, tmp_path, "eurostat-sbs")


LEVEL1 = (
    "LEI,Entity.LegalName,Entity.LegalAddress.Country,Entity.HeadquartersAddress.Country,"
    "Entity.EntityStatus\nCHILD000000000000001,Child GmbH,DE,DE,ACTIVE\n"
)
LEVEL2 = (
    "Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,"
    "Relationship.RelationshipStatus\n"
    "CHILD000000000000001,PARENT00000000000001,IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE\n"
)


def test_the_newest_golden_copy_is_found_and_read(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    put_golden_copy(server, zip_csv("lei2.csv", LEVEL1), zip_csv("rr.csv", LEVEL2))

    fetch(server, transport, tmp_path, "gleif")
    again = fetch(server, transport, tmp_path, "gleif")

    assert again["state"].tolist() == ["same", "same"]
    note = read_record(tmp_path)["gleif_level1_latest.csv.zip"]
    assert note.published_at == "2026-11-25 16:00:00"
    assert note.licence == "CC0 1.0"
    relations = read_relations(tmp_path / "gleif_level2_latest.csv.zip", ReadLog("rr"))
    assert relations.direct == {"CHILD000000000000001": "PARENT00000000000001"}


def test_an_index_of_another_form_says_what_is_missing(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    path = "/api/v2/golden-copies/publishes/latest"
    server.put(path, '{"data": {"lei3": {}}}', content_type="application/json")
    with pytest.raises(DataError, match=r"no 'lei2'.*Found: lei3"):
        fetch(server, transport, tmp_path, "gleif")

    server.put(path, "<html>", content_type="text/html")
    with pytest.raises(DataError, match="must be JSON"):
        fetch(server, transport, tmp_path, "gleif")


def test_files_fetched_before_a_fault_stay_and_are_noted(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    server.put(BRES, make_bres(), page_limit=100)

    with pytest.raises(NetworkError, match="404"):
        fetch(server, transport, tmp_path, "bres", "business-counts")
    assert list(read_record(tmp_path)) == ["bres_2015-2021.csv"]


def test_one_run_at_a_time_fetches_into_a_folder(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / ".fetch.lock"), pytest.raises(BusyError, match="Another run"):
        fetch(server, transport, tmp_path, "bres")


def test_a_damaged_note_is_told(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    (tmp_path / "fetched.json").write_text('{"format": 9}')

    with pytest.raises(DataError, match="format 9"):
        fetch(server, transport, tmp_path, "bres")


def test_every_entry_names_a_reader_that_exists_and_uses_https() -> None:
    for source in read_catalogue().values():
        assert source.base.startswith("https://")
        assert source.licence
        for entry in source.files:
            module, _, function = entry.reader.rpartition(".")
            try:
                assert hasattr(importlib.import_module(module), function)
            except ModuleNotFoundError:
                pytest.fail(f"{source.id}: {entry.reader}")


def test_a_source_of_ones_own_is_data(
    server: StatisticsServer, transport: Transport, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[mine]\ntitle = "Mine"\npublisher = "Me"\nlicence = "CC0"\npage = "https://a.test"\n'
        'base = "https://a.test"\nprotocol = "file"\nvintage = "2025"\n[[mine.files]]\n'
        'name = "mine_{vintage}.csv"\npath = "/{vintage}.csv"\nkind = "csv"\n'
        'reader = "own.reader"\n'
    )
    server.put("/2026.csv", "a,b\n1,2\n")

    rows = fetch(server, transport, tmp_path, "mine", catalogue=own, vintage="2026")

    assert rows["file"].tolist() == ["mine_2026.csv"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[mine]\nfiles = 1", "section with"),
        ('[mine]\ncolour = "red"\n[[mine.files]]\nname = "x"', "Unknown key"),
        ("[mine", "valid TOML"),
    ],
)
def test_a_faulty_catalogue_is_told(tmp_path: Path, text: str, found: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text)

    with pytest.raises(DataError, match=found):
        read_catalogue(own)


@pytest.mark.parametrize(
    "told",
    [
        {"sources": ("brse",)},
        {"sources": ()},
        {"sources": ("bres",), "vintage": "../../etc"},
        {"sources": ("bres",), "vintage": "2021-2015"},
        {"sources": ("bres",), "base_url": "ftp://host"},
    ],
)
def test_what_cannot_be_asked_is_a_wrong_setting(tmp_path: Path, told: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        fetch_sources(FetchChoice(**told), tmp_path)  # type: ignore[arg-type]
