"""Evenly spaced firms, and cells of firms that are alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from cluster_engine.errors import DataError
from cluster_engine.packs import firm_cells, firm_sample
from cluster_engine.packs.dataset_tables import (
    FIRM_SCHEMA,
    NOTE_SCHEMA,
    PROFILE_SCHEMA,
    read_dataset_table,
)
from cluster_engine.packs.firm_cells import Cells
from cluster_engine.packs.firm_dataset import DatasetFile, FirmDataset
from cluster_engine.packs.firm_dataset_writer import DatasetWriter
from cluster_engine.packs.firm_sample import choose_spacing


def make_firms(country: str, n_firms: int) -> pa.Table:
    """Firms that have as many employees as firms stand before them."""
    place = np.arange(n_firms)
    columns = {
        "firm_id": pa.array([f"{country}{number:06d}" for number in place]),
        "country": pa.repeat(country, n_firms),
        "status": pa.repeat("rankable", n_firms),
        "profile": pa.repeat(pa.scalar(0, pa.int32()), n_firms),
        "employees": pa.array(place.astype(float)),
    }
    return pa.table(
        [columns.get(field.name, pa.nulls(n_firms, field.type)) for field in FIRM_SCHEMA],
        schema=FIRM_SCHEMA,
    )


def test_a_sample_holds_every_so_many_th_firm_of_every_country(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firm_sample, "MOST_PER_COUNTRY", 10)
    writer = DatasetWriter(tmp_path, rows_per_file=7)
    for country, number in (("AT", 10), ("DE", 41)):
        firms = make_firms(country, number)
        # In pieces of any size.
        for start in range(0, number, 3):
            writer.write(firms.slice(start, 3))
    dataset = writer.close(PROFILE_SCHEMA.empty_table(), NOTE_SCHEMA.empty_table(), {})
    sample = pq.read_table(tmp_path / "sample.parquet").to_pandas()
    germany = sample[sample["country"] == "DE"]
    assert sorted(germany["employees"]) == [0.0, 8.0, 16.0, 24.0, 32.0, 40.0]
    assert list(germany["every"]) == sorted(germany["every"], reverse=True)
    assert sorted(germany.loc[germany["every"] >= 16, "employees"]) == [0.0, 16.0, 32.0]
    assert (sample["country"] == "AT").sum() == 10
    assert choose_spacing(dataset, ["AT"], 10) == 1
    assert choose_spacing(dataset, ["AT", "DE"], 100) == 8
    assert choose_spacing(dataset, ["AT", "DE"], 5) == 16


def test_spacing_adds_up_the_files_of_a_country() -> None:
    files = tuple(DatasetFile(f"{part}", "DE", 30_000, 1, "") for part in range(2))
    assert choose_spacing(FirmDataset("", files, ()), ["DE"], 10**6) == 2


def test_a_cell_spans_the_figures_of_its_firms() -> None:
    cells = Cells()
    first = cells.number(make_firms("DE", 1_000)).to_numpy()
    again = cells.number(make_firms("DE", 1_000)).to_numpy()
    assert (first == again).all()
    table = cells.tabulate().to_pandas()
    employees = np.arange(1_000.0)
    assert (table["employees_low"].to_numpy()[first] <= employees).all()
    assert (table["employees_high"].to_numpy()[first] >= employees).all()
    assert table["sales_high"].isna().all()
    assert 1 < len(table) < 20


def test_beyond_the_last_cell_firms_are_told_apart_by_what_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(firm_cells, "MOST_CELLS", (0, 0))
    firms = make_firms("DE", 100)
    blank = firms.set_column(
        firms.schema.get_field_index("employees"), "employees", pa.nulls(100, pa.float64())
    )
    cells = Cells()
    assert set(cells.number(pa.concat_tables([firms, blank])).to_pylist()) == {0, 1}


@pytest.mark.parametrize(
    "name", ["profiles.parquet", "counts.parquet", "cells.parquet", "firm_notes.parquet"]
)
def test_a_table_that_lacks_a_column_is_told(tmp_path: Path, name: str) -> None:
    writer = DatasetWriter(tmp_path)
    writer.write(make_firms("DE", 5))
    dataset = writer.close(PROFILE_SCHEMA.empty_table(), NOTE_SCHEMA.empty_table(), {})
    whole = pq.read_table(tmp_path / name)
    assert list(read_dataset_table(dataset, name).columns) == whole.column_names
    pq.write_table(whole.drop_columns([whole.column_names[-1]]), tmp_path / name)
    with pytest.raises(DataError, match=whole.column_names[-1]):
        read_dataset_table(dataset, name)
