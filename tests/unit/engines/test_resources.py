from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.engines import choose, resources
from cluster_engine.engines.choose import choose_engine
from cluster_engine.engines.resources import Resources, find_resources, read_size, show_size
from cluster_engine.errors import LimitError, SettingsError

SPARE = Resources(10**9, 2, "")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("500MB", 500_000_000),
        ("2GiB", 2 * 2**30),
        (" 1.5 gb ", 1_500_000_000),
        ("64000000", 64_000_000),
    ],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "5 PB", "1e9", "nan"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="no size of memory"):
        read_size(text)


def test_more_than_is_free_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "find_free_memory", lambda: 10**9)
    with pytest.raises(LimitError, match=r"only 1\.0 GB are free") as fault:
        find_resources("900MB")
    assert fault.value.hint == "Ask for less: --memory-limit 800MB"
    assert find_resources("800MB").memory == 800_000_000
    assert find_resources().memory == 800_000_000


def test_less_than_is_needed_is_refused() -> None:
    with pytest.raises(LimitError, match=r"needs 64\.0 MB"):
        find_resources("10MB")


def test_a_spill_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no folder"):
        find_resources(spill=tmp_path / "none")
    assert find_resources(spill=tmp_path).spill.startswith(str(tmp_path))


def test_a_container_limits_the_free_memory(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert resources._read_container(tmp_path) == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert resources._read_container(tmp_path) == 2**62


@pytest.mark.parametrize(
    ("firms", "scheduler", "engine"),
    [(50_000, None, "local"), (50_001, None, "duckdb"), (10, "tcp://127.0.0.1:1", "dask")],
)
def test_auto_goes_by_the_number_of_firms(
    monkeypatch: pytest.MonkeyPatch, firms: int, scheduler: str | None, engine: str
) -> None:
    monkeypatch.setattr(choose, "find_free_memory", lambda: 10**12)
    plan = choose_engine("auto", SPARE, firms=firms, files=1, n_bytes=1, scheduler=scheduler)
    assert plan.engine == engine


def test_memory_that_does_not_suffice_is_refused_or_avoided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(choose, "find_free_memory", lambda: 10**8)
    assert choose_engine("auto", SPARE, firms=50_000, files=1, n_bytes=1).engine == "duckdb"
    with pytest.raises(LimitError, match=r"50,000 firms need about 125"):
        choose_engine("local", SPARE, firms=50_000, files=1, n_bytes=1)


def test_sizes_are_shown_as_people_read_them() -> None:
    assert [show_size(size) for size in (500, 2_500_000, 3 * 10**12)] == [
        "0 kB",
        "2.5 MB",
        "3.0 TB",
    ]
