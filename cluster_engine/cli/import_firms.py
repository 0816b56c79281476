"""`cluster-engine data import firms`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import Output, pack_option, quiet_option
from cluster_engine.cli.output import emit, make_note, print_aside, show_progress

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FORMATS = (
    "orbis", "fdi-markets", "gleif", "companies-house", "data-hub", "wikidata", "shortlist",
    "plain",
)  # fmt: skip
OFFICES = (
    "eurostat", "united-kingdom", "wales", "germany", "hungary", "us-census", "canada",
    "australia", "japan",
)  # fmt: skip
REPORT_ENDINGS = (".html", ".htm", ".csv", ".json")


@click.command("firms")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option(
    "--output", "-o", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Folder for the imported list; rank it with --firms FOLDER.",
)  # fmt: skip
@click.option(
    "--format-of", "formats", multiple=True, type=click.Choice(FORMATS),
    help="Format of the files, or one per file in their order; found by the header without it.",
)  # fmt: skip
@click.option("--mapping", type=FILE, help="Which column holds what (TOML, see --save-mapping).")
@click.option(
    "--save-mapping", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write the guessed mapping of the first file, to be corrected and given to --mapping.",
)  # fmt: skip
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="Decimal mark.")
@click.option(
    "--symbols-of", type=click.Choice(OFFICES),
    help="Office whose signs stand for no number: '-' is zero in Germany, unknown in Britain.",
)  # fmt: skip
@click.option(
    "--corrections", type=FILE, help="Industries you set right: firm, industry, weight (CSV, XLSX)."
)
@click.option("--relations", type=FILE, help="GLEIF level 2: who owns whom.")
@click.option("--people", type=FILE, help="Companies House, persons with significant control.")
@click.option(
    "--postcode-areas", metavar="B,CV,…", default="",
    help="Companies House: only companies in these postcode areas.",
)  # fmt: skip
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Quality report as a page (.html), table (.csv) or .json.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only show which column would be taken for what.")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "csv", "json"]),
    help="Form of the quality report on standard output.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace what is there.")
@pack_option
@quiet_option
def import_firms(
    files: tuple[Path, ...],
    output: Path | None,
    formats: tuple[str, ...],
    mapping: Path | None,
    save_mapping: Path | None,
    sheet: str | None,
    decimal: str | None,
    symbols_of: str | None,
    corrections: Path | None,
    relations: Path | None,
    people: Path | None,
    postcode_areas: str,
    report: Path | None,
    dry_run: bool,
    output_format: str | None,
    force: bool,
    pack: str | None,
    quiet: bool,
) -> None:
    """Import lists of firms: read, join, roll up to parents, code, and report.

    \b
    Examples:
      cluster-engine data import firms my_orbis.xlsx --output my_firms
      cluster-engine data import firms crm.csv --dry-run --save-mapping crm.toml
      cluster-engine data import firms crm.csv --mapping crm.toml -o crm --report crm.html
    """
    from cluster_engine.reports.import_report import report_import, report_mapping
    from cluster_engine.workflows.import_lists import ImportRequest, Wanted, run_import

    request = ImportRequest(
        files, formats, mapping, sheet, decimal, corrections, relations, people,
        frozenset(part.strip().upper() for part in postcode_areas.split(",") if part.strip()), pack,
        symbols_of or "",
    )  # fmt: skip
    wanted = Wanted(output, save_mapping, dry_run=dry_run, force=force)
    out = Output(output_format, None, force, quiet)
    if report is not None:
        _require_report_place(report, force)
    with show_progress(quiet) as progress:
        done = run_import(request, wanted, on_progress=progress)
    note = make_note(quiet)
    shown = report_mapping(done.mapping)
    if save_mapping is not None:
        note(f"Mapping saved to {save_mapping}. Look at it, then use it: --mapping {save_mapping}")
    if done.imported is None:
        emit(shown, out)
        return
    print_aside(shown, quiet)
    told = report_import(done.imported.rows, done.imported.provenance)
    emit(told, out)
    if report is not None:
        _write_report(told, report, force)
    if output is not None:
        note(f"Imported to {output}. Next: cluster-engine rank --market NAME --firms {output}")
    else:
        note("Nothing was kept: name a folder with --output FOLDER.")


def _require_report_place(path: Path, force: bool) -> None:
    """Refuse before a long import what would be refused after it."""
    if path.suffix.lower() not in REPORT_ENDINGS:
        raise click.UsageError(f"--report must end in {', '.join(REPORT_ENDINGS)}. Got '{path}'.")
    if path.exists() and not force:
        raise click.UsageError(f"{path} exists already. Add --force to replace it.")
    if not path.parent.is_dir():
        raise click.UsageError(f"The folder {path.parent} does not exist.")


def _write_report(told: object, path: Path, force: bool) -> None:
    from cluster_engine.reports.html import save_html
    from cluster_engine.reports.write import save

    ending = path.suffix.lower().lstrip(".")
    if ending in ("html", "htm"):
        save_html(told, path)  # type: ignore[arg-type]
    else:
        save(told, path, ending, force=force)  # type: ignore[arg-type]
