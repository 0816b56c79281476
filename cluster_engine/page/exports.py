"""Downloads: the list and the shortlist as files that a spreadsheet opens safely.

To add a kind of file: one entry in ``EXPORTS``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from starlette.responses import Response

from cluster_engine.errors import ClusterEngineError, SettingsError
from cluster_engine.packs.choices import make_slug
from cluster_engine.page.picked import Change, Entry, Shortlist
from cluster_engine.page.site import Site
from cluster_engine.page.view import View, drop_defaults, read_weights
from cluster_engine.reports.export import Exported, export_ranking, export_report
from cluster_engine.reports.handover import Handover
from cluster_engine.reports.report import Report
from cluster_engine.reports.shortlist import report_ranking
from cluster_engine.reports.write import OutputFormat
from cluster_engine.targeting.rank import COLUMNS
from cluster_engine.workflows.live_ranking import Wish

WITHOUT_RANGES = "-without-ranges"
"""Ends the name of a file whose ranks lack ranges, because too many others waited for theirs."""
GONE = "no longer among the firms it was picked from"
OWN_COLUMNS = ("note", "picked_by", "picked_at", "region", "market", "weights")
"""Columns that only a shortlist has; they stand before those of the ranking's points."""


@dataclass(frozen=True, slots=True)
class Export:
    """A kind of file.

    Attributes
    ----------
    format : {"csv", "xlsx"}
        As the exports of `reports` call it, and how the file's name ends.
    media_type : str
    """

    format: OutputFormat
    media_type: str

    def answer_list(self, handover: Handover, name: str) -> Response:
        """Answer with a list and all that goes with it."""
        return self._answer(export_ranking(handover, self.format), name)

    def answer_report(self, report: Report, name: str) -> Response:
        """Answer with any table."""
        return self._answer(export_report(report, self.format), name)

    def _answer(self, exported: Exported, name: str) -> Response:
        """Answer with a file of a name that holds nothing but letters, digits and hyphens."""
        headers = {"Content-Disposition": f'attachment; filename="{make_slug(name)}.{self.format}"'}
        return Response(exported.raw, media_type=self.media_type, headers=headers)


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORTS: Mapping[str, Export] = {
    export.format: export
    for export in (Export("xlsx", WORKBOOK), Export("csv", "text/csv; charset=utf-8"))
}
"""By ending; the first is the one for people."""


def find_export(ending: str) -> Export:
    """Return a kind of file by its ending.

    Raises
    ------
    SettingsError
        There is none.
    """
    if ending not in EXPORTS:
        raise SettingsError(
            f"There is no download of the kind '{ending[:20]}'.",
            hint=f"Known: {', '.join(EXPORTS)}.",
        )
    return EXPORTS[ending]


def report_shortlist(site: Site, shortlist: Shortlist) -> Report:
    """Make the report of a shortlist: each firm as it ranks today, weighed as when it was picked.

    Parameters
    ----------
    site : Site
    shortlist : Shortlist
    """
    entries = [one for one in site.shortlists.list_entries(shortlist.id) if one.state == "listed"]
    picks = _find_picks(site.shortlists.list_changes(shortlist.id, limit=-1))
    groups: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in entries:
        firm = entry.firm
        groups.setdefault((firm.region, firm.market, firm.list, firm.weights), []).append(entry)
    # One after the other: a long shortlist must not hold the draws that others wait for.
    until = time.monotonic() + site.limits.draws_wait_seconds
    parts = [_rank_group(site, key, members, picks, until) for key, members in groups.items()]
    base = list(COLUMNS)
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=base)
    first = base.index("reason_1")
    table = table.reindex(columns=[*base[:first], *OWN_COLUMNS, *base[first:]])
    lacking = int((table["rank"].notna() & table["rank_low"].isna()).sum())
    facts = {"shortlist": shortlist.name, "firms": len(entries), "firms_without_ranges": lacking}
    return Report(f"{shortlist.name}: {len(entries)} firms", table, (), None, facts)


def _find_picks(changes: list[Change]) -> dict[int, Change]:
    """The latest adding of every entry."""
    found: dict[int, Change] = {}
    for change in changes:
        if change.action == "added":
            found.setdefault(change.entry, change)
    return found


def _rank_group(
    site: Site, key: tuple[str, str, str, str], members: list[Entry],
    picks: Mapping[int, Change], until: float,
) -> pd.DataFrame:  # fmt: skip
    region, market, listed, weights = key
    try:
        view = View(region, market, listed, weights=read_weights(weights.split()))
        opened = site.markets.open(view)
        view = drop_defaults(view, opened.plan.scoring.weights)
        ids = frozenset(entry.firm.firm_id for entry in members)
        wish = Wish(view.user_weights, only=ids, draws=None)
        ranking, _ = site.rankings.rank(opened, wish, patient=True, until=until)
        rows = _index_rows(report_ranking(ranking).frame)
    except ClusterEngineError:
        # A list was deleted, a region's model is gone: the firms are still on the shortlist.
        rows = {}
    found = []
    for entry in members:
        pick = picks.get(entry.id)
        own: dict[str, Any] = {
            "note": entry.note, "region": region, "market": market, "weights": weights,
            "picked_by": pick.who if pick else "", "picked_at": pick.at if pick else "",
        }  # fmt: skip
        bare = {"firm_id": entry.firm.firm_id, "firm_name": entry.firm.firm_name,
                "country": entry.firm.country, "data_notes": GONE}  # fmt: skip
        found.append({**rows.get(entry.firm.firm_id, bare), **own})
    return pd.DataFrame(found)


def _index_rows(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Rows by firm_id."""
    return {
        str(row["firm_id"]): {str(name): cell for name, cell in row.items()}
        for row in frame.to_dict("records")
    }
