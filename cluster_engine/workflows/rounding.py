"""Round the numbers of tables that are kept, so that they are the same on every machine."""

from __future__ import annotations

import pandas as pd

DIGITS = 9
"""Digits kept in model tables: enough for any use, few enough to be the same everywhere."""


def round_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Round every column of floats; the index is numbered anew."""
    numbers = table.select_dtypes("float").columns
    rounded = table.assign(**{name: table[name].round(DIGITS) for name in numbers})
    return rounded.reset_index(drop=True)
