"""UK Data Hub exports: investment projects with the investor of each."""

from __future__ import annotations

from cluster_engine.sources.lists.cells import read_grid
from cluster_engine.sources.lists.events import make_events
from cluster_engine.sources.lists.request import Reading, Request, read_by_profile

UNIT = "GBP"
"""Data Hub holds foreign equity investment in pounds."""


def read_data_hub(request: Request) -> Reading:
    """Read investors as firm records, one for each project, and the projects as events."""
    grid = read_grid(request.opened, request.log, on_progress=request.on_progress)
    events = make_events(grid, request, unit=UNIT)
    return Reading(read_by_profile(request, grid, role="investor"), events)
