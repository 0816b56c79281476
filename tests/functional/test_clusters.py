"""Clusters from end to end on the toy pack: views, files of the user, identity, tables."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

Run = Callable[..., Any]
BLOCKS = ({"2550", "2910", "2920", "2932"}, {"1051", "1071", "1107"}, {"6201", "6311", "6419"})


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def list_clusters(
    run: Run, toy_pack: Path, toy_models: Path
) -> Callable[..., list[dict[str, str]]]:
    def call(*options: str) -> list[dict[str, str]]:
        ran = run(
            "clusters", *options, "--pack", toy_pack, "--models", toy_models, "--format", "csv"
        )
        assert ran.code == 0, ran.err
        return _rows(ran.out)

    return call


def test_members_of_the_nation_are_the_blocks(list_clusters: Callable[..., Any]) -> None:
    groups: dict[str, set[str]] = {}
    for row in list_clusters("--members", "--nation"):
        groups.setdefault(row["group"], set()).add(row["industry"])
        assert 0.0 <= float(row["membership"]) <= 1.0
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, BLOCKS))


def test_members_of_one_niche(list_clusters: Callable[..., Any]) -> None:
    rows = list_clusters("--members", "--cluster", "metal")
    assert [row["industry"] for row in rows] == ["2550"]


def test_detail_of_a_niche_tells_of_its_cluster_and_where_it_is(
    list_clusters: Callable[..., Any],
) -> None:
    facts: dict[str, list[str]] = {}
    for row in list_clusters("--detail", "metal-forming"):
        facts.setdefault(row["about"], []).append(row["fact"])
    assert facts["niche cluster"] == ["Metal forming, in North"]
    assert facts["jobs"] == ["900 of 1,200 in the nation (75.0%), 2021"]
    assert facts["cluster of the nation"][0].startswith("Motor vehicles & parts: 4 sectors")
    assert len(facts["linked to"]) == 2


def test_detail_of_a_cluster_of_the_nation(list_clusters: Callable[..., Any]) -> None:
    rows = list_clusters("--detail", "software")
    assert rows[0]["about"] == "cluster of the nation"


@pytest.mark.parametrize(("asked", "words"), [("shoes", "no cluster 'shoes'"), ("mot", None)])
def test_detail_of_what_is_not_there_or_not_one(
    asked: str, words: str | None, run: Run, toy_pack: Path, toy_models: Path
) -> None:
    ran = run("clusters", "--detail", asked, "--pack", toy_pack, "--models", toy_models)
    assert ran.code == (2 if words else 0)
    if words:
        assert words in ran.err


def test_links_join_every_pair_once(list_clusters: Callable[..., Any]) -> None:
    rows = list_clusters("--links")
    assert len({frozenset((row["first_name"], row["second_name"])) for row in rows}) == 3
    similar = [float(row["similarity"]) for row in rows]
    assert similar == sorted(similar, reverse=True)


def test_every_score_stands_in_the_validation(list_clusters: Callable[..., Any]) -> None:
    rows = list_clusters("--validate")
    left_out = {row["left_out"] for row in rows}
    assert {"places", "trade", "in sample", "modularity against chance"} <= left_out
    held_out = [row for row in rows if row["left_out"] == "trade"]
    assert {"chosen (consensus)", "two-digit divisions", "leiden"} <= {
        row["clusters"] for row in held_out
    }
    for row in held_out:
        both = (float(row["vs_cluster"]) + float(row["vs_industry"])) / 2.0
        assert float(row["vs"]) == pytest.approx(both, abs=1e-9)


@pytest.mark.parametrize("ending", ["graphml", "json"])
def test_the_graph_is_written_whole_and_the_same_twice(
    ending: str, run: Run, toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    options = ["--pack", toy_pack, "--models", toy_models]
    paths = [tmp_path / f"{name}.{ending}" for name in ("one", "two")]
    for path in paths:
        ran = run("clusters", "--graph", path, *options)
        assert (ran.code, ran.out) == (0, ""), ran.err
    assert paths[0].read_bytes() == paths[1].read_bytes()
    if ending == "json":
        nodes = {node["id"]: node for node in json.loads(paths[0].read_text("utf-8"))["nodes"]}
    else:
        nodes = dict(nx.read_graphml(paths[0]).nodes.data())
    assert set(nodes) == set().union(*BLOCKS)
    assert nodes["2910"]["niche_name"] == "Motor vehicles & vehicle parts"
    refused = run("clusters", "--graph", paths[0], *options)
    assert refused.code == 2
    assert "--force" in refused.err


def test_a_graph_of_another_kind_and_two_views_at_once_are_refused(
    run: Run, toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    options = ["--pack", toy_pack, "--models", toy_models]
    assert run("clusters", "--graph", tmp_path / "graph.png", *options).code == 2
    assert run("clusters", "--members", "--links", *options).code == 2


# --- files a user brings


def _train(run: Run, pack: Path, models: Path, *options: str | Path) -> Any:
    return run("train", "--pack", pack, "--models", models, *options)


@pytest.mark.slow
def test_names_given_by_the_user_stand_in_every_list(
    run: Run, toy_pack: Path, tmp_path: Path
) -> None:
    names = tmp_path / "names.csv"
    names.write_text(
        "scope,industry,name\ncluster,1071,Eating\nniche,2932,Cars of the north\n", "utf-8"
    )
    assert _train(run, toy_pack, tmp_path / "m", "--names", names).code == 0
    options = ["--pack", toy_pack, "--models", tmp_path / "m", "--format", "csv"]
    assert "Eating" in {row["name"] for row in _rows(run("clusters", "--nation", *options).out)}
    assert _rows(run("clusters", *options).out)[0]["name"] == "Cars of the north"


@pytest.mark.parametrize(
    ("row", "found"),
    [("town,2910,Cars", "town"), ("cluster,9999,Cars", "9999"), ("niche,2910,", "name")],
)
def test_a_wrong_row_of_the_names_is_told(
    row: str, found: str, run: Run, toy_pack: Path, tmp_path: Path
) -> None:
    names = tmp_path / "names.csv"
    names.write_text(f"scope,industry,name\n{row}\n", "utf-8")
    ran = _train(run, toy_pack, tmp_path / "m", "--names", names)
    assert ran.code == 3
    assert "names.csv" in ran.err
    assert "row 2" in ran.err
    assert found in ran.err
    assert not (tmp_path / "m").exists()


@pytest.mark.slow
def test_an_own_matrix_takes_part(run: Run, toy_pack: Path, tmp_path: Path) -> None:
    matrix = tmp_path / "own.csv"
    codes = sorted(set().union(*BLOCKS))
    lines = [",".join(["code", *codes])]
    lines += [
        ",".join([one, *("1" if one[0] == two[0] else "0" for two in codes)]) for one in codes
    ]
    matrix.write_text("\n".join(lines) + "\n", "utf-8")
    assert _train(run, toy_pack, tmp_path / "m", "--similarity", matrix).code == 0
    ran = run("clusters", "--validate", "--pack", toy_pack, "--models", tmp_path / "m",
              "--format", "csv")  # fmt: skip
    assert "own matrix" in {row["matrix"] for row in _rows(ran.out)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("code,2910,2932\n2910,1,0.5\n2932,0.4,1\n", "the other way round"),
        ("code,2910,2932\n2910,1,much\n2932,0.4,1\n", "much"),
        ("code,2910,2932\n2910,1,0.4\n", "2932"),
        ("code,2910,9999\n2910,1,0.4\n9999,0.4,1\n", "9999"),
        ("code,2910,2932\n2910,1,0.4\n2910,0.4,1\n", "2910"),
    ],
    ids=["not_symmetric", "no_number", "not_square", "unknown_code", "code_twice"],
)
def test_a_wrong_own_matrix_is_told(
    text: str, found: str, run: Run, toy_pack: Path, tmp_path: Path
) -> None:
    matrix = tmp_path / "own.csv"
    matrix.write_text(text, "utf-8")
    ran = _train(run, toy_pack, tmp_path / "m", "--similarity", matrix)
    assert ran.code == 3, ran.err
    assert "own.csv" in ran.err
    assert found in ran.err


# --- identity and optional tables


@pytest.mark.slow
def test_clusters_keep_number_and_name_when_trained_on_another_year(
    run: Run, toy_pack: Path, tmp_path: Path
) -> None:
    options = ["--pack", toy_pack, "--models", tmp_path, "--format", "csv"]
    names = tmp_path / "names.csv"
    names.write_text("scope,industry,name\ncluster,1071,Eating\n", "utf-8")
    assert _train(run, toy_pack, tmp_path, "--names", names).code == 0
    before = {
        row["name"]: row["cluster"] for row in _rows(run("clusters", "--nation", *options).out)
    }
    assert _train(run, toy_pack, tmp_path, "--year", "2020").code == 0
    after = {
        row["name"]: row["cluster"] for row in _rows(run("clusters", "--nation", *options).out)
    }
    assert before == after
    (card,) = (tmp_path / "toyland.national-clusters").glob("2020-*/card.md")
    assert "3 clusters kept their identity, 0 are new, 0 are gone." in card.read_text("utf-8")


@pytest.mark.slow
def test_a_damaged_set_of_clusters_is_told_and_mended_by_training(
    run: Run, toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    shutil.copytree(toy_models, models)
    (table,) = (models / "toyland.national-clusters").glob("20*/links.parquet")
    table.write_bytes(b"PAR1")
    options = ["--pack", toy_pack, "--models", models]
    ran = run("clusters", "--links", *options)
    assert ran.code == 4
    assert "cluster-engine train" in ran.err
    shutil.rmtree(models / "toyland.north")
    assert run("train", *options).code == 0
    assert run("clusters", "--links", *options).code == 0


OPTIONAL = {
    "establishments": "year,area,industry,establishments",
    "occupations": "industry,occupation,jobs",
    "labour_flows": "origin,destination,people",
}


def _add_tables(pack: Path) -> None:
    """Give the pack every optional table, made of its own jobs."""
    jobs = _rows((pack / "employment.csv").read_text("utf-8"))
    lines: dict[str, list[str]] = {name: [header] for name, header in OPTIONAL.items()}
    for row in jobs:
        count = int(float(row["jobs"] or 0)) // 10
        lines["establishments"].append(f"{row['year']},{row['area']},{row['industry']},{count}")
    for block, words in zip(BLOCKS, ("fitter", "baker", "coder"), strict=True):
        for code in sorted(block):
            for occupation in ("fitter", "baker", "coder", "clerk"):
                lines["occupations"].append(
                    f"{code},{occupation},{90 if occupation == words else 10}"
                )
            for other in sorted(block - {code}):
                lines["labour_flows"].append(f"{code},{other},50")
            lines["labour_flows"].append(f"{code},{'1071' if code != '1071' else '2910'},5")
    manifest = (pack / "pack.toml").read_text("utf-8")
    for name, rows in lines.items():
        unique = [rows[0], *sorted(set(rows[1:]))]
        if name == "labour_flows":
            pairs = {tuple(row.split(",")[:2]): row for row in unique[1:]}
            unique = [rows[0], *pairs.values()]
        (pack / f"{name}.csv").write_text("\n".join(unique) + "\n", "utf-8")
        manifest += (
            f'\n[[tables]]\nname = "{name}"\nfile = "{name}.csv"\nrows = {len(unique) - 1}\n'
            'sha256 = ""\nnature = "authored"\nsources = ["invented"]\nremarks = []\n'
        )
    (pack / "pack.toml").write_text(manifest, "utf-8")


@pytest.mark.slow
def test_optional_tables_of_a_pack_take_part(run: Run, toy_pack: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(toy_pack, pack)
    _add_tables(pack)
    checked = run("data", "check", "--pack", pack)
    assert checked.code == 0, checked.err
    trained = _train(run, pack, tmp_path / "m")
    assert trained.code == 0, trained.err
    ran = run(
        "clusters", "--validate", "--pack", pack, "--models", tmp_path / "m", "--format", "csv"
    )
    rows = _rows(ran.out)
    marked = {row["matrix"] for row in rows if row["left_out"] == "in sample"}
    assert {"co-location of establishments", "occupations", "labour flows"} <= marked
    assert "people" in {row["left_out"] for row in rows}
