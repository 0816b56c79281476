"""The shortlist as a report."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cluster_engine.reports.csv_text import render_csv
from cluster_engine.reports.layouts import CHECKS, CLUSTERS, NICHES, PACKS
from cluster_engine.reports.report import Shown
from cluster_engine.reports.shortlist import SHOWN, report_ranking
from cluster_engine.reports.write import FORMATTERS, render_json, render_table
from cluster_engine.results import Market, Ranking, Region

WIDTH = 160


def _ranking(name: str = "Firm", city: str = "Berlin") -> Ranking:
    rows = pd.DataFrame(
        {
            "rank": [1, 2, 3],
            "firm_id": ["a", "b", "c"],
            "firm_name": [name, "Second", "Third"],
            "city": [city, "", "Ulm"],
            "industry": ["Motor vehicles"] * 3,
            "niche_cluster": ["Motor vehicles", "", ""],
            "score": [61.25, 50.0, 40.0],
            "reason_1": ["=first", "only", ""],
            "reason_2": ["second", "", ""],
            "reason_3": ["third", "", ""],
            "points_capacity": [11.25, 0.0, -10.0],
            "rank_low": pd.array([1, 1, pd.NA], dtype="Int64"),
            "rank_high": pd.array([2, 3, pd.NA], dtype="Int64"),
            "p_top": [np.nan] * 3,
            "band": pd.array([1, 1, pd.NA], dtype="Int64"),
        }
    )
    return Ranking(
        region=Region("toyshire", "Toyshire", "region", ("T1",)),
        market=Market("germany", "Germany", {"DE": "Germany"}),
        rows=rows,
        base=50.0,
        n_ranked=3,
        n_unranked=7,
        size_correlation=float("nan"),
        version="2024-abc",
        year=2024,
    )


def test_the_title_says_what_the_list_is_about() -> None:
    ranking = _ranking()
    title = report_ranking(replace(ranking, rows=ranking.rows.head(2))).title
    assert all(word in title for word in ("Germany", "Toyshire", "2 of 3", "2024-abc"))


def test_all_columns_are_kept() -> None:
    ranking = _ranking()
    report = report_ranking(ranking)
    assert report.frame["firm_id"].tolist() == ["a", "b", "c"]
    assert list(report.frame.columns) == list(ranking.rows.columns)
    header = render_csv(report).splitlines()[0]
    assert header.split(",") == list(ranking.rows.columns)


def test_the_table_shows_name_city_score_and_reasons() -> None:
    text = render_table(report_ranking(_ranking()), width=WIDTH)
    assert all(word in text for word in ("Firm, Berlin", "61.2", "· =first", "· second", "· third"))
    assert "Second," not in text


@pytest.mark.parametrize("name", ["[red]x[/red]", '=HYPERLINK("x")'])
def test_a_firm_of_any_name_is_printed_literally(name: str) -> None:
    assert name in render_table(report_ranking(_ranking(name, "")), width=WIDTH)


def test_csv_neutralises_names_and_reasons_but_no_points() -> None:
    text = render_csv(report_ranking(_ranking("=1+1")))
    assert ",'=1+1," in text
    assert ",'=first," in text
    assert ",-10.0," in text


def test_json_holds_the_facts_around_the_list() -> None:
    body = json.loads(render_json(report_ranking(_ranking())))
    assert (body["region"], body["market"], body["model"]) == ("toyshire", "germany", "2024-abc")
    assert (body["firms_ranked"], body["firms_left_out"], body["base"]) == (3, 7, 50.0)
    assert body["rank_correlation_with_size"] is None
    assert len(body["rows"]) == 3


@pytest.mark.parametrize("layout", [SHOWN, NICHES, CLUSTERS, PACKS, CHECKS])
def test_every_layout_has_headers_and_known_formats(layout: tuple[Shown, ...]) -> None:
    assert all(shown.header and shown.format in FORMATTERS for shown in layout)
    assert len({shown.column for shown in layout}) == len(layout)


def test_the_table_is_whole_at_100_columns() -> None:
    reason = "the region's niche clusters buy much of what it makes from far outside the region"
    rows = _ranking("A firm with a long name", "Friedrichshafen").rows.assign(reason_2=reason)
    text = " ".join(render_table(report_ranking(replace(_ranking(), rows=rows)), width=100).split())
    # Whatever line a word falls on, none is cut off at the edge.
    assert all(word in text.split() for word in reason.split())
    assert all(word in text.split() for word in ("1-2", "61.2", "Friedrichshafen"))
