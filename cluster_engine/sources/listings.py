"""Listings of companies as FinanceDatabase (MIT) publishes them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cluster_engine.packs.tables import read_parquet

COLUMNS = ("name", "country", "city", "sector", "industry", "market_cap", "website",
           "symbol", "delisted", "summary")  # fmt: skip


def read_listings(path: Path) -> pd.DataFrame:
    """Read the listings as text, '' where the source has nothing.

    Parameters
    ----------
    path : Path
        Parquet with the columns `COLUMNS`.

    Raises
    ------
    DataError
        No Parquet file, or a column is missing.
    """
    table = read_parquet(path, COLUMNS)
    text: pd.DataFrame = table.fillna("").astype("str")
    return text.sort_values(["symbol", "name"], ignore_index=True)
