"""Check groups of industries in the table `value_added`: each industry known, and in one group."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from cluster_engine.errors import Problem
from cluster_engine.packs.tables import FIRST_DATA_ROW

if TYPE_CHECKING:
    import pandas as pd

SEPARATOR = "; "


def find_group_faults(
    table: pd.DataFrame, industries: Collection[str], *, file: str
) -> list[Problem]:
    """List industries of a group that are unknown, or stand in two groups of one year.

    Parameters
    ----------
    table : DataFrame
        Columns year and industries ('11; 12'), rows in file order.
    industries : collection of str
        Known codes.
    file : str
        Name of the file, for messages.

    Returns
    -------
    list of Problem
        One per year, group and industry, with the first row of the group.
    """
    problems = []
    owners: dict[tuple[int, str], str] = {}
    groups = table.reset_index(drop=True)[["year", "industries"]].drop_duplicates().dropna()
    for row, year, group in groups.itertuples():
        for code in str(group).split(SEPARATOR):
            owner = owners.setdefault((year, code), group)
            rule = f"'{code}' must be in the table 'industries'."
            if code in industries:
                if owner == group:
                    continue
                rule = f"'{code}' must stand in one group, and stands in '{owner}' already."
            problems.append(Problem(file, row + FIRST_DATA_ROW, "industries", f"'{group}'", rule))
    return problems
