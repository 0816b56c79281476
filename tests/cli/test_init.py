"""A project folder: what `init` writes, and that every template is taken by its reader."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cluster_engine.firm_schemas import FIRM_FACTS
from cluster_engine.packs.pack import open_pack
from cluster_engine.packs.tables import read_table
from cluster_engine.settings import read_settings
from cluster_engine.sources.corrections import read_corrections
from cluster_engine.workflows.init_project import start_project
from cluster_engine.workflows.programme_config import read_config
from cluster_engine.workflows.project import EXPORTS, FIRMS, TOP, find_project_file, read_project
from cluster_engine.workflows.sites import read_sites

Run = Callable[..., Any]

FOLDERS = {"lists", "facts", "sites", "exports", "reports", "models"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of the default pack in a folder with a name that trips shells."""
    folder = tmp_path / "our pröject"
    start_project(folder)
    return folder


def _uncomment(text: str) -> str:
    """Switch every commented entry of the project file on."""
    names = {*TOP, *FIRMS, *EXPORTS, *read_settings().scoring.weights}
    lines = []
    for line in text.splitlines():
        name = line.removeprefix("# ").partition(" = ")[0]
        lines.append(line.removeprefix("# ") if name in names else line)
    return "\n".join(lines)


def test_init_lists_what_it_made_and_what_comes_next(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "mine"
    ran = run("init", folder)
    assert (ran.code, ran.err) == (0, "")
    files = {path for path in folder.rglob("*") if path.is_file()}
    assert {Path(line[11:]) for line in ran.out.splitlines()[:-1]} == files
    assert ran.out.splitlines()[-1] == f"Next: cd {folder}, then cluster-engine doctor"
    assert {path.name for path in folder.iterdir() if path.is_dir()} == FOLDERS
    assert all((folder / name / "README.md").is_file() for name in FOLDERS - {"models"})


def test_init_quiet_says_nothing(run: Run, tmp_path: Path) -> None:
    ran = run("init", tmp_path / "mine", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / "mine/cluster-engine.toml").is_file()


def test_init_replaces_only_by_force(run: Run, project: Path) -> None:
    path = project / "lists/clients.csv"
    path.write_text("name,country\nOurs,DE\n", encoding="utf-8")
    (project / "README.md").unlink()
    refused = run("init", project)
    assert (refused.code, refused.out) == (2, "")
    assert "lists/clients.csv" in refused.err
    assert "--force" in refused.err
    assert path.read_text(encoding="utf-8") == "name,country\nOurs,DE\n"
    assert not (project / "README.md").exists()
    forced = run("init", project, "--force")
    assert forced.code == 0
    assert f"replaced   {path}" in forced.out
    assert f"made       {project / 'README.md'}" in forced.out
    assert f"as it was  {project / 'settings.toml'}" in forced.out
    assert "Beispiel" in path.read_text(encoding="utf-8")


def test_init_into_a_file_or_of_an_unknown_region_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert run("init", tmp_path / "file").code == 2
    unknown = run("init", tmp_path / "mine", "--region", "wails")
    assert unknown.code == 2
    assert "wales" in unknown.err
    assert not (tmp_path / "mine").exists()


def test_init_names_region_and_pack_that_were_asked_for(
    run: Run, tmp_path: Path, toy_pack: Path
) -> None:
    assert run("init", tmp_path, "--pack", toy_pack, "--region", "south").code == 0
    body = tomllib.loads((tmp_path / "cluster-engine.toml").read_text(encoding="utf-8"))
    assert (body["region"], body["pack"]) == ("south", str(toy_pack))


def _import(run: Run, path: Path) -> dict[str, str]:
    ran = run("data", "import", "firms", path, "--format", "csv")
    assert ran.code == 0, ran.err
    return {row["item"]: row["count"] for row in csv.DictReader(io.StringIO(ran.out))}


@pytest.mark.slow
def test_own_firm_of_the_template_is_imported_with_industry_and_figures(
    run: Run, project: Path
) -> None:
    rows = _import(run, project / "lists/own-firms.csv")
    assert rows["own-firms.csv: records kept"] == "1"
    assert (rows["status: rankable"], rows["basis: official code"]) == ("1", "1")
    assert (rows["firms without employees"], rows["firms without sales"]) == ("0", "0")


@pytest.mark.parametrize("name", ["clients.csv", "do-not-contact.csv"])
def test_templates_of_lists_to_leave_out_are_imported(name: str, run: Run, project: Path) -> None:
    assert _import(run, project / "lists" / name)[f"{name}: records kept"] == "1"


def test_templates_of_facts_pass_their_readers(project: Path) -> None:
    facts = read_table(project / "facts/firm-facts.csv", FIRM_FACTS)
    assert (len(facts), facts["in_host"].iloc[0], facts["recent_projects"].iloc[0]) == (1, 1, 2)
    industries = open_pack().read("industries")["industry"]
    corrections = read_corrections(project / "facts/corrections.csv", set(industries))
    assert list(corrections["industry"]) == ["2813"]


def test_every_csv_template_has_a_reader_tested_here(project: Path) -> None:
    tested = {"own-firms.csv", "clients.csv", "do-not-contact.csv", "firm-facts.csv",
              "corrections.csv", "sites.csv"}  # fmt: skip
    assert {path.name for path in project.rglob("*.csv")} == tested


def test_template_of_sites_passes_its_reader(project: Path) -> None:
    assert len(read_sites(project / "sites/sites.csv")) == 1


def test_template_of_the_programme_passes_its_reader(project: Path) -> None:
    config = read_config(project / "programme.toml", read_settings().programme)
    assert config.markets


def test_settings_of_a_project_are_those_that_ship(project: Path) -> None:
    assert read_settings(project / "settings.toml") == read_settings()


def test_every_entry_is_in_the_project_file_and_can_be_switched_on(project: Path) -> None:
    path = project / "cluster-engine.toml"
    text = _uncomment(path.read_text(encoding="utf-8"))
    body = tomllib.loads(text)
    assert {*body} == {"format", "firms", "exports", "weights", *TOP}
    assert ({*body["firms"]}, {*body["exports"]}) == ({*FIRMS}, {*EXPORTS})
    assert body["weights"] == pytest.approx(dict(read_settings().scoring.weights), rel=1e-3)
    path.write_text(text, encoding="utf-8")
    assert read_project(project).defaults["region"] == "west-midlands"


def test_files_named_by_the_project_file_are_made_or_told_to_be_the_users(project: Path) -> None:
    body = tomllib.loads(_uncomment((project / "cluster-engine.toml").read_text(encoding="utf-8")))
    firms = body["firms"]
    named = {*firms["lists"], *firms["exclude"], firms["corrections"], firms["facts"],
             body["programme"], body["sites"]}  # fmt: skip
    assert all((project / name).is_file() for name in {*named, body["settings"]})


def test_project_is_found_from_below_and_the_nearest_counts(project: Path, tmp_path: Path) -> None:
    assert find_project_file(project / "lists") == project / "cluster-engine.toml"
    (project / "lists/cluster-engine.toml").write_text("format = 1\n", encoding="utf-8")
    assert find_project_file(project / "lists") == project / "lists/cluster-engine.toml"
    assert find_project_file(tmp_path) is None
