"""One firm: where its score comes from, what is known, and what the team has noted."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from cluster_engine.page.list_page import QUESTIONS
from cluster_engine.page.render import show
from cluster_engine.page.site import find_shortlist, get_site
from cluster_engine.page.view import drop_defaults, read_view
from cluster_engine.reports.explanation_sections import list_rows, list_sections
from cluster_engine.results import Explanation

WATERFALL_SECTION = "Where the score comes from"
MARGIN = 0.04
"""Of the width of the waterfall, left free at both ends."""


def show_firm(request: Request) -> Response:
    """Answer with the page of one firm."""
    site = get_site(request)
    view = read_view(request.query_params, site.limits)
    market = site.markets.open(view)
    view = drop_defaults(view, market.plan.scoring.weights)
    found = site.rankings.explain(market, request.query_params.get("firm", ""), view.user_weights)
    row = found.ranking.rows.iloc[0]
    shortlist, _ = find_shortlist(request, site)
    entries = site.shortlists.list_entries(shortlist.id) if shortlist else []
    own = [one for one in entries if one.firm.firm_id == row["firm_id"]]
    in_short, *others = list_sections(found)
    return show(
        request, "firm.html", region=view.region, view=view, found=found, row=row,
        entry=own[0] if own else None, summary=in_short.lines,
        is_late=not found.ranking.draws and market.plan.uncertainty.draws > 0,
        bars=draw_waterfall(found), questions=QUESTIONS,
        sections=[section for section in others if section.title != WATERFALL_SECTION],
        country=found.ranking.market.countries.get(str(row["country"]), str(row["country"])),
    )  # fmt: skip


def draw_waterfall(found: Explanation) -> list[dict[str, Any]]:
    """Steps from base to score: each criterion's points, and where its bar begins and ends.

    Returns
    -------
    list of dict
        label, question, points, figures, left and width (percent of the drawing), kind.
    """
    base, score = found.ranking.base, float(found.ranking.rows["score"].iloc[0])
    steps = list_rows(found.criteria)
    reached, level = [base, score], base
    for step in steps:
        level += float(step["points"])
        reached.append(level)
    low, high = min(reached), max(reached)
    room = (high - low) * MARGIN or 1.0
    low, high = low - room, high + room

    def place(value: float) -> float:
        return (value - low) / (high - low) * 100

    bars = [_bar("Base: the average firm", base, (place(low), place(base)), "total")]
    level = base
    for step in steps:
        ends = sorted((level, level + float(step["points"])))
        level += float(step["points"])
        kind = "plus" if step["points"] > 0 else "minus" if step["points"] < 0 else "none"
        bars.append(
            _bar(str(step["label"]), float(step["points"]), (place(ends[0]), place(ends[1])), kind)
            | {"question": step["question"], "weight": step["weight"],
               "is_yours": step["weight_nature"] == "user",
               "figures": _write_figures(found, str(step["criterion"]))}
        )  # fmt: skip
    return [*bars, _bar("Score", score, (place(low), place(score)), "total")]


def _bar(label: str, points: float, ends: tuple[float, float], kind: str) -> dict[str, Any]:
    return {
        "label": label, "points": points, "left": round(ends[0], 2),
        "width": round(max(ends[1] - ends[0], 0.4), 2), "kind": kind,
        "question": "", "weight": None, "is_yours": False, "figures": [],
    }  # fmt: skip


def _write_figures(found: Explanation, criterion: str) -> list[str]:
    parts = list_rows(found.parts[found.parts["criterion"] == criterion])
    known = [part for part in parts if part["is_known_of_any_firm"]]
    if not known:
        return ["Known of no firm: adds nothing."]
    return [
        f"{part['label']}: {part['value']}{'' if part['is_known'] else ' (not known; typical)'} · "
        f"average firm {part['average']}"
        for part in known
    ]
