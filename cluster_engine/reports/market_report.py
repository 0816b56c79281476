"""The page about a market: one file with charts, tables and the firms, that asks for nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster_engine.reports.chart_script import bundle_script, write_policy
from cluster_engine.reports.charting import Spec
from cluster_engine.reports.market_charts import build_charts
from cluster_engine.reports.market_facts import MarketFacts
from cluster_engine.reports.market_firms import list_firms
from cluster_engine.reports.market_tables import (
    is_shown,
    tabulate_gaps,
    tabulate_links,
    tabulate_niches,
    tabulate_pack,
    take_frame,
)
from cluster_engine.reports.market_words import (
    write_caveats,
    write_summary,
    write_tiles,
    write_title,
)
from cluster_engine.reports.report import Shown
from cluster_engine.reports.write import format_cell

RANGES = ("lq_interval", "band")
"""Columns of texts that are figures: they stand to the right and are not broken."""

PARTS = Path(__file__).with_name("pages")


def render_market_report(facts: MarketFacts) -> bytes:
    """Render the page.

    Parameters
    ----------
    facts : MarketFacts
        Its texts may hold anything: all of them are escaped.

    Raises
    ------
    SettingsError
        The extra `report` is not installed.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    charts = build_charts(facts)
    scripts = (bundle_script(), (PARTS / "report.js").read_text(encoding="utf-8"))
    # Own files and specifications without '<' stand in the page as they are; nothing else does.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(PARTS)
    )
    environment.globals.update(take_frame=take_frame, format_cell=format_cell, is_number=_is_number)
    page = environment.get_template("report.html").render(
        policy=Markup(write_policy(scripts)),  # noqa: S704
        style=Markup((PARTS / "report.css").read_text(encoding="utf-8")),  # noqa: S704
        scripts=[Markup(script) for script in scripts],  # noqa: S704
        charts={name: Markup(_write_spec(spec)) for name, spec in charts.items()},  # noqa: S704
        **_fill(facts),
    )
    return page.encode("utf-8")


def _fill(facts: MarketFacts) -> Mapping[str, Any]:
    gaps, links = tabulate_gaps(facts), tabulate_links(facts)
    firms = list_firms(facts)
    return {
        "ranking": facts.ranking,
        "title": write_title(facts),
        "tiles": write_tiles(facts),
        "summary": write_summary(facts),
        "caveats": write_caveats(facts),
        "niches": tabulate_niches(facts),
        "has_niches": bool(len(facts.niches)),
        "links": links if is_shown(links) else None,
        "gaps": gaps if is_shown(gaps) else None,
        "pack": tabulate_pack(facts),
        "programme": facts.programme,
        "firms": firms,
        "niche_names": sorted({firm.niche for firm in firms if firm.niche}),
        "sources": facts.sources,
    }


def _write_spec(spec: Spec) -> str:
    """Specification as JSON that cannot end the element it stands in."""
    text = json.dumps(spec, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _is_number(column: Shown) -> bool:
    return column.format not in ("text", "lines") or column.column in RANGES
