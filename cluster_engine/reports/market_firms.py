"""The firms of the page about a market: cells, the rank interval, the waterfall of points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cluster_engine.firm_schemas import LOW_CONFIDENCE
from cluster_engine.reports.write import drop_controls

if TYPE_CHECKING:
    from cluster_engine.reports.market_facts import MarketFacts

CODE_WORDS: Mapping[str, str] = {
    "official code": "official",
    "coded by hand": "by hand",
    "corrected by user": "set by you",
    "activity text": "from its activity",
    "codes of subsidiaries": "of its subsidiaries",
}
"""How a main industry code came about, in the words of the list."""

UNMEASURED = ("official code", "coded by hand", "corrected by user")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a waterfall: from where to where, in percent of its width."""

    label: str
    points: str
    start: str
    width: str
    sign: str


@dataclass(frozen=True, slots=True)
class FirmRow:
    """One firm as the page shows it; texts, not yet escaped.

    Attributes
    ----------
    rank : int
    name, place, industry, niche, code, band : str
    interval : str
        '1–46', or empty.
    interval_width : int
        Ranks inside it, to sort by.
    marks : tuple of str
        Low end, rank, and width of the interval in percent of the drawing, log scale; empty: none.
    is_doubtful : bool
        Whether its industry code must be checked.
    score : float
    reasons, notes : tuple of str
    steps : tuple of Step
    silent : str
        Criteria that add nothing.
    """

    rank: int
    name: str
    place: str
    industry: str
    niche: str
    code: str
    band: str
    interval: str
    interval_width: int
    marks: tuple[str, ...]
    is_doubtful: bool
    score: float
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    steps: tuple[Step, ...]
    silent: str


def list_firms(facts: MarketFacts) -> list[FirmRow]:
    """Write every firm listed."""
    ranking = facts.ranking
    scale = _find_scale(ranking.rows, ranking.base, tuple(facts.criteria))
    records = ranking.rows.to_dict("records")
    codes = facts.codes.to_dict("records")
    return [
        _write_firm({**row, **code}, facts, scale) for row, code in zip(records, codes, strict=True)
    ]


def _write_firm(row: Mapping[Any, Any], facts: MarketFacts, scale: tuple[float, float]) -> FirmRow:
    ranking, labels = facts.ranking, facts.criteria
    countries = ranking.market.countries
    place = [row["city"]] if row["city"] else []
    if len(countries) > 1:
        place.append(countries.get(row["country"], row["country"]))
    points = {name: float(row[f"points_{name}"]) for name in labels}
    known = not pd.isna(row["rank_low"])
    code, is_doubtful = _write_code(row)
    return FirmRow(
        rank=int(row["rank"]),
        name=drop_controls(str(row["firm_name"])),
        place=drop_controls(", ".join(place)),
        industry=f"{row['industry_code']} {row['industry']}",
        niche=str(row["niche_cluster"]),
        code=code,
        band="" if pd.isna(row["band"]) else str(row["band"]),
        interval=f"{row['rank_low']}–{row['rank_high']}" if known else "",
        interval_width=int(row["rank_high"] - row["rank_low"]) if known else 0,
        marks=_mark_ranks(row, ranking.n_ranked) if known else (),
        is_doubtful=is_doubtful,
        score=float(row["score"]),
        reasons=tuple(
            drop_controls(row[name]) for name in ("reason_1", "reason_2", "reason_3") if row[name]
        ),
        notes=tuple(drop_controls(note) for note in str(row["data_notes"]).split("; ") if note),
        steps=_write_steps(ranking.base, points, labels, scale),
        silent=", ".join(labels[name] for name, value in points.items() if not value),
    )


def _write_code(row: Mapping[Any, Any]) -> tuple[str, bool]:
    """How sure the main industry code is, in words, and whether it is doubtful."""
    basis, confidence = row["basis"], row["confidence"]
    if pd.isna(basis):
        return "not told", True
    words = CODE_WORDS.get(str(basis), str(basis))
    if basis in UNMEASURED or pd.isna(confidence):
        return words, False
    return f"{words}, {confidence:.0%} sure", bool(confidence < LOW_CONFIDENCE)


def _find_scale(rows: pd.DataFrame, base: float, criteria: Sequence[str]) -> tuple[float, float]:
    """Lowest and highest total a waterfall of any firm passes, negative points last."""
    points = rows[[f"points_{name}" for name in criteria]]
    low = base + min(0.0, float(points.clip(upper=0).sum(axis=1).min())) if len(rows) else base
    high = base + max(0.0, float(points.clip(lower=0).sum(axis=1).max())) if len(rows) else base
    return low, high if high > low else low + 1.0


def _write_steps(
    base: float, points: Mapping[str, float], labels: Mapping[str, str], scale: tuple[float, float]
) -> tuple[Step, ...]:
    """Steps from the base to the score, most points first, so that the fall comes last."""
    low, high = scale
    ordered = sorted((name for name in points if points[name]), key=lambda name: -points[name])
    steps, total = [], base
    for name in ordered:
        after = total + points[name]
        start, end = sorted((total, after))
        steps.append(
            Step(
                labels[name],
                f"{points[name]:+.2f}".replace("-", "−"),
                f"{(start - low) / (high - low):.1%}",
                f"{(end - start) / (high - low):.1%}",
                "up" if after > total else "down",
            )
        )
        total = after
    return tuple(steps)


def _mark_ranks(row: Mapping[Any, Any], n_ranked: int) -> tuple[str, ...]:
    """Low end, rank and width of the interval on a drawing 100 wide, log scale from 1 to last."""
    last = math.log(max(n_ranked, 2))
    low, rank, high = (
        98 * math.log(max(int(row[name]), 1)) / last + 1
        for name in ("rank_low", "rank", "rank_high")
    )
    return f"{low:.1f}", f"{rank:.1f}", f"{max(high - low, 1):.1f}"
