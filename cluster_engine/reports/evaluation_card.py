"""The card of an evaluation: Markdown for people, JSON for machines, one table for the terminal."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_engine.errors import SettingsError
from cluster_engine.files import replace_file
from cluster_engine.reports.report import Report, Shown

if TYPE_CHECKING:
    import pandas as pd

    from cluster_engine.results import Study

TITLE = "How well it would have foretold"
CARD_NAMES = ("card.md", "card.json")
DIGITS = 6
"""Significant digits in JSON: more than any interval is worth."""


def report_evaluation(region: str, rows: pd.DataFrame, facts: Mapping[str, Any]) -> Report:
    """Lay out the summary: what each study measured, and what the model gains over what."""
    shown = (
        Shown("study", "study", max_width=26),
        Shown("measure", "measure", max_width=14),
        Shown("value", "model", "fine"),
        Shown("low", "low", "fine"),
        Shown("high", "high", "fine"),
        Shown("against", "against", max_width=28),
        Shown("gain", "gain", "fine"),
        Shown("gain_low", "low", "fine"),
        Shown("gain_high", "high", "fine"),
    )
    title = f"How well it would have foretold ({region}; 90 % intervals)"
    return Report(title, rows, shown, facts=facts)


def render_card(lead: Sequence[str], studies: Sequence[Study]) -> str:
    """Write the card as Markdown: findings first, then every table.

    Parameters
    ----------
    lead : sequence of str
        Paragraphs under the title.
    studies : sequence of Study
    """
    lines = [f"# {TITLE}", ""]
    for paragraph in lead:
        lines += [paragraph, ""]
    for study in studies:
        lines += [f"## {study.title}", "", study.question, ""]
        lines += [f"- {sentence}" for sentence in study.sentences]
        lines.append("")
        for caption, table in study.tables:
            if not table.empty:
                lines += [f"**{caption}**", "", *_render_table(table), ""]
    return "\n".join(lines).rstrip() + "\n"


def _render_table(table: pd.DataFrame) -> list[str]:
    numbers = {name: table[name].dtype.kind in "fiu" for name in table.columns}
    marks = ["---:" if numbers[name] else "---" for name in table.columns]
    lines = ["| " + " | ".join(map(str, table.columns)) + " |", "|" + "|".join(marks) + "|"]
    lines += [
        "| " + " | ".join(_write(value) for value in row.values()) + " |"
        for row in table.to_dict("records")
    ]
    return lines


def _write(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "/")
    if not math.isfinite(value):
        return "–"
    if value == round(value) and abs(value) >= 1:
        return f"{value:,.0f}"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:,.1f}"


def render_json(facts: Mapping[str, Any], studies: Sequence[Study]) -> str:
    """Write all studies as JSON; what is not a number is null."""
    whole = {
        **facts,
        "studies": [
            {
                "name": study.name,
                "title": study.title,
                "question": study.question,
                "sentences": list(study.sentences),
                "facts": study.facts,
                "tables": [
                    {"caption": caption, "rows": table.to_dict("records")}
                    for caption, table in study.tables
                ],
            }
            for study in studies
        ],
    }
    return json.dumps(plain(whole), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def plain(value: Any) -> Any:
    """Plain, rounded, JSON-ready values."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value


def refuse_to_replace(folder: Path, *, force: bool) -> None:
    """Make sure that a card may be written, before the work of minutes is done for it.

    Raises
    ------
    SettingsError
        A card is there already and ``force`` is not set, or the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file.", hint="--output takes a folder.")
    there = [folder / name for name in CARD_NAMES if (folder / name).exists()]
    if there and not force:
        raise SettingsError(f"{there[0]} is there already.", hint="Add --force to replace it.")


def save_card(
    folder: Path, lead: Sequence[str], facts: Mapping[str, Any], studies: Sequence[Study]
) -> tuple[Path, Path]:
    """Write card.md and card.json into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = (folder / CARD_NAMES[0], folder / CARD_NAMES[1])
    texts = (render_card(lead, studies), render_json(facts, studies))
    for path, text in zip(paths, texts, strict=True):
        replace_file(path, text.encode("utf-8"))
    return paths
