"""Read what a pack knows about firms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cluster_engine.firm_schemas import FIRM_FACTS
from cluster_engine.packs.pack import Pack
from cluster_engine.packs.tables import read_table
from cluster_engine.targeting.features import FirmTables

OPTIONAL = ("firm_homes", "firm_facts")
"""Tables that a pack can do without."""


def read_firm_tables(pack: Pack, countries: Collection[str] | None = None) -> FirmTables:
    """Read the firms of a pack and what is known about them.

    Parameters
    ----------
    pack : Pack
    countries : collection of str, optional
        ISO codes of the firms wanted; all without it.
    """
    firms, codes = pack.read("firms"), pack.read("firm_industries")
    if countries is not None:
        firms = firms[firms["country"].isin(countries)]
        codes = codes[codes["firm_id"].isin(firms["firm_id"])]
    others = {name: pack.read(name) for name in OPTIONAL if pack.has(name)}
    return FirmTables(firms, codes, **others)


def add_firm_facts(tables: FirmTables, path: Path) -> tuple[FirmTables, str]:
    """Add a user's own facts about firms, by firm_id; see FIRM_FACTS in `firm_schemas`.

    Where the tables hold facts of the same firm, the user's take their place.

    Returns
    -------
    FirmTables
        With the facts.
    str
        How many of the file's firms are there, in words.

    Raises
    ------
    DataError
        The file is faulty.
    """
    own = read_table(path, FIRM_FACTS)
    found = int(own["firm_id"].isin(tables.firms["firm_id"]).sum())
    sentence = f"{path.name}: facts of {found:,} firms of this list; {len(own) - found:,} others."
    if tables.firm_facts is not None:
        own = pd.concat([own, tables.firm_facts], ignore_index=True)
    return replace(tables, firm_facts=own), sentence
