"""A briefing about one firm as Markdown, or as a page that prints on paper."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

from cluster_engine.reports.briefing_facts import Briefing
from cluster_engine.reports.briefing_sections import NOT_HERE, list_sections, write_title
from cluster_engine.reports.explanation import render_markdown
from cluster_engine.reports.explanation_sections import Section
from cluster_engine.reports.write import drop_controls

BriefingFormat = Literal["md", "html"]

PAGES = Path(__file__).with_name("pages")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render_briefing(found: Briefing, output_format: BriefingFormat) -> str:
    """Render a briefing.

    Parameters
    ----------
    found : Briefing
        Its texts may hold anything: all of them are escaped.
    output_format : {"md", "html"}
    """
    *told, sources = list_sections(found)
    sections = (*told, *_tabulate_rivals(found), sources)
    if output_format == "md":
        return render_markdown(write_title(found), sections)
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(PAGES)
    )
    environment.filters["plain"] = drop_controls
    return environment.get_template("briefing.html").render(
        policy=POLICY,
        style=Markup((PAGES / "briefing.css").read_text(encoding="utf-8")),  # noqa: S704
        title=write_title(found),
        sections=sections,
    )


def _tabulate_rivals(found: Briefing) -> tuple[Section, ...]:
    """Every indicator of every region that competes; none where the pack has no figures."""
    offer = found.offer
    if not len(offer.rivals):
        return ()
    units = offer.rows.set_index("indicator")["unit"].to_dict()
    labels = offer.rows.set_index("indicator")["label"].to_dict()
    rows = tuple(
        (str(row["region_name"]), *(_write_short(row[name], units[name]) for name in units))
        for row in offer.rivals.to_dict("records")
    )
    header = ("region", *(f"{labels[name]}, {units[name]}" for name in units))
    return (Section("Every rival region", header, rows),)


def _write_short(value: float, unit: str) -> str:
    if math.isnan(value):
        return NOT_HERE
    return f"{value:,.1f}" if unit == "%" or value < 100 else f"{value:,.0f}"
