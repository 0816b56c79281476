"""The documentation names what is there, and nothing that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cluster_engine.cli.main import COMMANDS
from cluster_engine.schemas import TABLES
from cluster_engine.targeting.criteria import CRITERIA

ROOT = Path(__file__).resolve().parents[2]
TICKED = re.compile(r"`([^`]+)`")


def _section(text: str, title: str) -> str:
    start = text.index(f"## `{title}`")
    end = text.find("\n## ", start + 1)
    return text[start : end if end > 0 else None]


def _documented_columns(table: str) -> set[str]:
    section = _section((ROOT / "docs/model.md").read_text(encoding="utf-8"), f"{table}.parquet")
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    names = {name.strip() for cell in cells for name in cell.split(",")}
    return names - {"column", "---"}


@pytest.mark.parametrize("table", ["sectors", "niches", "clusters"])
def test_every_column_of_a_model_is_documented(table: str) -> None:
    (version,) = (ROOT / "models/west-midlands").glob("20*")
    assert _documented_columns(table) == set(pq.read_schema(version / f"{table}.parquet").names)


def test_every_command_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"cluster-engine {command}" in readme, command


def test_every_criterion_is_explained() -> None:
    method = (ROOT / "docs/method.md").read_text(encoding="utf-8")
    for criterion in CRITERIA:
        assert f"| {criterion.name} |" in method, criterion.name


def test_every_number_of_a_pack_has_a_unit_and_every_column_a_meaning() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert column.meaning, f"{table.name}.{column.name}"
            if column.kind == "number":
                assert column.unit, f"{table.name}.{column.name}"


def test_files_named_in_the_documentation_exist() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for name in TICKED.findall(page.read_text(encoding="utf-8")):
            if re.fullmatch(
                r"(?:docs|scripts|data|cluster_engine|tests|benchmarks|\.ci)/[\w./-]+", name
            ):
                assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_the_example_of_the_clusters_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs/clusters.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    exec(compile(code, "docs/clusters.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "[0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2]" in printed
