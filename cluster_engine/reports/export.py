"""A report or a ranking as the bytes of a file, with what was changed on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pandas.api.types import is_numeric_dtype

from cluster_engine.formula_guard import guard
from cluster_engine.reports.crm import find_profile, make_crm_list
from cluster_engine.reports.csv_text import find_fragile_texts
from cluster_engine.reports.handover import Handover
from cluster_engine.reports.report import DEFAULT_STYLE, CsvStyle, Report
from cluster_engine.reports.shortlist import report_ranking
from cluster_engine.reports.write import OutputFormat, encode

if TYPE_CHECKING:
    from cluster_engine.reports.workbook import Written


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that is not written yet.

    Attributes
    ----------
    raw : bytes
    rows : int
        Of the table.
    notes : tuple of str
        What whoever opens the file should know.
    changes : mapping of str to int
        Cells that do not stand there as they are in the engine, by what was done to them.
    """

    raw: bytes
    rows: int
    notes: tuple[str, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)


def export_report(
    report: Report, output_format: OutputFormat, style: CsvStyle = DEFAULT_STYLE, *,
    footer: str = "", only_table: bool = False,
) -> Exported:  # fmt: skip
    """Export any table.

    Parameters
    ----------
    report : Report
    output_format : {"table", "csv", "xlsx", "json"}
    style : CsvStyle
        Of a CSV file.
    footer : str
        Printed at the foot of the pages of a workbook.
    only_table : bool
        Whether a workbook holds nothing but the table: importers take one sheet.
    """
    if output_format == "xlsx":
        from cluster_engine.reports.table_sheets import encode_workbook

        return _tell(encode_workbook(report, footer=footer, only_table=only_table), report)
    raw = encode(report, output_format, style)
    if output_format != "csv":
        return Exported(raw, len(report.frame))
    guarded = _count_guarded(report) if style.escape else 0
    changes = {"texts_guarded_with_an_apostrophe": guarded}
    return Exported(raw, len(report.frame), _warn_of_codes(report), changes)


def export_ranking(
    handover: Handover, output_format: OutputFormat, style: CsvStyle = DEFAULT_STYLE, *,
    profile: str | None = None, run_id: str = "",
) -> Exported:  # fmt: skip
    """Export a ranking: as a shortlist, a workbook of six sheets, or a list for a CRM.

    Parameters
    ----------
    handover : Handover
    output_format : {"table", "csv", "xlsx", "json"}
    style : CsvStyle
        Of a CSV file.
    profile : str or None
        CRM whose column names to use; an entry of `crm_profiles.PROFILES`.
    run_id : str
        Written where people look: the foot of a workbook's pages, the descriptions of a CRM.

    Raises
    ------
    SettingsError
        Unknown profile, or one for another host country.
    """
    if profile is not None:
        found = make_crm_list(handover, profile, run_id=run_id)
        made = export_report(found.report, output_format, style, only_table=True)
        changes = {**made.changes, "texts_cut_to_the_system's_limit": found.cut,
                   "addresses_beyond_the_system's_limit_left_out": found.blanked}  # fmt: skip
        notes = (*found.notes, *_warn_of_size(made, profile, handover), *made.notes)
        return Exported(made.raw, made.rows, notes, changes)
    report = report_ranking(handover.ranking)
    if output_format == "xlsx":
        from cluster_engine.reports.ranking_sheets import encode_ranking

        return _tell(encode_ranking(handover, run_id=run_id), report)
    return export_report(report, output_format, style)


def _tell(written: Written, report: Report) -> Exported:
    changes = {
        "numbers_that_are_not_finite_left_blank": written.infinite,
        "texts_cut_to_the_limit_of_a_cell": written.cut,
        "texts_with_impossible_signs_mended": written.mended,
    }
    notes = tuple(f"{name.replace('_', ' ').capitalize()}: {count}."
                  for name, count in changes.items() if count)  # fmt: skip
    return Exported(written.raw, len(report.frame), notes, changes)


def _count_guarded(report: Report) -> int:
    texts = [report.frame[name] for name in report.frame
             if not is_numeric_dtype(report.frame[name])]  # fmt: skip
    return sum(guard(cell) is not cell for column in texts for cell in column)


def _warn_of_codes(report: Report) -> tuple[str, ...]:
    count, example = find_fragile_texts(report)
    if not count:
        return ()
    return (
        f"A spreadsheet that opens this CSV by a double click changes {count} texts, e.g. "
        f"{example}. For people, write .xlsx instead; docs/exports.md says how to import the CSV.",
    )


def _warn_of_size(made: Exported, profile: str, handover: Handover) -> tuple[str, ...]:
    found = find_profile(profile, str(handover.facts["host_country"]))
    if not found.most_bytes or len(made.raw) <= found.most_bytes:
        return ()
    return (
        f"{found.system} takes files of {found.most_bytes / 1e6:.0f} MB by default; this one has "
        f"{len(made.raw) / 1e6:.1f} MB. List fewer firms with --top N.",
    )
