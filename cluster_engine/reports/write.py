"""Write a report: as a terminal table, as CSV that is safe to open in Excel, or as JSON."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pandas.api.types import is_numeric_dtype as is_number

from cluster_engine.errors import SettingsError
from cluster_engine.files import replace_file
from cluster_engine.reports.report import Report, Shown

OutputFormat = Literal["table", "csv", "json"]

FORMULA_STARTS = (
    *("=", "+", "-", "@", "\t", "\r", "\n", "\0"),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),
)
"""First characters that make a spreadsheet run a text as a formula (OWASP CSV injection);
the last four are the full-width forms of = + - @."""

FILE_ENCODING = "utf-8-sig"
"""Excel takes a CSV file for UTF-8 only if it begins with a byte order mark."""

MISSING = "–"


def render_csv(report: Report, *, line_end: str = "\r\n") -> str:
    """Render all columns as CSV.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers do not.

    Parameters
    ----------
    report : Report
        The table.
    line_end : str
        CR LF in files, as RFC 4180 has it.
    """
    frame = report.frame
    safe = frame.copy()
    for name in safe.columns[[not is_number(safe[name]) for name in safe]]:
        safe[name] = safe[name].map(neutralise)
    stream = io.StringIO()
    safe.to_csv(stream, index=False, lineterminator=line_end)
    return stream.getvalue()


def neutralise(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would run.

    Examples
    --------
    >>> neutralise("=1+1")
    "'=1+1"
    >>> neutralise("Bosch")
    'Bosch'
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


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
    table = Table(
        box=box.SIMPLE_HEAD,
        title=Text(report.title, style="table.title"),
        title_justify="left",
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
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
    console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def render(report: Report, output_format: OutputFormat, *, width: int | None = None,
           colour: bool = False) -> str:  # fmt: skip
    """Render a report in the format asked for, for standard output."""
    if output_format == "csv":
        return render_csv(report, line_end="\n")
    if output_format == "json":
        return render_json(report)
    return render_table(report, width=width, colour=colour)


def save(report: Report, path: Path, output_format: OutputFormat, *, force: bool) -> None:
    """Write a report to a file: whole, or not at all.

    Parameters
    ----------
    report : Report
        The table.
    path : Path
        Where to.
    output_format : {"table", "csv", "json"}
    force : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    SettingsError
        As :func:`save_bytes`.
    """
    refuse_path(path, force=force)
    if output_format == "csv":
        raw = render_csv(report).encode(FILE_ENCODING)
    elif output_format == "json":
        raw = render_json(report).encode("utf-8")
    else:
        raw = render_table(report, width=160).encode("utf-8")
    save_bytes(raw, path, force=force)


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
    """Refuse a folder, or a file that is there, before anything is computed.

    Raises
    ------
    SettingsError
        See above.
    """
    if path.is_dir():
        raise SettingsError(f"The output {path} is a folder.", hint="Name a file in it.")
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
