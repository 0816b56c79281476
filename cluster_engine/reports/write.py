"""Write a report: as a terminal table, as CSV or XLSX that is safe to open, or as JSON."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.files import replace_file
from cluster_engine.reports.csv_text import encode_csv, render_csv
from cluster_engine.reports.report import DEFAULT_STYLE, CsvStyle, Report, Shown

OutputFormat = Literal["table", "csv", "xlsx", "json"]

MISSING = "–"


def render_json(report: Report) -> str:
    """Render facts and rows as JSON; what is not known is null."""
    rows = [
        {str(name): to_plain(cell) for name, cell in row.items()}
        for row in report.frame.to_dict("records")
    ]
    body = {**{name: to_plain(fact) for name, fact in report.facts.items()}, "rows": rows}
    return json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def render_table(report: Report, *, width: int | None = None, colour: bool = False) -> str:
    """Render the shown columns as a table for the terminal.

    Parameters
    ----------
    report : Report
        The table.
    width : int or None
        Characters; None: the terminal's.
    colour : bool
        Whether to use ANSI styles.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    frame = report.frame if report.shown_frame is None else report.shown_frame
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for shown in report.shown:
        text = shown.format in ("text", "lines")
        table.add_column(
            shown.header,
            justify="left" if text else "right",
            min_width=shown.min_width,
            max_width=shown.max_width,
            overflow="fold",
            no_wrap=not text,
        )
    for row in frame.to_dict("records"):
        # Text objects, so that a firm called '[red]' is printed and not obeyed.
        table.add_row(*(Text(format_cell(row[shown.column], shown)) for shown in report.shown))
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, force_terminal=colour, no_color=not colour, highlight=False
    )
    # Above the table and no part of it: else a narrow table breaks a long title.
    console.print(Text(report.title, style="table.title"))
    console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def render(report: Report, output_format: OutputFormat, *, width: int | None = None,
           colour: bool = False, style: CsvStyle = DEFAULT_STYLE) -> str:  # fmt: skip
    """Render a report in the format asked for, for standard output.

    Raises
    ------
    SettingsError
        A workbook is no text.
    """
    if output_format == "csv":
        mark = "\ufeff" if style.encoding == "utf-8-sig" else ""
        return mark + render_csv(report, style, line_end="\n")
    if output_format == "json":
        return render_json(report)
    if output_format == "xlsx":
        raise SettingsError("A workbook cannot be printed.", hint="Add --output FILE.xlsx.")
    return render_table(report, width=width, colour=colour)


def encode(report: Report, output_format: OutputFormat, style: CsvStyle = DEFAULT_STYLE) -> bytes:
    """Encode a report as the bytes of a file.

    Parameters
    ----------
    report : Report
        The table.
    output_format : {"table", "csv", "xlsx", "json"}
    style : CsvStyle
        Of a CSV file.
    """
    if output_format == "csv":
        return encode_csv(report, style)
    if output_format == "json":
        return render_json(report).encode("utf-8")
    if output_format == "xlsx":
        # Imported here: only a workbook needs the library behind it.
        from cluster_engine.reports.table_sheets import encode_workbook

        return encode_workbook(report).raw
    return render_table(report, width=160).encode("utf-8")


def save(report: Report, path: Path, output_format: OutputFormat, *, force: bool) -> None:
    """Write a report to a file: whole, or not at all.

    Parameters
    ----------
    report : Report
        The table.
    path : Path
        Where to.
    output_format : {"table", "csv", "xlsx", "json"}
    force : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    SettingsError
        As :func:`save_bytes`.
    """
    refuse_path(path, force=force)
    save_bytes(encode(report, output_format), path, force=force)


def save_bytes(raw: bytes, path: Path, *, force: bool) -> None:
    """Write a file: whole, or not at all.

    Raises
    ------
    SettingsError
        The path is a folder, its folder is missing, a file is there, or it cannot be written.
    """
    refuse_path(path, force=force)
    try:
        replace_file(path, raw)
    except OSError as fault:
        raise SettingsError(
            f"The output {path} cannot be written: {fault.strerror}.",
            hint="Choose another place: --output FILE.",
        ) from fault


def refuse_path(path: Path, *, force: bool) -> None:
    """Refuse a folder, a device, or a file that is there, before anything is computed.

    Raises
    ------
    SettingsError
        See above.
    """
    if path.is_dir():
        raise SettingsError(f"The output {path} is a folder.", hint="Name a file in it.")
    if path.exists() and not path.is_file():
        # Replacing /dev/full or a pipe by a file would break it for everybody.
        raise SettingsError(f"The output {path} is no ordinary file.", hint="Name a new file.")
    if path.exists() and not force:
        raise SettingsError(f"The output {path} exists already.", hint="Add --force to replace it.")


def format_cell(cell: Any, shown: Shown) -> str:
    """Write one cell as its column asks for; what is not known is a dash."""
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return MISSING
    return FORMATTERS[shown.format](cell)


FORMATTERS: Mapping[str, Callable[[Any], str]] = {
    "text": lambda cell: drop_controls(str(cell)),
    "lines": lambda cell: "\n".join(drop_controls(line) for line in str(cell).split("\n")),
    "count": lambda cell: f"{cell:,.0f}",
    "ratio": lambda cell: f"{cell:.2f}",
    "fine": lambda cell: f"{cell:.3f}",
    "share": lambda cell: f"{cell:.1%}",
    "signed": lambda cell: f"{cell:+.2f}" if abs(cell) >= 0.005 else "0",
    "signed_share": lambda cell: f"{cell:+.1%}",
    "score": lambda cell: f"{cell:.1f}",
}


def drop_controls(text: str) -> str:
    """Leave out what a terminal would obey instead of print."""
    return "".join(sign for sign in text if sign.isprintable())


def to_plain(cell: Any) -> Any:
    """Turn a cell into what JSON can hold; what is not known or not finite is null."""
    if cell is None or cell is pd.NA:
        return None
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell.item() if hasattr(cell, "item") else cell
