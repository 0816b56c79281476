"""`models drift` and what `retrain` says of it, on copies of the toy pack with planted changes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

Run = Callable[..., Any]
Edit = Callable[[pd.DataFrame], pd.DataFrame]
FIRMS = "firms without a code of a known sector"


@pytest.fixture
def models(tmp_path: Path, toy_models: Path) -> Path:
    return Path(shutil.copytree(toy_models, tmp_path / "models"))


@pytest.fixture
def change(tmp_path: Path, toy_pack: Path) -> Callable[[str, Edit], Path]:
    """Copy the toy pack with one table changed."""

    def change(table: str, edit: Edit) -> Path:
        folder = Path(shutil.copytree(toy_pack, tmp_path / "pack"))
        path = folder / f"{table}.csv"
        rows = edit(pd.read_csv(path, dtype=str, keep_default_na=False))
        rows.to_csv(path, index=False)
        manifest = (folder / "pack.toml").read_text("utf-8")
        pattern = rf'(file = "{table}\.csv"\nrows = )\d+'
        manifest = re.sub(pattern, rf"\g<1>{len(rows)}", manifest)
        (folder / "pack.toml").write_text(manifest, "utf-8")
        return folder

    return change


def _double_cars(rows: pd.DataFrame) -> pd.DataFrame:
    cars = rows["industry"].str.startswith("29") & (rows["year"] == "2021")
    jobs = pd.to_numeric(rows["jobs"]).astype("Int64")
    return rows.assign(jobs=jobs.where(~cars, jobs * 2))


def _hide_cells(rows: pd.DataFrame) -> pd.DataFrame:
    jobs = pd.to_numeric(rows["jobs"]).astype("Int64")
    small = (rows["year"] == "2021") & jobs.between(1, 300).fillna(False)
    return rows.assign(jobs=jobs.mask(small))


def _lose_codes(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows["firm_id"].isin(["t01", "t02"])]


def _rows(ran: Any) -> dict[str, dict[str, Any]]:
    return {row["what"]: row for row in json.loads(ran.out)["rows"]}


def test_the_same_pack_has_not_drifted_and_a_quiet_run_says_nothing(
    run: Run, models: Path, toy_pack: Path
) -> None:
    where = ("--pack", toy_pack, "--models", models)
    ran = run("models", "drift", "--strict", "--quiet", *where)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    ran = run("models", "drift", "--strict", "--format", "json", *where)
    assert ran.code == 0
    rows = _rows(ran)
    assert all(row["value"] == 0.0 and row["status"] == "" for row in rows.values())
    # A version of these very figures is there: what only training gives is compared as well.
    assert {"jobs here", "closeness to a niche", "employees", FIRMS} <= set(rows)


def test_a_division_that_doubled_is_named_and_strict_ends_with_five(
    run: Run, models: Path, change: Callable[[str, Edit], Path]
) -> None:
    where = ("--pack", change("employment", _double_cars), "--models", models)
    ran = run("models", "drift", "--quiet", *where)
    assert ran.code == 0
    (line,) = ran.err.splitlines()
    assert line.startswith("Drift in north: act: ")
    assert "29 Motor vehicles & parts" in " ".join(ran.out.split())
    strict = run("models", "drift", "--strict", "--format", "json", *where)
    assert strict.code == 5
    assert line in strict.err
    rows = _rows(strict)
    nation = rows["jobs of the nation in 29 Motor vehicles & parts"]
    assert (nation["value"], nation["status"]) == (1.0, "act")
    assert rows[FIRMS]["status"] == ""


def test_lost_codes_and_hidden_cells_are_told_as_shares(
    run: Run, models: Path, toy_pack: Path, change: Callable[[str, Edit], Path]
) -> None:
    firms = pd.read_csv(toy_pack / "firms.csv")["firm_id"]
    codes = pd.read_csv(toy_pack / "firm_industries.csv", dtype=str)
    before = 1 - firms.isin(codes["firm_id"]).mean()
    after = 1 - firms.isin(_lose_codes(codes)["firm_id"]).mean()
    pack = change("firm_industries", _lose_codes)
    ran = run("models", "drift", "--format", "json", "--pack", pack, "--models", models)
    row = _rows(ran)[FIRMS]
    assert row["status"] == "act"
    assert row["value"] == pytest.approx(after - before)
    shutil.rmtree(pack)
    pack = change("employment", _hide_cells)
    ran = run("models", "drift", "--format", "json", "--pack", pack, "--models", models)
    hidden = [
        pd.read_csv(folder / "employment.csv").query("year == 2021")["jobs"].isna().mean()
        for folder in (toy_pack, pack)
    ]
    row = _rows(ran)["cells not published"]
    assert row["value"] == pytest.approx(hidden[1] - hidden[0])
    assert row["status"] == "act"


def test_a_version_can_be_named(run: Run, models: Path, toy_pack: Path) -> None:
    where = ("--pack", toy_pack, "--models", models, "--region", "north")
    version = json.loads((models / "toyland.north/aliases.json").read_text("utf-8"))["champion"]
    ran = run("models", "drift", "--against", version, "--format", "json", *where)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["against"] == {"north": version}


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--region", "north", "--against", "2021-00000000"), 4, "2021-00000000"),
        (("--region", "south"), 4, "no champion of south"),
        (("--region", "nowhere"), 2, "nowhere"),
        (("--against", "../toyland.north"), 4, "to compare with"),
    ],
)
def test_what_is_not_there_is_named(
    run: Run, models: Path, toy_pack: Path, options: tuple[str, ...], code: int, told: str
) -> None:
    ran = run("models", "drift", *options, "--pack", toy_pack, "--models", models)
    assert ran.code == code
    assert told in ran.err


@pytest.mark.slow
def test_retraining_tells_the_drift_and_ends_with_five_where_asked(
    run: Run, models: Path, change: Callable[[str, Edit], Path]
) -> None:
    where = ("--pack", change("firm_industries", _lose_codes), "--models", models)
    options = ("--regions", "north", "--strict", "--no-promote", "--quiet", *where)
    ran = run("retrain", *options)
    assert ran.code == 5
    assert ran.err.startswith(f"Drift in north: act: {FIRMS} +")
    # What cron mails is the last line of the output.
    last = ran.out.rstrip().splitlines()[-1]
    assert last.startswith(f"toyland: 1 kept; drift in north: act: {FIRMS} +")
    idle = run(*("retrain", *options))
    assert (idle.code, idle.out, idle.err) == (0, "", "")
