"""What differs between two versions, file by file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from pyarrow import Table, parquet

from cluster_engine.registry.files import read_json, write_json
from cluster_engine.registry.tables import read_table, write_table
from cluster_engine.workflows.rebuilt_files import compare_folders


@pytest.fixture
def first(toy_models: Path) -> Path:
    (folder,) = toy_models.glob("toyland.north/2*")
    return folder


@pytest.fixture
def second(first: Path, tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(first, tmp_path / "again"))
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


def _differ(first: Path, second: Path) -> dict[str, str]:
    rows = compare_folders(first, second)
    assert all(is_same == (not difference) for *_, is_same, difference in rows)
    return {name: difference for _, name, _, _, difference in rows if difference}


def test_a_copy_is_the_same(first: Path, second: Path) -> None:
    assert _differ(first, second) == {}
    sizes = {name: size for _, name, size, *_ in compare_folders(first, second)}
    assert sizes == {path.name: path.stat().st_size for path in first.iterdir()}


def test_a_table_that_is_stored_otherwise_has_the_same_content(first: Path, second: Path) -> None:
    path = second / "sectors.parquet"
    table = Table.from_pandas(read_table(path), preserve_index=False)
    parquet.write_table(table.replace_schema_metadata(None), path, compression="gzip")
    assert _differ(first, second) == {"sectors.parquet": "encoding"}


def test_the_last_digit_of_a_cell_is_content(first: Path, second: Path) -> None:
    table = read_table(first / "sectors.parquet")
    column = table.select_dtypes("float64").dropna(axis="columns").columns[0]
    changed: pd.DataFrame = table.assign(**{column: table[column] * (1 + 1e-9) + 1e-12})
    write_table(second / "sectors.parquet", changed)
    assert _differ(first, second) == {"sectors.parquet": "content"}


def test_a_manifest_may_name_other_packages_and_checksums_only(first: Path, second: Path) -> None:
    path = second / "manifest.json"
    manifest = read_json(path)
    manifest["facts"]["packages"]["numpy"] = "0.1"
    manifest["files"]["card.md"]["sha256"] = "0"
    write_json(path, {**manifest, "self_sha256": "0"})
    assert _differ(first, second) == {"manifest.json": "packages"}
    manifest["facts"]["n_niches"] += 1
    write_json(path, manifest)
    assert _differ(first, second) == {"manifest.json": "content"}


def test_texts_and_files_of_one_version_alone(first: Path, second: Path) -> None:
    (second / "card.md").write_text("another", "utf-8")
    (second / "more.md").write_text("more", "utf-8")
    (second / "niches.parquet").unlink()
    assert _differ(first, second) == {
        "card.md": "content", "more.md": "missing", "niches.parquet": "missing",
    }  # fmt: skip
