"""A report as one page that needs nothing else: no script, no network, every text escaped."""

from __future__ import annotations

from pathlib import Path

from cluster_engine.errors import SettingsError
from cluster_engine.files import replace_file
from cluster_engine.reports.report import Report
from cluster_engine.reports.write import format_cell

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ title }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left;
 vertical-align: top; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<table>
<caption>{{ rows | length }} rows</caption>
<thead><tr>
{%- for column in columns %}<th scope="col" class="{{ column.kind }}">{{ column.header }}</th>
{%- endfor %}</tr></thead>
<tbody>
{%- for row in rows %}
<tr>{% for cell in row %}<td class="{{ columns[loop.index0].kind }}">{{ cell }}</td>
{%- endfor %}</tr>
{%- endfor %}
</tbody>
</table>
{%- if facts %}
<h2>Where it comes from</h2>
<dl>
{%- for name, fact in facts %}<dt>{{ name }}</dt><dd>{{ fact }}</dd>{% endfor %}
</dl>
{%- endif %}
</body>
</html>
"""


def render_html(report: Report) -> str:
    """Render the shown columns as a page.

    Parameters
    ----------
    report : Report
        The table; texts may hold anything.
    """
    from jinja2 import Environment, StrictUndefined

    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(PAGE)
    frame = report.frame if report.shown_frame is None else report.shown_frame
    rows = [
        [format_cell(row[shown.column], shown) for shown in report.shown]
        for row in frame.to_dict("records")
    ]
    columns = [
        {"header": shown.header, "kind": "" if shown.format in ("text", "lines") else "number"}
        for shown in report.shown
    ]
    facts = [(name, fact) for name, fact in report.facts.items() if fact]
    return page.render(title=report.title, columns=columns, rows=rows, facts=facts)


def save_html(report: Report, path: Path) -> None:
    """Write the page: whole, or not at all.

    Raises
    ------
    SettingsError
        It cannot be written.
    """
    try:
        replace_file(path, render_html(report).encode("utf-8"))
    except OSError as fault:
        raise SettingsError(
            f"The report {path} cannot be written: {fault.strerror}.",
            hint="Choose another place: --report FILE.",
        ) from fault
