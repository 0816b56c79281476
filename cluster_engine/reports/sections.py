"""A report of several tables as one page that needs nothing else, fit for print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster_engine.errors import SettingsError
from cluster_engine.files import replace_file
from cluster_engine.reports.report import Report
from cluster_engine.reports.write import drop_controls, format_cell

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1.5rem; }
th, td { border-bottom: 1px solid #ccc; padding: .25rem .5rem; text-align: left;
 vertical-align: top; overflow-wrap: anywhere; min-width: 5.5rem; }
.number { text-align: right; white-space: nowrap; min-width: 0; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
@media print {
 body { font-size: 9pt; margin: 0; max-width: none; }
 thead { display: table-header-group; }
 tr { break-inside: avoid; }
 h2, h3, caption { break-after: avoid; }
}
</style>
</head>
<body>
<h1>{{ title }}</h1>
{%- for section in sections %}
<h{{ section.level }} id="s{{ loop.index }}">{{ section.heading }}</h{{ section.level }}>
{%- for sentence in section.sentences %}
<p>{{ sentence }}</p>
{%- endfor %}
{%- for table in section.tables %}
<table>
<caption>{{ table.title }}</caption>
<thead><tr>
{%- for column in table.columns %}<th scope="col" class="{{ column.kind }}">{{ column.header }}</th>
{%- endfor %}</tr></thead>
<tbody>
{%- for row in table.rows %}
<tr>{% for cell in row %}<td class="{{ table.columns[loop.index0].kind }}">{{ cell }}</td>
{%- endfor %}</tr>
{%- endfor %}
</tbody>
</table>
{%- endfor %}
{%- endfor %}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page.

    Attributes
    ----------
    heading : str
    sentences : tuple of str
    tables : tuple of Report
        Their shown columns; one without rows is left out.
    level : int
        Of the heading, 2 or 3.
    """

    heading: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Report, ...] = ()
    level: int = 2


def render_sections(title: str, sections: Sequence[Section]) -> str:
    """Render a page; texts may hold anything."""
    from jinja2 import Environment, StrictUndefined

    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(PAGE)
    parts = [
        {
            "heading": drop_controls(section.heading),
            "level": section.level,
            "sentences": [drop_controls(sentence) for sentence in section.sentences],
            "tables": [_lay_out(table) for table in section.tables if len(table.frame)],
        }
        for section in sections
    ]
    return page.render(title=drop_controls(title), sections=parts)


def save_sections(title: str, sections: Sequence[Section], path: Path) -> None:
    """Write the page: whole, or not at all.

    Raises
    ------
    SettingsError
        It cannot be written.
    """
    try:
        replace_file(path, render_sections(title, sections).encode("utf-8"))
    except OSError as fault:
        raise SettingsError(
            f"The page {path} cannot be written: {fault.strerror}.",
            hint="Choose another place for it.",
        ) from fault


def _lay_out(report: Report) -> dict[str, object]:
    frame = report.frame if report.shown_frame is None else report.shown_frame
    return {
        "title": drop_controls(report.title),
        "columns": [
            {"header": one.header, "kind": "" if one.format in ("text", "lines") else "number"}
            for one in report.shown
        ],
        "rows": [
            [format_cell(row[one.column], one) for one in report.shown]
            for row in frame.to_dict("records")
        ],
    }
