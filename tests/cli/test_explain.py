"""`explain`, weights and caps on the command line: forms, sums, mistakes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cluster_engine.reports.explanation import _escape

Run = Callable[..., Any]


@pytest.fixture
def run_toy(run: Run, toy_pack: Path, toy_models: Path) -> Run:
    """Run a command for the German market of the toy pack."""

    def run_toy(*arguments: str | Path) -> Any:
        return run(*arguments, "--market", "germany", "--pack", toy_pack, "--models", toy_models)

    return run_toy


def _read(text: str) -> dict[str, dict[str, str]]:
    return {row["firm_id"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize("firm", ["t01", "t02", "t03", "t04", "t06", "t11"])
def test_points_of_an_explanation_add_up_and_are_those_of_the_list(firm: str, run_toy: Run) -> None:
    body = json.loads(run_toy("explain", firm, "--format", "json").out)
    row = _read(run_toy("rank", "--format", "csv").out)[firm]
    points = {item["criterion"]: Decimal(str(item["points"])) for item in body["criteria"]}
    assert Decimal(str(body["base"])) + sum(points.values()) == Decimal(row["score"])
    assert points == {
        name.removeprefix("points_"): Decimal(cell)
        for name, cell in row.items()
        if name.startswith("points_")
    }
    assert [body["firm"][name] for name in ("rank", "rank_low", "rank_high")] == [
        int(row[name]) for name in ("rank", "rank_low", "rank_high")
    ]


@pytest.mark.parametrize("asked", ["t01", "Auto Nord AG", "auto nord", "AUTO", "nord"])
def test_a_firm_is_found_by_id_name_or_part_of_it(asked: str, run_toy: Run) -> None:
    ran = run_toy("explain", asked, "--format", "json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["firm"]["firm_id"] == "t01"


def test_the_text_is_for_80_columns_and_tells_all_parts(run_toy: Run) -> None:
    ran = run_toy("explain", "t03")
    assert ran.code == 0, ran.err
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    for heading in (
        "In short", "Where the score comes from", "Evidence", "Industries", "What is not known",
        "What would change the rank", "What a first project would bring", "Notes",
    ):  # fmt: skip
        assert heading in ran.out
    for words in ("base: the average firm", "LQ 2.4", "Strategic driver", "if employees were"):
        assert words in ran.out


def test_hostile_names_are_printed_and_not_obeyed(run_toy: Run) -> None:
    assert "<b>Müller & Söhne</b>" in run_toy("explain", "t03").out
    page = run_toy("explain", "t03", "--format", "md").out
    assert "<b>" not in page
    assert page.startswith("# &lt;b>Müller & Söhne&lt;/b>")


def test_markdown_goes_to_a_file_by_its_ending(run_toy: Run, tmp_path: Path) -> None:
    path = tmp_path / "firm.md"
    ran = run_toy("explain", "t01", "--output", path)
    assert (ran.code, ran.out) == (0, "")
    assert path.read_text(encoding="utf-8").startswith("# Auto Nord AG")
    assert run_toy("explain", "t01", "--output", path).code == 2


def test_the_same_explanation_gives_the_same_bytes(run_toy: Run) -> None:
    first, again = (run_toy("explain", "t03", "--format", "json").out for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("Autonrod", ("no firm 'Autonrod'", "Did you mean 'Auto Nord AG'?")),
        ("ag", ("fits 2 firms", "Auto Nord AG (t01)", "firm_id")),
        ("t05", ("Holding Eins SE (t05) cannot be ranked", "--corrections")),
        ("t08", ("no firm 't08' from Germany",)),
        ("", ("no firm ''",)),
    ],
)
def test_a_firm_that_is_not_clear_is_an_error_that_helps(
    asked: str, words: tuple[str, ...], run_toy: Run
) -> None:
    ran = run_toy("explain", asked)
    assert (ran.code, ran.out) == (2, "")
    for word in words:
        assert word in ran.err


def test_known_projects_are_valued_by_the_data_hub_rule(run_toy: Run) -> None:
    ran = run_toy("explain", "t01", "--project-capex", "5.7", "--gva-multiplier", "0.17755583",
                  "--format", "json")  # fmt: skip
    value = json.loads(ran.out)["value"]
    assert (value["data_hub_gva"], value["data_hub_basis"]) == (1.012068, "capital expenditure")
    alone = run_toy("explain", "t01", "--gva-multiplier", "2")
    assert alone.code == 2
    assert "--project-jobs" in alone.err


# --- weights


def test_weights_of_the_user_move_points_and_are_told(run_toy: Run, tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text("capacity = 0\n", encoding="utf-8")
    ran = run_toy("rank", "--weights", path, "--weight", "cluster_fit=7", "--format", "json")
    body = json.loads(ran.out)
    assert body["weights"] == "user"
    assert body["user_weights"] == {"capacity": 0.0, "cluster_fit": 7.0}
    assert {row["points_capacity"] for row in body["rows"]} == {0.0}
    assert "Weights set by you: capacity 0, cluster_fit 7" in ran.err
    before = json.loads(run_toy("rank", "--format", "json").out)
    assert (before["weights"], before["user_weights"]) == ("prior", {})
    for old, new in zip(
        sorted(before["rows"], key=lambda row: row["firm_id"]),
        sorted(body["rows"], key=lambda row: row["firm_id"]),
        strict=True,
    ):
        # Points are rounded to hundredths before and after.
        doubled = 2 * old["points_cluster_fit"]
        assert new["points_cluster_fit"] == pytest.approx(doubled, abs=0.0151)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ("gapp=2", "Did you mean 'gap'?"),
        ("gap=-1", "must be a number from 0"),
        ("gap=nan", "must be a number from 0"),
        ("gap", "NAME=NUMBER"),
    ],
)
@pytest.mark.parametrize("command", [("rank",), ("explain", "t01")])
def test_a_wrong_weight_is_an_error_of_use(
    command: tuple[str, ...], weight: str, words: str, run_toy: Run
) -> None:
    ran = run_toy(*command, "--weight", weight)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


# --- draws, caps, facts


def test_another_seed_moves_intervals_and_no_score(run_toy: Run) -> None:
    one, again, other = (
        _read(run_toy("rank", "--seed", seed, "--draws", "40", "--format", "csv").out)
        for seed in ("1", "1", "2")
    )
    assert one == again
    assert {firm: row["score"] for firm, row in one.items()} == {
        firm: row["score"] for firm, row in other.items()
    }
    assert one != other


def test_a_cap_per_cluster_keeps_the_ranks_of_those_that_stay(run_toy: Run) -> None:
    everything = _read(run_toy("rank", "--format", "csv").out)
    capped = _read(run_toy("rank", "--max-per-cluster", "1", "--format", "csv").out)
    niches = [row["niche_cluster"] for row in capped.values() if row["niche_cluster"]]
    assert len(niches) == len(set(niches))
    assert len(capped) < len(everything)
    assert all(row["rank"] == everything[firm]["rank"] for firm, row in capped.items())


def test_what_the_user_knows_counts_and_one_parent_stands_once(
    run_toy: Run, tmp_path: Path
) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(
        "firm_id,in_host,rival_sites,recent_projects,parent\n"
        "t02,1,2,1,\nt06,0,0,0,Group\nt04,,,,Group\n",
        encoding="utf-8",
    )
    ran = run_toy("rank", "--facts", path, "--format", "csv")
    rows = _read(ran.out)
    assert float(rows["t02"]["points_presence"]) > 0 == float(rows["t01"]["points_presence"])
    assert "presence in the host country unknown" in rows["t01"]["data_notes"]
    # t04 ranks before t06, and both belong to one group.
    assert "t04" in rows
    assert "t06" not in rows
    both = _read(run_toy("rank", "--facts", path, "--max-per-parent", "2", "--format", "csv").out)
    assert "t06" in both


def test_what_nobody_knows_is_told_once(run_toy: Run) -> None:
    ran = run_toy("rank", "--format", "csv")
    assert ran.err.count("Known of no firm here") == 1
    assert "host country" not in ran.out
    assert "rank correlation of score and employees" in ran.err


@pytest.mark.parametrize("text", ["firm_id,in_host\nt01,1\n", "firm_id,in_host,rival_sites,"
                                  "recent_projects,parent\nt01,maybe,,,\n"])  # fmt: skip
def test_a_faulty_file_of_facts_is_rejected(text: str, run_toy: Run, tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(text, encoding="utf-8")
    ran = run_toy("rank", "--facts", path)
    assert (ran.code, ran.out) == (3, "")
    assert "facts.csv" in ran.err


def test_an_ampersand_is_guarded_only_where_it_begins_a_sign() -> None:
    assert _escape("R&D at A & B") == "R&D at A & B"
    assert _escape("&lt;script&#62;") == "&amp;lt;script&amp;\\#62;"
