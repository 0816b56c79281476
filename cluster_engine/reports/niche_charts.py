"""The charts of niche clusters: size, specialisation and growth; and how they hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cluster_engine.reports.chart_labels import (
    CLEARANCE,
    LINE_HEIGHT,
    Side,
    break_line,
    place_labels,
)
from cluster_engine.reports.charting import GREY, INK, LABEL_WIDTH, ORANGE, SKY
from cluster_engine.reports.write import drop_controls

if TYPE_CHECKING:
    from cluster_engine.reports.market_facts import MarketFacts

MATCHES = ("no firm listed", "1 to 9 firms listed", "10 or more")
MATCH_COLOURS = (GREY, SKY, ORANGE)
MANY_FIRMS = 10

SMALLEST, LARGEST = 70, 1800
"""Square pixels of the circle of no jobs, and of the niche with most."""

ABOVE = f"-datum.lift - {LINE_HEIGHT:g} * datum.lines"
"""Where the last line of a name stands that is written above its circle, from its middle."""

LINEAR = 0.05
"""Growth a year beyond which the scale is logarithmic: a young niche that doubles leaves room."""

BUBBLE_PANEL, NETWORK_PANEL = (1000.0, 300.0), (1030.0, 520.0)
"""Pixels between the outermost circles of a chart on a screen, for which names are placed."""


def match_niches(niches: pd.DataFrame) -> pd.Series:
    """How many of the firms listed fit a niche, in three classes."""
    count = niches["n_firms"]
    edges = [-1, 0, MANY_FIRMS - 1, float("inf")]
    return pd.cut(count, edges, labels=list(MATCHES)).astype(str)


def _prepare(niches: pd.DataFrame) -> pd.DataFrame:
    columns = ["name", "jobs", "lq", "growth", "n_firms"]
    rows = niches[columns].assign(match=match_niches(niches)).round({"lq": 3, "growth": 4})
    # A field called 'name' is taken for the label of the list that chooses a niche.
    rows = rows.rename(columns={"name": "niche"})
    names = rows["niche"].map(drop_controls)
    labels = names.map(break_line)
    area = SMALLEST + (LARGEST - SMALLEST) * rows["jobs"] / rows["jobs"].max()
    lift = np.sqrt(area / np.pi) + CLEARANCE
    return rows.assign(niche=names, label=labels, lift=lift.round(1), lines=labels.str.count("\n"))


def _write_names(alt: Any, rows: pd.DataFrame, x: Any, y: Any) -> list[Any]:
    """Layers of names above and below their circles, where there is room for them."""
    seen = alt.when(f"width > {LABEL_WIDTH}").then(alt.value(1)).otherwise(alt.value(0))
    sides = {"above": (ABOVE, "bottom"), "below": ("datum.lift", "top")}
    return [
        alt.Chart(rows[rows["side"] == side])
        .mark_text(fontSize=11, dy=alt.expr(dy), baseline=baseline, lineBreak="\n", color=INK)
        .encode(x=x, y=y, text="label:N", opacity=seen)
        for side, (dy, baseline) in sides.items()
    ]


def _choose_sides(
    rows: pd.DataFrame, x: pd.Series, y: pd.Series, panel: tuple[float, float]
) -> list[Side]:
    """Sides of the names; x to the right and y upwards, in any unit."""
    places = [
        (values - values.min()).to_numpy(dtype=np.float64) / (np.ptp(values) or 1.0) * size
        for values, size in ((x, panel[0]), (-y, panel[1]))
    ]
    radius = rows["lift"].to_numpy(dtype=np.float64) - CLEARANCE
    return place_labels(places[0], places[1], radius, list(rows["label"]))


def _colour(alt: Any) -> Any:
    scale = alt.Scale(domain=list(MATCHES), range=list(MATCH_COLOURS))
    legend = alt.Legend(columns=alt.expr(f"width > {LABEL_WIDTH} ? 3 : 1"))
    return alt.Color("match:N", scale=scale, title=None, sort=list(MATCHES), legend=legend)


def _describe_niche(alt: Any) -> list[Any]:
    return [
        alt.Tooltip("niche:N", title="Niche cluster"),
        alt.Tooltip("jobs:Q", title="Jobs", format=",.0f"),
        alt.Tooltip("lq:Q", title="LQ", format=".2f"),
        alt.Tooltip("growth:Q", title="Jobs a year", format="+.1%"),
        alt.Tooltip("n_firms:Q", title="Firms listed"),
    ]


def _size(alt: Any) -> Any:
    return alt.Scale(range=[SMALLEST, LARGEST], zero=True)


def chart_niches(alt: Any, niches: pd.DataFrame) -> Any:
    """Size (area) x LQ x growth; the names of the largest and the most special."""
    rows = _prepare(niches[niches["growth"].notna()])
    growth = rows["growth"]
    bent = np.sign(growth) * np.log1p(growth.abs() / LINEAR)
    rows = rows.assign(side=_choose_sides(rows, np.log(rows["lq"]), bent, BUBBLE_PANEL))
    x = alt.X(
        "lq:Q", scale=alt.Scale(type="log", nice=False, padding=75),
        axis=alt.Axis(values=[1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30], grid=True, format="~g"),
        title="Location quotient (log scale)",
    )  # fmt: skip
    y = alt.Y(
        "growth:Q", title="Jobs, change a year",
        axis=alt.Axis(values=[-0.3, -0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2, 0.5], format="+.0%"),
        scale=alt.Scale(type="symlog", constant=LINEAR, padding=40, nice=False),
    )  # fmt: skip
    base = alt.Chart(rows)
    dots = base.mark_circle(opacity=0.85, stroke=INK, strokeWidth=0.6).encode(
        x=x, y=y, color=_colour(alt), tooltip=_describe_niche(alt),
        size=alt.Size("jobs:Q", scale=_size(alt), legend=None),
        order=alt.Order("jobs:Q", sort="descending"),
    )  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"growth": [0]})).mark_rule(color=INK, strokeDash=[4, 3])
    return alt.layer(dots, zero.encode(y="growth:Q"), *_write_names(alt, rows, x, y)).properties(
        height=460
    )


def chart_network(alt: Any, facts: MarketFacts) -> Any:
    """Niches and their strongest links; the niche chosen keeps its links, the others fade."""
    rows = _prepare(facts.niches).assign(
        x=facts.niche_places["x"].to_numpy(), y=facts.niche_places["y"].to_numpy()
    )
    sides = _choose_sides(rows, rows["x"], rows["y"], NETWORK_PANEL)
    # In a network a circle without a name says nothing: it is named also where there is no room.
    rows = rows.assign(side=[side or "above" for side in sides])
    ends = _list_ends(facts)
    chosen = alt.selection_point(
        "chosen", fields=["niche"], on="click", clear="dblclick", empty=False,
        bind=alt.binding_select(
            options=[None, *sorted(rows["niche"])], labels=["none", *sorted(rows["niche"])],
            name="Show the links of ",
        ),
    )  # fmt: skip
    axis = {"axis": None, "scale": alt.Scale(domain=[-0.06, 1.06], nice=False)}
    x, y = alt.X("x:Q", **axis), alt.Y("y:Q", **axis)
    lines = alt.Chart(ends).mark_rule(strokeCap="round").encode(
        x=x, y=y, x2="x2:Q", y2="y2:Q",
        strokeWidth=alt.StrokeWidth(
            "relatedness:Q", scale=alt.Scale(domain=[0.5, 1], range=[1, 5], clamp=True), legend=None
        ),
        color=alt.when(chosen).then(alt.value(INK)).otherwise(alt.value("#CCCCCC")),
        opacity=alt.when(chosen).then(alt.value(1)).otherwise(alt.value(0.6)),
    )  # fmt: skip
    base = alt.Chart(rows)
    dots = base.mark_circle(opacity=1, stroke=INK).encode(
        x=x, y=y, color=_colour(alt), tooltip=_describe_niche(alt),
        size=alt.Size("jobs:Q", scale=_size(alt), legend=None),
        strokeWidth=alt.when(chosen).then(alt.value(3)).otherwise(alt.value(0.6)),
    )  # fmt: skip
    return alt.layer(lines, dots.add_params(chosen), *_write_names(alt, rows, x, y)).properties(
        height=620
    )


def _list_ends(facts: MarketFacts) -> pd.DataFrame:
    """Links twice, once under the name of either end, so that choosing a niche finds all of its."""
    places = facts.niche_places.set_index("name")
    links = facts.niche_links
    one, other = links["first"], links["second"]
    return pd.DataFrame(
        {
            "niche": [*one, *other],
            "x": [*places["x"].reindex(one), *places["x"].reindex(other)],
            "y": [*places["y"].reindex(one), *places["y"].reindex(other)],
            "x2": [*places["x"].reindex(other), *places["x"].reindex(one)],
            "y2": [*places["y"].reindex(other), *places["y"].reindex(one)],
            "relatedness": [*links["relatedness"], *links["relatedness"]],
        }
    ).round({"relatedness": 3})
