"""An explanation as text: for the terminal at 80 columns, as Markdown, or as JSON."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any, Literal

from cluster_engine.reports.explanation_sections import (
    Section,
    list_rows,
    list_sections,
    write_title,
)
from cluster_engine.reports.shortlist import list_facts
from cluster_engine.reports.write import drop_controls, to_plain
from cluster_engine.results import Explanation

ExplanationFormat = Literal["table", "md", "json"]


def render_explanation(
    found: Explanation, output_format: ExplanationFormat, *, width: int | None = None
) -> str:
    """Render an explanation.

    Parameters
    ----------
    found : Explanation
    output_format : {"table", "md", "json"}
    width : int or None
        Characters of the terminal text; None: the terminal's.
    """
    if output_format == "json":
        return json.dumps(_to_json(found), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    sections = list_sections(found)
    if output_format == "md":
        return render_markdown(write_title(found), sections)
    return _to_text(write_title(found), sections, width)


def _to_text(title: str, sections: tuple[Section, ...], width: int | None) -> str:
    from rich import box
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    stream = io.StringIO()
    console = Console(file=stream, width=width, no_color=True, highlight=False)
    # Text objects, so that a firm called '[red]' is printed and not obeyed.
    console.print(Text(drop_controls(title)))
    for section in sections:
        console.print(Text(f"\n{section.title}"))
        if section.rows:
            table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
            for number, name in enumerate(section.header):
                figure = name in ("weight", "value", "points", "score", "rank", "places", "share")
                table.add_column(name, justify="right" if figure else "left",
                                 no_wrap=figure, max_width=24 if not number else None,
                                 overflow="fold")  # fmt: skip
            for row in section.rows:
                table.add_row(*(Text("\n".join(map(drop_controls, cell.split("\n"))))
                                for cell in row))  # fmt: skip
            console.print(table)
        for line in section.lines:
            console.print(Padding(Text(f"· {drop_controls(line)}"), (0, 0, 0, 1)))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def render_markdown(title: str, sections: tuple[Section, ...]) -> str:
    """Render sections as Markdown; texts are kept from being read as markup."""
    lines = [f"# {_escape(title)}"]
    for section in sections:
        lines += ["", f"## {section.title}", ""]
        if section.rows:
            lines.append("| " + " | ".join(map(_escape, section.header)) + " |")
            lines.append("|" + "---|" * len(section.header))
            lines += [
                "| " + " | ".join(_escape(cell).replace("\n", "<br>") for cell in row) + " |"
                for row in section.rows
            ]
            lines += [""] if section.lines else []
        lines += [f"- {_escape(line)}" for line in section.lines]
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    """Keep a firm's name from being read as markup."""
    plain = "\n".join(drop_controls(line) for line in text.split("\n"))
    plain = plain.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{sign}" if sign in "\\`*_[]|#" else sign for sign in plain)


def _to_json(found: Explanation) -> dict[str, Any]:
    ranking = found.ranking
    row = {str(name): to_plain(cell) for name, cell in ranking.rows.iloc[0].items()}
    return {
        **{name: to_plain(fact) for name, fact in list_facts(ranking).items()},
        "firm": row,
        "proposition": found.proposition,
        "strategic_driver": found.driver,
        "strategic_driver_from": found.driver_from,
        "criteria": list_rows(found.criteria),
        "parts": list_rows(found.parts),
        "industries": list_rows(found.codes),
        "unknown": list_rows(found.unknown),
        "changes": list_rows(found.changes),
        "value": {name: to_plain(cell) for name, cell in asdict(found.value).items()},
        "notes": list(found.notes),
    }
