"""fDi Markets exports: each row an announced investment, and the investor behind it."""

from __future__ import annotations

from cluster_engine.sources.lists.cells import read_grid
from cluster_engine.sources.lists.events import make_events
from cluster_engine.sources.lists.request import Reading, Request, read_by_profile

UNIT = "m USD"
"""Unit of the investment where the header names none."""


def read_fdi_markets(request: Request) -> Reading:
    """Read investors as firm records, one for each project, and the projects as events."""
    grid = read_grid(request.opened, request.log, on_progress=request.on_progress)
    events = make_events(grid, request, unit=UNIT)
    records = read_by_profile(request, grid, role="investor")
    if len(records) == len(events):
        words = [events[name].to_numpy() for name in ("sector", "sub_sector", "activity")]
        told = ["; ".join(word for word in row if word) for row in zip(*words, strict=True)]
        records = records.assign(
            # A project tells no figures of its firm, so its year is not theirs.
            description=told,
            year=float("nan"),
            notes=events["notes"].to_numpy(),
        )
    return Reading(records, events)
