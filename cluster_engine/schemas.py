"""Contracts of the tables in a pack: columns, types, units, keys and rules.

Plain data, so that reading a contract costs nothing at start-up. `packs.validate` builds the
pandera checks from it, the readers of `sources` write what it promises, and `data check` prints it.
"""

from __future__ import annotations

from collections.abc import Mapping

from cluster_engine.contracts import Table
from cluster_engine.economy_schemas import (
    AREA_OCCUPATIONS,
    AREAS,
    EMPLOYMENT,
    ENTERPRISES,
    ESTABLISHMENTS,
    INDUSTRIES,
    IO_CONCORDANCE,
    IO_FLOWS,
    IO_IMPORTS,
    IO_INDUSTRIES,
    LABOUR_FLOWS,
    OCCUPATIONS,
    REGION_OFFER,
    REGIONS,
    VALUE_ADDED,
)
from cluster_engine.firm_schemas import (
    DISTANCES,
    FIRM_FACTS,
    FIRM_HOMES,
    FIRM_INDUSTRIES,
    FIRM_NOTES,
    FIRMS,
    INVESTMENT_INDUSTRIES,
    INVESTMENTS,
    MARKETS,
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        AREAS, REGIONS, INDUSTRIES, EMPLOYMENT, ENTERPRISES, ESTABLISHMENTS, OCCUPATIONS,
        LABOUR_FLOWS, IO_INDUSTRIES, IO_FLOWS, IO_IMPORTS, IO_CONCORDANCE, VALUE_ADDED,
        REGION_OFFER, AREA_OCCUPATIONS, MARKETS,
        FIRMS, FIRM_INDUSTRIES, FIRM_NOTES, FIRM_HOMES, FIRM_FACTS, INVESTMENTS,
        INVESTMENT_INDUSTRIES, DISTANCES,
    )
}  # fmt: skip
"""Every table of a pack by name, in the order in which references can be checked."""
