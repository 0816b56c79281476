"""Options about where a result goes and in which form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cluster_engine.reports.report import DEFAULT_STYLE, CsvStyle

FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".json": "json", ".txt": "table"}
"""Form of a file by its ending; csv for any other."""

RUN_ENDING = ".run.json"
"""Ending of the file beside a file: which command made it, from what."""

STYLE_OPTIONS = {
    "csv_encoding": "--csv-encoding",
    "excel_locale": "--excel-locale",
    "escape_formulas": "--no-escape-formulas",
}

quiet_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--quiet", "-q", is_flag=True, help="No progress and no notes on standard error."
)


@dataclass(frozen=True, slots=True)
class Output:
    """Where a result goes, and how.

    Attributes
    ----------
    format : str or None
        'table', 'csv', 'xlsx' or 'json'; None: by the file's ending, a table on the terminal.
    path : Path or None
        None: standard output.
    force : bool
        Whether a file that is there may be replaced.
    quiet : bool
        No progress and no notes.
    style : CsvStyle
        How a CSV is written.
    """

    format: str | None
    path: Path | None
    force: bool
    quiet: bool
    style: CsvStyle = DEFAULT_STYLE

    @property
    def chosen_format(self) -> str:
        """The form asked for, or the one that the file's ending gives."""
        if self.path is None:
            return self.format or "table"
        return self.format or FORMATS.get(self.path.suffix.lower(), "csv")

    @property
    def run_path(self) -> Path | None:
        """The run file beside the output."""
        return None if self.path is None else self.path.with_name(self.path.name + RUN_ENDING)

    @property
    def is_table(self) -> bool:
        """Whether a person reads it on the terminal."""
        return self.path is None and (self.format or "table") == "table"

    def check(self) -> None:
        """Refuse before anything is computed what would be refused after it."""
        if self.path is None:
            if self.format == "xlsx":
                raise click.UsageError("A workbook needs a file: add --output FILE.xlsx.")
            return
        from cluster_engine.reports.write import refuse_path

        for path in (self.path, self.run_path):
            refuse_path(path, force=self.force)  # type: ignore[arg-type]


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `Output`; the command gets them as one ``out``."""

    @wraps(function)
    def call(
        *arguments: Any,
        output_format: str | None,
        output: Path | None,
        force: bool,
        quiet: bool,
        csv_encoding: Any,
        excel_locale: Any,
        escape_formulas: bool,
        **others: Any,
    ) -> Any:
        style = CsvStyle(csv_encoding, excel_locale or "en", escape_formulas)
        out = Output(output_format, output, force, quiet, style)
        _refuse_style(out, asks_profile=others.get("profile") is not None)
        out.check()
        return function(*arguments, out=out, **others)

    command: Callable[..., Any] = call
    for option in (*_STYLE, *_PLACE):
        command = option(command)
    return command


def _refuse_style(out: Output, *, asks_profile: bool) -> None:
    """Refuse settings of a CSV where none is written."""
    if out.chosen_format == "csv" or (asks_profile and out.path is None and out.format is None):
        return
    context = click.get_current_context()
    for name, option in STYLE_OPTIONS.items():
        if context.get_parameter_source(name) not in (ParameterSource.DEFAULT, None):
            raise click.UsageError(f"{option} is for CSV: add --format csv, or leave it out.")


_STYLE = (
    click.option(
        "--no-escape-formulas", "escape_formulas", flag_value=False, is_flag=True, default=True,
        help="CSV for programs: leave texts such as '=1+1' as they are.",
    ),
    click.option(
        "--excel-locale", type=click.Choice(["en", "de"]),
        help="de: CSV with semicolons and decimal commas, as a German Excel expects.",
    ),
    click.option(
        "--csv-encoding", type=click.Choice(["utf-8-sig", "utf-8"]),
        help="With or without a byte order mark; files have one without this option.",
    ),
)  # fmt: skip

_PLACE = (
    quiet_option,
    click.option("--force", is_flag=True, help="Replace the output file if it is there."),
    click.option(
        "--output", "-o", type=click.Path(path_type=Path), metavar="FILE",
        help="Write to a file, with a run file beside it; its ending (.csv, .xlsx, .json) gives "
        "the format unless --format does.",
    ),
    click.option(
        "--format", "output_format", type=click.Choice(["table", "csv", "xlsx", "json"]),
        help="Table for the terminal, CSV with all columns, a workbook, or JSON.",
    ),
)  # fmt: skip
