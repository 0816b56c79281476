"""An explanation as text: for the terminal at 80 columns, as Markdown, or as JSON."""

from __future__ import annotations

import io
import json
import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from cluster_engine.reports.write import MISSING, drop_controls, to_plain
from cluster_engine.results import Explanation

ExplanationFormat = Literal["table", "md", "json"]

QUESTIONS = {"place": "place", "mover": "firm", "value": "value"}


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading, a table (header and rows of texts), and lines below it."""

    title: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


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
    sections = _list_sections(found)
    if output_format == "md":
        return _to_markdown(_write_title(found), sections)
    return _to_text(_write_title(found), sections, width)


def _write_title(found: Explanation) -> str:
    row, ranking = found.ranking.rows.iloc[0], found.ranking
    place = f", {row['city']}" if row["city"] else ""
    return f"{row['firm_name']}{place} ({row['firm_id']}) for {ranking.region.name}"


def _list_sections(found: Explanation) -> tuple[_Section, ...]:
    return (
        _Section("In short", lines=_write_summary(found)),
        _list_points(found),
        _list_evidence(found),
        _list_codes(found),
        _list_unknown(found),
        _list_changes(found),
        _Section("What a first project would bring", lines=_write_value(found)),
        _Section("Notes", lines=_write_notes(found)),
    )


def _write_summary(found: Explanation) -> tuple[str, ...]:
    row, ranking = found.ranking.rows.iloc[0], found.ranking
    rank = f"Rank {row['rank']:,} of {ranking.n_ranked:,} firms of {ranking.market.name}"
    if pd.notna(row["rank_low"]):
        rank += (
            f" (90 %: {row['rank_low']:,} to {row['rank_high']:,}; chance to be among the first "
            f"{ranking.top}: {row['p_top']:.0%})"
        )
    driver = f"Strategic driver (Data Hub): {found.driver}"
    if found.driver_from:
        driver += f", as {found.driver_from} is its strongest"
    niche = f"; niche cluster: {row['niche_cluster']}" if row["niche_cluster"] else ""
    return (
        f"{rank}, score {row['score']:.2f}.",
        f"Industry {row['industry_code']} {row['industry']}{niche}.",
        found.proposition,
        f"{driver}.",
    )


def _list_points(found: Explanation) -> _Section:
    ranking = found.ranking
    rows = [("base: the average firm", "", "", "", f"{ranking.base:.2f}")]
    for row in _list_rows(found.criteria):
        own = found.parts[found.parts["criterion"] == row["criterion"]]
        shown = own[own["is_known_of_any_firm"]]
        rows.append(
            (
                f"{row['label']} [{QUESTIONS[str(row['question'])]}]",
                f"{row['weight']:g}",
                f"{row['standardised']:+.2f}",
                "\n".join(
                    f"{part['label']}: {part['value']}{'' if part['is_known'] else ' (typical)'}; "
                    f"average firm {part['average']} {_unit(str(part['unit']))}"
                    for part in _list_rows(shown)
                )
                or "known of no firm: adds nothing",
                f"{row['points']:+.2f}",
            )
        )
    rows.append(("score", "", "", "", f"{ranking.rows['score'].iloc[0]:.2f}"))
    whose = "set by you where marked so" if ranking.user_weights else "priors"
    return _Section(
        "Where the score comes from",
        ("criterion", "weight", "value", "figures", "points"),
        tuple(rows),
        (f"points = weight ({whose}) x value in standard deviations from the average firm.",),
    )


def _unit(unit: str) -> str:
    return "" if unit in ("ratio", "0 to 1", "share", "count", "share a year") else unit


def _list_evidence(found: Explanation) -> _Section:
    lines = [
        f"{row['label']}: {text}" for row in _list_rows(found.criteria) for text in row["evidence"]
    ]
    return _Section("Evidence", lines=tuple(lines))


def _list_codes(found: Explanation) -> _Section:
    rows = tuple(
        (
            f"{row['industry']} {row['name']}",
            f"{row['weight']:.0%}",
            str(row["basis"]),
            MISSING if row["confidence"] is None else f"{row['confidence']:.0%}",
        )
        for row in _list_rows(found.codes)
    )
    return _Section("Industries", ("industry", "share", "basis", "sure"), rows)


def _list_unknown(found: Explanation) -> _Section:
    rows = tuple(
        (str(row["label"]), f"{row['stand_in']} {_unit(str(row['unit']))}".strip())
        for row in _list_rows(found.unknown)
    )
    if not rows:
        return _Section("What is not known", lines=("Nothing that is asked for.",))
    return _Section("What is not known", ("figure", "what stands in for it"), rows)


def _list_changes(found: Explanation) -> _Section:
    now = int(found.ranking.rows["rank"].iloc[0])
    rows = tuple(
        (str(row["change"]), f"{row['score']:.2f}", f"{row['rank']:,}", f"{now - row['rank']:+d}")
        for row in _list_rows(found.changes)
    )
    return _Section("What would change the rank", ("change", "score", "rank", "places"), rows)


def _write_value(found: Explanation) -> tuple[str, ...]:
    value = found.value
    jobs = f"{value.jobs:,.0f} jobs ({value.jobs_nature}"
    if value.jobs_low < value.jobs_high:
        jobs += f"; 90 %: {value.jobs_low:,.0f} to {value.jobs_high:,.0f}"
    lines = [f"{jobs})."]
    if math.isnan(value.gva):
        lines.append("Value added is not known for its industry.")
    else:
        lines.append(
            f"x £{value.value_per_job:,.0f}k value added per job ({value.value_basis}, official, "
            f"{value.value_group}) = £{value.gva_direct:,.1f}m a year."
        )
        lines.append(
            f"x {value.multiplier:.2f} with suppliers in the region (type I multiplier, modelled) "
            f"= £{value.gva:,.1f}m a year (90 %: £{value.gva_low:,.1f}m to "
            f"£{value.gva_high:,.1f}m)."
        )
    if not math.isnan(value.data_hub_gva):
        lines.append(f"By the Data Hub rule on {value.data_hub_basis}: "
                     f"£{value.data_hub_gva:,.6f}m.")  # fmt: skip
    return tuple(lines)


def _write_notes(found: Explanation) -> tuple[str, ...]:
    row, ranking = found.ranking.rows.iloc[0], found.ranking
    notes = [part for part in (str(row["data_notes"]), *found.notes) if part]
    return (
        *notes,
        f"Jobs of {ranking.year}, model {ranking.version}; a score orders firms, it is no "
        "probability of investment.",
    )


def _to_text(title: str, sections: tuple[_Section, ...], width: int | None) -> str:
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


def _to_markdown(title: str, sections: tuple[_Section, ...]) -> str:
    lines = [f"# {_escape(title)}"]
    for section in sections:
        lines += ["", f"## {section.title}", ""]
        if section.rows:
            lines.append("| " + " | ".join(section.header) + " |")
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
        "region": ranking.region.slug,
        "market": ranking.market.slug,
        "model": ranking.version,
        "employment_year": ranking.year,
        "base": ranking.base,
        "firms_ranked": ranking.n_ranked,
        "weights": "user" if ranking.user_weights else "prior",
        "user_weights": dict(ranking.user_weights),
        "draws": ranking.draws,
        "seed": ranking.seed,
        "p_top_of": ranking.top,
        "firm": row,
        "proposition": found.proposition,
        "strategic_driver": found.driver,
        "strategic_driver_from": found.driver_from,
        "criteria": _list_rows(found.criteria),
        "parts": _list_rows(found.parts),
        "industries": _list_rows(found.codes),
        "unknown": _list_rows(found.unknown),
        "changes": _list_rows(found.changes),
        "value": {name: to_plain(cell) for name, cell in asdict(found.value).items()},
        "notes": list(found.notes),
    }


def _list_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): list(cell) if isinstance(cell, tuple) else to_plain(cell)
         for name, cell in row.items()}
        for row in table.to_dict("records")
    ]  # fmt: skip
