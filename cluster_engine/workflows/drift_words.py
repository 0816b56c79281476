"""What a watch for drift looks at, and how it reads."""

from __future__ import annotations

COVERAGE = {
    "regions": "regions of the pack",
    "areas": "areas with jobs",
    "sectors": "sectors with jobs here",
    "jobs": "jobs here",
    "national_jobs": "jobs of the nation",
    "firms": "firms",
    "firms_ranked": "firms that the version can rank",
}
SHARES = {
    "firms without a code of a known sector": ("unknown", "firms_without_code", "firms"),
    "codes of firms in no known sector": ("unknown", "codes_unknown", "codes"),
    "cells not published": ("suppressed", "cells_missing", "cells"),
    "cells not published here": ("suppressed", "own_cells_missing", "own_cells"),
}
"""Label to kind of threshold, count, and what it is a share of."""

SECTOR_WORDS = {
    "jobs": "jobs here",
    "national_jobs": "jobs of the nation",
    "lq": "location quotient",
    "shrunk_lq": "location quotient, shrunk",
    "p_specialised": "probability of being specialised",
    "growth": "growth of jobs a year",
    "membership": "membership in its cluster",
    "affinity": "closeness to a niche",
    "supplier": "supplies niches",
    "customer": "is supplied here",
    "pull": "draws new jobs here",
    "gap": "gap in the value chain",
    "plant_size": "effective plant size",
    "value_per_job": "value added per job",
    "multiplier": "multiplier",
}
"""Columns of the sector table that are watched; what a pack alone does not tell comes with a new
version."""

CASES = {
    "value_per_job": "value_group",
    "supplier": "io_name",
    "customer": "io_name",
    "multiplier": "io_name",
}
"""Features that all sectors of a group share: the group is the case, not the sector."""

RESULTS = ("affinity", "supplier", "customer", "pull", "gap")
"""Features that follow from the niches and curves found: they move with the model in any year, so
they are told and no threshold is set. The gates and the comparison of lists are for them."""
