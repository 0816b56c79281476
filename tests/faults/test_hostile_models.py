"""Files that would run code when opened: refused before any of it runs."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from cluster_engine.files import hash_file
from cluster_engine.registry.files import hash_body, write_json

Run = Callable[..., Any]


class Bomb:
    """Writes a marker file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.marker,)


def _write_pickle(path: Path, marker: Path) -> None:
    path.write_bytes(pickle.dumps(Bomb(marker)))


def _write_joblib(path: Path, marker: Path) -> None:
    joblib.dump(Bomb(marker), path)


def _write_skops(path: Path, marker: Path) -> None:
    # As skops stores: a zip with a schema that names what to build, here a call.
    schema = {"__class__": "touch", "__module__": "pathlib", "__loader__": "FunctionNode",
              "content": {"module_path": "pathlib", "function": "Path.touch"}, "protocol": 1,
              "arguments": [str(marker)]}  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
        archive.writestr("payload.pkl", pickle.dumps(Bomb(marker)))


WRITERS = {"pickle": _write_pickle, "joblib": _write_joblib, "skops": _write_skops}


def _sign(folder: Path) -> None:
    """Write checksums of all files anew, as somebody who knows the format would."""
    path = folder / "manifest.json"
    body = json.loads(path.read_text("utf-8"))
    body.pop("self_sha256")
    body["files"] = {
        file.name: {"sha256": hash_file(file), "bytes": file.stat().st_size}
        for file in sorted(folder.iterdir())
        if file.name != "manifest.json"
    }
    body["self_sha256"] = hash_body(body)
    write_json(path, body)


@pytest.fixture
def models(tmp_path: Path, toy_models: Path) -> Path:
    return Path(shutil.copytree(toy_models, tmp_path / "models"))


@pytest.fixture
def version(models: Path) -> Path:
    (folder,) = (path for path in (models / "toyland.north").glob("2021-*") if path.is_dir())
    return folder


def _rank(run: Run, models: Path, toy_pack: Path) -> Any:
    return run("rank", "--market", "germany", "--no-train", "--pack", toy_pack, "--models", models)


@pytest.mark.parametrize("writer", WRITERS)
def test_the_bombs_are_live(tmp_path: Path, writer: str) -> None:
    WRITERS[writer](tmp_path / "file", tmp_path / "marker")
    raw = (tmp_path / "file").read_bytes()
    if writer == "skops":
        raw = zipfile.ZipFile(tmp_path / "file").read("payload.pkl")
    pickle.loads(raw) if writer != "joblib" else joblib.load(tmp_path / "file")
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    ("name", "is_signed"),
    # A card is never opened by the engine: signed, it is a text like any other.
    [("card.md", False), *((name, is_signed) for is_signed in (False, True)
                           for name in ("sectors.parquet", "model.pkl", "model.skops"))],
)  # fmt: skip
@pytest.mark.parametrize("writer", WRITERS)
def test_a_hostile_file_in_a_version_is_refused_and_does_not_run(
    run: Run, tmp_path: Path, toy_pack: Path, models: Path, version: Path,
    writer: str, name: str, is_signed: bool,
) -> None:  # fmt: skip
    (version / name).unlink(missing_ok=True)
    WRITERS[writer](version / name, tmp_path / "marker")
    if is_signed:
        _sign(version)
    ran = _rank(run, models, toy_pack)
    assert ran.code == 4, ran.err
    assert name in ran.err
    verified = run("models", "verify", "--models", models)
    assert verified.code == 4
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("writer", WRITERS)
def test_a_hostile_file_beside_the_versions_is_told_and_never_opened(
    run: Run, tmp_path: Path, toy_pack: Path, models: Path, writer: str
) -> None:
    WRITERS[writer](models / "toyland.north" / "model.pkl", tmp_path / "marker")
    WRITERS[writer](models / "model.skops", tmp_path / "marker")
    assert _rank(run, models, toy_pack).code == 0
    verified = run("models", "verify", "--models", models)
    assert verified.code == 4
    assert "model.pkl" in verified.out
    assert "model.skops" in verified.out
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("name", ["manifest.json", "../aliases.json", "../history.jsonl"])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_hostile_file_under_the_name_of_a_record_does_not_run(
    run: Run, tmp_path: Path, toy_pack: Path, models: Path, version: Path, writer: str, name: str
) -> None:
    (version / name).unlink()
    WRITERS[writer](version / name, tmp_path / "marker")
    ran = _rank(run, models, toy_pack)
    assert ran.code == (0 if "history" in name else 4), ran.err
    run("models", "list", "--models", models)
    run("models", "show", "--pack", toy_pack, "--models", models)
    run("models", "verify", "--repair", "--models", models)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"industry": pa.array([b"x"], pa.binary())}),
        pa.table({"industry": pa.array([[1]], pa.list_(pa.int64()))}),
        pa.table({"industry": ["a"]}).replace_schema_metadata({"pandas": "{}"}),
        pa.table({f"c{place}": [1] for place in range(501)}),
    ],
    ids=["binary", "list", "pandas metadata", "too many columns"],
)
def test_a_table_with_more_than_plain_cells_is_refused(
    run: Run, toy_pack: Path, models: Path, version: Path, table: pa.Table
) -> None:
    (version / "sectors.parquet").unlink()
    parquet.write_table(table, version / "sectors.parquet")
    _sign(version)
    ran = _rank(run, models, toy_pack)
    assert ran.code == 4
    assert "sectors.parquet" in ran.err


def test_a_stored_index_of_pandas_is_refused(
    run: Run, toy_pack: Path, models: Path, version: Path
) -> None:
    (version / "niches.parquet").unlink()
    pd.DataFrame({"niche": [1]}, index=["a"]).to_parquet(version / "niches.parquet")
    _sign(version)
    assert "niches.parquet" in _rank(run, models, toy_pack).err


@pytest.mark.parametrize("what", ["table", "version", "region"])
def test_links_are_not_followed(
    run: Run, tmp_path: Path, toy_pack: Path, models: Path, version: Path, what: str
) -> None:
    path = {"table": version / "sectors.parquet", "version": version, "region": version.parent}
    shutil.move(path[what], tmp_path / "elsewhere")
    path[what].symlink_to(tmp_path / "elsewhere")
    ran = _rank(run, models, toy_pack)
    assert ran.code == 4, ran.err
    assert "link" in ran.err
