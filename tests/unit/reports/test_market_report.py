"""The page about a market on the toy pack: whole, the same each time, everything escaped."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.registry.locate import open_store
from cluster_engine.reports.chart_labels import break_line, place_labels
from cluster_engine.reports.chart_script import bundle_script, require_charts
from cluster_engine.reports.market_facts import MarketFacts
from cluster_engine.reports.market_firms import list_firms
from cluster_engine.reports.market_report import render_market_report
from cluster_engine.reports.report import Report, Shown
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.report import ReportRequest, gather_report

EVIL = "</script><script>alert('x')</script>&\"'"


@pytest.fixture(scope="module")
def facts(toy_pack: Path, toy_models: Path) -> MarketFacts:
    request = RankRequest("germany", pack=str(toy_pack), top=50, draws=50)
    return gather_report(ReportRequest(request), open_store(toy_models))


@pytest.fixture(scope="module")
def page(facts: MarketFacts) -> str:
    return render_market_report(facts).decode("utf-8")


@pytest.mark.slow
def test_same_facts_give_the_same_bytes(facts: MarketFacts, page: str) -> None:
    bundle_script.cache_clear()
    assert render_market_report(facts) == page.encode("utf-8")


def test_every_firm_has_a_row_with_its_rank_and_score(facts: MarketFacts, page: str) -> None:
    assert page.count("<tbody data-rank=") == len(facts.ranking.rows)
    for rank, score in zip(facts.ranking.rows["rank"], facts.ranking.rows["score"], strict=True):
        assert f'<tbody data-rank="{rank}"' in page
        assert f'data-key="{score}">{score:.1f}</td>' in page


def test_policy_names_the_hash_of_every_script_that_runs(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts
    ]
    assert len(scripts) == 2
    assert re.findall(r"'sha256-([^']+)'", policy) == hashes
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2]


def test_hostile_texts_stay_texts(facts: MarketFacts) -> None:
    rows = facts.ranking.rows.assign(
        firm_name=EVIL, city=EVIL, industry=EVIL, niche_cluster=EVIL, reason_1=EVIL, data_notes=EVIL
    )
    market = replace(facts.ranking.market, name=EVIL)
    evil = replace(
        facts,
        ranking=replace(facts.ranking, rows=rows, market=market),
        sources=(replace(facts.sources[0], url="javascript:alert(1)", title=EVIL),),
        notes=(EVIL,),
    )
    page = render_market_report(evil).decode("utf-8")
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "<script>alert" not in markup
    assert 'href="javascript' not in page
    for spec in re.findall(r"<script type=\"application/json\"[^>]*>(.*?)</script>", page):
        assert json.loads(spec)["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_every_chart_has_a_caption_and_its_figures_in_a_table(page: str) -> None:
    figures = re.findall(r"<figure>.*?</figure>", page, flags=re.DOTALL)
    assert figures
    assert all("<figcaption>" in figure for figure in figures)
    assert 'scope="row"' in page


def test_steps_of_a_waterfall_join_and_end_at_the_score(facts: MarketFacts) -> None:
    for firm in list_firms(facts):
        total = facts.ranking.base + sum(
            float(step.points.replace("−", "-")) for step in firm.steps
        )
        assert total == pytest.approx(firm.score, abs=0.01 * len(firm.steps) + 1e-9)
        ends = [
            (float(step.start[:-1]), float(step.start[:-1]) + float(step.width[:-1]))
            for step in firm.steps
        ]
        for (low, high), (next_low, next_high), step in zip(
            ends, ends[1:], firm.steps[1:], strict=False
        ):
            joint = next_low if step.sign == "up" else next_high
            assert min(abs(low - joint), abs(high - joint)) <= 0.21  # printed to 0.1 %


def test_unsure_codes_are_called_so(facts: MarketFacts) -> None:
    codes = facts.codes.assign(basis="activity text", confidence=0.3)
    firm = list_firms(replace(facts, codes=codes))[0]
    assert (firm.code, firm.is_doubtful) == ("from its activity, 30% sure", True)


def test_programme_has_its_place_when_there_is_one(facts: MarketFacts, page: str) -> None:
    assert 'id="programme"' not in page
    frame = pd.DataFrame({"mission": ["Stuttgart, May"], "firms": [12]})
    part = Report(
        "Missions", frame, (Shown("mission", "Mission"), Shown("firms", "Firms", "count"))
    )
    assert "Stuttgart, May" in render_market_report(replace(facts, programme=(part,))).decode()


def test_region_without_niches_or_trade_table_is_told_so(facts: MarketFacts) -> None:
    bare = replace(
        facts,
        niches=facts.niches.iloc[:0],
        niche_places=facts.niche_places.iloc[:0],
        niche_links=facts.niche_links.iloc[:0],
        gaps=None,
        region=replace(facts.region, bought=float("nan"), value_added=float("nan")),
    )
    page = render_market_report(bare).decode()
    assert "no niche cluster" in page
    assert page.count("not in this pack") == 2
    assert 'id="gaps"' not in page


@pytest.mark.parametrize("package", ["altair", "vl_convert"])
def test_missing_extra_is_told_before_any_work(
    run: Callable, toy_pack: Path, toy_models: Path, tmp_path: Path, package: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SettingsError):
        require_charts()
    target = tmp_path / "page.html"
    done = run(
        "report", "--market", "germany", "--pack", toy_pack, "--models", toy_models, "-o", target
    )
    assert done.code == 2
    assert "pip install 'cluster-engine[report]'" in done.err
    assert not target.exists()


@pytest.mark.slow
def test_command_writes_the_page_and_replaces_none(
    run: Callable, toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    target = tmp_path / "page.html"
    call = ("report", "--market", "germany", "--pack", toy_pack, "--models", toy_models,
            "--draws", "0", "-o", target)  # fmt: skip
    done = run(*call)
    assert done.code == 0, done.err
    assert target.read_bytes().startswith(b"<!doctype html>")
    assert run(*call).code == 2
    assert run(*call, "--force").code == 0


@pytest.mark.slow
def test_a_programme_is_planned_where_it_is_asked_for(
    run: Callable, toy_pack: Path, toy_models: Path, tmp_path: Path
) -> None:
    path, config = tmp_path / "page.html", tmp_path / "programme.toml"
    config.write_text(
        "minimum_clusters = 1\nlargest_cluster_share = 1.0\nonly_niche_clusters = false\n"
        "[assumptions]\ndraws = 20\nsolved_draws = 2\n",
        encoding="utf-8",
    )
    ran = run("report", "--market", "germany", "--pack", toy_pack, "--models", toy_models,
              "--programme", config, "-o", path)  # fmt: skip
    assert ran.code == 0, ran.err
    page = path.read_text(encoding="utf-8")
    assert 'href="#programme"' in page
    assert "Against plans made without an optimiser" in page
    assert "is a prior, not learned from approaches" in page


def test_names_are_broken_near_the_middle() -> None:
    assert break_line("Light metal casting & aluminium") == "Light metal casting\n& aluminium"
    assert break_line("Jewellery") == "Jewellery"
    assert break_line("x" * 40) == "x" * 40


def test_names_of_neighbours_do_not_lie_on_each_other() -> None:
    x, y, radius = np.array([0.0, 40.0, 500.0]), np.zeros(3), np.array([9.0, 5.0, 5.0])
    assert place_labels(x, y, radius, ["Long name", "Other name", "Far"]) == [
        "above", "below", "above",
    ]  # fmt: skip
    crowd = place_labels(np.zeros(3), np.zeros(3), np.array([9.0, 8.0, 7.0]), ["a", "b", "c"])
    assert crowd == ["above", "below", ""]
