from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pyarrow import parquet as pq

from cluster_engine.errors import DataError
from cluster_engine.files import hash_file
from cluster_engine.packs.manifest import Manifest, Source, TableEntry
from cluster_engine.packs.manifest_file import read_manifest, write_pack

AREAS = pd.DataFrame(
    {"area": ["B1", "A1"], "area_name": ["Beta", "Alpha"], "other_code": ["B", "A"]}
)
EMPLOYMENT = pd.DataFrame(
    {
        "year": [2021, 2020],
        "area": ["A1", "A1"],
        "industry": ["29320", "01000"],
        "jobs": [5.0, float("nan")],
    }
)
PLAN = Manifest(
    format=1,
    name="toyland",
    title="Toyland",
    host_country="GB",
    currency="GBP",
    classification="UK SIC 2007",
    default_region="alpha",
    default_year=2021,
    remarks=("Invented.",),
    sources=(Source("made-up", "Invented figures", "Nobody", "2021", "CC0", "none"),),
    tables=(
        TableEntry("employment", "employment.parquet", 0, "", "official", ("made-up",), ()),
        TableEntry("areas", "areas.parquet", 0, "", "official", ("made-up",), ("Two areas.",)),
    ),
)
FRAMES = {"areas": AREAS, "employment": EMPLOYMENT}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "toyland"
    write_pack(folder, PLAN, FRAMES)
    return folder


def _edit(pack: Path, old: str, new: str) -> None:
    path = pack / "pack.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_written_pack_is_read_back_with_rows_and_checksums(pack: Path) -> None:
    manifest = read_manifest(pack)

    assert [entry.name for entry in manifest.tables] == ["areas", "employment"]
    assert manifest.table("areas").rows == 2
    assert manifest.table("areas").remarks == ("Two areas.",)
    for entry in manifest.tables:
        assert entry.sha256 == hash_file(pack / entry.file)


def test_rows_are_sorted_by_key_and_a_missing_figure_stays_null(pack: Path) -> None:
    table = pq.read_table(pack / "employment.parquet")

    assert table.column("industry").to_pylist() == ["01000", "29320"]
    assert table.column("jobs").to_pylist() == [None, 5.0]
    assert str(table.schema.field("year").type) == "int64"


def test_same_frames_in_another_row_order_give_the_same_bytes(pack: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shuffled = {name: frame.iloc[::-1, ::-1] for name, frame in FRAMES.items()}
    write_pack(again, PLAN, shuffled)

    for path in sorted(pack.iterdir()):
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_writing_leaves_no_temporary_folder_and_no_other_file_touched(pack: Path) -> None:
    (pack / "notes.txt").write_text("mine", encoding="utf-8")
    write_pack(pack, PLAN, FRAMES)

    assert [path.name for path in pack.parent.iterdir()] == ["toyland"]
    assert (pack / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_frame_with_wrong_columns_is_refused_and_the_old_pack_stays(pack: Path) -> None:
    before = {path.name: path.read_bytes() for path in pack.iterdir()}
    wrong = {**FRAMES, "areas": AREAS.rename(columns={"area_name": "label"})}

    with pytest.raises(DataError, match="column 'area_name'") as caught:
        write_pack(pack, PLAN, wrong)

    assert len(caught.value.problems) == 2
    assert {path.name: path.read_bytes() for path in pack.iterdir()} == before
    assert [path.name for path in pack.parent.iterdir()] == ["toyland"]


def test_text_in_a_number_column_is_refused(tmp_path: Path) -> None:
    wrong = EMPLOYMENT.assign(jobs=["many", "few"])

    with pytest.raises(DataError, match="column 'jobs'"):
        write_pack(tmp_path / "toyland", PLAN, {**FRAMES, "employment": wrong})


def test_frames_must_be_those_of_the_manifest(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frames"):
        write_pack(tmp_path / "toyland", PLAN, {"areas": AREAS})


def test_missing_folder_and_missing_file_have_a_hint(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(DataError, match=r"pack\.toml") as caught:
            read_manifest(folder)
        assert "data list" in caught.value.hint


def test_broken_toml_names_the_line(pack: Path) -> None:
    _edit(pack, 'name = "toyland"', 'name = "toyland')

    with pytest.raises(DataError) as caught:
        read_manifest(pack)

    assert caught.value.problems[0].row == 2


def test_unknown_key_names_the_nearest(pack: Path) -> None:
    _edit(pack, "currency =", "curency =")

    with pytest.raises(DataError) as caught:
        read_manifest(pack)

    text = str(caught.value)
    assert "'curency'" in text
    assert "'currency'?" in text
    assert len(caught.value.problems) == 2


def test_every_fault_is_collected(pack: Path) -> None:
    _edit(pack, 'host_country = "GB"', 'host_country = "Britain"')
    _edit(pack, "default_year = 2021", 'default_year = "2021"')
    _edit(pack, 'nature = "official"', 'nature = "guessed"')
    _edit(pack, '"made-up",', '"elsewhere",')
    _edit(pack, "rows = 2", "rows = -2")

    with pytest.raises(DataError) as caught:
        read_manifest(pack)

    columns = [problem.column for problem in caught.value.problems]
    assert columns == [
        "tables[1].rows",
        "host_country",
        "default_year",
        "tables[1].nature",
        "tables[1].sources",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../areas.parquet",
        "/etc/areas.parquet",
        "sub/areas.parquet",
        "sub\\\\areas.parquet",
        "..parquet",
        "areas.txt",
        "absent.parquet",
        "",
    ],
)
def test_table_file_must_be_a_plain_file_of_the_pack(pack: Path, name: str) -> None:
    _edit(pack, 'file = "areas.parquet"', f'file = "{name}"')

    with pytest.raises(DataError, match=r"tables\[1\]\.file"):
        read_manifest(pack)


def test_table_file_must_not_be_a_link(pack: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.parquet"
    (pack / "areas.parquet").rename(outside)
    (pack / "areas.parquet").symlink_to(outside)

    with pytest.raises(DataError, match="not a link"):
        read_manifest(pack)


def test_tables_must_be_known_and_differ(pack: Path) -> None:
    _edit(pack, 'name = "areas"', 'name = "cities"')
    with pytest.raises(DataError, match="'cities'"):
        read_manifest(pack)
    _edit(pack, 'name = "cities"', 'name = "employment"')
    with pytest.raises(DataError, match="twice"):
        read_manifest(pack)


def test_newer_format_is_refused_with_advice(pack: Path) -> None:
    _edit(pack, "format = 1", "format = 2")

    with pytest.raises(DataError, match="format") as caught:
        read_manifest(pack)

    assert "newer version" in caught.value.hint


def test_csv_tables_and_open_checksums_are_allowed(pack: Path) -> None:
    AREAS.to_csv(pack / "areas.csv", index=False)
    _edit(pack, 'file = "areas.parquet"', 'file = "areas.csv"')
    checksum = read_manifest(pack).table("areas").sha256
    _edit(pack, checksum, "")

    assert read_manifest(pack).table("areas").sha256 == ""


def test_missing_table_is_named(pack: Path) -> None:
    with pytest.raises(DataError, match="'markets'"):
        read_manifest(pack).table("markets")


def test_manifest_is_read_without_numpy_or_pandas(pack: Path) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from cluster_engine.packs.manifest_file import read_manifest;"
        f"read_manifest(Path({str(pack)!r}));"
        "assert not {'numpy', 'pandas', 'pyarrow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_entries_are_replaced_not_changed(pack: Path) -> None:
    assert PLAN.tables[0].rows == 0
    assert replace(PLAN, name="other").tables is PLAN.tables
