"""The briefing: figures of the offer checked by hand, gaps said, hostile and faulty input."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.reports.briefing_facts import Offer
from cluster_engine.workflows.economy import read_economy
from cluster_engine.workflows.offer import build_offer
from cluster_engine.workflows.sites import read_sites

HEADER = "kind,name,place,what,url,source\n"
GOOD = (
    HEADER + "university,Example University,Coventry,Laboratory,https://www.example.ac.uk/,2026\n"
)


@pytest.fixture
def sites(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "sites.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def offer() -> Offer:
    """West Midlands to a maker of power hand tools, from the default pack."""
    pack = open_pack()
    return build_offer(pack, read_economy(pack, 2021), find_region(pack, "west-midlands"), "2824")


def test_offer_stands_beside_the_rivals(offer: Offer) -> None:
    rows = offer.rows.set_index("indicator")
    # As the ONS publishes them.
    assert rows.loc["pay", ["here", "nation", "period"]].tolist() == [619.7, 642.5, "2025"]
    assert rows.loc["value_per_hour", "here"] == 36.02
    assert rows.loc["pay", "n_places"] == 11
    assert offer.rivals["region_name"].iloc[0] == "West Midlands"
    for indicator, row in rows.iterrows():
        values = offer.rivals[indicator]
        assert row["place"] == 1 + (values > row["here"]).sum()
        assert row["best"] == pytest.approx(values.iloc[1:].max())


def test_totals_are_compared_per_job(offer: Offer) -> None:
    found = offer.rows.set_index("indicator").loc["business_rd", "here"]
    assert found == pytest.approx(4862e6 / 2_693_905)  # £4,862m over the jobs of BRES
    assert offer.rows.set_index("indicator").loc["business_rd", "unit"] == "£ a job"


def test_occupations_are_those_its_industry_employs(offer: Offer) -> None:
    table = open_pack().read("area_occupations")
    factory = table[table["sections"] == "C"]
    need = factory.groupby("occupation_name")["persons"].sum()
    first = offer.occupations.iloc[0]
    assert first["occupation_name"] == need.idxmax()
    assert first["share"] == pytest.approx(need.max() / need.sum())
    here = table[table["area"].isin(["UKG1", "UKG2", "UKG3"])]
    held = here.groupby("occupation_name")["persons"].sum()
    nation = table.groupby("occupation_name")["persons"].sum()
    name = first["occupation_name"]
    assert first["persons"] == held[name]
    assert first["quotient"] == pytest.approx(
        held[name] / held.sum() / (nation[name] / nation.sum())
    )


def test_industry_is_most_special_first_and_the_own_region_is_marked(offer: Offer) -> None:
    assert offer.industry["lq"].is_monotonic_decreasing
    assert offer.industry.loc[offer.industry["is_own"], "region_name"].tolist() == ["West Midlands"]


def test_an_area_without_figures_gets_those_of_the_region_that_holds_it() -> None:
    pack = open_pack()
    area = find_region(pack, "UKG3")
    found = build_offer(pack, read_economy(pack, 2021), area, "2824")
    assert area.name != found.place == "West Midlands"


def _brief(run: Callable, toy_pack: Path, toy_models: Path, *more: str | Path) -> object:
    return run(
        "briefing", "Auto Nord", "--market", "germany", "--pack", toy_pack, "--models", toy_models,
        "--draws", "0", *more,
    )  # fmt: skip


def test_what_a_pack_lacks_is_said(run: Callable, toy_pack: Path, toy_models: Path) -> None:
    done = _brief(run, toy_pack, toy_models)
    assert done.code == 0, done.err
    assert "Pay, skills, productivity, research, exports: not in this pack." in done.out
    assert "Occupations: not in this pack." in done.out
    assert "## Every rival region" not in done.out
    assert "Auto Nord AG, Bremen, Germany." in done.out


def test_sites_are_shown_and_hostile_texts_stay_texts(
    run: Callable, toy_pack: Path, toy_models: Path, sites: Callable[[str], Path], tmp_path: Path
) -> None:
    path = sites(GOOD + "site,<script>alert(1)</script>,,[x](javascript:1),,me\n")
    page = tmp_path / "page.html"
    done = _brief(run, toy_pack, toy_models, "--sites", path, "-o", page)
    assert done.code == 0, done.err
    text = page.read_text(encoding="utf-8")
    assert "Example University, Coventry" in text
    assert "<script" not in text
    assert not re.search(r"(?i)\bsrc=|href=|url\(|@import|\son[a-z]+=", text)
    markdown = _brief(run, toy_pack, toy_models, "--sites", path).out
    assert "<script" not in markdown
    assert "\\[x\\](javascript" in markdown
    assert _brief(run, toy_pack, toy_models, "-o", page).code == 2


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("pub,Inn,,Beer,,2026", (2, "kind")),
        ("site,,,Land,,2026", (2, "name")),
        ("site,Park,,Land,javascript:alert(1),2026", (2, "url")),
        ("site,Park,,Land,,2026\nsite,Park,,More,,2026", (3, "name")),
        ("site,Park,,Land,,", (2, "source")),
    ],
)
def test_faults_of_the_sites_are_told_with_row_and_column(
    sites: Callable[[str], Path], rows: str, place: tuple[int, str]
) -> None:
    with pytest.raises(DataError) as fault:
        read_sites(sites(HEADER + rows + "\n"))
    assert [(problem.row, problem.column) for problem in fault.value.problems] == [place]


def test_good_sites_are_read_as_they_are(sites: Callable[[str], Path]) -> None:
    found = read_sites(sites(GOOD + "site,Park,,Land,,2026\n"))
    assert isinstance(found, pd.DataFrame)
    assert found["name"].tolist() == ["Example University", "Park"]
    assert found["place"].isna().tolist() == [False, True]
