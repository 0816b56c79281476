"""Any table with a header: its columns are found by their names, then by what stands in them."""

from __future__ import annotations

from cluster_engine.sources.lists.request import Reading, Request, read_by_profile


def read_plain(request: Request) -> Reading:
    """Read a list of no special format."""
    records = read_by_profile(request)
    text = records.drop(columns=["record_id", "row"])
    if len(text):
        twice = text.duplicated()
        rows = [f"row {int(row)}" for row in records.loc[twice, "row"].head(50)]
        request.log.add_doubt("the same as an earlier row", rows, count=int(twice.sum()))
    return Reading(records)
