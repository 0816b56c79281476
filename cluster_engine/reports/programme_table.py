"""A programme as tables for the terminal, CSV of its firms, and JSON of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cluster_engine.reports.report import Report, Shown
from cluster_engine.reports.write import drop_controls, render_table, to_plain

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 120

MARKETS = (
    Shown("market_name", "Market", min_width=9, max_width=18),
    Shown("missions", "Trips", "count"),
    Shown("firms", "Firms", "count"),
    Shown("officer_days", "Days", "count"),
    Shown("cost_pounds", "Cost £", "count"),
    Shown("value", "Value £k", "count"),
    Shown("interval", "90 %", min_width=9),
    Shown("chosen_again", "Again", "share"),
    Shown("good_firms", "Good", "count"),
    Shown("clusters", "Clusters met", min_width=24),
)
FIRMS = (
    Shown("firm", "Firm", min_width=14, max_width=24),
    Shown("cluster", "Cluster", min_width=12, max_width=18),
    Shown("score", "Score", "score"),
    Shown("chance", "Chance", "share"),
    Shown("value", "Value £k", "count"),
    Shown("interval", "90 %", min_width=7),
    Shown("why", "Why", "lines", min_width=30),
)
LEFT_OUT = (
    Shown("market_name", "Market", min_width=10, max_width=18),
    Shown("candidates", "Firms", "count"),
    Shown("good_firms", "Good", "count"),
    Shown("chosen_again", "Again", "share"),
    Shown("why", "Why it is left out", min_width=40),
)
SHADOWS = (
    Shown("what", "One more", min_width=20),
    Shown("gain", "brings £k", "score"),
    Shown("gain_relaxed", "if divisible £k", "score"),
)
BASELINES = (
    Shown("plan", "Plan", min_width=16),
    Shown("net", "Net value £k", "count"),
    Shown("firms", "Firms", "count"),
    Shown("markets", "Markets", "count"),
    Shown("officer_days", "Days", "count"),
    Shown("breaks", "Rules it breaks", min_width=20),
)
MOST_LEFT_OUT = 20
"""Markets left out that the terminal shows; CSV and JSON hold all."""


class Findings(Protocol):
    """What a programme says; money in £ thousand."""

    @property
    def title(self) -> str:
        """One line."""

    @property
    def markets(self) -> pd.DataFrame:
        """Markets visited."""

    @property
    def firms(self) -> pd.DataFrame:
        """Firms by mission."""

    @property
    def left_out(self) -> pd.DataFrame:
        """Markets left out, and why."""

    @property
    def shadows(self) -> pd.DataFrame:
        """What a little more would bring."""

    @property
    def baselines(self) -> pd.DataFrame:
        """Plans made without an optimiser."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader must know."""

    @property
    def facts(self) -> dict[str, Any]:
        """JSON-ready."""


def report_programme(findings: Findings) -> Report:
    """Make the report of a programme: CSV holds its firms, JSON the other tables as facts too."""
    facts = {
        **findings.facts,
        "sentences": list(findings.sentences),
        "markets": _records(findings.markets),
        "left_out": _records(findings.left_out),
        "shadow_values": _records(findings.shadows),
        "baselines": _records(findings.baselines),
    }
    return Report(findings.title, findings.firms, FIRMS, _show_firms(findings.firms), facts)


def render_programme(findings: Findings) -> str:
    """Render a programme for the terminal: markets, what was left out, figures, firms."""
    markets = findings.markets.assign(
        cost_pounds=findings.markets["cost"] * 1000.0, interval=_write_ranges(findings.markets)
    )
    left = findings.left_out.head(MOST_LEFT_OUT)
    more = len(findings.left_out) - len(left)
    parts = [
        _render(findings.title, markets, MARKETS),
        "\n".join(f"- {drop_controls(sentence)}" for sentence in findings.sentences) + "\n\n",
        _render("Against plans made without an optimiser", findings.baselines, BASELINES),
        _render("What a little more would bring", findings.shadows, SHADOWS),
    ]
    if len(left):
        also = f" ({more} more in JSON)" if more else ""
        parts.append(_render(f"Markets left out{also}", left, LEFT_OUT))
    shown = _show_firms(findings.firms)
    for mission, rows in shown.groupby("mission", sort=False):
        first = rows.iloc[0]
        when = ", ".join(part for part in (first["place"], first["date"]) if part)
        title = (
            f"{mission} ({when}): {len(rows)} firms" if when else f"{mission}: {len(rows)} firms"
        )
        parts.append(_render(title, rows, FIRMS))
    return "\n".join(parts)


def _show_firms(firms: pd.DataFrame) -> pd.DataFrame:
    reasons = firms[["reason_1", "reason_2"]].itertuples(index=False)
    return firms.assign(
        firm=[
            f"{name}, {city}" if city else str(name)
            for name, city in zip(firms["firm_name"], firms["city"], strict=True)
        ],
        interval=_write_ranges(firms),
        why=["\n".join(f"· {reason}" for reason in found if reason) for found in reasons],
    )


def _write_ranges(rows: pd.DataFrame) -> list[str]:
    ends = zip(rows["value_low"], rows["value_high"], strict=True)
    return [f"{low:,.0f}-{high:,.0f}" for low, high in ends]


def _render(title: str, rows: pd.DataFrame, shown: tuple[Shown, ...]) -> str:
    return render_table(Report(drop_controls(title), rows, shown), width=WIDTH)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): to_plain(cell) for name, cell in row.items()} for row in rows.to_dict("records")
    ]
