"""Rows of a converted list as the tables that the score is worked out from."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.firm_schemas import FIRMS
from cluster_engine.packs.dataset_tables import read_dataset_table
from cluster_engine.packs.firm_dataset import (
    CODE_COLUMNS,
    FACT_COLUMNS,
    HINT,
    HOME_COLUMNS,
    NOTES,
    PROFILES,
    FirmDataset,
)
from cluster_engine.targeting.features import FirmTables


def split_rows(rows: pd.DataFrame, profiles: pd.DataFrame) -> FirmTables:
    """Take wide rows apart.

    Parameters
    ----------
    rows : DataFrame
        Columns of FIRMS (any that the caller does not need may be absent), profile, home region
        and facts.
    profiles : DataFrame
        profile, industry, weight, basis, confidence.

    Raises
    ------
    DataError
        A firm stands twice, which is refused when a list is converted.
    """
    double = rows["firm_id"].duplicated()
    if double.any():
        name = str(rows["firm_id"][double].iloc[0])
        rule = "A firm must stand once in a converted list."
        raise DataError([Problem("firms", None, "firm_id", name, rule)], hint=HINT)
    codes = rows.loc[rows["profile"].notna(), ["firm_id", "profile"]]
    codes = codes.astype({"profile": "int64"}).merge(profiles, on="profile", how="inner")
    homes = rows[["firm_id", *HOME_COLUMNS]].rename(columns=dict(HOME_COLUMNS))
    firms = [name for name in FIRMS.column_names if name in rows]
    return FirmTables(
        rows[firms],
        codes[["firm_id", *CODE_COLUMNS]],
        homes[homes["region_name"].notna() | homes["lq"].notna()],
        rows[["firm_id", *FACT_COLUMNS]],
    )


def read_firms(dataset: FirmDataset, countries: Collection[str]) -> FirmTables:
    """Read all firms of some countries into memory."""
    names = [*FIRMS.column_names, "profile", *HOME_COLUMNS, *FACT_COLUMNS]
    files = [read_dataset_table(dataset, file.path) for file in dataset.of(countries)]
    rows = pd.concat(files, ignore_index=True) if files else pd.DataFrame(columns=names)
    return split_rows(rows[names], read_dataset_table(dataset, PROFILES))


def read_notes(dataset: FirmDataset, firms: Collection[str]) -> pd.DataFrame:
    """Read the notes of some firms; contract FIRM_NOTES."""
    if not firms:
        return pd.DataFrame(columns=["firm_id", "kind", "note"])
    return read_dataset_table(dataset, NOTES, filters=[("firm_id", "in", sorted(firms))])
